import type { Staffed } from '../../devices/contract/city.ts';
import { isStaffedTime } from '../../devices/watches/staffed.ts';

/** What decides whether a seat is without a watch. */
export interface SeatState {
  /** World time since which nobody has sat there, ms; null while somebody does. */
  readonly emptySince: number | null;
  /** There is something to watch for there: real devices, a watch that somebody took on, or somebody sat there before. */
  readonly needed: boolean;
}

export const seatUnknown: SeatState = { emptySince: null, needed: false };

/** How a seat is at a moment. */
export interface SeatSeen {
  /** Pages that watch it with their sound unlocked. */
  readonly heard: number;
  /** The seat hears of real devices that are registered. */
  readonly guards: boolean;
  /** Somebody has signed on to a watch at it. */
  readonly onWatch: boolean;
  /** All devices are a demonstration's: nobody is in danger there. */
  readonly demonstration: boolean;
  /** Minute of the city's day. */
  readonly minuteOfDay: number;
  /** World time, ms. */
  readonly at: number;
}

/**
 * The seat after a look at it. In a demonstration whoever closes the page is missed only while he is signed on to a watch there: the
 * next reader is not greeted by the minutes in between. Elsewhere nobody is missed at a seat that watches nothing real, where nobody
 * ever sat and nobody is on watch. Outside its hours nobody is missed either, and the grace begins with them.
 */
export function lookAtSeat(
  before: SeatState,
  staffed: Staffed,
  { heard, guards, onWatch, demonstration, minuteOfDay, at }: SeatSeen,
): SeatState {
  const needed = onWatch || (!demonstration && (before.needed || guards || heard > 0));
  if (heard > 0 || !isStaffedTime(staffed, minuteOfDay)) return { needed, emptySince: null };
  return { needed, emptySince: before.emptySince ?? at };
}

/** True where it is an alarm that nobody sits there. */
export const isUnstaffed = ({ needed, emptySince }: SeatState, { graceS }: Staffed, at: number): boolean =>
  needed && emptySince !== null && at - emptySince >= graceS * 1000;
