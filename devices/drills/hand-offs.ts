import type { Alarm } from '../contract/alarm.ts';
import { type Drill, type DrillReport, type HandOff, type HandOffKind, handOffKinds } from '../contract/drill.ts';
import type { Ticket, TicketClockKind, TicketStep, TicketStepKind } from '../contract/ticket.ts';

/** What hand-offs are read from: what the alarm of a drill left behind, in any order. */
export interface DrillTraces {
  readonly drill: Drill;
  readonly alarms: readonly Alarm[];
  /** Each time one of them was acknowledged, and by whom. */
  readonly acknowledged: readonly Reached[];
  /** When pages answered that they show it, ms. */
  readonly shownAt: readonly number[];
  readonly tickets: readonly Pick<Ticket, 'id' | 'no' | 'openedAt' | 'clocks'>[];
  readonly steps: readonly Pick<TicketStep, 'at' | 'doneAt' | 'kind' | 'by' | 'to'>[];
  /** So long after its alarm a page must show it, or the next rung of the ladder is climbed, ms. */
  readonly shownWithinMs: number;
}

/** When a hand-off was reached, ms, and by whom. */
export interface Reached {
  readonly at: number;
  readonly by: string | null;
}

/**
 * The time of each hand-off beside the limit that the policy sets for it, as it stands at `now` (ms). What was not reached says so:
 * nothing is taken from a later hand-off. The platform's own closing at the end of a drill is none.
 */
export function reportOf(traces: DrillTraces, now: number): DrillReport {
  const { alarms, tickets } = traces;
  const [first] = tickets.toSorted((a, b) => a.openedAt - b.openedAt);
  const published = reachedOf(traces, 'published')?.at ?? null;
  let before: number | null = null;
  const handOffs = handOffKinds.map((kind): HandOff => {
    const reached = reachedOf(traces, kind);
    const due = dueOf(traces, kind);
    const at = reached?.at ?? null;
    const late = due !== null && (at ?? now) > due;
    const one: HandOff = {
      kind,
      at,
      // Steps are timed by the journal's ticks, a second apart.
      sinceMs: at === null || published === null ? null : Math.max(0, at - published),
      tookMs: at === null || before === null ? null : Math.max(0, at - before),
      due,
      inTime: due === null || (at === null && !late) ? null : !late,
      by: reached?.by ?? null,
    };
    before = at === null ? before : Math.max(at, before ?? at);
    return one;
  });
  return {
    at: now,
    handOffs,
    alarms: alarms
      .toSorted((a, b) => a.priority.localeCompare(b.priority) || a.raisedAt - b.raisedAt)
      .map(({ id }) => id),
    ticket: first ? { id: first.id, no: first.no } : null,
  };
}

/** Steps of a ticket that reach a hand-off. */
const stepsFor: Readonly<Partial<Record<HandOffKind, readonly TicketStepKind[]>>> = {
  dispatched: ['dispatch', 'auto-dispatch'],
  accepted: ['accept'],
  arrived: ['arrive'],
  'made-safe': ['make-safe'],
  closed: ['verify', 'self-closed'],
};

function reachedOf(traces: DrillTraces, kind: HandOffKind): Reached | null {
  const { drill, alarms, shownAt, steps } = traces;
  // The reading carries the time at which it was published: the alarm knows it even where the door's answer was lost.
  const since = earliest(alarms.map((alarm) => alarm.since));
  switch (kind) {
    case 'published':
      return bare(earliest([...(since === null ? [] : [since]), ...(drill.sent ? [drill.sent.publishedAt] : [])]));
    case 'journaled':
      // A reading that was sent anew after a restart says nothing about the first.
      return bare(
        drill.sent && drill.sent.publishedAt <= (since ?? drill.sent.publishedAt) ? drill.sent.journaledAt : null,
      );
    case 'raised':
      return bare(earliest(alarms.map(({ raisedAt }) => raisedAt)));
    case 'shown':
      return bare(earliest(shownAt));
    case 'acknowledged':
      return first(traces.acknowledged);
    default:
      return first(
        steps
          .filter((step) => stepsFor[kind]!.includes(step.kind) && (kind !== 'closed' || step.to === 'closed'))
          .map(({ at, doneAt, by }) => ({ at: Math.min(at, doneAt ?? at), by: by?.name ?? null })),
      );
  }
}

/** Clocks of a ticket that limit a hand-off. */
const clocksFor: Readonly<Partial<Record<HandOffKind, TicketClockKind>>> = {
  acknowledged: 'acknowledge',
  arrived: 'arrive',
  'made-safe': 'make-safe',
  closed: 'close',
};

function dueOf({ alarms, tickets, shownWithinMs }: DrillTraces, kind: HandOffKind): number | null {
  const raised = earliest(alarms.map(({ raisedAt }) => raisedAt));
  if (kind === 'shown') return raised === null ? null : raised + shownWithinMs;
  const clock = clocksFor[kind];
  if (clock === undefined) return null;
  const dues = tickets.flatMap(({ clocks }) => clocks.filter((one) => one.kind === clock).map(({ due }) => due));
  // Without a ticket the alarm's own deadlines hold.
  const own = { acknowledge: 'ack', arrive: 'arrive', 'make-safe': 'makeSafe', close: 'close' } as const;
  const field = own[clock as keyof typeof own];
  return earliest(tickets.length > 0 ? dues : alarms.flatMap(({ deadlines }) => deadlines[field] ?? []));
}

const bare = (at: number | null): Reached | null => (at === null ? null : { at, by: null });
const earliest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.min(...times));
const first = (all: readonly Reached[]): Reached | null => all.toSorted((a, b) => a.at - b.at)[0] ?? null;
