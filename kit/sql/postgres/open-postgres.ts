import { Kysely, sql } from 'kysely';
import { Problem } from '../../problem.ts';
import { maskedUrl } from '../masked-url.ts';
import { migrate, missingMigrations } from '../migrate.ts';
import type { Sql, SqlOptions } from '../sql.ts';
import { isUniqueViolation, sqlCode } from '../sql-error.ts';
import { waitFor } from '../wait-for.ts';
import { createSchema, postgresDialect, postgresPool } from './postgres-dialect.ts';

/** Opens a PostgreSQL database; see `openSql`. */
export async function openPostgres<DB>(options: SqlOptions): Promise<Sql<DB>> {
  const { url, schema, migrations, readonly = false, waitMs = 10_000 } = options;
  const shown = maskedUrl(url);
  const pool = postgresPool({ url, shown, schema, readonly });
  const db = new Kysely<DB>({ dialect: postgresDialect(pool, { url, shown, schema, readonly }) });
  // kysely ends the pool only once it has used it.
  const close = async () => {
    await db.destroy();
    if (!pool.ended) await pool.end();
  };
  const steps = { db: db as Kysely<unknown>, migrations: migrations ?? {}, schema: schema ?? 'public', shown };
  try {
    await sql`select 1`.execute(db);
    if (!readonly) {
      if (schema) await makeSchema(db, schema);
      if (migrations) await migrate(steps);
    } else if (migrations) {
      await waitFor(
        async () => (await missingMigrations(steps)).length === 0,
        waitMs,
        () => {
          throw new Problem(
            `${shown}: its tables are not there yet (waited ${Math.round(waitMs / 1000)} s). Start the process that writes this database first.`,
          );
        },
      );
    }
    return { db, engine: 'postgres', close };
  } catch (err) {
    await close();
    throw err instanceof Problem ? err : asProblem(err, shown);
  }
}

async function makeSchema<DB>(db: Kysely<DB>, schema: string): Promise<void> {
  try {
    await createSchema(schema).execute(db);
  } catch (err) {
    // `if not exists` may still lose a race; whoever won made what we wanted.
    if (!isUniqueViolation(err) && sqlCode(err) !== '42P06') throw err;
  }
}

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start PostgreSQL, or mend the host and port',
  ENOTFOUND: 'no such host. Mend the host name',
  EAI_AGAIN: 'no such host. Mend the host name or the name server',
  ETIMEDOUT: 'no answer. Check the address and the firewall',
  '28P01': 'wrong user name or password. Mend them in the address',
  '28000': 'PostgreSQL does not let this user in. Mend the user name, or pg_hba.conf',
  '3D000': 'no such database. Create it (createdb), or mend its name',
  '42501': 'this user lacks a right. Grant it create and use of the schema',
  '53300': 'PostgreSQL has no connections left. Raise max_connections',
  '57P03': 'PostgreSQL is still starting. Try again in a moment',
};

function asProblem(err: unknown, shown: string): Problem {
  // A host with several addresses fails with all of them at once.
  const first = err instanceof AggregateError ? err.errors[0] : err;
  const remedy = remedies[sqlCode(first)];
  const words = (first as Error).message;
  return new Problem(`PostgreSQL at ${shown} cannot be used: ${remedy ? `${remedy} (${words})` : words}.`, err);
}
