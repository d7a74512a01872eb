import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS } from '../rollups.ts';
import { cut } from './cut.ts';
import { rowsOf } from './duckdb-reads.ts';
import { createTables } from './tables.ts';

/**
 * Copies everything that is durable now into the file `into`, which must not exist: one read transaction, so that what is
 * written meanwhile is in none of its tables, and copied in bounded pieces, between which `breathe` lets other work go.
 * Returns how many samples the copy holds, counted in it.
 */
export async function copyInto(
  connection: DuckDBConnection,
  into: string,
  breathe: () => Promise<void>,
): Promise<number> {
  await connection.run(`attach '${into.replaceAll("'", "''")}' as backup`);
  try {
    await connection.run('begin');
    // The first read fixes what this transaction sees of the store.
    const [held] = await rowsOf(connection, 'select count(*) as n from samples');
    await createTables(connection, 'backup.');
    for (const table of ['about', 'devices', 'fields', 'rolled', 'kept', 'hours']) {
      await connection.run(`insert into backup.${table} select * from ${table}`);
    }
    const hours = await rowsOf(connection, 'select distinct hour from rolled order by hour');
    for (const { hour } of hours) {
      const from = Number(hour) * HOUR_MS;
      const range = `ms >= ${from} and ms < ${from + HOUR_MS}`;
      const [size] = await rowsOf(connection, `select count(*) as n from samples where ${range}`);
      for (const slice of cut(from, Number(size?.n))) {
        await connection.run(
          `insert into backup.samples select * from samples where ms >= ${slice.from} and ms < ${slice.to} order by device, field, ms`,
        );
        await breathe();
      }
    }
    await copyMinutes(connection, breathe);
    await connection.run('commit');
    const [copied] = await rowsOf(connection, 'select count(*) as n from backup.samples');
    if (Number(copied?.n) !== Number(held?.n)) {
      throw new Error(`the copy has ${copied?.n} samples, the store had ${held?.n}: it is not a backup`);
    }
    await connection.run('checkpoint backup');
    return Number(copied?.n);
  } catch (err) {
    await connection.run('rollback').catch(() => undefined);
    throw err;
  } finally {
    await connection.run('detach backup');
  }
}

async function copyMinutes(connection: DuckDBConnection, breathe: () => Promise<void>): Promise<void> {
  const days = await rowsOf(connection, `select distinct ms // ${DAY_MS} as day from minutes order by day`);
  for (const { day } of days) {
    const from = Number(day) * DAY_MS;
    await connection.run(
      `insert into backup.minutes select * from minutes where ms >= ${from} and ms < ${from + DAY_MS}`,
    );
    await breathe();
  }
}
