import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR_MS } from '../rollups.ts';
import { rowsOf } from './duckdb-reads.ts';

/** Raise when the tables change shape. */
export const VERSION = 2;

const rollup = (name: string): string =>
  `create table if not exists ${name} (device integer not null, field integer not null, ms bigint not null, n uinteger not null,
  low double, low_ms bigint, high double, high_ms bigint, mean double, txt varchar, quality uinteger not null,
  uncertain uinteger not null, bad uinteger not null)`;

/**
 * `samples` is one narrow table, append-only: `seq` grows with every value written, so of two values for one device, field
 * and time the greater `seq` is the last written. Queries take that one; compaction removes the others and sets `seq` to 0.
 * There is no index: they make appends several times slower and need memory.
 *
 * `minutes` and `hours` are its rollups (`low` and `high` keep the times of the samples they were), `rolled` says how far
 * each hour's go (hour-rollups.ts), `kept` since when each class is held (care.ts).
 */
const tables = (at: string): readonly string[] => [
  `create table if not exists ${at}about (version integer not null)`,
  `create table if not exists ${at}devices (id integer not null, type varchar not null, device varchar not null)`,
  `create table if not exists ${at}fields (id integer not null, type varchar not null, measurement varchar not null, kind varchar not null)`,
  `create table if not exists ${at}samples (device integer not null, field integer not null, ms bigint not null, num double, bool boolean, txt varchar, quality uinteger not null, seq bigint not null)`,
  rollup(`${at}minutes`),
  rollup(`${at}hours`),
  `create table if not exists ${at}rolled (hour bigint not null, upto bigint not null)`,
  `create table if not exists ${at}kept (class varchar not null, since bigint not null)`,
];

/** Makes the tables that are missing; `at` names another open file, as in `backup.`. */
export async function createTables(connection: DuckDBConnection, at = ''): Promise<void> {
  for (const statement of tables(at)) await connection.run(statement);
}

/** Brings the file to this version. Rejects when it was made by a program that knows more. */
export async function openTables(connection: DuckDBConnection): Promise<void> {
  await createTables(connection);
  const [about] = await rowsOf(connection, 'select version from about');
  if (!about) await connection.run(`insert into about values (${VERSION})`);
  else if (about.version === 1) {
    // Version 1 had no rollups: every hour is to be made.
    await connection.run('begin');
    await connection.run(`insert into rolled select distinct ms // ${HOUR_MS}, -1 from samples`);
    await connection.run(`update about set version = ${VERSION}`);
    await connection.run('commit');
  } else if (about.version !== VERSION) {
    throw new Error(`the file has tables of version ${about.version}; this program knows version ${VERSION}`);
  }
}
