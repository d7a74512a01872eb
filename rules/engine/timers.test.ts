import { describe, expect, it } from 'vitest';
import { timers } from './timers.ts';

describe('timers', () => {
  const fired = (wheel: ReturnType<typeof timers>, now: number) => {
    const seen: number[] = [];
    wheel.fire(now, (what) => seen.push(what));
    return seen;
  };

  it('fire once, oldest second first, in the order asked for', () => {
    const wheel = timers();
    wheel.at(3000, 3);
    wheel.at(1500, 1);
    wheel.at(1200, 2);
    expect(fired(wheel, 1000)).toEqual([]);
    expect(fired(wheel, 5000)).toEqual([1, 2, 3]);
    expect(fired(wheel, 9000)).toEqual([]);
    expect(wheel.size).toBe(0);
  });

  it('never fire early', () => {
    const wheel = timers();
    wheel.at(1001, 1);
    expect(fired(wheel, 1999)).toEqual([]);
    expect(fired(wheel, 2000)).toEqual([1]);
  });

  it('asked for too late fire at the next second', () => {
    const wheel = timers();
    fired(wheel, 10_000);
    wheel.at(4000, 1);
    expect(fired(wheel, 11_000)).toEqual([1]);
  });

  it('walk over a long pause without walking every second of it', () => {
    const wheel = timers();
    wheel.at(1000, 1);
    wheel.at(1e12, 2);
    const began = performance.now();
    expect(fired(wheel, 1e12 + 1000)).toEqual([1, 2]);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('may ask for themselves again while they fire', () => {
    const wheel = timers();
    let rounds = 0;
    wheel.at(1000, 1);
    for (let now = 1000; now <= 5000; now += 1000) {
      wheel.fire(now, () => {
        rounds++;
        wheel.at(now + 1000, 1);
      });
    }
    expect(rounds).toBe(5);
  });
});
