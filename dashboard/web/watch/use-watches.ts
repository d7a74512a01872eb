import { useEffect } from 'react';
import { create } from 'zustand';
import type { SeatWatch, WatchesBody } from '../../../devices/contract/watch.ts';
import { api } from '../api/client.ts';

interface Watches {
  /** null until they were read. */
  readonly seats: readonly SeatWatch[] | null;
}

/** Who is on watch at which seat, for the header and the page alike. */
export const useSeats = create<Watches>(() => ({ seats: null }));

/** A seat at which somebody must be, and nobody is. */
export const isEmpty = ({ watch, mustBeStaffed }: SeatWatch): boolean => mustBeStaffed && watch === null;

/** Reads them anew; what stood is kept while the platform cannot be reached, as the header says that by itself. */
export async function loadSeats(): Promise<void> {
  try {
    useSeats.setState({ seats: (await api<WatchesBody>('/watches')).seats });
  } catch {
    // The link's own mark tells people; the next round tries again.
  }
}

/** So often who is on watch is asked again, ms: changes of shift are signed, not streamed. */
const EVERY_MS = 15_000;

/** Keeps {@link useSeats} fresh while the component is shown. */
export function useFreshSeats(): void {
  useEffect(() => {
    void loadSeats();
    const again = setInterval(() => void loadSeats(), EVERY_MS);
    return () => clearInterval(again);
  }, []);
}
