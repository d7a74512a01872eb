import { minuteOf, zoneOf } from '../../kit/local-time.ts';
import type { Seat, Staffed } from '../contract/city.ts';

/** True where somebody must sit there at this minute of the day. */
export function isStaffedTime({ hours }: Pick<Staffed, 'hours'>, minuteOfDay: number): boolean {
  if (hours === undefined) return true;
  return hours.some(([from, to]) => {
    const [begin, end] = [minuteOf(from), minuteOf(to)];
    return begin <= end ? minuteOfDay >= begin && minuteOfDay < end : minuteOfDay >= begin || minuteOfDay < end;
  });
}

/** Whether the city wants somebody at the seat at `at` (ms): at any hour, unless it names the hours. */
export const mustBeStaffed = ({ staffed }: Pick<Seat, 'staffed'>, at: number, timeZone: string): boolean =>
  staffed === undefined || isStaffedTime(staffed, zoneOf(timeZone).local(at).minuteOfDay);
