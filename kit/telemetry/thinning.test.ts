import { describe, expect, it } from 'vitest';
import type { Sample, SeriesQuery, Value } from './telemetry-store.ts';
import { bucketMs, thin } from './thinning.ts';

const query = (maxSamples?: number): SeriesQuery => ({
  type: 't',
  device: 'd',
  measurement: 'm',
  from: 0,
  to: 100,
  maxSamples,
});
const samples = (...values: readonly Value[]): Sample[] =>
  values.map((value, n) => ({ at: n * 10, value, quality: 0 }));

describe('thinning', () => {
  it('keeps the lowest and the highest of each bucket, in the order of time', () => {
    const thinned = thin(samples(3, 9, 1, 2, 2, 5, 4, 8, 6, 7), query(4));
    expect(thinned.map(({ at, value }) => [at, value])).toEqual([
      [10, 9],
      [20, 1],
      [60, 4],
      [70, 8],
    ]);
  });

  it('keeps the first and the last text of each bucket', () => {
    const thinned = thin(samples('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), query(4));
    expect(thinned.map(({ value }) => value)).toEqual(['a', 'e', 'f', 'j']);
  });

  it('leaves a short series and an unlimited query alone', () => {
    expect(thin(samples(1, 2, 3), query(3))).toHaveLength(3);
    expect(thin(samples(1, 2, 3), query())).toHaveLength(3);
  });

  it('has buckets of at least a millisecond', () => {
    expect(bucketMs(query(1000))).toBe(1);
    expect(bucketMs(query(1))).toBe(100);
    expect(bucketMs(query(0))).toBe(100);
  });
});
