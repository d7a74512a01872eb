/** Offsets change on quarter hours only, in every zone there is. */
const quarterMs = 15 * 60_000;
const remembered = 10_000;

/**
 * The offset of an IANA zone from UTC (ms, positive to the east) as a function of time. Each quarter hour is asked of Intl
 * once: asking for every reading would cost more than judging it.
 */
export function zoneOffset(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const offsets = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / quarterMs);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const part = Object.fromEntries(
      format.formatToParts(quarter * quarterMs).map(({ type, value }) => [type, Number(value)]),
    );
    const shown = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    const offset = shown - quarter * quarterMs;
    if (offsets.size > remembered) offsets.clear();
    offsets.set(quarter, offset);
    return offset;
  };
}

/** A moment as the city's wall clocks and calendars show it. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly minuteOfDay: number;
  /** ISO weekday, 1 = Monday. */
  readonly weekday: number;
}

/** Wall-clock time of one zone. */
export interface Zone {
  /** What the zone's clocks are ahead of UTC at a moment, ms. */
  offset(at: number): number;
  local(at: number): LocalTime;
  /** The moment (ms) at which clocks of the zone show `date` and `minuteOfDay`; in a skipped hour, the moment after it. */
  instant(date: string, minuteOfDay: number): number;
}

const zones = new Map<string, Zone>();

/** Wall-clock time of an IANA zone; each zone is read once. */
export function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const zone = readZone(timeZone);
  zones.set(timeZone, zone);
  return zone;
}

function readZone(timeZone: string): Zone {
  const offset = zoneOffset(timeZone);
  return {
    offset,
    local(at) {
      const shown = new Date(at + offset(at));
      const minuteOfDay = shown.getUTCHours() * 60 + shown.getUTCMinutes();
      return {
        date: shown.toISOString().slice(0, 10),
        hour: shown.getUTCHours(),
        minute: shown.getUTCMinutes(),
        minuteOfDay,
        weekday: shown.getUTCDay() || 7,
      };
    },
    instant(date, minuteOfDay) {
      const shown = Date.parse(`${date}T00:00:00Z`) + minuteOfDay * 60_000;
      const guess = shown - offset(shown);
      return shown - offset(guess);
    },
  };
}

const dayMs = 86_400_000;

/** Days from 1970-01-01 to a date `YYYY-MM-DD`. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

/** The date `days` later, or earlier. */
export const addDays = (date: string, days: number): string =>
  new Date((dayNumber(date) + days) * dayMs).toISOString().slice(0, 10);

/** ISO weekday of a date, 1 = Monday. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay() || 7;

/** `08:30` → 510. */
export const minuteOf = (text: string): number => {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
};

/** 510 → `08:30`. */
export const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
