import type { Alarm } from '../../../devices/contract/alarm.ts';

export type StepName = 'ack' | 'arrive' | 'makeSafe' | 'close';

/** One step of the safety clock of an alarm. Times in ms. */
export interface ClockStep {
  readonly name: StepName;
  /** Time allowed from the raising, null where the item sets none. */
  readonly allowed: number | null;
  readonly deadline: number | null;
  /** `done` in time or late, `running` before its deadline, `overdue` after it, `open` without a deadline. */
  readonly state: 'done' | 'late' | 'running' | 'overdue' | 'open';
  /** How long it took when done, how long it runs when not. */
  readonly elapsed: number;
  /** The first step that is not done: the one to act on. */
  readonly current: boolean;
}

/** The steps of an alarm's item against its deadlines at `now` (ms, the platform's clock). Empty without any deadline. */
export function safetyClock(alarm: Alarm, now: number): ClockStep[] {
  const doneAt: Record<StepName, number | null> = {
    ack: alarm.ackedAt,
    // A reading that returned to normal proves neither arrival nor safety: both run until the alarm is closed.
    arrive: alarm.closedAt,
    makeSafe: alarm.closedAt,
    close: alarm.closedAt,
  };
  let currentFound = false;
  return (['ack', 'arrive', 'makeSafe', 'close'] as const)
    .filter((name) => alarm.deadlines[name] !== null || name === 'ack')
    .map((name) => {
      const deadline = alarm.deadlines[name];
      const done = doneAt[name];
      const current = done === null && !currentFound;
      currentFound ||= current;
      return {
        name,
        deadline,
        allowed: deadline === null ? null : deadline - alarm.raisedAt,
        state: stateOf(done, deadline, now),
        elapsed: Math.max(0, (done ?? now) - alarm.raisedAt),
        current,
      };
    });
}

function stateOf(done: number | null, deadline: number | null, now: number): ClockStep['state'] {
  if (done !== null) return deadline !== null && done > deadline ? 'late' : 'done';
  if (deadline === null) return 'open';
  return now > deadline ? 'overdue' : 'running';
}
