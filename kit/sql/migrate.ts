import { type Kysely, sql } from 'kysely';
import { type MigrationProvider, Migrator } from 'kysely/migration';
import { Problem } from '../problem.ts';
import type { Migrations } from './sql.ts';

/** Where the applied ones are written down; kysely's own names. */
const MIGRATION_TABLE = 'kysely_migration';

export interface MigrateOptions {
  readonly db: Kysely<unknown>;
  readonly migrations: Migrations;
  /** PostgreSQL schema that holds the tables. */
  readonly schema?: string;
  /** The database's address, fit to be shown. */
  readonly shown: string;
}

/**
 * Applies what is missing, in the order of the names, all in one transaction: two processes that start at once do it
 * once. A database that knows a migration this code does not is refused and left as it is.
 */
export async function migrate({ db, migrations, schema, shown }: MigrateOptions): Promise<void> {
  refuseNewer(await appliedMigrations(db, schema), migrations, shown);
  const provider: MigrationProvider = { getMigrations: async () => ({ ...migrations }) };
  const migrator = new Migrator({
    db,
    provider,
    migrationTableSchema: schema,
    // Several components may share one database, each with its own numbering.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  // A newer process may have been faster.
  refuseNewer(await appliedMigrations(db, schema), migrations, shown);
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  throw new Problem(
    `${shown}: ${failed ? `migration ${failed} failed` : 'migrations failed'}: ${(error as Error).message}. Nothing was changed; restore a backup or report this.`,
    error,
  );
}

/** Names of the migrations still to be applied; throws a {@link Problem} when the database is newer than this code. */
export async function missingMigrations({ db, migrations, schema, shown }: MigrateOptions): Promise<string[]> {
  const applied = await appliedMigrations(db, schema);
  refuseNewer(applied, migrations, shown);
  return Object.keys(migrations).filter((name) => !applied.includes(name));
}

async function appliedMigrations(db: Kysely<unknown>, schema: string | undefined): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE && (!schema || table.schema === schema))) return [];
  const table = schema ? sql.table(`${schema}.${MIGRATION_TABLE}`) : sql.table(MIGRATION_TABLE);
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function refuseNewer(applied: readonly string[], migrations: Migrations, shown: string): void {
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return;
  throw new Problem(
    `${shown}: this database was written by a newer version of Yanshao (it knows ${unknown.join(', ')}). Run that version or a later one, or restore a backup made by this one.`,
  );
}
