import type { Curve } from '../../kit/telemetry/telemetry-store.ts';
import type { Rule } from '../contract/catalogue.ts';
import type { Measurement } from '../model/device-type.ts';

/** News this many times later than the device type promises is a gap. */
const LATE = 3;
/** Shorter silences are nobody's gap, ms. */
const LEAST_MS = 60_000;

/**
 * The longest silence that is normal for a measurement, ms: three times the interval its type declares, or the limit of the
 * shortest absence rule where it reports on change; 0 where neither says anything.
 */
export function normalSilence(measurement: Pick<Measurement, 'everyMs'>, rules: readonly Rule[]): number {
  if (measurement.everyMs !== undefined) return Math.max(LATE * measurement.everyMs, LEAST_MS);
  const limits = rules.flatMap((rule) => (rule.kind === 'absence' ? [rule.afterS * 1000] : []));
  return limits.length > 0 ? Math.max(LEAST_MS, Math.min(...limits)) : 0;
}

/** A curve's gaps with those before its first and after its last reading, in a range that has passed up to `until` (ms). */
export function withEdges(
  { gaps, first, last }: Pick<Curve, 'gaps' | 'first' | 'last'>,
  from: number,
  until: number,
  gapMs: number,
): (readonly [number, number])[] {
  if (first === null || last === null) return until - from > gapMs ? [[from, until]] : [];
  const before = first - from > gapMs ? [[from, first] as const] : [];
  const after = until - last > gapMs ? [[last, until] as const] : [];
  return [...before, ...gaps, ...after];
}
