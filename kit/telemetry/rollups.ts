import type { CurveQuery, Retention } from './telemetry-store.ts';
import { bucketMs } from './thinning.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Width of what a curve is made from, ms; 0 is the readings themselves. */
export type Resolution = 0 | typeof MINUTE_MS | typeof HOUR_MS;

/** Since when each class is held, ms; -Infinity where nothing was ever deleted. */
export interface Held {
  readonly raw: number;
  readonly minute: number;
}

/** Ranges up to this are read whole: that is quick, and their times, gaps and qualities are exact. */
const EXACT_MS = 3 * DAY_MS;

/**
 * What a curve is made from: over a long range rollups, where at least two of them share a bucket of the picture, as they
 * then show the same lows and highs at a fraction of the work; and rollups for a time of which nothing finer is kept.
 */
export function resolutionFor(query: CurveQuery, held: Held): Resolution {
  const bucket = query.to - query.from <= EXACT_MS ? 0 : bucketMs(query);
  if (bucket >= 2 * HOUR_MS || query.from < Math.min(held.minute, held.raw)) return HOUR_MS;
  return bucket >= 2 * MINUTE_MS || query.from < held.raw ? MINUTE_MS : 0;
}

/** A range widened to whole rollups. */
export const widened = (
  { from, to }: Pick<CurveQuery, 'from' | 'to'>,
  width: number,
): { from: number; to: number } => ({
  from: Math.floor(from / width) * width,
  to: Math.ceil(to / width) * width,
});

/** The beginning (UTC midnight) of the oldest day that is kept at `now`; -Infinity when all are. */
export const keptSince = (now: number, days: number): number =>
  days > 0 ? Math.floor((now - days * DAY_MS) / DAY_MS) * DAY_MS : Number.NEGATIVE_INFINITY;

/** Every class kept for ever. */
export const keepAll: Retention = { rawDays: 0, minuteDays: 0, hourDays: 0 };
