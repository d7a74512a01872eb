import { type Curve, type CurveQuery, MOST_GAPS, type Sample } from './telemetry-store.ts';
import { thin } from './thinning.ts';

/** OPC UA: the top two bits of a status are its severity. */
export const UNCERTAIN_FROM = 0x4000_0000;
export const BAD_FROM = 0x8000_0000;

/** A curve from all samples of its range, oldest first: the plain rule that every engine's own queries must agree with. */
export function curveOf(samples: readonly Sample[], query: CurveQuery): Curve {
  const bad = samples.filter(({ quality }) => quality >= BAD_FROM).length;
  const doubtful = samples.filter(({ quality }) => quality >= UNCERTAIN_FROM).length;
  return {
    samples: thin(samples, query),
    resolutionMs: 0,
    count: samples.length,
    quality: { good: samples.length - doubtful, uncertain: doubtful - bad, bad },
    first: samples[0]?.at ?? null,
    last: samples.at(-1)?.at ?? null,
    ...listedGaps(
      gapsBetween(
        samples.map(({ at }) => at),
        query.gapMs,
      ),
    ),
  };
}

/** Silences longer than `gapMs` between neighbouring times. */
export function gapsBetween(times: readonly number[], gapMs: number | undefined): (readonly [number, number])[] {
  const gaps: (readonly [number, number])[] = [];
  if (gapMs === undefined) return gaps;
  for (let i = 1; i < times.length; i++) {
    if (times[i]! - times[i - 1]! > gapMs) gaps.push([times[i - 1]!, times[i]!]);
  }
  return gaps;
}

/** The gaps that an answer lists. */
export const listedGaps = (gaps: readonly (readonly [number, number])[]): Pick<Curve, 'gaps' | 'moreGaps'> => ({
  gaps: gaps.slice(0, MOST_GAPS),
  moreGaps: gaps.length > MOST_GAPS,
});

/** A range in which nothing was heard. */
export const emptyCurve: Curve = {
  samples: [],
  resolutionMs: 0,
  count: 0,
  quality: { good: 0, uncertain: 0, bad: 0 },
  first: null,
  last: null,
  gaps: [],
  moreGaps: false,
};
