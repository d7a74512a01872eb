import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSilence } from './silence.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('a line that speaks regularly', () => {
  it('is missed once, when it has been silent for too long', () => {
    const silent: number[] = [];
    const watch = watchSilence(1_000, (ms) => silent.push(ms));
    vi.advanceTimersByTime(900);
    watch.heard();
    vi.advanceTimersByTime(900);
    expect(silent).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(silent).toEqual([expect.closeTo(1_100, -3)]);
  });

  it('is never missed after it was given up', () => {
    const silent: number[] = [];
    watchSilence(1_000, (ms) => silent.push(ms)).stop();
    vi.advanceTimersByTime(5_000);
    expect(silent).toEqual([]);
  });
});
