import type { Kysely, Transaction } from 'kysely';
import type { Actor } from '../../devices/contract/command.ts';
import type { Standards, StandardsChange, StandardsText, StandardsVersion } from '../../devices/contract/standards.ts';
import { approvedVersions } from '../../devices/standards/read-standards.ts';
import type { RulesTables } from './migrations.ts';

type Trx = Transaction<RulesTables>;

/** A proposal before it has a number. */
export interface NewProposal {
  readonly at: number;
  readonly actor: Pick<Actor, 'id' | 'name'>;
  readonly fromFile: boolean;
  readonly reason: string;
  readonly base: number;
  readonly needs: 1 | 2;
  readonly wantedFrom: number | null;
  readonly hash: string;
  readonly text: StandardsText;
  readonly standards: Standards;
  readonly changes: readonly StandardsChange[];
}

/** Keeps a proposal; resolves with its number. */
export async function addProposal(trx: Trx, proposal: NewProposal): Promise<number> {
  const last = await trx
    .selectFrom('standards_proposals')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  const seq = Number(last?.seq ?? 0) + 1;
  const { at, actor, fromFile, reason, base, needs, wantedFrom, hash, text, standards, changes } = proposal;
  await trx
    .insertInto('standards_proposals')
    .values({
      seq,
      at,
      actor_id: actor.id,
      actor_name: actor.name,
      from_file: fromFile ? 1 : 0,
      reason,
      base,
      version: standards.catalogue.version,
      needs,
      wanted_from: wantedFrom,
      hash,
      text: JSON.stringify(text),
      content: JSON.stringify(standards),
      changes: JSON.stringify(changes),
    })
    .execute();
  return seq;
}

/** Keeps what a person decided about a proposal. */
export async function addDecision(
  trx: Trx,
  proposal: number,
  actor: Pick<Actor, 'id' | 'name'>,
  kind: 'approve' | 'reject',
  at: number,
  reason: string,
): Promise<void> {
  const row = { proposal, actor_id: actor.id, actor_name: actor.name, at, kind, reason };
  await trx.insertInto('standards_decisions').values(row).execute();
}

/** A proposal becomes a version. */
export async function addVersion(
  trx: Trx,
  seq: number,
  at: number,
  begins: number,
  ends: number | null,
): Promise<void> {
  await trx.insertInto('standards_versions').values({ seq, approved_at: at, begins, ends }).execute();
}

/** Whether standards of this text were ever asked for. */
export async function knownText(trx: Trx, hash: string): Promise<boolean> {
  const row = await trx.selectFrom('standards_proposals').select('seq').where('hash', '=', hash).executeTakeFirst();
  return row !== undefined;
}

/** What was asked for, whole, with the moment it asked for. */
export async function proposedStandards(
  trx: Trx,
  seq: number,
): Promise<
  { readonly standards: Standards; readonly text: StandardsText; readonly wantedFrom: number | null } | undefined
> {
  const row = await trx
    .selectFrom('standards_proposals')
    .select(['content', 'text', 'wanted_from'])
    .where('seq', '=', seq)
    .executeTakeFirst();
  if (!row) return undefined;
  const wantedFrom = row.wanted_from === null ? null : Number(row.wanted_from);
  return { standards: JSON.parse(row.content), text: JSON.parse(row.text), wantedFrom };
}

/** Approved versions that the journal does not have yet. The first is what judging began with: nobody needs to be told. */
export async function unpublishedVersions(
  db: Parameters<typeof approvedVersions<RulesTables>>[0],
): Promise<{ readonly at: number; readonly version: StandardsVersion }[]> {
  const told = await db.selectFrom('standards_published').select('seq').execute();
  const known = new Set(told.map(({ seq }) => Number(seq)));
  const rows = await db.selectFrom('standards_versions').select(['seq', 'approved_at']).orderBy('seq').execute();
  const waiting = rows.slice(1).filter(({ seq }) => !known.has(Number(seq)));
  if (waiting.length === 0) return [];
  const versions = new Map((await approvedVersions(db)).map((version) => [version.seq, version]));
  return waiting.map(({ seq, approved_at }) => ({ at: Number(approved_at), version: versions.get(Number(seq))! }));
}

/** Versions beyond the last that judging has heard of are told to the journal once more: it may have let go of them unread. */
export async function tellAgain(db: Kysely<RulesTables>, heardOf: number): Promise<void> {
  await db.deleteFrom('standards_published').where('seq', '>', heardOf).execute();
}
