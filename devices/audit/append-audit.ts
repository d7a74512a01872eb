import type { Kysely, Transaction } from 'kysely';
import type { AuditTables } from '../contract/audit-tables.ts';
import { type AuditContent, chained, type Link } from './chain.ts';
import type { Subject } from './subjects.ts';

/** A handle on a database that has an audit log among its tables. */
export type AuditDb<DB extends AuditTables> = Kysely<DB> | Transaction<DB>;

/** The audit's part of a database. */
export const auditOf = <DB extends AuditTables>(db: AuditDb<DB>): Kysely<AuditTables> =>
  db as unknown as Kysely<AuditTables>;

/** Rows a statement: three columns each, far below what both engines take. */
const CHUNK = 500;

/**
 * Adds a row to the audit inside the caller's transaction, with what it names. Two that add at once wait for each other at the
 * head's row, so that a chain never forks; what is rolled back leaves no gap.
 */
export async function appendAudit<DB extends AuditTables>(
  trx: Transaction<DB>,
  content: Omit<AuditContent, 'seq'>,
  subjects: readonly Subject[],
): Promise<Link> {
  const db = auditOf(trx);
  const { seq, hash: last } = await db
    .updateTable('audit_head')
    .set(({ eb }) => ({ seq: eb('seq', '+', 1) }))
    .where('id', '=', 1)
    .returning(['seq', 'hash'])
    .executeTakeFirstOrThrow();
  const row = chained({ seq: seq - 1, hash: last }, wellFormed({ ...content, seq }));
  await db.insertInto('audit').values(row).execute();
  await db.updateTable('audit_head').set({ at: row.at, hash: row.hash }).where('id', '=', 1).execute();
  await writeSubjects(db, seq, subjects);
  return { seq, hash: row.hash };
}

/** Writes what a row names; written twice it is there once. */
export async function writeSubjects(db: Kysely<AuditTables>, seq: number, subjects: readonly Subject[]): Promise<void> {
  for (let i = 0; i < subjects.length; i += CHUNK)
    await db
      .insertInto('audit_subjects')
      .values(subjects.slice(i, i + CHUNK).map(({ kind, id }) => ({ ...textsOf({ kind, id }), seq })))
      .onConflict((c) => c.doNothing())
      .execute();
}

/** Half a surrogate pair and a NUL are stored by neither engine as they are, and then the hash would not be that of what is stored. */
const wellFormed = (content: AuditContent): AuditContent => ({ ...content, ...textsOf(content) });

const textsOf = <T extends object>(row: T): T =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '�') : value,
    ]),
  ) as T;
