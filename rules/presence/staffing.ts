import type { Staffed } from '../../devices/contract/city.ts';
import { isStaffedTime } from '../../devices/watches/staffed.ts';

/** What decides whether a seat is without a watch. */
export interface SeatState {
  /** World time since which nobody has sat there, ms; null while somebody does. */
  readonly emptySince: number | null;
  /** There is something to watch for there: real devices, or somebody sat there before. */
  readonly needed: boolean;
}

export const seatUnknown: SeatState = { emptySince: null, needed: false };

/** How a seat is at a moment. */
export interface SeatSeen {
  /** Pages that watch it with their sound unlocked. */
  readonly heard: number;
  /** The seat hears of real devices that are registered. */
  readonly guards: boolean;
  /** Minute of the city's day. */
  readonly minuteOfDay: number;
  /** World time, ms. */
  readonly at: number;
}

/**
 * The seat after a look at it. Nobody is missed at a seat that watches nothing real and where nobody ever sat: a demonstration
 * that was just opened is no emergency. Outside its hours nobody is missed either, and the grace begins with them.
 */
export function lookAtSeat(
  before: SeatState,
  staffed: Staffed,
  { heard, guards, minuteOfDay, at }: SeatSeen,
): SeatState {
  const needed = before.needed || guards || heard > 0;
  if (heard > 0 || !isStaffedTime(staffed, minuteOfDay)) return { needed, emptySince: null };
  return { needed, emptySince: before.emptySince ?? at };
}

/** True where it is an alarm that nobody sits there. */
export const isUnstaffed = ({ needed, emptySince }: SeatState, { graceS }: Staffed, at: number): boolean =>
  needed && emptySince !== null && at - emptySince >= graceS * 1000;
