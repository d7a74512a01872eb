import type { Seat } from '../../devices/contract/city.ts';
import type { Actor, Command, Refusal } from '../../devices/contract/command.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import type { By, PersonStep, Ticket } from '../../devices/contract/ticket.ts';
import type {
  Handover,
  HandoverDraft,
  HandoverPromise,
  LeavingTicket,
  TicketDecision,
  Watch,
} from '../../devices/contract/watch.ts';
import { samePerson } from '../../devices/duty/same-person.ts';
import type { Duties } from '../tickets/duties.ts';
import { changesSince } from './changes.ts';
import * as no from './refusals.ts';

/** Everything that is asked about watches. */
export type WatchCommand = Extract<Command, { type: `watch.${string}` }>;

/** What a command about a seat is decided by, as it is committed. */
export interface WatchWorld {
  readonly seat: Seat;
  /** ms. */
  readonly at: number;
  /** Who is on watch there now. */
  readonly open: Watch | null;
  /** The hand-over that waits for the second signature. */
  readonly offered: Handover | null;
  /** The last one with both signatures. */
  readonly last: Handover | null;
  /** The city wants somebody there at this hour. */
  readonly staffed: boolean;
  /** The note as it would be drafted now, for whoever leaves. */
  readonly draft: (from: By) => HandoverDraft;
  readonly ticket: (id: string) => Ticket | undefined;
  readonly duties: Duties;
  /** The duty list holds nobody: a ticket lies with a department then. */
  readonly dutyListEmpty: boolean;
}

/** A step of a ticket that follows from a change of watch, and in whose name. */
export interface PassedOn {
  readonly ticket: string;
  readonly step: PersonStep;
  readonly actor: Actor;
}

/** What a command makes of the watches: to be written in one transaction with the steps of tickets. */
export interface WatchWork {
  readonly watches: readonly Watch[];
  readonly handovers: readonly Handover[];
  readonly steps: readonly PassedOn[];
}
export type WatchOutcome = WatchWork | { readonly refused: Refusal };

const mayWatch: readonly ActorRole[] = ['admin', 'supervisor', 'duty', 'dispatcher', 'system'];
const mayEnd: readonly ActorRole[] = ['admin', 'supervisor', 'system'];

/**
 * Decides what somebody asks of a seat's watch. Pure; time comes with the command. A watch that somebody must follow ends only by
 * two signatures or by a supervisor, and never while a ticket would be left without an owner who is there.
 */
export function decideWatch(world: WatchWorld, command: WatchCommand): WatchOutcome {
  const { actor } = command;
  if (!mayWatch.includes(actor.role)) return { refused: no.mayNotWatch(actor.role) };
  switch (command.type) {
    case 'watch.on':
      return signOn(world, command);
    case 'watch.hand-over':
      return handOver(world, command);
    case 'watch.take-over':
      return takeOver(world, command);
    case 'watch.off':
      return signOff(world, command);
    case 'watch.end':
      return end(world, command);
  }
}

type Of<T extends WatchCommand['type']> = Extract<WatchCommand, { type: T }>;

const byOf = ({ id, name, role }: Actor): By => ({ id, name, role });
const begun = ({ id, actor, at }: WatchCommand, seat: string, tookOver: string | null): Watch => ({
  ...{ id: `watch:${id}`, seat, by: byOf(actor), since: at, tookOver },
  ended: null,
});

function signOn({ seat, open }: WatchWorld, command: Of<'watch.on'>): WatchOutcome {
  if (open) return { refused: open.by.id === command.actor.id ? no.alreadyOn : no.seatTaken(open) };
  return { watches: [begun(command, seat.id, null)], handovers: [], steps: [] };
}

/** The first signature: the note is frozen. A new one takes the place of one that nobody has taken yet. */
function handOver(world: WatchWorld, command: Of<'watch.hand-over'>): WatchOutcome {
  const his = ownWatch(world, command.actor);
  if ('refused' in his) return his;
  const note = world.draft(his.by);
  const refused = whyNotLeave(world, his.by, note.leaving, command.decisions);
  if (refused) return { refused };
  const { id, at, words, decisions } = command;
  const offered: Handover = {
    ...{ id: `handover:${id}`, seat: world.seat.id, watch: his.id, from: his.by, signedAt: at, state: 'offered' },
    ...{ note, words, decisions, promises: promisesOf(world.last, command, his.by), taken: null },
  };
  return { watches: [], handovers: [...withdrawn(world.offered), offered], steps: [] };
}

/** Promises that are carried on, without those that are kept, and what is promised now. */
function promisesOf(
  last: Handover | null,
  { id, at, kept, promises }: Of<'watch.hand-over'>,
  by: By,
): HandoverPromise[] {
  const carried = (last?.promises ?? []).filter((one) => !kept.includes(one.id));
  const made = promises.map(({ text, due }, i) => ({ id: `promise:${id}.${i}`, text, due: due ?? null, by, at }));
  return [...carried, ...made];
}

/** The second signature: the watch passes, and with it the tickets as was decided. */
function takeOver(world: WatchWorld, command: Of<'watch.take-over'>): WatchOutcome {
  const { offered, open } = world;
  const { actor, at, words } = command;
  if (!offered || offered.id !== command.handover || !open || open.id !== offered.watch)
    return { refused: no.notOffered };
  if (samePerson(world.duties.personOf, actor.id, offered.from.id)) return { refused: no.sameHands };
  const now = world.draft(offered.from);
  const decided = new Set(offered.decisions.map(({ ticket }) => ticket));
  const left = now.leaving.filter(({ ticket }) => !decided.has(ticket));
  if (left.length > 0) return { refused: no.undecided(left) };
  const steps = passedOn(offered.decisions, now.leaving, { ...offered.from, via: 'page' });
  const by = byOf(actor);
  const taken = {
    by,
    at,
    words,
    changes: changesSince(offered.note, now),
    passedOn: steps.map(({ ticket }) => ticket),
  };
  return {
    watches: [ended(open, { at, how: 'handed-over', by, reason: null }), begun(command, world.seat.id, offered.id)],
    handovers: [{ ...offered, state: 'taken', taken }],
    steps,
  };
}

/** Nobody need follow at this hour: the person leaves, and says what becomes of his tickets. */
function signOff(world: WatchWorld, command: Of<'watch.off'>): WatchOutcome {
  const { actor, at, words, decisions } = command;
  const his = ownWatch(world, actor);
  if ('refused' in his) return his;
  if (world.staffed) return { refused: no.mustBeFollowed };
  const { leaving } = world.draft(his.by);
  const refused = whyNotLeave(world, his.by, leaving, decisions);
  if (refused) return { refused };
  const watch = ended(his, { at, how: 'signed-off', by: his.by, reason: words || null });
  return {
    watches: [watch],
    handovers: withdrawn(world.offered),
    steps: passedOn(decisions, leaving, actor),
  };
}

/** A supervisor ends the watch of somebody who cannot hand over: what he had goes back to whoever is on duty there. */
function end(world: WatchWorld, { actor, at, reason }: Of<'watch.end'>): WatchOutcome {
  const { open } = world;
  if (!mayEnd.includes(actor.role)) return { refused: no.mayNotEnd };
  if (!open) return { refused: no.nobodyOn };
  const his = world.draft(open.by).leaving.filter(({ why }) => why === 'on-watch');
  const decisions = his.map(({ ticket }) => ({ kind: 'hand-back' as const, ticket, reason }));
  return {
    watches: [ended(open, { at, how: 'ended', by: byOf(actor), reason })],
    handovers: withdrawn(world.offered),
    steps: passedOn(decisions, his, actor),
  };
}

const ended = (watch: Watch, how: NonNullable<Watch['ended']>): Watch => ({ ...watch, ended: how });
const withdrawn = (offered: Handover | null): Handover[] => (offered ? [{ ...offered, state: 'withdrawn' }] : []);

const ownWatch = ({ open }: WatchWorld, actor: Actor): Watch | { readonly refused: Refusal } =>
  !open ? { refused: no.nobodyOn } : open.by.id === actor.id ? open : { refused: no.notOnWatch(open) };

/** Why somebody may not leave yet: each ticket whose owner goes is decided, and each decision can be carried out. */
function whyNotLeave(
  world: WatchWorld,
  from: By,
  leaving: readonly LeavingTicket[],
  decisions: readonly TicketDecision[],
): Refusal | null {
  const byId = new Map(leaving.map((one) => [one.ticket, one]));
  for (const decision of decisions) {
    const ticket = byId.get(decision.ticket);
    const refused = ticket ? whyNotDecide(world, from, ticket, decision) : no.notLeaving(decision.ticket);
    if (refused) return refused;
    byId.delete(decision.ticket);
  }
  return byId.size > 0 ? no.undecided([...byId.values()]) : null;
}

function whyNotDecide(world: WatchWorld, from: By, leaving: LeavingTicket, decision: TicketDecision): Refusal | null {
  if (decision.kind === 'give')
    return world.duties.departmentOf({ person: decision.person }) === undefined
      ? no.unknownPerson(decision.person)
      : null;
  if (decision.kind === 'keep' || world.dutyListEmpty) return null;
  return othersThere(world, world.ticket(leaving.ticket), [from.id, leaving.owner.id]) ? null : no.nobodyThere(leaving);
}

/** Whether anybody but these accounts is on duty where a ticket lies. */
function othersThere({ duties, at }: WatchWorld, ticket: Ticket | undefined, accounts: readonly string[]): boolean {
  if (!ticket) return false;
  const { post, crew, persons } = ticket.assigned;
  const there = post || crew ? duties.personsOf({ post: post ?? undefined, crew: crew ?? undefined }, at) : persons;
  const gone = accounts.map((account) => duties.personOf(account));
  return there.some((person) => !gone.includes(person));
}

/** The steps that carry the decisions out, for tickets that are still in the hand of whoever goes. */
function passedOn(decisions: readonly TicketDecision[], leaving: readonly LeavingTicket[], actor: Actor): PassedOn[] {
  const still = new Set(leaving.map(({ ticket }) => ticket));
  return decisions.flatMap((decision): PassedOn[] => {
    const { ticket } = decision;
    if (decision.kind === 'keep' || !still.has(ticket)) return [];
    const reason = decision.reason ?? '交班 / change of shift';
    const step: PersonStep =
      decision.kind === 'give' ? { kind: 'dispatch', person: decision.person, reason } : { kind: 'hand-back', reason };
    return [{ ticket, step, actor }];
  });
}
