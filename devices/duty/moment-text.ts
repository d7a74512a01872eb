import { zoneOf } from '../../kit/local-time.ts';

/**
 * A moment as people write it, ms: `2026-12-06T03:00` or a date by the clocks of `timeZone`, a time with its offset, or ms since
 * 1970. Undefined for anything else.
 */
export function momentOfText(text: string, timeZone: string): number | undefined {
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d))?$/.exec(text);
  if (local) {
    const [, date = '', hour = '0', minute = '0'] = local;
    const at = zoneOf(timeZone).instant(date, Number(hour) * 60 + Number(minute));
    return Number.isFinite(at) ? at : undefined;
  }
  const at = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}
