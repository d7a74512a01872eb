import type { Deadlines } from '../../devices/contract/alarm.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Clock, Ticket, TicketClock, TicketClockKind } from '../../devices/contract/ticket.ts';
import type { Zone } from '../../kit/local-time.ts';
import { addWorkingTime, workingTimeBetween } from '../standards/working-time.ts';

/** The two clocks of GB/T 30428: one that always runs, and one that runs in the city's working hours. */
export interface Calendar {
  readonly working: City['working'];
  readonly zone: Zone;
}

/** A warning comes when so much of the time is gone. */
const WARN_AT = 0.8;
const MINUTE = 60_000;

/** A clock from its start to a moment that is known. */
export function clockTo<K extends string>(
  calendar: Calendar,
  kind: K,
  runs: TicketClock['runs'],
  startedAt: number,
  due: number,
  safety = false,
): Clock<K> {
  return {
    kind,
    runs,
    safety,
    startedAt,
    due,
    warnAt: warning(calendar, runs, startedAt, due),
    metAt: null,
    warned: false,
    overdue: false,
  };
}

/** A clock that always runs, from its start, for so many minutes. */
export const clockFor = (calendar: Calendar, kind: TicketClockKind, startedAt: number, minutes: number): TicketClock =>
  clockTo(calendar, kind, 'continuous', startedAt, startedAt + minutes * MINUTE);

function warning({ working, zone }: Calendar, runs: TicketClock['runs'], from: number, due: number): number {
  if (runs === 'continuous') return from + WARN_AT * (due - from);
  return addWorkingTime(from, WARN_AT * workingTimeBetween(from, due, working, zone), working, zone);
}

/** The clocks of a matter raised at `startedAt`. With a hazard all but the close are safety clocks. */
export function clocksOf(
  calendar: Calendar,
  deadlines: Deadlines,
  startedAt: number,
  hazardous: boolean,
): TicketClock[] {
  const given: readonly (readonly [TicketClockKind, number | null])[] = [
    ['acknowledge', deadlines.ack],
    ['arrive', deadlines.arrive],
    ['make-safe', deadlines.makeSafe],
    ['close', deadlines.close],
  ];
  return given.flatMap(([kind, due]) =>
    due === null ? [] : [clockTo(calendar, kind, deadlines.clock, startedAt, due, hazardous && kind !== 'close')],
  );
}

/** Clocks of a ticket that a graver alarm joined: each kind at its earlier deadline. */
export function tightened(clocks: readonly TicketClock[], added: readonly TicketClock[]): TicketClock[] {
  const kept = clocks.map((clock) => {
    const other = added.find(({ kind }) => kind === clock.kind);
    return other && clock.metAt === null && other.due < clock.due ? other : clock;
  });
  return [...kept, ...added.filter(({ kind }) => !clocks.some((clock) => clock.kind === kind))];
}

/** Stops clocks that a step has met. What was met stays met. */
export const met = <K extends string>(clocks: readonly Clock<K>[], kinds: readonly K[], at: number): Clock<K>[] =>
  clocks.map((clock) => (clock.metAt === null && kinds.includes(clock.kind) ? { ...clock, metAt: at } : clock));

/** Sets clocks going again, as a ticket that is reopened needs: what they had left is theirs from now. */
export const restarted = (
  calendar: Calendar,
  clocks: readonly TicketClock[],
  kinds: readonly TicketClockKind[],
  at: number,
): TicketClock[] =>
  clocks.map((clock) => {
    if (!kinds.includes(clock.kind)) return clock;
    const due =
      clock.runs === 'continuous'
        ? at + (clock.due - clock.startedAt)
        : addWorkingTime(
            at,
            workingTimeBetween(clock.startedAt, clock.due, calendar.working, calendar.zone),
            calendar.working,
            calendar.zone,
          );
    return clockTo(calendar, clock.kind, clock.runs, at, due, clock.safety);
  });

/** Moves deadlines by a suspension that has ended. Safety clocks ran on. */
export function afterSuspension(
  calendar: Calendar,
  clocks: readonly TicketClock[],
  from: number,
  to: number,
): TicketClock[] {
  const { working, zone } = calendar;
  return clocks.map((clock) => {
    if (clock.safety || clock.metAt !== null || to <= from) return clock;
    const late = (moment: number): number => {
      if (moment <= from) return moment;
      return clock.runs === 'continuous'
        ? moment + (to - from)
        : addWorkingTime(to, workingTimeBetween(from, moment, working, zone), working, zone);
    };
    return { ...clock, due: late(clock.due), warnAt: late(clock.warnAt) };
  });
}

/** What has clocks: a ticket, or what is never suspended. */
type Timed<K extends string> = Pick<Ticket, 'suspended'> & { readonly clocks: readonly Clock<K>[] };

/** True for a clock that stands still while its ticket is suspended. */
const stands = (ticket: Pick<Ticket, 'suspended'>, clock: Clock<string>): boolean =>
  ticket.suspended !== null && !clock.safety;

/** The next moment at which a clock of the ticket has something to say, ms; infinity when none has. */
export function nextMoment(ticket: Timed<string>): number {
  let next = ticket.suspended ? ticket.suspended.until : Number.POSITIVE_INFINITY;
  for (const clock of ticket.clocks) {
    if (clock.metAt !== null || stands(ticket, clock)) continue;
    if (!clock.overdue) next = Math.min(next, clock.warned ? clock.due : clock.warnAt);
  }
  return next;
}

/** Clocks as they are at `at`, and what they say for the first time. */
export function rung<K extends string>(
  ticket: Timed<K>,
  at: number,
): {
  readonly clocks: readonly Clock<K>[];
  readonly says: readonly { readonly kind: 'warned' | 'overdue'; readonly clock: Clock<K> }[];
} {
  const says: { kind: 'warned' | 'overdue'; clock: Clock<K> }[] = [];
  const clocks = ticket.clocks.map((clock) => {
    if (clock.metAt !== null || clock.overdue || stands(ticket, clock)) return clock;
    if (at >= clock.due) {
      const late = { ...clock, warned: true, overdue: true };
      says.push({ kind: 'overdue', clock: late });
      return late;
    }
    if (clock.warned || at < clock.warnAt) return clock;
    const near = { ...clock, warned: true };
    says.push({ kind: 'warned', clock: near });
    return near;
  });
  return { clocks, says };
}
