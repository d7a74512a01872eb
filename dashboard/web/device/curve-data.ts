import type { ReadingsBody } from '../../../devices/contract/api.ts';
import { isGood } from '../../../devices/model/quality.ts';

/** A silence longer than is normal for the measurement, s since 1970. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The last one, still running. */
  readonly open: boolean;
}

export interface CurveData {
  /** Times in seconds since 1970 and values; null breaks the line at a gap. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Indexes of samples whose quality is not good. */
  readonly doubtful: readonly number[];
  readonly gaps: readonly Gap[];
}

const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : typeof value === 'boolean' ? Number(value) : null;

/**
 * Samples as a curve that does not lie: where the device was silent for longer than `gapMs` the line breaks, and the gap
 * is listed with its age. The server found the gaps among all readings; samples of a long range stand further apart than
 * those. What the stream has brought since (after `last`) is looked at here. `now` (ms) decides whether the silence at the
 * end counts as one too.
 */
export function toCurve(
  body: Pick<ReadingsBody, 'samples' | 'gapMs' | 'gaps' | 'first' | 'last'>,
  now: number,
): CurveData {
  const times: number[] = [];
  const values: (number | null)[] = [];
  const doubtful: number[] = [];
  const gaps: Gap[] = [];
  const { first, last } = body;
  const stored = body.gaps.filter(([from, to]) => first !== null && last !== null && from >= first && to <= last);
  let before: number | null = null;
  let next = 0;
  for (const [at, raw, quality] of body.samples) {
    while (before !== null && stored[next] && stored[next]![1] <= at) {
      const [from, to] = stored[next++]!;
      gaps.push({ from: from / 1000, to: to / 1000, open: false });
      times.push((from + 1) / 1000);
      values.push(null);
    }
    const heard = Math.max(before ?? at, last ?? 0);
    if (body.gapMs > 0 && at - heard > body.gapMs) {
      gaps.push({ from: heard / 1000, to: at / 1000, open: false });
      times.push((heard + 1) / 1000);
      values.push(null);
    }
    if (!isGood(quality)) doubtful.push(times.length);
    times.push(at / 1000);
    values.push(asNumber(raw));
    before = at;
  }
  const heard = Math.max(before ?? 0, last ?? 0);
  if (before !== null && body.gapMs > 0 && now - heard > body.gapMs) {
    gaps.push({ from: heard / 1000, to: now / 1000, open: true });
  }
  return { times, values, doubtful, gaps };
}

/**
 * The vertical range: all values, the lowest limit always (so that distance to it can be seen), higher limits when the
 * values come near. Limits that fall outside are named beside the curve instead.
 */
export function curveRange(values: readonly (number | null)[], limits: readonly number[]): [number, number] {
  const numbers = values.filter((value): value is number => value !== null);
  let low = numbers.length > 0 ? Math.min(...numbers) : 0;
  let high = numbers.length > 0 ? Math.max(...numbers) : 1;
  const nearest = [...limits].sort((a, b) => distance(a, low, high) - distance(b, low, high))[0];
  if (nearest !== undefined) {
    low = Math.min(low, nearest);
    high = Math.max(high, nearest);
  }
  const span = high - low || Math.abs(high) || 1;
  for (const limit of limits) {
    if (limit > high && limit - high <= span * 0.6) high = limit;
    if (limit < low && low - limit <= span * 0.6) low = limit;
  }
  const pad = (high - low || Math.abs(high) || 1) * 0.12;
  return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
}

const distance = (limit: number, low: number, high: number): number =>
  limit < low ? low - limit : limit > high ? limit - high : 0;
