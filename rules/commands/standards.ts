import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { editStandards, withVersion } from '../../devices/city/edit-standards.ts';
import { span } from '../../devices/city/effective.ts';
import { standardsOptions } from '../../devices/city/load-city.ts';
import { parseStandards } from '../../devices/city/parse-standards.ts';
import { peopleNeeded, standardsChanges } from '../../devices/city/standards-diff.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Actor, Command, CommandOutcome, Refusal, StandardsWanted } from '../../devices/contract/command.ts';
import type { Standards, StandardsProposal, StandardsText } from '../../devices/contract/standards.ts';
import { type PersonOf, personsBehind, samePerson } from '../../devices/duty/same-person.ts';
import { canonicalJson } from '../../devices/registry/canonical-json.ts';
import { standardsProposals } from '../../devices/standards/read-standards.ts';
import type { RulesTables } from '../store/migrations.ts';
import { addDecision, addProposal, addVersion, knownText, proposedStandards } from '../store/standards-store.ts';
import {
  alreadyDecided,
  needsAnother,
  nothingChanges,
  notOpen,
  overtaken,
  standardsFaults,
  unknownProposal,
} from './standards-refusals.ts';

type Trx = Transaction<RulesTables>;
/** Everything that is asked about the standards. */
export type StandardsCommand = Extract<Command, { type: `standards.${string}` }>;

export const isStandardsCommand = (command: Command): command is StandardsCommand =>
  command.type.startsWith('standards.');

/** What a command about the standards did, before it is committed. */
export interface StandardsDone {
  readonly outcome: CommandOutcome;
  /** A version was approved: the journal is to hear of it. */
  readonly approved: boolean;
}

/** Carries out a command about the standards inside the transaction. Refusals write nothing. */
export async function executeOnStandards(
  trx: Trx,
  command: StandardsCommand,
  city: City,
  personOf: PersonOf,
): Promise<StandardsDone> {
  switch (command.type) {
    case 'standards.propose':
      return propose(trx, command, city);
    case 'standards.approve':
      return approve(trx, command, city, personOf);
    case 'standards.reject':
      return reject(trx, command, personOf);
  }
}

const refuse = (refused: Refusal): StandardsDone => ({ outcome: { refused }, approved: false });
const done = (seq: number, approved: boolean): StandardsDone => ({
  outcome: { done: true, changed: [String(seq)] },
  approved,
});

async function propose(
  trx: Trx,
  { wanted, reason, from, dryRun, actor, at }: Extract<StandardsCommand, { type: 'standards.propose' }>,
  city: City,
): Promise<StandardsDone> {
  const last = await newestVersion(trx);
  const asked = wantedText(last.text, wanted, last.seq);
  if ('refused' in asked) return refuse(asked.refused);
  const parsed = parseStandards(asked.text, standardsOptions(city));
  if ('faults' in parsed) return refuse(standardsFaults(parsed.faults));
  const changes = standardsChanges(last.standards, parsed.standards);
  if (changes.length === 0) return refuse(nothingChanges);
  const needs = peopleNeeded(changes);
  if (dryRun) return { outcome: { done: true, changed: changes.map((one) => canonicalJson(one)) }, approved: false };
  const seq = await addProposal(trx, {
    ...{ at, actor, fromFile: false, reason, base: last.seq, needs, wantedFrom: from ?? null },
    ...{ hash: hashOf(asked.text), text: asked.text, standards: parsed.standards, changes },
  });
  if (needs === 1) await putInForce(trx, seq, at, city);
  return done(seq, needs === 1);
}

/** The text that is asked for: given whole, or the newest with other figures of one rule. */
function wantedText(
  text: StandardsText,
  wanted: StandardsWanted,
  base: number,
): { readonly text: StandardsText } | { readonly refused: Refusal } {
  if ('catalogue' in wanted) {
    return { text: { catalogue: wanted.catalogue, overlays: wanted.overlays ?? text.overlays } };
  }
  const edited = editStandards(text, wanted);
  if ('refused' in edited) return edited;
  const version = /^\s*version:\s*["']?([^"'\n#]*?)["']?\s*(?:#.*)?$/m.exec(edited.text.catalogue)?.[1] ?? '';
  const next = `${version.replace(/\+\d+$/, '')}+${base + 1}`;
  return { text: { ...edited.text, catalogue: withVersion(edited.text.catalogue, next) } };
}

async function approve(
  trx: Trx,
  { proposal: seq, reason = '', actor, at }: Extract<StandardsCommand, { type: 'standards.approve' }>,
  city: City,
  personOf: PersonOf,
): Promise<StandardsDone> {
  const found = await openProposal(trx, seq);
  const isHis = ({ id }: { readonly id: string }) => samePerson(personOf, id, actor.id);
  if ('refused' in found) return refuse(found.refused);
  if (!found.fromFile && isHis(found.by)) return refuse(needsAnother(found));
  if (found.approvals.some(isHis)) return refuse(alreadyDecided(found));
  const proposed = (await proposedStandards(trx, seq))!;
  // The city's ceilings may have come down since it was asked for.
  const parsed = parseStandards(proposed.text, standardsOptions(city));
  if ('faults' in parsed) return refuse(standardsFaults(parsed.faults));
  await addDecision(trx, seq, actor, 'approve', at, reason);
  const enough = peopleBehind(found, actor, personOf) >= found.needs;
  if (enough) await putInForce(trx, seq, at, city);
  return done(seq, enough);
}

/** Different people who stand behind a proposal once `actor` does. Nobody stands behind what was found on disk. */
function peopleBehind({ by, fromFile, approvals }: StandardsProposal, actor: Actor, personOf: PersonOf): number {
  return personsBehind(personOf, [...approvals.map(({ id }) => id), actor.id, ...(fromFile ? [] : [by.id])]);
}

async function reject(
  trx: Trx,
  { proposal: seq, reason, actor, at }: Extract<StandardsCommand, { type: 'standards.reject' }>,
  personOf: PersonOf,
): Promise<StandardsDone> {
  const found = await openProposal(trx, seq, 'also overtaken');
  if ('refused' in found) return refuse(found.refused);
  if (found.approvals.some(({ id }) => samePerson(personOf, id, actor.id))) return refuse(alreadyDecided(found));
  await addDecision(trx, seq, actor, 'reject', at, reason);
  return done(seq, false);
}

async function openProposal(
  trx: Trx,
  seq: number,
  also?: 'also overtaken',
): Promise<StandardsProposal | { readonly refused: Refusal }> {
  const [found] = await standardsProposals(trx, { seq });
  if (!found) return { refused: unknownProposal(seq) };
  if (found.state === 'overtaken' && !also) return { refused: overtaken(found) };
  if (found.state === 'approved' || found.state === 'rejected') return { refused: notOpen(found) };
  return found;
}

/** A version begins when it was approved, when it asks to, or with the one before it, whichever is last. */
async function putInForce(trx: Trx, seq: number, at: number, city: City): Promise<void> {
  const { standards, wantedFrom } = (await proposedStandards(trx, seq))!;
  const own = span(standards.catalogue.effective, city.timeZone);
  const before = await trx
    .selectFrom('standards_versions')
    .select(({ fn }) => fn.max('begins').as('begins'))
    .executeTakeFirst();
  const begins = Math.max(at, own.from, wantedFrom ?? 0, Number(before?.begins ?? 0));
  await addVersion(trx, seq, at, begins, Number.isFinite(own.to) ? own.to : null);
}

interface Newest {
  readonly seq: number;
  readonly standards: Standards;
  readonly text: StandardsText;
}

async function newestVersion(trx: Trx): Promise<Newest> {
  const row = await trx
    .selectFrom('standards_versions')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const seq = Number(row?.seq ?? 0);
  const found = await proposedStandards(trx, seq);
  if (!found) throw new Error('no version of the standards is known: rules adopts the city’s own when it starts');
  return { seq, ...found };
}

const hashOf = (text: StandardsText): string => createHash('sha256').update(canonicalJson(text)).digest('hex');
const theFile = { id: 'file', name: '标准文件 / the files on disk' } as const;

/** What became of the files a city's standards were read from. */
export type Adopted =
  | { readonly kind: 'adopted' | 'approved'; readonly seq: number }
  | { readonly kind: 'asked'; readonly seq: number; readonly needs: number }
  | { readonly kind: 'known' };

/**
 * Looks at the files when rules starts. The first ones ever are adopted. Others than those in force are a proposal like any: what
 * touches no P1 or P2 takes effect, all else goes on as it was until two people approve. A file is asked about once.
 */
export async function adoptFiles(
  trx: Trx,
  files: { readonly standards: Standards; readonly text: StandardsText },
  city: City,
  at: number,
): Promise<Adopted> {
  const { standards, text } = files;
  const hash = hashOf(text);
  if (await knownText(trx, hash)) return { kind: 'known' };
  const first = (await trx.selectFrom('standards_versions').select('seq').limit(1).executeTakeFirst()) === undefined;
  const last = first ? undefined : await newestVersion(trx);
  const changes = last ? standardsChanges(last.standards, standards) : [];
  if (last && changes.length === 0) return { kind: 'known' };
  const needs = peopleNeeded(changes);
  const seq = await addProposal(trx, {
    ...{ at, actor: theFile, fromFile: true, base: last?.seq ?? 0, needs, wantedFrom: null },
    ...{ reason: first ? '首次启动时采用 / adopted at the first start' : '文件已更改 / the files were changed' },
    ...{ hash, text, standards, changes },
  });
  if (first) {
    const own = span(standards.catalogue.effective, city.timeZone);
    await addVersion(trx, seq, at, 0, Number.isFinite(own.to) ? own.to : null);
    return { kind: 'adopted', seq };
  }
  if (needs === 2) return { kind: 'asked', seq, needs };
  await putInForce(trx, seq, at, city);
  return { kind: 'approved', seq };
}
