import type { Kysely } from 'kysely';
import type { AuditCheckpointRow, AuditRow, AuditTables } from '../contract/audit-tables.ts';
import { type ChainFault, faultOf, GENESIS, type Link } from './chain.ts';

/** A head that somebody kept elsewhere. */
export interface ExportedHead extends Link {
  readonly at: number;
}

/** What a check found: where the rows begin and end, and the first thing that is wrong, if any. */
export interface AuditCheck {
  /** Number of the last row that retention removed; 0 when none was. */
  readonly cut: number;
  readonly rows: number;
  readonly head: Link;
  readonly fault: ChainFault | null;
}

/** The type of the row that says what retention removed. */
export const CUT = 'audit.cut';
const PAGE = 1000;

/**
 * Goes over every row and works its hash out anew, from the newest checkpoint or the very first row to the head, and stops at
 * the first fault. `exported` is a head that was kept elsewhere: when the chain still passes through it, nothing up to it was
 * changed, whoever had the database in hand. Without one, somebody who can write the whole database could have chained it anew.
 */
export async function verifyAudit(db: Kysely<AuditTables>, exported?: ExportedHead): Promise<AuditCheck> {
  const checkpoints = await db.selectFrom('audit_checkpoints').selectAll().orderBy('seq').execute();
  const begin: Link = checkpoints.at(-1) ?? GENESIS;
  const walk = { last: begin, rows: 0, witnessed: checkpoints.length === 0, met: metAt(checkpoints, exported) };
  const result = (fault: ChainFault | null): AuditCheck => ({
    cut: begin.seq,
    rows: walk.rows,
    head: { seq: walk.last.seq, hash: walk.last.hash },
    fault,
  });
  for await (const row of rowsAfter(db, begin.seq)) {
    const fault = faultOf(walk.last, row) ?? differs(row, exported);
    if (fault) return result(fault);
    walk.last = row;
    walk.rows += 1;
    walk.met ||= row.seq === exported?.seq;
    walk.witnessed ||= row.type === CUT && tellsOf(row, begin);
  }
  const head = await db.selectFrom('audit_head').selectAll().where('id', '=', 1).executeTakeFirst();
  return result(
    endFault(walk.last, head) ??
      (walk.witnessed ? null : unwitnessed(begin)) ??
      (exported && !walk.met ? unmet(exported, begin, walk.last) : null),
  );
}

async function* rowsAfter(db: Kysely<AuditTables>, after: number): AsyncGenerator<AuditRow> {
  for (let seq = after; ; ) {
    const rows = await db.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(PAGE).execute();
    yield* rows;
    if (rows.length < PAGE) return;
    seq = rows.at(-1)!.seq;
  }
}

/** A head that stands where rows were cut off is met by the checkpoint, or by the beginning of all. */
function metAt(checkpoints: readonly AuditCheckpointRow[], head: ExportedHead | undefined): boolean {
  return (
    head !== undefined && [GENESIS, ...checkpoints].some(({ seq, hash }) => seq === head.seq && hash === head.hash)
  );
}

const differs = (row: AuditRow, head: ExportedHead | undefined): ChainFault | null =>
  row.seq === head?.seq && row.hash !== head.hash
    ? { kind: 'exported-head', seq: row.seq, expected: head.hash, found: row.hash }
    : null;

const endFault = (last: Link, head: Link | undefined): ChainFault | null =>
  head?.seq === last.seq && head.hash === last.hash
    ? null
    : { kind: 'head', seq: last.seq, expected: head ? textOf(head) : 'a head', found: textOf(last) };

/** A cut is a row of the chain as well: a checkpoint that no row tells of was put there by hand. */
const unwitnessed = (begin: Link): ChainFault => ({
  kind: 'checkpoint',
  seq: begin.seq,
  expected: `a row "${CUT}" that tells of ${textOf(begin)}`,
  found: 'none',
});

function tellsOf(row: AuditRow, { seq, hash }: Link): boolean {
  const told = JSON.parse(row.body) as Partial<Link>;
  return told.seq === seq && told.hash === hash;
}

/** The head lies before what was cut off: too old to be held against anything. Or after the end: rows are gone. */
function unmet(head: ExportedHead, begin: Link, last: Link): ChainFault {
  const kind = head.seq <= begin.seq ? 'too-old' : 'exported-head';
  return { kind, seq: head.seq, expected: textOf(head), found: `${textOf(begin)} … ${textOf(last)}` };
}

const textOf = ({ seq, hash }: Link): string => `${seq} ${hash}`;
