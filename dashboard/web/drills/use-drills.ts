import { useEffect } from 'react';
import { create } from 'zustand';
import type { DrillBody, DrillsBody } from '../../../devices/contract/drill.ts';
import { api } from '../api/client.ts';

interface Drills {
  /** Newest first; null until they were read. */
  readonly items: readonly DrillBody[] | null;
}

/** The drills, for the bar on every page and the page of drills alike. */
export const useDrills = create<Drills>(() => ({ items: null }));

/** Reads them anew; what stood is kept while the platform cannot be reached, as the header says that by itself. */
export async function loadDrills(): Promise<void> {
  try {
    useDrills.setState({ items: (await api<DrillsBody>('/drills?limit=50')).items });
  } catch {
    // The next round tries again.
  }
}

/** So often drills are asked for again, ms: hand-offs are shown as they happen, and a drill that begins is soon known everywhere. */
const RUNNING_MS = 2_000;
const IDLE_MS = 15_000;

/** Keeps {@link useDrills} fresh while the component is shown. */
export function useFreshDrills(): void {
  const running = useDrills(({ items }) => items?.some(({ drill }) => drill.over === null) ?? false);
  useEffect(() => {
    void loadDrills();
    const again = setInterval(() => void loadDrills(), running ? RUNNING_MS : IDLE_MS);
    return () => clearInterval(again);
  }, [running]);
}

/** The drills that run now. */
export const runningOf = (items: readonly DrillBody[] | null): readonly DrillBody[] =>
  items?.filter(({ drill }) => drill.over === null) ?? [];
