import { openPostgres } from './postgres/open-postgres.ts';
import type { Sql, SqlOptions } from './sql.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';

/**
 * Opens a database, makes its folder or schema, and applies the migrations it lacks; `postgres://…` (or
 * `postgresql://…`) is PostgreSQL, anything else a SQLite file. What a person can mend (an unwritable folder, a locked
 * file, a server that does not answer, a wrong password, a database of a newer version) rejects with a `Problem`.
 *
 * A read-only handle makes nothing: it waits `waitMs` for the owning process to have made the file and the tables that
 * `migrations` name. Failed statements later reject with an error whose engine code `sqlCode` reads.
 */
export function openSql<DB>(options: SqlOptions): Promise<Sql<DB>> {
  return /^postgres(ql)?:\/\//.test(options.url) ? openPostgres<DB>(options) : openSqlite<DB>(options);
}
