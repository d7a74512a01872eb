import type { Op } from './compare.ts';

/** Fewer devices than this have nothing in common that could be told from what one of them has alone. */
const COMPANY = 3;

/**
 * What the first `count` departures have in common: their median, as far as it lies on the side that the rule looks to, else 0.
 * A source nearby lifts the devices downwind of it; what comes from far away, or builds up over a whole place, lifts them all
 * (the difference between downwind and upwind of US EPA Method 325). Taking it away can only make a device less abnormal.
 * Sorts the departures where they stand.
 */
export function commonOf(op: Op, departures: Float64Array, count: number): number {
  if (count < COMPANY) return 0;
  const sorted = departures.subarray(0, count).sort();
  const half = count >> 1;
  const middle = count % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return op === '<' || op === '<=' ? Math.min(0, middle) : Math.max(0, middle);
}
