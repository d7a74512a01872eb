import { describe, expect, it } from 'vitest';
import { allowances, type IdentityLimits, networkOf } from './allowances.ts';

const limits: IdentityLimits = {
  messages: { perSecond: 10, burst: 20 },
  bytes: { perSecond: 1000, burst: 2000 },
  connections: 2,
  attempts: { perSecond: 1, burst: 3 },
};

function bench() {
  let at = 0;
  const books = allowances(
    { connections: 3, attempts: { perSecond: 1, burst: 5 }, failures: { perSecond: 0.5, burst: 2 } },
    () => at,
  );
  const pass = (ms: number) => {
    at += ms;
  };
  return { books, pass };
}

describe('a source address', () => {
  it('has so many connections at a time', () => {
    const { books } = bench();
    expect([1, 2, 3, 4].map(() => books.arrive('10.0.0.1'))).toEqual([true, true, true, false]);
    expect(books.arrive('10.0.0.2')).toBe(true);
    books.leave('10.0.0.1');
    expect(books.arrive('10.0.0.1')).toBe(true);
  });

  it('comes so many times a second, and is heard again after a wait however often it came too early', () => {
    const { books, pass } = bench();
    const visit = () => {
      const came = books.arrive('10.0.0.1');
      if (came) books.leave('10.0.0.1');
      return came;
    };
    expect(Array.from({ length: 100 }, visit).filter(Boolean)).toHaveLength(6);
    pass(1000);
    expect(visit()).toBe(true);
  });

  it('waits longer for each refusal after the first few, is not answered at all when too many wait, and is forgiven', () => {
    const { books, pass } = bench();
    expect([1, 2, 3, 4].map(() => books.failed('10.0.0.1'))).toEqual([0, 0, 2000, 4000]);
    expect(Array.from({ length: 100 }, () => books.failed('10.0.0.1')).at(-1)).toBeNull();
    for (let i = 0; i < 100; i++) books.answered('10.0.0.1');
    pass(3_600_000);
    expect(books.failed('10.0.0.1')).toBe(0);
  });

  it('is forgotten when it is gone and owes nothing', () => {
    const { books, pass } = bench();
    books.arrive('10.0.0.1');
    books.of('d-1', limits).messages.take(30);
    books.sweep();
    expect(books.size).toBe(2);
    books.leave('10.0.0.1');
    pass(60_000);
    books.sweep();
    expect(books.size).toBe(0);
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001::9', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('an identity', () => {
  it('has one allowance over all its connections, also when it signs in anew', () => {
    const { books } = bench();
    books.of('d-1', limits).messages.take(30);
    expect(books.of('d-1', limits).messages.owedMs()).toBe(1000);
    expect(books.of('d-2', limits).messages.owedMs()).toBe(0);
  });
});
