import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, demoClock, handClock, systemClock } from './clock.ts';

const minutes = (n: number) => n * 60_000;
const days = (n: number) => n * 86_400_000;

describe('a clock that is set by hand', () => {
  it('stands still until it is set', () => {
    const clock = handClock(1000);
    expect(clock.now()).toBe(1000);
    clock.pass(500);
    expect(clock.now()).toBe(1500);
    clock.set(2000);
    expect(clock.now()).toBe(2000);
  });

  it('runs what falls due on the way, in order, each at its own time', () => {
    const clock = handClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
    clock.after(30, note('late'));
    clock.after(10, note('early'));
    clock.every(20, note('tick'));
    clock.set(60);
    expect(seen).toEqual(['early@10', 'tick@20', 'late@30', 'tick@40', 'tick@60']);
  });

  it('runs what was asked for at the same moment in the order of asking', () => {
    const clock = handClock(0);
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) clock.after(5, () => seen.push(name));
    clock.set(5);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('runs what was asked for on the way, when it falls due before the end', () => {
    const clock = handClock(0);
    const seen: number[] = [];
    clock.after(10, () => clock.after(10, () => seen.push(clock.now())));
    clock.set(15);
    expect(seen).toEqual([]);
    clock.set(20);
    expect(seen).toEqual([20]);
  });

  it('leaves out what was cancelled, even twice, even on the way', () => {
    const clock = handClock(0);
    const seen: string[] = [];
    const late = clock.after(20, () => seen.push('late'));
    const tick = clock.every(10, () => {
      seen.push('tick');
      late();
      tick();
      tick();
    });
    clock.set(100);
    expect(seen).toEqual(['tick']);
  });

  it('does not go back, not even when what it runs moves it on', () => {
    const clock = handClock(100);
    expect(() => clock.set(99)).toThrow('the clock shows 100 and cannot go back to 99');
    expect(() => clock.set(Number.NaN)).toThrow('cannot go back');
    clock.after(10, () => clock.pass(50));
    clock.set(120);
    expect(clock.now()).toBe(160);
  });
});

describe('a clock of the world', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it('shows the time of the world', () => {
    expect(systemClock.now()).toBe(1_800_000_000_000);
  });

  it('waits longer than a timer of the platform can: 40 days are 40 days', () => {
    const fn = vi.fn();
    systemClock.after(days(40), fn);
    vi.advanceTimersByTime(days(40) - 1);
    expect(fn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it('can repeat every 40 days, and be told to stop', () => {
    const fn = vi.fn();
    const cancel = systemClock.every(days(40), fn);
    vi.advanceTimersByTime(days(85));
    expect(fn).toHaveBeenCalledTimes(2);
    cancel();
    vi.advanceTimersByTime(days(85));
    expect(fn).toHaveBeenCalledTimes(2);
  });

  it('cancels a long wait at any stage of it', () => {
    const fn = vi.fn();
    const cancel = systemClock.after(days(70), fn);
    vi.advanceTimersByTime(days(60));
    cancel();
    cancel();
    vi.advanceTimersByTime(days(60));
    expect(fn).not.toHaveBeenCalled();
  });
});

describe('a clock of a demonstration', () => {
  const origin = 1_800_000_000_000;
  beforeEach(() => void vi.useFakeTimers({ now: origin }));
  afterEach(() => void vi.useRealTimers());
  const fast = () => demoClock({ worldAt: origin, demoAt: 500, speed: 60 });

  it('passes an hour in a minute', () => {
    const clock = fast();
    expect(clock.now()).toBe(500);
    vi.advanceTimersByTime(minutes(1));
    expect(clock.now()).toBe(500 + minutes(60));
  });

  it('waits in its own milliseconds', () => {
    const clock = fast();
    const seen: number[] = [];
    clock.after(minutes(60), () => seen.push(clock.now()));
    const cancel = clock.every(minutes(30), () => seen.push(clock.now()));
    vi.advanceTimersByTime(minutes(1));
    cancel();
    vi.advanceTimersByTime(minutes(1));
    expect(seen.sort((a, b) => a - b)).toEqual([30, 60, 60].map((m) => 500 + minutes(m)));
  });

  it('shows the same time in every process that shares its origin', () => {
    const [one, other] = [fast(), fast()];
    vi.advanceTimersByTime(1234);
    expect(one.now()).toBe(other.now());
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('cannot run at %d times the speed', (speed) => {
    expect(() => demoClock({ worldAt: 0, demoAt: 0, speed })).toThrow(`speed ${speed}`);
  });
});

describe('every clock', () => {
  const clocks: [string, Clock][] = [
    ['by hand', handClock(0)],
    ['of the world', systemClock],
  ];
  it.each(clocks)('%s refuses an interval that never passes', (_, clock) => {
    expect(() => clock.every(0, () => {})).toThrow('an interval of 0 ms');
  });
});
