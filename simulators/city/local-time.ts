import { zoneOffset } from '../../kit/local-time.ts';

/** Local time of day as the simulated city lives by it. */
export interface LocalTime {
  /** 0 to 24, with fractions. */
  readonly hour: number;
  /** ISO weekday, 1 = Monday. */
  readonly weekday: number;
  /** Days since 1970-01-01 in local time: the key of a day's chance. */
  readonly day: number;
  /** 0 to 1 through the year. */
  readonly season: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A function from ms to local time in the IANA `zone`. */
export function localTimeOf(zone: string): (at: number) => LocalTime {
  const offset = zoneOffset(zone);
  return (at) => {
    const local = at + offset(at);
    const day = Math.floor(local / DAY);
    return {
      hour: (local - day * DAY) / HOUR,
      weekday: ((day + 3) % 7) + 1,
      day,
      season: (day % 365.25) / 365.25,
    };
  };
}
