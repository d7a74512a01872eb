import { getPosition } from 'suncalc';
import { zoneOffset } from '../../kit/local-time.ts';

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

/** Reads an IANA zone. */
export function zoneOf(timeZone: string): Zone {
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

/** The sun over a place: its altitude in degrees, and whether it is below civil dusk (−6°), when lamps are meant to burn. */
export function sunAt(at: number, place: { lon: number; lat: number }): { altitude: number; dark: boolean } {
  const { altitude } = getPosition(new Date(at), place.lat, place.lon);
  return { altitude, dark: altitude < -6 };
}
