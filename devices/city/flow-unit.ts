import type { Flow } from '../contract/catalogue.ts';
import { isUnit } from '../model/units.ts';

const times: Readonly<Record<string, number>> = { '/s': 1000, '/min': 60_000, '/h': 3_600_000 };

/**
 * What the readings of a flow add up to: their own unit, or of a flow in `m3/h` over time `m3`, counted by the hour. Undefined
 * where a unit has no time in it, or where what is left is no unit.
 */
export function flowUnit(unit: string, as: Flow['as']): { readonly unit: string; readonly perMs: number } | undefined {
  if (as !== 'integral') return { unit, perMs: 1 };
  const time = Object.keys(times).find((end) => unit.endsWith(end));
  const amount = time === undefined ? '' : unit.slice(0, -time.length);
  return time !== undefined && isUnit(amount) ? { unit: amount, perMs: times[time]! } : undefined;
}
