import { describe, expect, it } from 'vitest';
import { rate } from './rate.ts';

describe('the rate of readings', () => {
  it('is the mean of the last ten full seconds', () => {
    const perSecond = rate();
    for (let second = 0; second < 25; second++) perSecond.add(second * 1000 + 500, 100);
    expect(perSecond.perSecond(25_000)).toBe(100);
    expect(perSecond.perSecond(30_000)).toBe(50);
    expect(perSecond.perSecond(60_000)).toBe(0);
  });
});
