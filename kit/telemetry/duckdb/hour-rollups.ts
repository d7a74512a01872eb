import type { DuckDBConnection } from '@duckdb/node-api';
import { BAD_FROM, UNCERTAIN_FROM } from '../curve.ts';
import { HOUR_MS, MINUTE_MS } from '../rollups.ts';
import { cut, type Slice } from './cut.ts';
import { inTransaction } from './transaction.ts';

/**
 * Which hours (of source time, numbered since 1970) hold samples, and whose rollups are behind them. What is behind is
 * never read: a curve takes the samples of such hours. The table `rolled` holds every hour with the greatest `seq` that its
 * rollup counted, -1 for none; it is written in the transaction of the samples, so that a crash forgets nothing.
 */
export interface HourBook {
  /** Hours whose rollups do not tell everything that was written, with the greatest `seq` written to them. */
  readonly stale: ReadonlyMap<number, number>;
  /** Every hour that holds samples. */
  readonly known: ReadonlySet<number>;
  /** Hours of a batch that no batch held before: they are to be entered in the table. */
  fresh(at: Float64Array): number[];
  /** The batch, up to `seq`, is durable: its hours are stale from now on. */
  wrote(at: Float64Array, seq: number): void;
  /** The rollup of an hour counts everything up to `seq`. */
  rolled(hour: number, seq: number): void;
  /** The samples of an hour were deleted. */
  forget(hour: number): void;
}

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS);

/** Reads the book from the file. Samples that were not tidied yet (`seq` > 0) tell what a rollup has not counted. */
export async function openHourBook(connection: DuckDBConnection): Promise<HourBook> {
  const known = new Set<number>();
  const stale = new Map<number, number>();
  const rows = await connection.runAndReadAll(`
    with untidy as (select ms // ${HOUR_MS} as hour, max(seq) as seq from samples where seq > 0 group by hour)
    select r.hour as hour, r.upto < 0 or coalesce(u.seq > r.upto, false) as stale, coalesce(u.seq, 0) as seq
    from rolled r left join untidy u on u.hour = r.hour`);
  for (const { hour, stale: isStale, seq } of rows.getRowObjects()) {
    known.add(Number(hour));
    if (isStale) stale.set(Number(hour), Number(seq));
  }
  return {
    stale,
    known,
    fresh: (at) => [...hoursOf(at)].filter((hour) => !known.has(hour)),
    wrote(at, seq) {
      for (const hour of hoursOf(at)) {
        known.add(hour);
        stale.set(hour, seq);
      }
    },
    rolled(hour, seq) {
      // Written to while it was being rolled up: it is behind again.
      if ((stale.get(hour) ?? 0) <= seq) stale.delete(hour);
    },
    forget(hour) {
      known.delete(hour);
      stale.delete(hour);
    },
  };
}

function hoursOf(at: Float64Array): Set<number> {
  const hours = new Set<number>();
  let last = Number.NaN;
  for (const ms of at) {
    const hour = hourOf(ms);
    if (hour !== last) hours.add(hour);
    last = hour;
  }
  return hours;
}

/** The newest sample of each time, with true and false as 1 and 0: what is rolled up and what stands in for stale hours. */
export const counted = (where: string): string =>
  `select device, field, ms, coalesce(num, bool::integer::double) as v, txt, quality from samples where ${where}
   qualify row_number() over (partition by device, field, ms order by seq desc) = 1`;

/** Columns of a rollup made from {@link counted} rows, grouped by `device, field, m`. */
export const rolling = (width: number): string =>
  `select device, field, ms // ${width} * ${width} as m, count(*) as n, min(v) as low, arg_min(ms, v) as low_ms, max(v) as high,
   arg_max(ms, v) as high_ms, avg(v) as mean, arg_max(txt, ms) as txt, arg_max(quality, ms) as quality,
   count(*) filter (quality >= ${UNCERTAIN_FROM} and quality < ${BAD_FROM}) as uncertain, count(*) filter (quality >= ${BAD_FROM}) as bad`;

/** The parts of one hour's rollup: each a bounded step, the last makes the hour of its minutes. */
export async function partsOf(connection: DuckDBConnection, hour: number): Promise<Slice[]> {
  const from = hour * HOUR_MS;
  const found = await connection.runAndReadAll(
    `select count(*) as n from samples where ms >= ${from} and ms < ${from + HOUR_MS}`,
  );
  const n = Number(found.getRowObjects()[0]?.n);
  // Whole minutes: a minute must lie in one part.
  return cut(from, n)
    .map(({ from, to }) => ({ from: upToMinute(from), to: upToMinute(to) }))
    .filter((part) => part.from < part.to);
}

const upToMinute = (ms: number): number => Math.ceil(ms / MINUTE_MS) * MINUTE_MS;

/** Makes the minutes of one part anew. */
export const rollMinutes = (connection: DuckDBConnection, { from, to }: Slice): Promise<void> =>
  inTransaction(connection, async () => {
    const range = `ms >= ${from} and ms < ${to}`;
    await connection.run(`delete from minutes where ${range}`);
    await connection.run(
      `insert into minutes ${rolling(MINUTE_MS)} from (${counted(range)}) group by device, field, m order by device, field, m`,
    );
  });

/** Makes the hour of its minutes, and notes up to which `seq` it counts. */
export const rollHour = (connection: DuckDBConnection, hour: number, upto: number): Promise<void> =>
  inTransaction(connection, async () => {
    const from = hour * HOUR_MS;
    await connection.run(`delete from hours where ms = ${from}`);
    await connection.run(
      `insert into hours select device, field, ${from}, sum(n), min(low), arg_min(low_ms, low), max(high), arg_max(high_ms, high),
         sum(mean * n) / sum(n), arg_max(txt, ms), arg_max(quality, ms), sum(uncertain), sum(bad)
       from minutes where ms >= ${from} and ms < ${from + HOUR_MS} group by device, field order by device, field`,
    );
    await connection.run(`delete from rolled where hour = ${hour}`);
    await connection.run(`insert into rolled values (${hour}, ${upto})`);
  });
