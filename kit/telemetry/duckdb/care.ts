import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS, keptSince } from '../rollups.ts';
import type { Retention } from '../telemetry-store.ts';
import { cut, type Slice } from './cut.ts';
import { type HourBook, partsOf, rollHour, rollMinutes } from './hour-rollups.ts';
import { inTransaction } from './transaction.ts';

/** Since when each class is held, ms; null where nothing was ever deleted. Kept in the file. */
export interface KeptSince {
  raw: number | null;
  minutes: number | null;
  hours: number | null;
}

export interface CareParts {
  readonly connection: DuckDBConnection;
  readonly book: HourBook;
  readonly retention: Retention;
  /** Updated as it goes. */
  readonly kept: KeptSince;
  /** The last `seq` given. */
  readonly seq: () => number;
}

/** What one step did. */
export interface CareStep {
  readonly dropped: number;
  readonly rolledHours: number;
}

/** An hour is rolled up when it has been over for so long, as most late readings come within it, ms. */
const SETTLE_MS = 15 * 60_000;

/**
 * One round of care as of `now`, one bounded step at a time, so that writes go between them: rollups of hours that are
 * over, then what is beyond retention, by whole days (UTC). An hour is rolled up before its samples go.
 */
export async function* care(parts: CareParts, now: number): AsyncGenerator<CareStep> {
  const { book, retention, kept } = parts;
  const settled = Math.floor((now - SETTLE_MS) / HOUR_MS);
  for (const hour of sorted(book.stale.keys())) {
    if (hour < settled && hour * HOUR_MS >= (kept.raw ?? Number.NEGATIVE_INFINITY)) yield* rollUp(parts, hour);
  }
  yield* dropRaw(parts, keptSince(now, retention.rawDays));
  yield* dropRollups(parts, 'minutes', keptSince(now, retention.minuteDays));
  yield* dropRollups(parts, 'hours', keptSince(now, retention.hourDays));
}

async function* rollUp({ connection, book, seq }: CareParts, hour: number): AsyncGenerator<CareStep> {
  const upto = seq();
  for (const part of await partsOf(connection, hour)) {
    await rollMinutes(connection, part);
    yield { dropped: 0, rolledHours: 0 };
  }
  await rollHour(connection, hour, upto);
  book.rolled(hour, upto);
  yield { dropped: 0, rolledHours: 1 };
}

async function* dropRaw(parts: CareParts, since: number): AsyncGenerator<CareStep> {
  const { connection, book, kept } = parts;
  const before = kept.raw ?? Number.NEGATIVE_INFINITY;
  for (const hour of sorted(book.known)) {
    if (hour * HOUR_MS >= since) break;
    // Samples that slipped in behind the mark: their hour was rolled up when it was whole.
    if (book.stale.has(hour) && hour * HOUR_MS >= before) yield* rollUp(parts, hour);
  }
  // The mark moves first: what lies before it is neither written nor rolled up again, however far the deleting came.
  if (since > before) await note(connection, kept, 'raw', since);
  for (const hour of sorted(book.known)) {
    if (hour * HOUR_MS >= since) break;
    for (const slice of await slicesOf(connection, hour))
      yield { dropped: await drop(connection, slice), rolledHours: 0 };
    await connection.run(`delete from rolled where hour = ${hour}`);
    book.forget(hour);
  }
}

async function* dropRollups(
  { connection, kept }: CareParts,
  table: 'minutes' | 'hours',
  since: number,
): AsyncGenerator<CareStep> {
  if (since === Number.NEGATIVE_INFINITY) return;
  if (since > (kept[table] ?? Number.NEGATIVE_INFINITY)) await note(connection, kept, table, since);
  for (;;) {
    const oldest = await number(connection, `select min(ms) as n from ${table}`);
    if (oldest === null || oldest >= since) return;
    const day = Math.floor(oldest / DAY_MS) * DAY_MS;
    await connection.run(`delete from ${table} where ms >= ${day} and ms < ${Math.min(day + DAY_MS, since)}`);
    yield { dropped: 0, rolledHours: 0 };
  }
}

async function slicesOf(connection: DuckDBConnection, hour: number): Promise<Slice[]> {
  const from = hour * HOUR_MS;
  const n = await number(
    connection,
    `select count(*) as n from samples where ms >= ${from} and ms < ${from + HOUR_MS}`,
  );
  return cut(from, n ?? 0);
}

async function drop(connection: DuckDBConnection, { from, to }: Slice): Promise<number> {
  return (await connection.run(`delete from samples where ms >= ${from} and ms < ${to}`)).rowsChanged;
}

async function note(
  connection: DuckDBConnection,
  kept: KeptSince,
  what: keyof KeptSince,
  since: number,
): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run(`delete from kept where class = '${what}'`);
    await connection.run(`insert into kept values ('${what}', ${since})`);
  });
  kept[what] = since;
}

/** The marks as the file has them. */
export async function readKept(connection: DuckDBConnection): Promise<KeptSince> {
  const kept: KeptSince = { raw: null, minutes: null, hours: null };
  for (const row of (await connection.runAndReadAll('select class, since from kept')).getRowObjects()) {
    kept[row.class as keyof KeptSince] = Number(row.since);
  }
  return kept;
}

async function number(connection: DuckDBConnection, sql: string): Promise<number | null> {
  const n = (await connection.runAndReadAll(sql)).getRowObjects()[0]?.n ?? null;
  return n === null ? null : Number(n);
}

const sorted = (hours: Iterable<number>): number[] => [...hours].sort((a, b) => a - b);
