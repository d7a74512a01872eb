import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR_MS } from '../rollups.ts';
import { cut, type Slice } from './cut.ts';
import type { HourBook } from './hour-rollups.ts';
import { inTransaction } from './transaction.ts';

/** Tidies the file behind the writer's back, one bounded slice at a time. */
export interface Compaction {
  /** Tells which times were written. */
  wrote(at: Float64Array): void;
  /** Whether enough was written to look for work. */
  isDue(): boolean;
  /** Sorts one slice by device, field and time and drops overwritten values; false when nothing is left to do. */
  step(): Promise<boolean>;
}

/** A few late samples do not make an hour worth rewriting: one new sample in so many. */
const WORTH = 20;

/**
 * Works hour by hour of source time, through hours that have been quiet since the last look. Counting samples instead of
 * time keeps clocks out of it: a store that is hardly written has nothing to tidy.
 */
export function compaction(connection: DuckDBConnection, book: Pick<HourBook, 'stale'>, lookAfter: number): Compaction {
  let written = 0;
  let touched = new Set<number>();
  let work: Slice[] = [];
  return {
    wrote(at) {
      written += at.length;
      let last = Number.NaN;
      for (const ms of at) {
        const hour = Math.floor(ms / HOUR_MS);
        if (hour !== last) touched.add(hour);
        last = hour;
      }
    },
    isDue: () => work.length > 0 || written >= lookAfter,
    async step() {
      if (work.length === 0 && written >= lookAfter) {
        const busy = touched;
        written = 0;
        touched = new Set();
        work = await worthwhile(connection, busy);
      }
      const slice = work.shift();
      if (slice) await tidy(connection, slice, book);
      return work.length > 0;
    },
  };
}

/** Slices of the hours that hold enough untidy samples and are not being written now, oldest first. */
async function worthwhile(connection: DuckDBConnection, busy: ReadonlySet<number>): Promise<Slice[]> {
  const found = await connection.runAndReadAll(`
    with untidy as (select ms // ${HOUR_MS} as hour, count(*) as n from samples where seq > 0 group by hour)
    select hour, n from untidy order by hour`);
  const slices: Slice[] = [];
  for (const { hour, n } of found.getRowObjects()) {
    if (busy.has(Number(hour))) continue;
    const from = Number(hour) * HOUR_MS;
    const total = await connection.runAndReadAll('select count(*) as n from samples where ms >= $1 and ms < $2', [
      BigInt(from),
      BigInt(from + HOUR_MS),
    ]);
    const all = Number(total.getRowObjects()[0]?.n);
    if (Number(n) * WORTH >= all) slices.push(...cut(from, all));
  }
  return slices;
}

function tidy(connection: DuckDBConnection, { from, to }: Slice, book: Pick<HourBook, 'stale'>): Promise<void> {
  const range = [BigInt(from), BigInt(to)];
  const hour = Math.floor(from / HOUR_MS);
  return inTransaction(connection, async () => {
    await connection.run(
      `create or replace temp table tidied as select * from samples where ms >= $1 and ms < $2
       qualify row_number() over (partition by device, field, ms order by seq desc) = 1`,
      range,
    );
    await connection.run('delete from samples where ms >= $1 and ms < $2', range);
    await connection.run('insert into samples select * replace (0 as seq) from tidied order by device, field, ms');
    await connection.run('drop table tidied');
    // With `seq` goes what tells that the rollup of this hour is behind: the book has to say it instead.
    if (book.stale.has(hour)) await connection.run(`update rolled set upto = -1 where hour = ${hour}`);
  });
}
