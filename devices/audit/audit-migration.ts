import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { AuditTables } from '../contract/audit-tables.ts';
import { writeSubjects } from './append-audit.ts';
import { chained, GENESIS, type Link } from './chain.ts';
import { subjectsOf } from './subjects.ts';

/** No row younger than six months is ever removed: the fewest days that six months have. */
export const LEAST_KEPT_MS = 181 * 86_400_000;
const PAGE = 1000;

/** The table as it was before rows were chained. */
export async function createAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('command', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('actor_id', 'text', (c) => c.notNull())
    .addColumn('actor_name', 'text', (c) => c.notNull())
    .addColumn('via', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('audit_at').on('audit').column('at').execute();
}

/**
 * Chains the rows that are there from the very first, and guards them: from now on the database refuses to change a row, and to
 * delete one unless a checkpoint stands at or after it. A checkpoint is believed only when it repeats a row that is there and is
 * six months old.
 */
export async function chainAudit(handle: Kysely<unknown>): Promise<void> {
  const db = handle as Kysely<AuditTables>;
  await createChainTables(handle);
  await chainOldRows(db);
  await db.schema.createIndex('audit_actor').on('audit').columns(['actor_id', 'seq']).execute();
  const guards = handle.getExecutor().adapter instanceof PostgresAdapter ? postgresGuards : sqliteGuards;
  for (const statement of guards) await sql.raw(statement).execute(handle);
}

async function createChainTables(db: Kysely<unknown>): Promise<void> {
  for (const column of ['prev', 'hash'])
    await db.schema
      .alterTable('audit')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(''))
      .execute();
  await db.schema
    .createTable('audit_subjects')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('audit_subjects_key', ['kind', 'id', 'seq'])
    .execute();
  await db.schema.createIndex('audit_subjects_seq').on('audit_subjects').column('seq').execute();
  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('audit_checkpoints')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('removed', 'bigint', (c) => c.notNull())
    .addColumn('cut_at', 'bigint', (c) => c.notNull())
    .execute();
}

/** Rows of before get their link as they stand: what was changed until now nobody can tell any more, what is changed from now on shows. */
async function chainOldRows(db: Kysely<AuditTables>): Promise<void> {
  let last: Link = GENESIS;
  let lastAt = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last.seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      const { prev, hash } = chained(last, row);
      await db.updateTable('audit').set({ prev, hash }).where('seq', '=', row.seq).execute();
      await writeSubjects(db, row.seq, subjectsOf(JSON.parse(row.body), JSON.parse(row.outcome)));
      last = { seq: row.seq, hash };
      lastAt = row.at;
    }
    if (rows.length < PAGE) break;
  }
  await db
    .insertInto('audit_head')
    .values({ id: 1, ...last, at: lastAt })
    .execute();
}

const never = 'audit is append-only';
const notOld = 'audit is append-only: a checkpoint repeats a row that is there and six months old';

const sqliteGuards: readonly string[] = [
  `create trigger audit_no_update before update on audit begin select raise(abort, '${never}'); end`,
  `create trigger audit_no_delete before delete on audit
    when not exists (select 1 from audit_checkpoints where seq >= old.seq)
    begin select raise(abort, '${never}'); end`,
  // `insert or replace` removes a row without asking the trigger above.
  `create trigger audit_no_replace before insert on audit when exists (select 1 from audit where seq = new.seq)
    begin select raise(abort, '${never}'); end`,
  `create trigger audit_checkpoints_no_update before update on audit_checkpoints begin select raise(abort, '${never}'); end`,
  `create trigger audit_checkpoints_no_delete before delete on audit_checkpoints begin select raise(abort, '${never}'); end`,
  `create trigger audit_checkpoints_true before insert on audit_checkpoints
    when new.cut_at - new.at < ${LEAST_KEPT_MS}
      or not exists (select 1 from audit where seq = new.seq and hash = new.hash and at = new.at)
    begin select raise(abort, '${notOld}'); end`,
];

const postgresGuards: readonly string[] = [
  `create function audit_guard() returns trigger language plpgsql as $$ begin
    if tg_op = 'DELETE' and exists (select 1 from audit_checkpoints where seq >= old.seq) then return old; end if;
    raise exception '${never}';
  end $$`,
  'create trigger audit_guard before update or delete on audit for each row execute function audit_guard()',
  `create function audit_never() returns trigger language plpgsql as $$ begin raise exception '${never}'; end $$`,
  'create trigger audit_no_truncate before truncate on audit for each statement execute function audit_never()',
  `create trigger audit_checkpoints_never before update or delete or truncate on audit_checkpoints
    for each statement execute function audit_never()`,
  `create function audit_checkpoint_guard() returns trigger language plpgsql as $$ begin
    if new.cut_at - new.at < ${LEAST_KEPT_MS}
      or not exists (select 1 from audit where seq = new.seq and hash = new.hash and at = new.at)
    then raise exception '${notOld}'; end if;
    return new;
  end $$`,
  `create trigger audit_checkpoints_true before insert on audit_checkpoints
    for each row execute function audit_checkpoint_guard()`,
];

/** Takes away the guard that knew no checkpoints, so that {@link chainAudit} can link the rows and set its own. */
export async function unguardAudit(db: Kysely<unknown>): Promise<void> {
  const statements =
    db.getExecutor().adapter instanceof PostgresAdapter
      ? ['drop trigger audit_append_only on audit', 'drop function audit_append_only()']
      : ['drop trigger audit_no_update', 'drop trigger audit_no_delete'];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
