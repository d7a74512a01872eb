import { type Kysely, sql, type Transaction } from 'kysely';
import { appendAudit } from '../../devices/audit/append-audit.ts';
import { chainAudit, createAudit } from '../../devices/audit/audit-migration.ts';
import { subjectsOf } from '../../devices/audit/subjects.ts';
import type { AuditTables } from '../../devices/contract/audit-tables.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';

/** A database with nothing but an audit log. */
export const openAudit = (database: { url: string; schema?: string }): Promise<Sql<AuditTables>> =>
  openSql<AuditTables>({
    ...database,
    migrations: {
      '0001-audit': {
        async up(db: Kysely<unknown>) {
          await createAudit(db);
          await chainAudit(db);
        },
      },
    },
  });

/** What a row may say; the rest is made up. */
export interface Said {
  readonly at: number;
  readonly type?: string;
  readonly actor?: string;
  readonly asks?: object;
  readonly outcome?: object;
}

/** Adds a row to the log, as a command would. */
export const says = (
  { db }: Sql<AuditTables>,
  { at, type = 'acknowledge', actor = 'mira', asks = {}, outcome = { done: true, changed: [] } }: Said,
) =>
  db.transaction().execute((trx) =>
    appendAudit(
      trx,
      {
        at,
        command: `command-${at}`,
        type,
        ...{ actor_id: actor, actor_name: actor, via: 'page' },
        body: JSON.stringify(asks),
        outcome: JSON.stringify(outcome),
      },
      subjectsOf(asks, outcome),
    ),
  );

class Undone<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('undone');
    this.result = result;
  }
}

/** Lets somebody with the whole database in hand do as he likes, guards and all; afterwards all is as it was. */
export async function asIntruder<T>(
  { db, engine }: Sql<AuditTables>,
  does: (trx: Transaction<AuditTables>) => Promise<T>,
): Promise<T> {
  const guards =
    engine === 'postgres'
      ? ['audit', 'audit_checkpoints'].map((table) => `alter table ${table} disable trigger user`)
      : ['audit_no_update', 'audit_no_delete', 'audit_no_replace', 'audit_checkpoints_true'].map(
          (name) => `drop trigger ${name}`,
        );
  try {
    return await db.transaction().execute(async (trx) => {
      for (const guard of guards) await sql.raw(guard).execute(trx);
      throw new Undone(await does(trx));
    });
  } catch (err) {
    if (err instanceof Undone) return err.result as T;
    throw err;
  }
}
