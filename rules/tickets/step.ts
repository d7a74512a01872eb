import type { Actor, Refusal } from '../../devices/contract/command.ts';
import type {
  Assigned,
  By,
  ClosingNeed,
  PersonStep,
  Ticket,
  TicketClockKind,
  TicketStage,
} from '../../devices/contract/ticket.ts';
import type { TicketPolicy } from '../../devices/contract/ticket-policy.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { flow } from '../../devices/tickets/stages.ts';
import { alreadyTaken, noSuchDuty, noSuchReporter, whyNotStep } from '../../devices/tickets/why-not-step.ts';
import { afterSuspension, type Calendar, met, restarted } from './clocks.ts';
import { whyNotClosed } from './closing.ts';
import { assign, type Duties, type DutyAsked } from './duties.ts';
import { matterOf } from './open.ts';
import { recordStep } from './procedure.ts';
import type { StepOutcome } from './step-outcome.ts';

export interface StepParts {
  readonly policy: TicketPolicy;
  readonly calendar: Calendar;
  readonly duties: Duties;
  /** Department that answers where nobody else does. */
  readonly fallback: string;
  /** What a close still waits for, at a moment. */
  readonly needs: (ticket: Ticket, at: number) => readonly ClosingNeed[];
}

const HOUR = 3_600_000;

/**
 * Takes a person's step: refused where the table, his role, his own earlier hand in the ticket or what is missing forbids it.
 * Pure; time comes with the step. Nothing that a person does stops a safety clock but what meets it.
 */
export function takeStep(parts: StepParts, ticket: Ticket, step: PersonStep, actor: Actor, at: number): StepOutcome {
  const refused = whyNotStep(parts.policy, ticket, step.kind, actor, parts.duties.personOf);
  if (refused) return { refused };
  const by: By = { id: actor.id, name: actor.name, role: actor.role };
  const moved = carry({ ...ticket, stage: flow[ticket.stage][step.kind] ?? ticket.stage }, step, by, at);
  return effect({ ...parts, by, at }, moved, ticket.stage, step);
}

/** What every step brings along: pictures and the reading that was taken. */
function carry(ticket: Ticket, step: PersonStep, by: By, at: number): Ticket {
  const reading = step.reading ? { ...step.reading, at: step.doneAt ?? at, by } : ticket.reading;
  const fresh = step.photos?.filter((hash) => !ticket.photos.includes(hash)) ?? [];
  return { ...ticket, reading, photos: [...ticket.photos, ...fresh] };
}

interface Doing extends StepParts {
  readonly by: By;
  readonly at: number;
}

/** The one place that says what each step changes. Long, and straight: a row a step. */
function effect(doing: Doing, ticket: Ticket, from: TicketStage, step: PersonStep): StepOutcome {
  const { by, at } = doing;
  const meeting = (kinds: readonly TicketClockKind[], when = step.doneAt ?? at): Ticket => ({
    ...ticket,
    clocks: met(ticket.clocks, kinds, Math.min(when, at)),
  });
  switch (step.kind) {
    case 'file':
      return { ticket: ticket.alarms.length === 0 ? meeting(['acknowledge']) : ticket };
    case 'reject':
      return { ticket: { ...ticket, closedAt: at }, more: { reason: step.reason } };
    case 'dispatch':
      return dispatch(doing, ticket, step);
    case 'accept':
      return { ticket: { ...ticket, owner: by } };
    case 'return':
      return giveBack(doing, ticket, step.reason);
    case 'hand-back':
      return {
        ticket: { ...ticket, owner: null, assigned: assignAgain(doing, ticket) },
        more: { reason: step.reason },
      };
    case 'arrive':
      return { ticket: meeting(['arrive']) };
    case 'make-safe':
      return { ticket: meeting(['arrive', 'make-safe']) };
    case 'record':
      return recordStep(ticket, step, by, step.doneAt ?? at);
    case 'finish':
      return {
        ticket: {
          ...ticket,
          hands: { ...ticket.hands, handled: withHand(ticket.hands.handled, ticket.owner?.id ?? by.id, by.id) },
          verifiers: assignTo(doing, ticket, 'verify'),
        },
      };
    case 'verify': {
      const missing = whyNotClosed(doing.needs({ ...ticket, stage: from }, at));
      if (missing)
        return {
          refused: {
            code: 'not-closable',
            zh: `还不能结案：${missing.zh}`,
            en: `it cannot be closed yet: ${missing.en}`,
          },
        };
      return { ticket: closed({ ...meeting(['close']), hands: { ...ticket.hands, verified: by.id } }, at) };
    }
    case 'fail':
      return {
        ticket: { ...ticket, stage: ticket.owner ? 'accepted' : 'dispatched', verifiers: null },
        more: { reason: step.reason },
      };
    case 'suspend':
      return suspend(doing, ticket, step);
    case 'resume':
      return { ticket: resumed(doing.calendar, ticket, at) };
    case 'evidence':
      return step.photos?.length || step.note || step.reading ? { ticket } : { refused: nothingAdded };
    case 'duty-accept': {
      const duty = ticket.duties.find(({ kind }) => kind === step.duty);
      if (!duty) return { refused: noSuchDuty };
      if (duty.acceptedAt !== null) return { refused: alreadyTaken(duty.by?.name ?? '') };
      const duties = ticket.duties.map((one) => (one === duty ? { ...one, acceptedAt: at, by } : one));
      return { ticket: { ...meeting([`duty:${step.duty}`]), duties }, more: { duty: step.duty } };
    }
    case 'report-up':
      return {
        ticket: {
          ...meeting(['report-up']),
          upward: { sentAt: at, by, text: step.note, receiptAt: null, receipt: null },
        },
      };
    case 'report-receipt':
      return {
        ticket: { ...ticket, upward: ticket.upward && { ...ticket.upward, receiptAt: at, receipt: step.note } },
      };
    case 'recheck':
      return recheck(doing, ticket, step);
    case 'settle-dispute':
      return {
        ticket: {
          ...ticket,
          stage: from === 'verifying' ? from : 'dispatched',
          owner: from === 'verifying' ? ticket.owner : null,
          dispute: ticket.dispute && { ...ticket.dispute, settledAt: at },
          assigned: assignTo(
            doing,
            { ...ticket, clause: { ...ticket.clause, department: step.department } },
            'handle',
            step.department,
          ),
        },
        more: { reason: step.reason, department: step.department },
      };
    case 'satisfaction': {
      if (!ticket.reporters.some(({ id }) => id === step.reporter)) return { refused: noSuchReporter };
      const reporters = ticket.reporters.map((one) =>
        one.id === step.reporter ? { ...one, satisfaction: step.score } : one,
      );
      return { ticket: { ...ticket, reporters }, more: { score: step.score, reporter: step.reporter } };
    }
  }
}

const withHand = (hands: readonly string[], ...more: string[]): readonly string[] => [...new Set([...hands, ...more])];

function assignTo({ duties, fallback, at }: Doing, ticket: Ticket, duty: DutyAsked, department?: string): Assigned {
  const found = assign(duties, matterOf(ticket), duty, at, fallback);
  return department === undefined || found.department === department
    ? found
    : { department, post: null, crew: null, persons: [], hole: null };
}

/** The same post or crew, with whoever is on duty there now. */
function assignAgain(doing: Doing, { assigned }: Ticket): Assigned {
  const of = { post: assigned.post ?? undefined, crew: assigned.crew ?? undefined };
  const persons = assigned.post || assigned.crew ? doing.duties.personsOf(of, doing.at) : assigned.persons;
  return { ...assigned, persons };
}

function dispatch(doing: Doing, ticket: Ticket, step: Extract<PersonStep, { kind: 'dispatch' }>): StepOutcome {
  const { post, crew, person } = step;
  const named = post ?? crew ?? person;
  const department = step.department ?? (named ? doing.duties.departmentOf({ post, crew, person }) : undefined);
  if (named && department === undefined) return { refused: unknownPlace(named) };
  const assigned: Assigned = named
    ? {
        department: department!,
        post: post ?? null,
        crew: crew ?? null,
        ...thereNow(doing, { post, crew, person }),
      }
    : assignTo(doing, ticket, 'handle', department);
  const clocks = ticket.alarms.length === 0 ? met(ticket.clocks, ['acknowledge'], doing.at) : ticket.clocks;
  return {
    ticket: { ...ticket, clocks, assigned, owner: null, verifiers: null },
    more: { department: assigned.department, post: assigned.post, crew: assigned.crew, reason: step.reason ?? null },
  };
}

/** Who of a post, crew or person is there; where nobody is, the ticket says so itself, and seats are told instead. */
function thereNow({ duties, at }: Doing, of: Parameters<Duties['personsOf']>[0]): Pick<Assigned, 'persons' | 'hole'> {
  const persons = duties.personsOf(of, at);
  return { persons, hole: persons.length > 0 ? null : nobodyThere(of.post ?? of.crew ?? of.person ?? '') };
}

/** "Not ours": back to the dispatcher. The third time somebody has to settle whose it is. */
function giveBack(doing: Doing, ticket: Ticket, reason: string): StepOutcome {
  const returns = ticket.returns + 1;
  const disputed = returns >= doing.policy.returnsToDispute && ticket.dispute === null;
  return {
    ticket: {
      ...ticket,
      returns,
      owner: null,
      dispute: disputed ? { since: doing.at, settledAt: null } : ticket.dispute,
      assigned: assignTo(doing, ticket, 'dispatch'),
    },
    more: { reason, returns, from: ticket.assigned.department },
    ...(disputed && { follows: [{ kind: 'disputed', more: { returns } }] }),
  };
}

function suspend(
  { policy, at, by }: Doing,
  ticket: Ticket,
  { until, reason }: Extract<PersonStep, { kind: 'suspend' }>,
): StepOutcome {
  if (until <= at) return { refused: endsInThePast };
  if (until > at + policy.longestSuspensionH * HOUR) return { refused: tooLong(policy.longestSuspensionH) };
  return { ticket: { ...ticket, suspended: { since: at, until, reason, by } }, more: { reason, until } };
}

/** A ticket whose suspension has ended at `at`. */
export const resumed = (calendar: Calendar, ticket: Ticket, at: number): Ticket =>
  ticket.suspended
    ? {
        ...ticket,
        suspended: null,
        clocks: afterSuspension(calendar, ticket.clocks, ticket.suspended.since, Math.min(at, ticket.suspended.until)),
      }
    : ticket;

/** A ticket that ended at `at`. */
export const closed = (ticket: Ticket, at: number): Ticket => ({
  ...ticket,
  stage: 'closed',
  closedAt: at,
  suspended: null,
  clocks: met(ticket.clocks, ['close'], at),
});

/** A closed ticket that goes on: with its history, its clocks for the work begun anew. */
export const reopened = (
  parts: Pick<Doing, 'calendar'> & { readonly assigned: Assigned },
  ticket: Ticket,
  at: number,
): Ticket => ({
  ...ticket,
  stage: 'dispatched',
  closedAt: null,
  owner: null,
  verifiers: null,
  reopened: ticket.reopened + 1,
  recheck: null,
  assigned: parts.assigned,
  hands: { ...ticket.hands, verified: null },
  clocks: restarted(parts.calendar, ticket.clocks, ['arrive', 'make-safe', 'close'], at),
  procedure: ticket.procedure && {
    ...ticket.procedure,
    steps: ticket.procedure.steps.map((one) => ({ ...one, done: null })),
  },
  reading: null,
});

function recheck(doing: Doing, ticket: Ticket, step: Extract<PersonStep, { kind: 'recheck' }>): StepOutcome {
  const { at, by } = doing;
  const looked: Ticket = {
    ...ticket,
    recheck: { ...(ticket.recheck ?? { due: at, why: 'item', seed: '' }), passed: step.passed, by, at },
  };
  if (step.passed) return { ticket: looked, more: { passed: true } };
  const assigned = assignTo(doing, ticket, 'handle');
  return { ticket: reopened({ calendar: doing.calendar, assigned }, looked, at), more: { passed: false } };
}

const nobodyThere = (to: string): Bilingual => ({
  zh: `派给了 ${to}，此时无人在岗，也没有代理：请改派`,
  en: `it was sent to ${to}: nobody is there now, and no deputy either. Send it to somebody else`,
});
const refusal = (code: string, zh: string, en: string): Refusal => ({ code, zh, en });
const endsInThePast = refusal(
  'ends-in-the-past',
  '挂起的结束时间已过，请给出将来的时间',
  'the suspension would end in the past: give a time to come',
);
const tooLong = (hours: number) =>
  refusal('suspension-too-long', `挂起最长 ${hours} 小时`, `a suspension lasts at most ${hours} hours`);
const nothingAdded = refusal('nothing-added', '请附照片、读数或说明', 'add a photograph, a reading or words');
const unknownPlace = (id: string) =>
  refusal('unknown-duty', `责任清单中没有岗位、班组或人员 ${id}`, `the duty list holds no post, crew or person ${id}`);
