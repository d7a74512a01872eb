import type { Transaction } from 'kysely';
import type { Actor, Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import { type ActorRole, officeRoles as office, scoredRoles } from '../../devices/contract/roles.ts';
import type { Period, ScoreRun } from '../../devices/contract/score.ts';
import type { Cycle, Supervision, Unit } from '../../devices/contract/supervision.ts';
import { type DutyBook, personsByAccount } from '../../devices/duty/duty-book.ts';
import { type PersonOf, samePerson } from '../../devices/duty/same-person.ts';
import { looksBack } from '../../devices/supervision/cycle-ends.ts';
import { peopleOfUnit, personBehind } from '../../devices/supervision/people-of-unit.ts';
import { periodAt, periodBefore, periodOf } from '../../devices/supervision/period.ts';
import {
  appealsOf,
  hashOfWeights,
  idOf,
  numberIn,
  PEOPLE,
  runBody,
  runOf,
  runOfAppeal,
  signaturesOf,
  subjectOfRun,
  subjectOfWeights,
  weightsChanges,
} from '../../devices/supervision/read-scores.ts';
import type { Zone } from '../../kit/local-time.ts';
import type { RulesTables } from '../store/migrations.ts';
import {
  addAppeal,
  addPromise,
  addPublication,
  addRun,
  addSignature,
  addWeights,
  lastRevision,
} from '../store/score-store.ts';
import type { MadeRun } from '../supervision/make-run.ts';
import * as no from './supervision-refusals.ts';

type Trx = Transaction<RulesTables>;
/** Everything that is asked of supervision. */
export type SupervisionCommand = Extract<Command, { type: `supervision.${string}` }>;
type Of<K extends string> = Extract<SupervisionCommand, { type: `supervision.${K}` }>;

export const isSupervisionCommand = (command: Command): command is SupervisionCommand =>
  command.type.startsWith('supervision.');

const roles: Readonly<Record<SupervisionCommand['type'], readonly ActorRole[]>> = {
  'supervision.run': [...office, 'system'],
  'supervision.appeal': scoredRoles,
  'supervision.decide': office,
  'supervision.publish': office,
  'supervision.weights': office,
  'supervision.agree': office,
  'supervision.promise': scoredRoles,
};
/** What two people stand behind is done in person. */
const inPerson: ReadonlySet<string> = new Set(['supervision.publish', 'supervision.weights', 'supervision.agree']);

/** Why somebody may not ask for this; null when he may. */
export function whyNotSupervise({ type, actor }: SupervisionCommand): Refusal | null {
  if (!roles[type].includes(actor.role)) return no.notYourSupervision(actor.role, roles[type]);
  return inPerson.has(type) && actor.via !== 'page' && actor.via !== 'cli' ? no.notByToken : null;
}

/** What is to be worked out: lists and samples of the period that runs, figures of one that has ended. */
export function askedRun(
  policy: Supervision,
  { cycle: id, period: key }: Pick<Of<'run'>, 'cycle' | 'period'>,
  at: number,
  zone: Zone,
): { readonly cycle: Cycle; readonly period: Period } | { readonly refused: Refusal } {
  const cycle = policy.cycles.find((one) => one.id === id);
  if (!cycle)
    return {
      refused: no.unknownCycle(
        id,
        policy.cycles.map((one) => one.id),
      ),
    };
  const now = periodAt(cycle.every, at, zone);
  const usual = looksBack(cycle) ? periodBefore(cycle.every, now, zone) : now;
  const period = key === undefined ? usual : periodOf(cycle.every, key, zone);
  if (!period) return { refused: no.unknownPeriod(key ?? '', now.key) };
  if (looksBack(cycle) && period.to > at) return { refused: no.notEnded(period.key, period.to) };
  if (period.from > at) return { refused: no.notBegun(period.key, period.from) };
  return { cycle, period };
}

/** Keeps what was worked out as the next revision of its period. */
export async function keepRun(
  trx: Trx,
  { cycle, period }: { readonly cycle: Cycle; readonly period: Period },
  { content, numbers, demo }: MadeRun,
  { actor, reason }: Pick<Of<'run'>, 'actor' | 'reason'>,
  at: number,
): Promise<CommandOutcome> {
  const before = await lastRevision(trx, cycle.id, period.key);
  if (before > 0 && reason === undefined) return { refused: no.reasonNeeded(period.key, before) };
  const revision = before + 1;
  const id = idOf({ cycle, period }, revision);
  const run: ScoreRun = { id, cycle, period, revision, at, by: actor.name, reason: reason ?? null, demo, content };
  await addRun(trx, run, numbers);
  return done(id);
}

const done = (...changed: string[]): CommandOutcome => ({ done: true, changed });
const refuse = (refused: Refusal): CommandOutcome => ({ refused });

/** What commands of supervision are decided by. */
export interface ScoreWorld {
  readonly policy: Supervision;
  /** Ids of the city's departments. */
  readonly departments: readonly string[];
  /** Who belongs where. */
  readonly book: DutyBook;
  readonly zone: Zone;
}

/** Carries out all but the working out itself, inside the transaction. Refusals write nothing. */
export async function executeOnScores(
  trx: Trx,
  command: Exclude<SupervisionCommand, { type: 'supervision.run' }>,
  { policy, departments, book, zone }: ScoreWorld,
  at: number,
): Promise<CommandOutcome> {
  switch (command.type) {
    case 'supervision.appeal':
      return appeal(trx, command, { policy, book, date: zone.local(at).date }, at);
    case 'supervision.decide':
      return decide(trx, command, book, at);
    case 'supervision.publish':
      return publish(trx, command, personsByAccount(book), at);
    case 'supervision.weights':
      return askWeights(trx, command, policy, at);
    case 'supervision.agree':
      return agree(trx, command, personsByAccount(book), at);
    case 'supervision.promise':
      return promise(trx, command, departments, at);
  }
}

async function appeal(
  trx: Trx,
  { run, unit, indicator, facts, reason, evidence, actor }: Of<'appeal'>,
  where: Pick<ScoreWorld, 'policy' | 'book'> & { readonly date: string },
  at: number,
) {
  const body = await runBody(trx, run);
  if (!body) return refuse(no.unknownRun(run));
  const { state, appealUntil } = body.line;
  if (state !== 'provisional') return refuse(no.notProvisional(state));
  if (appealUntil !== null && at > appealUntil) return refuse(no.appealsClosed(appealUntil));
  const number = await numberIn(trx, run, unit, indicator);
  if (!number) return refuse(no.unknownNumber(unit, indicator));
  const strange = without(facts, number.facts);
  if (strange.length > 0) return refuse(no.notItsFacts(strange));
  const own = ownDepartment(where, unitOf(body.run, unit) ?? { id: unit, name: { zh: unit, en: unit } }, actor);
  if ('refused' in own) return refuse(own.refused);
  const { department } = own;
  const seq = await addAppeal(trx, run, actor, at, { unit, department, indicator, reason, evidence, facts });
  return done(String(seq));
}

/** The unit of a run as it was scored. */
const unitOf = ({ content }: ScoreRun, id: string): Unit | undefined =>
  content.kind === 'score' || content.kind === 'review'
    ? content.basis.classes.flatMap(({ units }) => units).find((unit) => unit.id === id)
    : undefined;

/**
 * For which department somebody speaks about a unit: his own, and of that unit. A city whose duty list names nobody cannot know.
 */
function ownDepartment(
  { book, date }: Pick<ScoreWorld, 'book'> & { readonly date: string },
  unit: Unit,
  { id }: Actor,
): { readonly department: string | null } | { readonly refused: Refusal } {
  if (book.persons.size === 0) return { department: null };
  const known = personBehind(book, id);
  if (known && peopleOfUnit(book, unit, date).includes(known)) return { department: known.department };
  return {
    refused: known ? no.notYourDepartment(unit.name, book.nameOf(known.department)) : no.notOnDutyList(unit.name),
  };
}

const without = (ids: readonly string[], facts: readonly { readonly id: string }[]): string[] => {
  const known = new Set(facts.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
};

async function decide(
  trx: Trx,
  { appeal: seq, upheld, leaveOut, reason, actor }: Of<'decide'>,
  book: DutyBook,
  at: number,
) {
  const run = await runOfAppeal(trx, seq);
  const found = run === undefined ? undefined : (await appealsOf(trx, run)).find((one) => one.seq === seq);
  if (run === undefined || !found) return refuse(no.unknownAppeal(seq));
  if (found.decided) return refuse(no.alreadyDecidedAppeal(found.decided.by.name));
  if (found.by.id === actor.id) return refuse(no.ownAppeal);
  const of = personBehind(book, actor.id)?.department;
  if (of !== undefined && of === found.department) return refuse(no.ownDepartmentsAppeal(book.nameOf(of)));
  const body = await runBody(trx, run);
  if (body?.line.state !== 'provisional') return refuse(no.notProvisional(body?.line.state ?? ''));
  if (!upheld && leaveOut) return refuse(no.leftOutOfDismissed);
  const leftOut = upheld ? (leaveOut ?? found.facts) : [];
  const number = await numberIn(trx, run, found.unit, found.indicator);
  const strange = without(leftOut, number?.facts ?? []);
  if (strange.length > 0) return refuse(no.notItsFacts(strange));
  await addAppeal(trx, run, actor, at, { upheld, reason, leftOut }, seq);
  return done(String(seq));
}

async function publish(trx: Trx, { run, hash, actor }: Of<'publish'>, personOf: PersonOf, at: number) {
  const body = await runBody(trx, run);
  if (!body) return refuse(no.unknownRun(run));
  const { line, result, contentHash } = body;
  if (line.state !== 'provisional' || !result) return refuse(no.notProvisional(line.state));
  if (line.openAppeals > 0) return refuse(no.appealsWaiting(line.openAppeals));
  if (line.appealUntil !== null && at < line.appealUntil) return refuse(no.appealsOpen(line.appealUntil));
  if (contentHash !== hash) return refuse(no.changedMeanwhile);
  const signed = await sign(trx, subjectOfRun(run), hash, actor, personOf, at);
  if ('refused' in signed) return refuse(signed.refused);
  if (signed.people >= PEOPLE) await addPublication(trx, run, at, hash, result);
  return done(run);
}

/** Somebody stands behind something as it is. Nobody does so twice, by another account neither. */
async function sign(
  trx: Trx,
  subject: string,
  hash: string,
  actor: Actor,
  personOf: PersonOf,
  at: number,
): Promise<{ readonly people: number } | { readonly refused: Refusal }> {
  const signed = await signaturesOf(trx, subject, hash);
  if (signed.some(({ id }) => samePerson(personOf, id, actor.id))) return { refused: no.alreadySigned(actor.name) };
  await addSignature(trx, subject, hash, actor, at);
  return { people: signed.length + 1 };
}

async function askWeights(
  trx: Trx,
  { class: group, weights, reason, actor }: Of<'weights'>,
  { classes, indicators }: Supervision,
  at: number,
) {
  if (!classes.some(({ id }) => id === group))
    return refuse(
      no.unknownClass(
        group,
        classes.map(({ id }) => id),
      ),
    );
  const strange = without(Object.keys(weights), indicators);
  if (strange.length > 0)
    return refuse(
      no.unknownIndicators(
        strange,
        indicators.map(({ id }) => id),
      ),
    );
  const seq = await addWeights(trx, group, weights, reason, at);
  await addSignature(trx, subjectOfWeights(seq), hashOfWeights(group, weights), actor, at);
  return done(String(seq));
}

async function agree(trx: Trx, { weights: seq, actor }: Of<'agree'>, personOf: PersonOf, at: number) {
  const change = (await weightsChanges(trx)).find((one) => one.seq === seq);
  if (!change) return refuse(no.unknownWeights(seq));
  if (change.from !== null) return refuse(no.weightsAgreed);
  const signed = await sign(
    trx,
    subjectOfWeights(seq),
    hashOfWeights(change.class, change.weights),
    actor,
    personOf,
    at,
  );
  return 'refused' in signed ? refuse(signed.refused) : done(String(seq));
}

async function promise(
  trx: Trx,
  { run, department, text, tickets, until, actor }: Of<'promise'>,
  departments: readonly string[],
  at: number,
) {
  const found = await runOf(trx, run);
  if (!found) return refuse(no.unknownRun(run));
  if (found.content.kind !== 'dispatch') return refuse(no.notADispatch);
  if (!departments.includes(department)) return refuse(no.unknownDepartment(department));
  if (until <= at) return refuse(no.promiseInThePast);
  const said = { text, tickets, until };
  return done(String(await addPromise(trx, { run, department, said, by: actor.name, at })));
}
