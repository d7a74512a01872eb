import { zoneOffset } from '../../kit/local-time.ts';
import type { Effective } from '../contract/catalogue.ts';

/** From and to as moments, ms: a day begins at the city's midnight. Infinite where nothing is said. */
export function span(
  effective: Effective | undefined,
  timeZone: string,
): { readonly from: number; readonly to: number } {
  return {
    from: effective ? moment(effective.from, timeZone) : Number.NEGATIVE_INFINITY,
    to: effective?.to === undefined ? Number.POSITIVE_INFINITY : moment(effective.to, timeZone),
  };
}

function moment(text: string, timeZone: string): number {
  if (text.includes('T')) return Date.parse(text);
  const offset = zoneOffset(timeZone);
  const shown = Date.parse(`${text}T00:00:00Z`);
  return shown - offset(shown - offset(shown));
}
