import { describe, expect, it } from 'vitest';
import { type Step, steadyClock } from './steady-clock.ts';

const HOUR = 3_600_000;

/** A machine whose two clocks are set by hand. */
function machine(options: { adoptAfterMs?: number } = {}) {
  const at = { wall: Date.UTC(2026, 10, 22), counted: 5_000 };
  const told: string[] = [];
  const clock = steadyClock({
    wall: () => at.wall,
    monotonic: () => at.counted,
    onStep: ({ byMs }: Step, what) => told.push(`${what} ${Math.round(byMs)}`),
    ...options,
  });
  const start = clock.now();
  return {
    clock,
    told,
    /** Both clocks go on. */
    pass(ms: number) {
      at.wall += ms;
      at.counted += ms;
    },
    /** Somebody sets the system's clock. */
    set(byMs: number) {
      at.wall += byMs;
    },
    /** What the clock shows since the beginning. */
    shows: () => clock.now() - start,
  };
}

describe('a clock whose system is stepped', () => {
  it.each([HOUR, -HOUR])('runs on evenly over a step of %i ms and says that it holds it', (byMs) => {
    const { clock, told, pass, set, shows } = machine();
    pass(1000);
    set(byMs);
    pass(1000);
    expect(shows()).toBe(2000);
    expect(clock.step()?.byMs).toBe(byMs);
    expect(told).toEqual([`held ${byMs}`]);
  });

  it('is right again without a word more when the step is taken back', () => {
    const { clock, told, pass, set, shows } = machine();
    set(HOUR);
    pass(1000);
    clock.now();
    set(-HOUR);
    pass(1000);
    expect(shows()).toBe(2000);
    expect(clock.step()).toBeNull();
    expect(told).toEqual([`held ${HOUR}`, `gone ${HOUR}`]);
  });

  it('follows a step that something else has confirmed', () => {
    const { clock, told, pass, set, shows } = machine();
    set(HOUR);
    pass(1000);
    clock.now();
    clock.adopt();
    expect(shows()).toBe(HOUR + 1000);
    expect(clock.step()).toBeNull();
    expect(told).toEqual([`held ${HOUR}`, `adopted ${HOUR}`]);
  });

  it('follows a step that has lasted ten minutes', () => {
    const { pass, set, shows } = machine();
    set(-HOUR);
    for (let minute = 0; minute < 11; minute++) {
      pass(60_000);
      shows();
    }
    expect(shows()).toBe(11 * 60_000 - HOUR);
  });

  it('holds a step for as long as something else shows that it is wrong', () => {
    const { clock, pass, set, shows } = machine();
    set(HOUR);
    for (let minute = 0; minute < 60; minute++) {
      pass(60_000);
      shows();
      clock.refute();
    }
    expect(shows()).toBe(HOUR);
  });

  it('counts the ten minutes anew when the clock is stepped again meanwhile', () => {
    const { told, pass, set, shows } = machine();
    set(HOUR);
    for (let minute = 0; minute < 9; minute++) {
      pass(60_000);
      shows();
    }
    set(HOUR);
    pass(5 * 60_000);
    expect(shows()).toBe(14 * 60_000);
    expect(told).toEqual([`held ${HOUR}`, `held ${2 * HOUR}`]);
  });
});

describe('a clock whose system is corrected gently', () => {
  it('follows, forward at once', () => {
    const { clock, pass, set, shows } = machine();
    set(300);
    pass(1000);
    expect(shows()).toBe(1300);
    expect(clock.step()).toBeNull();
  });

  it('never runs backwards', () => {
    const { pass, set, clock, shows } = machine();
    let last = clock.now();
    for (let i = 0; i < 200; i++) {
      set(-5);
      pass(10);
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(shows()).toBeLessThanOrEqual(2000);
  });
});
