import { describe, expect, it } from 'vitest';
import { rateLimit } from './rate-limit.ts';

describe('a limit of so many a minute', () => {
  const minute = 60_000;
  it('lets an address go on when its minute is over', () => {
    let now = 0;
    const limited = rateLimit(2, minute, () => now);
    expect([limited('a'), limited('a'), limited('a')]).toEqual([0, 0, minute]);
    now = 20_000;
    expect(limited('a')).toBe(40_000);
    now = minute;
    expect(limited('a')).toBe(0);
  });

  it('keeps nobody waiting for what others ask', () => {
    const limited = rateLimit(1, minute, () => 0);
    expect([limited('a'), limited('a'), limited('b')]).toEqual([0, minute, 0]);
  });

  it('forgets the oldest of very many addresses', () => {
    const limited = rateLimit(1, minute, () => 0);
    for (let n = 0; n <= 5000; n++) limited(`address ${n}`);
    expect(limited('address 0')).toBe(0);
    expect(limited('address 5000')).toBe(minute);
  });
});
