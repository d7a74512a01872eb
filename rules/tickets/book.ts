import type { Alarm } from '../../devices/contract/alarm.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Actor, Refusal } from '../../devices/contract/command.ts';
import {
  type By,
  isTicketOpen,
  type PersonStep,
  type Report,
  type Ticket,
  type TicketAlarm,
  type TicketStage,
  type TicketStep,
  type TicketStepKind,
} from '../../devices/contract/ticket.ts';
import { fits } from '../../devices/tickets/which.ts';
import { dayNumbers } from '../day-numbers.ts';
import { distanceM } from '../derive/bins.ts';
import { type Calendar, clocksOf, met, nextMoment, rung, tightened } from './clocks.ts';
import { type AlarmFreshness, needsOf } from './closing.ts';
import { assign, type Duties } from './duties.ts';
import { heldTickets } from './held-tickets.ts';
import { newShifts } from './new-shift.ts';
import {
  dutiesNow,
  matterOf,
  newTicket,
  type OpenParts,
  opensTicket,
  reporterOf,
  type Standards,
  type Subject,
  sideClocks,
  subjectOfAlarm,
  subjectOfReport,
  ticketAlarm,
} from './open.ts';
import { recheckOf } from './recheck.ts';
import { closed, reopened, resumed, takeStep } from './step.ts';
import type { Follow } from './step-outcome.ts';

export interface TicketBookParts {
  readonly city: City;
  readonly calendar: Calendar;
  /** The duty list as it is now. */
  readonly duties: () => Duties;
  readonly standards: Standards;
  /** What is known of an alarm's newest data. */
  readonly freshness: (alarm: TicketAlarm) => AlarmFreshness;
  /** The grid that a device is registered in; undefined where none is. */
  readonly gridOf?: (device: string) => string | undefined;
  /** The registry is a demonstration's: so is what people report. */
  readonly isDemo: () => boolean;
}

/** What is to be written: tickets whole, lines of history numbered. */
export interface TicketChanges {
  readonly tickets: readonly Ticket[];
  readonly steps: readonly TicketStep[];
}

/** What the database keeps that the book needs: tickets that may still change, and the last numbers that were given. */
export interface KeptTickets {
  readonly tickets: readonly Ticket[];
  readonly lastSeq: number;
  /** The last `no` given. */
  readonly lastNo: string | null;
}

export type TicketTold = { readonly ticket: Ticket } | { readonly refused: Refusal };

/**
 * The tickets that may still change, and every way in which they do: by their alarms, by people's steps, by time. Pure: what it
 * does follows from what it is told, in that order; it is put back by {@link KeptTickets} alone.
 */
export interface TicketBook {
  load(kept: KeptTickets): void;
  /** Lets alarms that changed find their tickets, and clocks run, at `at` (ms on the journal's time). */
  settle(alarms: Iterable<Alarm>, at: number): void;
  /** A person's step. */
  step(id: string, step: PersonStep, actor: Actor, at: number): TicketTold;
  /** A person's report: a ticket of its own, or one more reporter of the same matter. `id` names the report. */
  report(id: string, report: Report, actor: Actor, at: number): TicketTold;
  /** Closes open tickets of drills whose devices are all gone, verified by nobody. */
  endDrills(isThere: (device: string) => boolean, at: number): void;
  byId(id: string): Ticket | undefined;
  ofAlarm(alarm: string): Ticket | undefined;
  all(): Iterable<Ticket>;
  /** What changed since the last take; null when nothing did. */
  take(): TicketChanges | null;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

export function ticketBook(parts: TicketBookParts): TicketBook {
  const { city, calendar } = parts;
  const policy = city.tickets;
  const tickets = heldTickets();
  let changed = new Map<string, Ticket>();
  let steps: TicketStep[] = [];
  let seq = 0;
  const numbers = dayNumbers(calendar.zone);
  let next = Number.POSITIVE_INFINITY;
  let now = Number.NaN;
  /** Of the last settling; NaN before the first, so that a start looks no earlier than its minute would. */
  let settledAt = Number.NaN;

  const opening = (): OpenParts => ({ policy, calendar, duties: parts.duties(), fallback: city.platformDepartment });
  const needs = (ticket: Ticket, at: number) => needsOf(ticket, policy, at, parts.freshness);
  const keep = (ticket: Ticket): Ticket => {
    const written = isTicketOpen(ticket) ? { ...ticket, needs: needs(ticket, now) } : { ...ticket, needs: [] };
    tickets.put(written);
    changed.set(written.id, written);
    next = Math.min(next, momentOf(written));
    return written;
  };
  /** Writes a line of history, and the ticket as it is after it. */
  const write = (
    ticket: Ticket,
    from: TicketStage,
    kind: TicketStepKind,
    at: number,
    { by = null, step, more = {} }: { by?: By | null; step?: PersonStep; more?: TicketStep['more'] } = {},
  ): Ticket => {
    steps.push({
      seq: ++seq,
      ticket: ticket.id,
      at,
      doneAt: step?.doneAt ?? null,
      kind,
      by,
      place: step?.place ?? null,
      note: step?.note ?? null,
      reading: step?.reading ?? null,
      photos: step?.photos ?? [],
      from,
      to: ticket.stage,
      clause: ticket.clause.item === '' ? '' : `${ticket.clause.item}@${ticket.clause.catalogueVersion}`,
      more,
    });
    return keep({ ...ticket, seq });
  };

  /** Sends a ticket out to whom the duty list names, where nobody has to decide that. */
  const sendOut = (ticket: Ticket, at: number): Ticket => {
    if (!policy.autoDispatch.some((rule) => fits(rule, ticket))) return ticket;
    const assigned = assign(parts.duties(), matterOf(ticket), 'handle', at, city.platformDepartment);
    const { department, post, crew } = assigned;
    return write({ ...ticket, stage: 'dispatched', assigned }, ticket.stage, 'auto-dispatch', at, {
      more: { department, post, crew, hole: assigned.hole?.en ?? null },
    });
  };
  const open = (subject: Subject, at: number): Ticket => newTicket(opening(), subject, at);

  /** The ticket that an alarm belongs to: its incident's, or the one of its device under its item that may still change. */
  const find = (alarm: Alarm, at: number): Ticket | undefined => {
    if (alarm.incident !== null) {
      const own = tickets.get(`ticket:${alarm.incident}`);
      if (own && (isTicketOpen(own) || mayReopen(own, at))) return own;
      return tickets.ofIncident(alarm.incident).find(isTicketOpen);
    }
    const same = tickets.ofDevice(alarm.device, alarm.clause.item).filter(({ drill }) => drill === alarm.drill);
    return same.find(isTicketOpen) ?? same.findLast((ticket) => mayReopen(ticket, at));
  };
  /** What was played is over once it is closed: nothing of it comes back later. */
  const mayReopen = (ticket: Ticket, at: number): boolean =>
    ticket.drill === undefined &&
    ticket.stage === 'closed' &&
    at - (ticket.closedAt ?? 0) <= policy.reopensWithinH * HOUR;

  const begin = (alarm: Alarm, at: number): Ticket => {
    const cause = alarm.incident ?? alarm.id;
    const id = tickets.get(`ticket:${cause}`) ? `ticket:${alarm.id}` : `ticket:${cause}`;
    const ticket = open(subjectOfAlarm(alarm, id, numbers.next(at), parts.standards, parts.gridOf?.(alarm.device)), at);
    return write(ticket, 'reported', 'opened', at, { more: { alarm: alarm.id } });
  };
  /** Puts an alarm on a ticket, which grows as grave as the alarm. */
  const join = (ticket: Ticket, alarm: Alarm, at: number): Ticket => {
    tickets.alarmIsOn(alarm.id, ticket.id);
    const alarms = [...ticket.alarms.filter(({ id }) => id !== alarm.id), ticketAlarm(alarm)];
    const first = ticket.alarms.length === 0;
    const joined = follow({ ...ticket, alarms }, alarm, at);
    const graver = alarm.priority < joined.priority ? raisePriority(joined, alarm, at) : joined;
    return first
      ? keep(graver)
      : write(graver, graver.stage, 'joined', at, { more: { alarm: alarm.id, device: alarm.device } });
  };
  const raisePriority = (ticket: Ticket, alarm: Alarm, at: number): Ticket => {
    const grave = { ...ticket, priority: alarm.priority, hazard: alarm.hazard ?? ticket.hazard };
    const added = [
      ...clocksOf(calendar, alarm.deadlines, alarm.raisedAt, alarm.hazard !== null),
      ...sideClocks({ policy, calendar }, grave, alarm.raisedAt),
    ];
    const raised = { ...grave, clocks: tightened(ticket.clocks, added), duties: dutiesNow(opening(), grave, at) };
    return write(raised, ticket.stage, 'raised-priority', at, { more: { from: ticket.priority, to: alarm.priority } });
  };
  /** Takes on what happened to an alarm: seen by somebody, or judged. */
  const follow = (ticket: Ticket, alarm: Alarm, at: number): Ticket => {
    const seen =
      alarm.ackedBy === null ? ticket.hands.acknowledged : [...new Set([...ticket.hands.acknowledged, alarm.ackedBy])];
    const clocks = ticket.alarms.every(({ acked }) => acked)
      ? met(ticket.clocks, ['acknowledge'], alarm.ackedAt ?? at)
      : ticket.clocks;
    return { ...ticket, clocks, hands: { ...ticket.hands, acknowledged: seen } };
  };

  /** An alarm that has its ticket changed. */
  const alarmChanged = (ticket: Ticket, alarm: Alarm, at: number): void => {
    const before = ticket.alarms.find(({ id }) => id === alarm.id);
    const after = ticketAlarm(alarm);
    if (!before || JSON.stringify(before) === JSON.stringify(after)) return;
    const alarms = ticket.alarms.map((one) => (one.id === alarm.id ? after : one));
    let told = follow({ ...ticket, alarms }, alarm, at);
    if (alarm.priority < told.priority) told = raisePriority(told, alarm, at);
    if (before.active && !after.active)
      told = write(told, told.stage, 'alarm-returned', at, { more: { alarm: alarm.id } });
    else if (!before.active && after.active) told = comesBack(told, alarm, at);
    else
      told = write(told, told.stage, 'alarm-changed', at, {
        more: { alarm: alarm.id, what: whatChanged(before, after), by: after.acked ? alarm.ackedBy : null },
      });
    selfClose(told, at);
  };
  /** An alarm that stands again is not over, whatever was finished meanwhile. */
  const comesBack = (ticket: Ticket, alarm: Alarm, at: number): Ticket => {
    const stage = ticket.stage === 'verifying' ? (ticket.owner ? 'accepted' : 'dispatched') : ticket.stage;
    return write({ ...ticket, stage, verifiers: null }, ticket.stage, 'alarm-again', at, { more: { alarm: alarm.id } });
  };
  const selfClose = (ticket: Ticket, at: number): void => {
    if (!isTicketOpen(ticket) || ticket.stage === 'verifying' || ticket.reporters.length > 0) return;
    if (ticket.alarms.length === 0 || ticket.alarms.some(({ active, closedAt }) => active && closedAt === null)) return;
    if (policy.selfClosing.some((rule) => fits(rule, ticket)))
      finishOf(closed(ticket, at), ticket.stage, 'self-closed', at);
  };
  /** Closes, and draws the recheck. */
  const finishOf = (
    ticket: Ticket,
    from: TicketStage,
    kind: TicketStepKind,
    at: number,
    more: Parameters<typeof write>[4] = {},
  ): Ticket => {
    const recheck =
      kind === 'self-closed' || ticket.drill !== undefined ? null : recheckOf(policy, city.id, ticket, at);
    const done = write({ ...ticket, recheck }, from, kind, at, more);
    return recheck === null || recheck.why === 'none'
      ? done
      : write(done, 'closed', 'recheck-drawn', at, {
          more: { why: recheck.why, due: recheck.due, seed: recheck.seed },
        });
  };
  /** Its incident took the alarm elsewhere: it leaves this ticket, which ends when none is left. */
  const leave = (ticket: Ticket, alarm: Alarm, to: Ticket, at: number): void => {
    const alarms = ticket.alarms.filter(({ id }) => id !== alarm.id);
    if (alarms.length > 0 || ticket.reporters.length > 0) keep({ ...ticket, alarms });
    else
      write({ ...ticket, alarms, stage: 'merged', mergedInto: to.id, closedAt: at }, ticket.stage, 'merged', at, {
        more: { into: to.id },
      });
  };
  const takeAlarm = (alarm: Alarm, at: number): void => {
    const have = tickets.ofAlarm(alarm.id);
    if (have && (alarm.incident === null || have.incident === alarm.incident || !isTicketOpen(have))) {
      if (isTicketOpen(have)) alarmChanged(have, alarm, at);
      else if (alarm.active && mayReopen(have, at)) again(have, alarm, at);
      return;
    }
    if (!have && !opensTicket(policy, alarm)) return;
    const found = find(alarm, at);
    const reopens = found !== undefined && !isTicketOpen(found);
    const ticket = reopens ? again(found, alarm, at) : join(found ?? begin(alarm, at), alarm, at);
    if (!found) sendOut(ticket, at);
    if (have) leave(have, alarm, ticket, at);
  };
  /** The same matter so soon after its close: the ticket goes on, with its history. */
  const again = (ticket: Ticket, alarm: Alarm, at: number): Ticket => {
    const assigned = assign(parts.duties(), matterOf(ticket), 'handle', at, city.platformDepartment);
    const back = write(reopened({ calendar, assigned }, ticket, at), 'closed', 'alarm-again', at, {
      more: { alarm: alarm.id },
    });
    return join(back, alarm, at);
  };

  const momentOf = (ticket: Ticket): number => {
    if (isTicketOpen(ticket)) return nextMoment(ticket);
    const { recheck } = ticket;
    return recheck &&
      recheck.why !== 'none' &&
      recheck.passed === null &&
      recheck.by === null &&
      !recheckTold.has(ticket.id)
      ? recheck.due
      : Number.POSITIVE_INFINITY;
  };
  /** Tickets whose recheck has fallen due and was told. */
  const recheckTold = new Set<string>();
  /** Time passes for one ticket. */
  const passes = (ticket: Ticket, at: number): void => {
    if (!isTicketOpen(ticket)) {
      recheckTold.add(ticket.id);
      write(ticket, ticket.stage, 'recheck-due', at, { more: { due: ticket.recheck?.due ?? at } });
      return;
    }
    let told = ticket;
    if (told.suspended && at >= told.suspended.until)
      told = write(resumed(calendar, told, at), told.stage, 'resumed', at);
    const { clocks, says } = rung(told, at);
    for (const { kind, clock } of says)
      told = write({ ...told, clocks }, told.stage, kind, at, {
        more: { clock: clock.kind, due: clock.due, runs: clock.runs },
      });
  };
  /** What a close waits for changes with time alone. Whoever is to verify hears when nothing is missing any more. */
  const review = (at: number): void => {
    for (const ticket of tickets.all()) {
      if (ticket.stage !== 'verifying' && ticket.stage !== 'handling') continue;
      const after = needs(ticket, at);
      if (JSON.stringify(after) === JSON.stringify(ticket.needs)) continue;
      const ready = after.every(({ met }) => met) && !ticket.needs.every(({ met }) => met);
      if (ready && ticket.stage === 'verifying') write(ticket, ticket.stage, 'closable', at);
      else keep(ticket);
    }
  };
  /** Tickets that nobody has taken yet lie with whoever is on now. */
  const changeShift = (at: number): void => {
    const look = newShifts(parts.duties(), city.platformDepartment, at);
    for (const ticket of [...tickets.all()]) {
      const changed = look(ticket);
      if (!changed) continue;
      const more = { before: changed.before.join(','), now: changed.now.join(',') };
      write(changed.ticket, ticket.stage, 'shift-changed', at, { more });
    }
  };
  const forget = (at: number): void => {
    for (const ticket of tickets.all()) {
      if (isTicketOpen(ticket) || mayReopen(ticket, at) || awaitsRecheck(ticket)) continue;
      tickets.drop(ticket);
      recheckTold.delete(ticket.id);
    }
  };

  const hold = (ticket: Ticket): void => {
    tickets.put(ticket);
    for (const { id } of ticket.alarms) tickets.alarmIsOn(id, ticket.id);
    next = Math.min(next, momentOf(ticket));
  };
  const duplicateOf = ({ item, lon, lat }: Report, at: number): Ticket | undefined => {
    let nearest: Ticket | undefined;
    for (const ticket of tickets.all()) {
      // What people report is real: it never joins what is played.
      if (!isTicketOpen(ticket) || ticket.clause.item !== item || ticket.drill !== undefined) continue;
      const away = distanceM(ticket, { lon, lat });
      if (away > policy.duplicate.withinM || at - ticket.openedAt > policy.duplicate.withinH * HOUR) continue;
      if (!nearest || away < distanceM(nearest, { lon, lat })) nearest = ticket;
    }
    return nearest;
  };
  return {
    load(kept) {
      seq = kept.lastSeq;
      numbers.load(kept.lastNo);
      for (const ticket of kept.tickets) hold(ticket);
    },
    settle(alarms, at) {
      now = at;
      for (const alarm of alarms) takeAlarm(alarm, at);
      if (Math.floor(settledAt / MINUTE) < Math.floor(at / MINUTE)) {
        changeShift(at);
        review(at);
      }
      settledAt = at;
      if (at < next) return;
      for (const ticket of [...tickets.all()]) if (momentOf(ticket) <= at) passes(ticket, at);
      forget(at);
      next = Number.POSITIVE_INFINITY;
      for (const ticket of tickets.all()) next = Math.min(next, momentOf(ticket));
    },
    step(id, step, actor, at) {
      const ticket = tickets.get(id);
      if (!ticket) return { refused: unknownTicket };
      now = at;
      const taken = takeStep(
        { policy, calendar, duties: parts.duties(), fallback: city.platformDepartment, needs },
        ticket,
        step,
        actor,
        at,
      );
      if ('refused' in taken) return taken;
      const by: By = { id: actor.id, name: actor.name, role: actor.role };
      const written = { by, step, more: taken.more ?? {} };
      const ends = taken.ticket.stage === 'closed' && ticket.stage !== 'closed';
      let told = ends
        ? finishOf(taken.ticket, ticket.stage, step.kind, at, written)
        : write(taken.ticket, ticket.stage, step.kind, at, written);
      for (const { kind, more = {} } of taken.follows ?? ([] as readonly Follow[]))
        told = write(told, told.stage, kind, at, { more });
      return { ticket: told };
    },
    report(id, report, actor, at) {
      const item = parts.standards.itemOf(report.item);
      if (!item) return { refused: unknownItem(report.item) };
      now = at;
      const by: By = { id: actor.id, name: actor.name, role: actor.role };
      const reporter = reporterOf(id, report, at);
      const same = report.settled ? undefined : duplicateOf(report, at);
      if (same) {
        const merged = {
          ...same,
          reporters: [...same.reporters, reporter],
          photos: [...new Set([...same.photos, ...report.photos])],
        };
        return {
          ticket: write(merged, same.stage, 'joined', at, {
            by,
            more: { report: id, reporters: merged.reporters.length },
          }),
        };
      }
      const subject = subjectOfReport(report, item, id, numbers.next(at), at, parts);
      const fresh = { ...open(subject, at), reporters: [reporter], photos: report.photos };
      const opened = write(fresh, 'reported', 'opened', at, { by, more: { channel: report.channel, report: id } });
      if (!report.settled) return { ticket: sendOut(opened, at) };
      const proof: PersonStep = { kind: 'finish', note: report.settled.note, photos: report.settled.photos };
      const done = {
        ...closed(opened, at),
        settledOnSpot: true,
        photos: [...new Set([...opened.photos, ...report.settled.photos])],
      };
      return {
        ticket: finishOf({ ...done, hands: { ...done.hands, handled: [by.id] } }, opened.stage, 'finish', at, {
          by,
          step: proof,
        }),
      };
    },
    endDrills(isThere, at) {
      now = at;
      for (const ticket of [...tickets.all()]) {
        if (ticket.drill === undefined || !isTicketOpen(ticket)) continue;
        if (ticket.alarms.some(({ device }) => isThere(device))) continue;
        finishOf(closed(ticket, at), ticket.stage, 'drill-over', at);
      }
    },
    byId: (id) => tickets.get(id),
    ofAlarm: tickets.ofAlarm,
    all: tickets.all,
    take() {
      if (changed.size === 0) return null;
      const taken = { tickets: [...changed.values()], steps };
      changed = new Map();
      steps = [];
      return taken;
    },
  };
}

/** What of an alarm changed besides its coming and going; the gravest of several. */
function whatChanged(before: TicketAlarm, after: TicketAlarm): 'closed' | 'judged' | 'acknowledged' | 'state' {
  if (before.closedAt !== after.closedAt) return 'closed';
  if (before.verdict !== after.verdict) return 'judged';
  return before.acked === after.acked ? 'state' : 'acknowledged';
}

const awaitsRecheck = ({ recheck }: Ticket): boolean =>
  recheck !== null && recheck.why !== 'none' && recheck.passed === null;

/** Said of an id that is no ticket which may still change. */
export const unknownTicket: Refusal = {
  code: 'unknown-ticket',
  zh: '没有这张未了结的工单',
  en: 'there is no ticket of this id that may still change',
};
const unknownItem = (code: string): Refusal => ({
  code: 'unknown-item',
  zh: `现行标准中没有事项 ${code}`,
  en: `the standards in force have no item ${code}`,
});
