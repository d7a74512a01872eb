import { describe, expect, it } from 'vitest';
import { platformClock } from './platform-clock.ts';

const TEN = Date.UTC(2026, 10, 22, 10);
const HOUR = 3_600_000;

/** A gateway whose own clock is `wrong` ms ahead of the platform's, on a line with delays to choose. */
function clockBench(wrong = 0) {
  let counted = 5_000;
  let truth = TEN;
  let own = wrong;
  const clock = platformClock({ local: () => truth + own, wall: () => truth + own, monotonic: () => counted });
  const pass = (ms: number) => {
    counted += ms;
    truth += ms;
  };
  return {
    clock,
    pass,
    off: () => clock.now() - truth,
    step: (ms: number) => {
      own += ms;
    },
    ask(there = 10, back = 10, platformOff = 0) {
      const askedAt = counted;
      pass(there);
      const serverTime = truth + platformOff;
      pass(back);
      clock.answered({ askedAt, answeredAt: counted, serverTime });
    },
  };
}

describe('the platform’s time at a gateway', () => {
  it('is its own until the platform has answered', () => {
    const { clock, off } = clockBench(70_000);
    expect(clock.known).toBe(false);
    expect(off()).toBe(70_000);
    expect(clock.state().offsetMs).toBeNull();
  });

  it('is the platform’s from the first answer on', () => {
    const bench = clockBench(70_000);
    bench.ask();
    expect(bench.off()).toBe(0);
    expect(bench.clock.state()).toMatchObject({ offsetMs: -70_000, rttMs: 20 });
  });

  it('believes the answer of the shortest round trip, as a slow way back says little', () => {
    const bench = clockBench();
    bench.ask(5, 5);
    bench.ask(10, 900);
    expect(Math.abs(bench.off())).toBeLessThanOrEqual(5);
    expect(bench.clock.state().rttMs).toBe(10);
  });

  it('forgets what is old, since clocks drift', () => {
    const bench = clockBench();
    bench.ask(1, 1);
    bench.pass(16 * 60_000);
    bench.ask(50, 50);
    expect(bench.clock.state().rttMs).toBe(100);
  });

  it.each([HOUR, -HOUR])('goes on evenly when this machine’s clock is stepped by %i ms, and says so', (step) => {
    const bench = clockBench();
    bench.ask();
    bench.pass(30_000);
    bench.step(step);
    expect(bench.off()).toBe(0);
    expect(bench.clock.look()).toBe(step);
    expect(bench.clock.look()).toBeNull();
    expect(bench.clock.state()).toMatchObject({ steps: 1, lastStepMs: step, offsetMs: -step });
  });

  it('follows the platform when that was set', () => {
    const bench = clockBench();
    bench.ask();
    bench.ask(10, 10, HOUR);
    expect(bench.off()).toBe(HOUR);
  });
});
