import { describe, expect, it } from 'vitest';
import { judgeStep } from './clock-watch.ts';

const HOUR = 3_600_000;

/** What becomes of a step of the system's clock, where the field's clocks are so much ahead of ours. */
function outcome(byMs: number, fieldAheadMs: number | null): string {
  const done: string[] = [];
  const steady = { adopt: () => void done.push('adopted'), refute: () => void done.push('held on') };
  judgeStep(steady, { byMs, since: 0 }, fieldAheadMs);
  return done.join() || 'left to time';
}

describe('a step of the system’s clock', () => {
  it('is the error where the field’s clocks stay with ours', () => {
    expect(outcome(HOUR, 0)).toBe('held on');
    expect(outcome(-HOUR, 200)).toBe('held on');
  });

  it('puts an error right where the field’s clocks were there already', () => {
    expect(outcome(HOUR, HOUR - 300)).toBe('adopted');
    expect(outcome(-8 * HOUR, -8 * HOUR)).toBe('adopted');
  });

  it('is left to time where no clocks are known', () => {
    expect(outcome(HOUR, null)).toBe('left to time');
  });
});
