import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Lets the database itself refuse to change or delete a row, whoever asks. */
export async function appendOnly(db: Kysely<unknown>, table: string): Promise<void> {
  const because = `${table} is append-only`;
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    await sql
      .raw(
        `create function ${table}_append_only() returns trigger language plpgsql as $$ begin raise exception '${because}'; end $$`,
      )
      .execute(db);
    await sql
      .raw(
        `create trigger ${table}_append_only before update or delete or truncate on ${table} for each statement execute function ${table}_append_only()`,
      )
      .execute(db);
    return;
  }
  for (const what of ['update', 'delete']) {
    await sql
      .raw(`create trigger ${table}_no_${what} before ${what} on ${table} begin select raise(abort, '${because}'); end`)
      .execute(db);
  }
}
