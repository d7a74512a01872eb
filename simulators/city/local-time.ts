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

/**
 * A function from ms to local time in the IANA `zone`. The zone's offset is asked once an hour of simulated time: asking
 * Intl for every device would cost more than the rest of the simulation.
 */
export function localTimeOf(zone: string): (at: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const offsetAt = (at: number): number => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    return local - Math.floor(at / 1000) * 1000;
  };
  let slot = Number.NaN;
  let offset = 0;
  return (at) => {
    const asked = Math.floor(at / HOUR);
    if (asked !== slot) {
      slot = asked;
      offset = offsetAt(asked * HOUR);
    }
    const local = at + offset;
    const day = Math.floor(local / DAY);
    return {
      hour: (local - day * DAY) / HOUR,
      weekday: ((day + 3) % 7) + 1,
      day,
      season: (day % 365.25) / 365.25,
    };
  };
}
