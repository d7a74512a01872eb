import { describe, expect, it } from 'vitest';
import { tokenBucket } from './token-bucket.ts';

/** A bucket of 10 a second, 50 at once, on a clock set by hand. */
function bench() {
  let at = 0;
  const bucket = tokenBucket({ perSecond: 10, burst: 50 }, () => at);
  const pass = (ms: number) => {
    at += ms;
  };
  return { bucket, pass };
}

describe('what a sender may send', () => {
  it('lets a burst through at once', () => {
    expect(bench().bucket.take(50)).toBe(0);
  });

  it('says how long to wait for what is owed, and lets it be paid by waiting', () => {
    const { bucket, pass } = bench();
    bucket.take(50);
    expect(bucket.take(20)).toBe(2000);
    pass(1500);
    expect(bucket.owedMs()).toBe(500);
    pass(500);
    expect(bucket.owedMs()).toBe(0);
    expect(bucket.take(1)).toBe(100);
  });

  it('counts quiet time, up to a burst and no more', () => {
    const { bucket, pass } = bench();
    bucket.take(60);
    pass(3_600_000);
    expect(bucket.full()).toBe(true);
    expect(bucket.take(50)).toBe(0);
    expect(bucket.take(10)).toBe(1000);
  });

  it('says when little is left', () => {
    const { bucket } = bench();
    expect(bucket.scarce()).toBe(false);
    bucket.take(41);
    expect(bucket.scarce()).toBe(true);
  });
});
