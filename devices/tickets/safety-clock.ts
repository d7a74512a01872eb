import type { Alarm } from '../contract/alarm.ts';
import type { Ticket, TicketClock } from '../contract/ticket.ts';

const names = ['acknowledge', 'arrive', 'make-safe', 'close'] as const;
/** The steps of a matter that a deadline belongs to, in their order. */
export type SafetyStepName = (typeof names)[number];

/** One step of a safety clock. Times in ms on the platform's clock. */
export interface SafetyStep {
  readonly name: SafetyStepName;
  /** Time allowed from its start, null where the item sets none. */
  readonly allowed: number | null;
  readonly deadline: number | null;
  /**
   * `done` in time or `late`, `running` before its deadline, `overdue` after it, `standing` while its ticket is suspended, `open`
   * without a deadline.
   */
  readonly state: 'done' | 'late' | 'running' | 'overdue' | 'standing' | 'open';
  /** How long it took when done, how long it runs when not. */
  readonly elapsed: number;
  /** The first step that is not done: the one to act on. */
  readonly current: boolean;
}

/** The safety clock of a matter: the same for a list, a map, a detail and a phone. */
export interface SafetyClock {
  /** `working` only counts the city's working hours. */
  readonly runs: TicketClock['runs'];
  readonly steps: readonly SafetyStep[];
  /** The step to act on; null once all are done. */
  readonly current: SafetyStep | null;
}

/** What of an alarm its clock is made of. */
type ClockedAlarm = Pick<Alarm, 'raisedAt' | 'ackedAt' | 'closedAt' | 'deadlines'>;
/** What of a ticket its clock is made of. */
export type ClockedTicket = Pick<Ticket, 'clocks' | 'openedAt' | 'closedAt' | 'suspended'>;

interface Given {
  readonly name: SafetyStepName;
  readonly startedAt: number;
  readonly deadline: number | null;
  readonly doneAt: number | null;
  readonly standsSince: number | null;
}

/**
 * The clock of a matter at `now`: of its ticket, which knows who arrived and when it was made safe; of the alarm alone while it
 * has none. The acknowledgement is a step also where no deadline is set for it.
 */
export const safetyClock = (alarm: ClockedAlarm | null, ticket: ClockedTicket | null, now: number): SafetyClock => {
  const given = ticket ? ofTicket(ticket, alarm) : alarm ? ofAlarm(alarm) : [];
  const at = given.findIndex(({ doneAt }) => doneAt === null);
  const steps = given.map((one, i) => stepAt(one, now, i === at));
  const runs = ticket?.clocks.find(({ kind }) => isName(kind))?.runs ?? alarm?.deadlines.clock ?? 'continuous';
  return { runs, steps, current: steps[at] ?? null };
};

const isName = (kind: string): kind is SafetyStepName => (names as readonly string[]).includes(kind);

function ofAlarm({ raisedAt, ackedAt, closedAt, deadlines }: ClockedAlarm): Given[] {
  const due = { acknowledge: deadlines.ack, arrive: deadlines.arrive, 'make-safe': deadlines.makeSafe };
  const all = { ...due, close: deadlines.close };
  return names
    .filter((name) => all[name] !== null || name === 'acknowledge')
    .map((name) => ({
      name,
      startedAt: raisedAt,
      deadline: all[name],
      // A reading that returned to normal proves neither arrival nor safety: they run until the alarm is closed.
      doneAt: name === 'acknowledge' ? ackedAt : closedAt,
      standsSince: null,
    }));
}

function ofTicket({ clocks, openedAt, closedAt, suspended }: ClockedTicket, alarm: ClockedAlarm | null): Given[] {
  return names.flatMap((name): Given[] => {
    const clock = clocks.find(({ kind }) => kind === name);
    if (clock) {
      const standsSince = suspended && !clock.safety ? suspended.since : null;
      return [{ name, startedAt: clock.startedAt, deadline: clock.due, doneAt: clock.metAt ?? closedAt, standsSince }];
    }
    if (name !== 'acknowledge' || !alarm) return [];
    const startedAt = Math.min(alarm.raisedAt, openedAt);
    return [{ name, startedAt, deadline: null, doneAt: alarm.ackedAt ?? closedAt, standsSince: null }];
  });
}

function stepAt({ name, startedAt, deadline, doneAt, standsSince }: Given, now: number, current: boolean): SafetyStep {
  return {
    name,
    deadline,
    allowed: deadline === null ? null : deadline - startedAt,
    state: stateOf(doneAt, deadline, standsSince, now),
    elapsed: Math.max(0, (doneAt ?? standsSince ?? now) - startedAt),
    current,
  };
}

function stateOf(
  doneAt: number | null,
  deadline: number | null,
  standsSince: number | null,
  now: number,
): SafetyStep['state'] {
  if (doneAt !== null) return deadline !== null && doneAt > deadline ? 'late' : 'done';
  if (deadline === null) return 'open';
  if (standsSince !== null && deadline > standsSince) return 'standing';
  return now > deadline ? 'overdue' : 'running';
}
