import type { Kysely, Transaction } from 'kysely';
import type {
  Standards,
  StandardsAct,
  StandardsChange,
  StandardsProposal,
  StandardsText,
  StandardsVersion,
} from '../contract/standards.ts';
import type { StandardsDecisionRow, StandardsProposalRow, StandardsTables } from '../contract/state-tables.ts';

/** Any handle whose database has the tables of the standards beside its own. */
type Db<DB extends StandardsTables> = Kysely<DB> | Transaction<DB>;
const tables = <DB extends StandardsTables>(db: Db<DB>) => db as unknown as Kysely<StandardsTables>;

/** Every approved version, in their order, whole. */
export async function approvedVersions<DB extends StandardsTables>(db: Db<DB>): Promise<StandardsVersion[]> {
  const rows = await tables(db)
    .selectFrom('standards_versions')
    .innerJoin('standards_proposals', 'standards_proposals.seq', 'standards_versions.seq')
    .select(['standards_versions.seq', 'begins', 'ends', 'content'])
    .orderBy('standards_versions.seq')
    .execute();
  return rows.map(({ seq, begins, ends, content }) => ({
    seq: Number(seq),
    from: Number(begins),
    to: ends === null ? null : Number(ends),
    ...(JSON.parse(content) as Standards),
  }));
}

/** The number of the newest approved version; 0 before the first. */
export async function lastApproved<DB extends StandardsTables>(db: Db<DB>): Promise<number> {
  const row = await tables(db)
    .selectFrom('standards_versions')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/** A version or proposal as its authors wrote it. */
export async function standardsText<DB extends StandardsTables>(
  db: Db<DB>,
  seq: number,
): Promise<StandardsText | undefined> {
  const row = await tables(db)
    .selectFrom('standards_proposals')
    .select('text')
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row && (JSON.parse(row.text) as StandardsText);
}

type Line = Omit<StandardsProposalRow, 'text' | 'content'>;

/** What was asked for, newest first, with who stood behind it. */
export async function standardsProposals<DB extends StandardsTables>(
  db: Db<DB>,
  only: { readonly seq?: number; readonly limit?: number } = {},
): Promise<StandardsProposal[]> {
  let query = tables(db)
    .selectFrom('standards_proposals')
    .select(['seq', 'at', 'actor_id', 'actor_name', 'from_file', 'reason', 'base', 'version', 'needs', 'wanted_from'])
    .select(['hash', 'changes'])
    .orderBy('seq', 'desc');
  if (only.seq !== undefined) query = query.where('seq', '=', only.seq);
  if (only.limit !== undefined) query = query.limit(only.limit);
  const rows = await query.execute();
  const seqs = rows.map(({ seq }) => seq);
  if (seqs.length === 0) return [];
  const decisions = await tables(db)
    .selectFrom('standards_decisions')
    .selectAll()
    .where('proposal', 'in', seqs)
    .orderBy('at')
    .execute();
  const versions = await tables(db).selectFrom('standards_versions').selectAll().where('seq', 'in', seqs).execute();
  const begins = new Map(versions.map((one) => [Number(one.seq), Number(one.begins)]));
  const last = await lastApproved(db);
  return rows.map((row) => {
    const own = decisions.filter(({ proposal }) => Number(proposal) === Number(row.seq));
    return proposalOf(row, own, begins.get(Number(row.seq)) ?? null, last);
  });
}

function proposalOf(
  row: Line,
  decisions: readonly StandardsDecisionRow[],
  from: number | null,
  last: number,
): StandardsProposal {
  const rejected = decisions.find(({ kind }) => kind === 'reject');
  const base = Number(row.base);
  const open = base === last ? 'open' : 'overtaken';
  return {
    seq: Number(row.seq),
    version: row.version,
    base,
    by: { id: row.actor_id, name: row.actor_name, at: Number(row.at), reason: row.reason },
    fromFile: Number(row.from_file) === 1,
    changes: JSON.parse(row.changes) as StandardsChange[],
    needs: Number(row.needs) === 2 ? 2 : 1,
    approvals: decisions.filter(({ kind }) => kind === 'approve').map(actOf),
    rejection: rejected ? actOf(rejected) : null,
    state: from !== null ? 'approved' : rejected ? 'rejected' : open,
    from,
  };
}

const actOf = ({ actor_id, actor_name, at, reason }: StandardsDecisionRow): StandardsAct => ({
  id: actor_id,
  name: actor_name,
  at: Number(at),
  reason,
});
