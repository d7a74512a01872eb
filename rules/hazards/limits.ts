import type { HazardClock, HazardClockKind } from '../../devices/contract/hazard.ts';
import type { DayLimit } from '../../devices/contract/hazard-policy.ts';
import { minuteOf } from '../../kit/local-time.ts';
import { addWorkingTime } from '../standards/working-time.ts';
import { type Calendar, clockTo } from '../tickets/clocks.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** The moment `days` after another, on the limit's clock; a working day (工作日) is as long as the city's working hours. */
export function dueAfter({ working, zone }: Calendar, { days, runs }: DayLimit, from: number): number {
  if (runs === 'continuous') return from + days * DAY;
  const minutes = working.hours.reduce((sum, [open, close]) => sum + minuteOf(close) - minuteOf(open), 0);
  return addWorkingTime(from, days * minutes * MINUTE, working, zone);
}

/** A clock that gives so many days from a moment. */
export const clockOfDays = (calendar: Calendar, kind: HazardClockKind, limit: DayLimit, from: number): HazardClock =>
  clockTo(calendar, kind, limit.runs, from, dueAfter(calendar, limit, from));

/** The clocks with this one in place of the one of its kind. */
export const withClock = (clocks: readonly HazardClock[], clock: HazardClock): readonly HazardClock[] => [
  ...clocks.filter(({ kind }) => kind !== clock.kind),
  clock,
];
