import { isWorkingDay, type WorkingHours } from '../../devices/city/working-day.ts';
import { addDays, minuteOf, type Zone } from '../../kit/local-time.ts';

/** The working periods of a day as minutes of it, in order. */
const periodsOf = (working: WorkingHours): (readonly [number, number])[] =>
  working.hours.map(([open, close]) => [minuteOf(open), minuteOf(close)] as const).sort((a, b) => a[0] - b[0]);

/**
 * The moment at which `ms` of working time have passed since `from`: the second clock of GB/T 30428 cases, which stands
 * still outside working hours, at weekends and on holidays. A deadline that falls on the last minute of a period is that
 * minute, not the beginning of the next period. Gives up after ten years of calendar without work.
 */
export function addWorkingTime(from: number, ms: number, working: WorkingHours, zone: Zone): number {
  const periods = periodsOf(working);
  let left = ms;
  let date = zone.local(from).date;
  for (let day = 0; day < 3660; day++, date = addDays(date, 1)) {
    if (!isWorkingDay(working, date)) continue;
    for (const [open, close] of periods) {
      const begins = Math.max(zone.instant(date, open), from);
      const ends = zone.instant(date, close);
      if (ends <= begins) continue;
      if (left <= ends - begins) return begins + left;
      left -= ends - begins;
    }
  }
  throw new Error(`no working time within ten years of ${date}: check the city's working hours, days and holidays`);
}

/** Working time between two moments, ms; nothing where the second is not later. */
export function workingTimeBetween(from: number, to: number, working: WorkingHours, zone: Zone): number {
  const periods = periodsOf(working);
  let sum = 0;
  for (let date = zone.local(from).date; zone.instant(date, 0) < to; date = addDays(date, 1)) {
    if (!isWorkingDay(working, date)) continue;
    for (const [open, close] of periods)
      sum += Math.max(0, Math.min(to, zone.instant(date, close)) - Math.max(from, zone.instant(date, open)));
  }
  return sum;
}
