import type { Campaign } from './campaign.ts';
import type { Standing } from './standing.ts';

/** What stands beside the rules, to be beaten: the recipe that anybody would try first. */
export const plainRecipe = {
  /** The baseline of a sensor is the median of its samples of so long before, the newest included. */
  windowMs: 12 * 3_600_000,
  /** So far above it a sample is abnormal, ppm. */
  above: 1,
  /** So many of the last `of` samples of one sensor must be. */
  k: 3,
  of: 10,
} as const;

/**
 * The alarms of the plain recipe on each sensor by itself. It knows no off-delay: it is given `holdMs`, that of the rule it
 * stands beside, so that neither counts one event twice where the other does not.
 */
export const plainAlarms = ({ sensors, samples }: Campaign, holdMs: number): readonly Standing[] =>
  sensors.flatMap(({ name }, i) =>
    ofSensor(
      name,
      samples.map(({ at, ppm }) => ({ at, value: ppm[i]! })).filter(({ value }) => !Number.isNaN(value)),
      holdMs,
    ),
  );

function ofSensor(sensor: string, readings: readonly { at: number; value: number }[], holdMs: number): Standing[] {
  const sorted: number[] = [];
  const last: boolean[] = [];
  const found: { sensor: string; from: number; to: number }[] = [];
  let oldest = 0;
  for (const { at, value } of readings) {
    sorted.splice(placeOf(sorted, value), 0, value);
    for (; readings[oldest]!.at <= at - plainRecipe.windowMs; oldest++)
      sorted.splice(placeOf(sorted, readings[oldest]!.value), 1);
    last.push(value > middle(sorted) + plainRecipe.above);
    if (last.length > plainRecipe.of) last.shift();
    if (last.filter(Boolean).length < plainRecipe.k) continue;
    const standing = found.at(-1);
    if (standing && at <= standing.to) standing.to = at + holdMs;
    else found.push({ sensor, from: at, to: at + holdMs });
  }
  return found;
}

/** Where `value` stands, or belongs, in a list sorted upwards. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
