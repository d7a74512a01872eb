import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Kysely } from 'kysely';
import { Problem } from '../../problem.ts';
import { migrate, missingMigrations } from '../migrate.ts';
import type { Sql, SqlOptions } from '../sql.ts';
import { sqlCode } from '../sql-error.ts';
import { waitFor } from '../wait-for.ts';
import { type SqliteClient, sqliteClient } from './sqlite-client.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

const BUSY_MS = 5_000;

/** Opens a SQLite file (or `:memory:`) in its own worker; see `openSql`. */
export async function openSqlite<DB>({
  url,
  readonly = false,
  migrations,
  waitMs = 10_000,
}: SqlOptions): Promise<Sql<DB>> {
  const path = url === ':memory:' ? url : resolve(url);
  if (readonly) await waitForFile(path, waitMs);
  else if (path !== ':memory:') makeFolder(path);

  const client = await open(path, readonly);
  const db = new Kysely<DB>({ dialect: sqliteDialect(client, readonly) });
  const close = async () => {
    await db.destroy();
    await client.close();
  };
  try {
    const steps = { db: db as Kysely<unknown>, migrations: migrations ?? {}, shown: path };
    if (!readonly && migrations) await migrate(steps);
    if (readonly && migrations) {
      await waitFor(
        async () => (await missingMigrations(steps)).length === 0,
        waitMs,
        () => {
          throw new Problem(
            `${path} does not have its tables yet (waited ${seconds(waitMs)}). Start the process that writes it first, in the same version as this one.`,
          );
        },
      );
    }
    return { db, engine: 'sqlite', close };
  } catch (err) {
    await close();
    throw err instanceof Problem ? err : asProblem(err, path);
  }
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

async function open(path: string, readonly: boolean): Promise<SqliteClient> {
  try {
    return await sqliteClient({ path, readonly, busyMs: BUSY_MS });
  } catch (err) {
    throw asProblem(err, path);
  }
}

function waitForFile(path: string, waitMs: number): Promise<void> {
  if (path === ':memory:') throw new Problem('":memory:" cannot be opened read-only: it would be empty. Name a file.');
  // An empty file is one that its owner has only just made.
  return waitFor(
    () => existsSync(path) && statSync(path).size > 0,
    waitMs,
    () => {
      throw new Problem(
        `${path} is not there yet (waited ${seconds(waitMs)}). Start the process that writes it first, or mend the data folder's path.`,
      );
    },
  );
}

function makeFolder(path: string): void {
  const folder = dirname(path);
  try {
    makeEach(folder);
    accessSync(folder, constants.W_OK);
  } catch (err) {
    throw new Problem(
      `The folder ${folder} cannot be written (${sqlCode(err) || (err as Error).message}). Let this user write there, or choose another data folder.`,
      err,
    );
  }
}

/** Folder by folder: `mkdir` with `recursive` never returns where the system says ENOENT to a new folder (/proc). */
function makeEach(folder: string): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there?.isDirectory()) return;
  if (there) throw Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR' });
  makeEach(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (err) {
    if (sqlCode(err) !== 'EEXIST') throw err;
  }
}

const remedies: Readonly<Record<string, string>> = {
  SQLITE_BUSY: `another process has locked it (waited ${BUSY_MS / 1000} s). Stop the other Yanshao, or a tool that has the file open`,
  SQLITE_LOCKED: 'another process has locked it. Stop the other Yanshao, or a tool that has the file open',
  SQLITE_NOTADB: 'it is no SQLite database. Move it away, or restore a backup',
  SQLITE_CORRUPT: 'it is damaged. Keep a copy, then restore a backup',
  SQLITE_READONLY: 'it cannot be written. Let this user write the file and its folder',
  SQLITE_CANTOPEN:
    'it cannot be opened. Check that it is a file, and that this user may read and write it and its folder',
  SQLITE_PERM: 'this user has no right to it. Mend its permissions',
  SQLITE_FULL: 'the disk is full. Make room',
  SQLITE_IOERR: 'the disk fails. Check the system log',
};

function asProblem(err: unknown, path: string): Problem {
  const code = sqlCode(err);
  const remedy = remedies[code] ?? remedies[code.split('_').slice(0, 2).join('_')];
  const words = (err as Error).message;
  return new Problem(`The database ${path} cannot be used: ${remedy ? `${remedy} (${code})` : words}.`, err);
}
