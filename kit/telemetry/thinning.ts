import type { Sample, SeriesQuery } from './telemetry-store.ts';

/**
 * Width of the time buckets that give at most about `maxSamples` samples, two a bucket, ms. Buckets start at whole
 * multiples of it since 1970, in every engine alike.
 */
export const bucketMs = (query: SeriesQuery): number =>
  Math.max(1, Math.ceil((query.to - query.from) / Math.max(1, Math.floor((query.maxSamples ?? 1) / 2))));

/**
 * Thins samples (oldest first) to about `query.maxSamples`: of each bucket its lowest and its highest number, so that no
 * peak is lost; of texts and booleans the first and the last. A series that is short enough comes back whole.
 */
export function thin(samples: readonly Sample[], query: SeriesQuery): readonly Sample[] {
  if (query.maxSamples === undefined || samples.length <= query.maxSamples) return samples;
  const width = bucketMs(query);
  const kept: Sample[] = [];
  let bucket = Number.NaN;
  let low: Sample | undefined;
  let high: Sample | undefined;
  for (const sample of samples) {
    const mine = Math.floor(sample.at / width);
    if (mine !== bucket) {
      keep(kept, low, high);
      bucket = mine;
      low = sample;
      high = sample;
    } else {
      if (low && isLower(sample, low)) low = sample;
      if (high && isHigher(sample, high)) high = sample;
    }
  }
  keep(kept, low, high);
  return kept;
}

const isLower = (a: Sample, b: Sample): boolean => typeof a.value === 'number' && a.value < (b.value as number);
/** Texts and booleans have no height: the later one counts. Of equal numbers the later is kept too. */
const isHigher = (a: Sample, b: Sample): boolean => typeof a.value !== 'number' || a.value >= (b.value as number);

function keep(kept: Sample[], low: Sample | undefined, high: Sample | undefined): void {
  if (!low || !high) return;
  if (low === high) kept.push(low);
  else if (low.at < high.at) kept.push(low, high);
  else kept.push(high, low);
}
