import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBValue,
  INTEGER,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { Sample, SeriesQuery } from '../telemetry-store.ts';
import { bucketMs } from '../thinning.ts';
import type { Columns, DeviceId, FieldId } from './columns.ts';
import { type Compaction, compaction } from './compaction.ts';
import { fillChunk } from './fill-chunk.ts';

/** What the file may take of the machine. */
export interface DuckdbLimits {
  /** DuckDB's own memory, such as `128MB`; its program code and this process come on top. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Samples written between two looks for what can be tidied. */
  readonly tidyAfter: number;
}

export interface Names {
  readonly devices: readonly DeviceId[];
  readonly fields: readonly FieldId[];
}

/** DuckDB with our tables, inside the worker. Calls of one connection must not overlap: the worker queues them. */
export interface DuckdbEngine {
  /** Every name that is durable. */
  names(): Promise<Names>;
  /** Resolves once the values are on disk. */
  write(columns: Columns): Promise<void>;
  series(query: SeriesQuery, ids: { device: number; field: number }): Promise<readonly Sample[]>;
  count(device: number): Promise<number>;
  readonly compaction: Compaction;
  close(): Promise<void>;
  /** Closes without a last word: for a file that DuckDB has given up on. */
  abandon(): void;
}

/**
 * One narrow table, append-only: `seq` grows with every value written, so of two values for one device, field and
 * time the greater `seq` is the last written. Queries take that one; compaction removes the others and sets `seq` to 0.
 * There is no index: they make appends several times slower and need memory.
 */
const tables = `
create table if not exists about (version integer not null);
create table if not exists devices (id integer not null, type varchar not null, device varchar not null);
create table if not exists fields (id integer not null, type varchar not null, measurement varchar not null, kind varchar not null);
create table if not exists samples (device integer not null, field integer not null, ms bigint not null, num double, bool boolean, txt varchar, quality uinteger not null, seq bigint not null);
`;
const columnTypes = [INTEGER, INTEGER, BIGINT, DOUBLE, BOOLEAN, VARCHAR, UINTEGER, BIGINT];
/** Raise when the tables change shape. */
const VERSION = 1;
/** Rows of one chunk: DuckDB's vector size, the most a chunk can hold. */
const CHUNK = 2048;

/** Opens the file, or makes it. Rejects with DuckDB's own words when it cannot. */
export async function openDuckdbEngine(file: string, limits: DuckdbLimits): Promise<DuckdbEngine> {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: limits.memoryLimit,
    threads: String(limits.threads),
  });
  const writer = await instance.connect();
  const reader = await instance.connect();
  const release = () => {
    for (const part of [reader, writer, instance]) part.closeSync();
  };
  try {
    await writer.run(tables);
    await checkVersion(writer);
  } catch (err) {
    release();
    throw err;
  }
  const [newest] = await rowsOf(writer, 'select max(seq) as seq from samples');
  let seq = Number(newest?.seq ?? 0);
  const tidying = compaction(writer, limits.tidyAfter);
  return {
    names: async () => ({
      devices: (await rowsOf(writer, 'select id, type, device from devices')) as unknown as DeviceId[],
      fields: (await rowsOf(writer, 'select id, type, measurement, kind from fields')) as unknown as FieldId[],
    }),
    compaction: tidying,
    async write(columns) {
      // Taken before the commit, which may be durable although it failed: no number is given twice.
      const after = seq;
      seq += columns.length;
      await inTransaction(writer, async () => {
        await append(
          writer,
          'devices',
          [INTEGER, VARCHAR, VARCHAR],
          (chunk, from, to) => {
            chunk.setRows(columns.newDevices.slice(from, to).map(({ id, type, device }) => [id, type, device]));
          },
          columns.newDevices.length,
        );
        await append(
          writer,
          'fields',
          [INTEGER, VARCHAR, VARCHAR, VARCHAR],
          (chunk, from, to) => {
            chunk.setRows(columns.newFields.slice(from, to).map((f) => [f.id, f.type, f.measurement, f.kind]));
          },
          columns.newFields.length,
        );
        await append(
          writer,
          'samples',
          columnTypes,
          (chunk, from, to) => fillChunk(chunk, columns, from, to, after),
          columns.length,
        );
      });
      tidying.wrote(columns.at);
    },
    series: (query, ids) => series(reader, query, ids),
    async count(device) {
      const [row] = await rowsOf(reader, 'select count(distinct ms) as n from samples where device = $1', [device]);
      return Number(row?.n ?? 0);
    },
    async close() {
      // Folds the log into the file, so that the next start has nothing to replay.
      await writer.run('checkpoint');
      release();
    },
    abandon: release,
  };
}

async function checkVersion(connection: DuckDBConnection): Promise<void> {
  const [about] = await rowsOf(connection, 'select version from about');
  if (!about) await connection.run(`insert into about values (${VERSION})`);
  else if (about.version !== VERSION) {
    throw new Error(`the file has tables of version ${about.version}; this program knows version ${VERSION}`);
  }
}

/** Runs `work` between begin and commit; a failing one leaves nothing behind. */
export async function inTransaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await connection.run('begin');
  try {
    await work();
    await connection.run('commit');
  } catch (err) {
    // A commit that failed has already ended the transaction; what counts is the first error.
    await connection.run('rollback').catch(() => undefined);
    throw err;
  }
}

async function append(
  connection: DuckDBConnection,
  table: string,
  types: readonly (typeof columnTypes)[number][],
  fill: (chunk: DuckDBDataChunk, from: number, to: number) => void,
  length: number,
): Promise<void> {
  if (length === 0) return;
  const appender: DuckDBAppender = await connection.createAppender(table);
  try {
    for (let from = 0; from < length; from += CHUNK) {
      const to = Math.min(length, from + CHUNK);
      const chunk = DuckDBDataChunk.create(types, to - from);
      fill(chunk, from, to);
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

const newestOfEach = `select ms, arg_max({num: num, bool: bool, txt: txt, quality: quality}, seq) as v
  from samples where device = $1 and field = $2 and ms >= $3 and ms < $4 group by ms`;
const whole = `select ms, v.num as num, v.bool as bool, v.txt as txt, v.quality as quality from (${newestOfEach}) order by ms`;
/** Structs compare by their first member: the lowest and highest number; for other kinds `num` is null and time decides. */
const thinned = `
with newest as (${newestOfEach}),
  buckets as (
    select min({num: v.num, ms: ms, v: v}) as lo, max({num: v.num, ms: ms, v: v}) as hi from newest group by ms // $5),
  kept as (select lo as s from buckets union select hi as s from buckets)
select s.ms as ms, s.v.num as num, s.v.bool as bool, s.v.txt as txt, s.v.quality as quality from kept order by ms`;
const howMany = `select count(distinct ms) as n from samples where device = $1 and field = $2 and ms >= $3 and ms < $4`;

async function series(
  connection: DuckDBConnection,
  query: SeriesQuery,
  ids: { device: number; field: number },
): Promise<readonly Sample[]> {
  const range = [ids.device, ids.field, BigInt(Math.ceil(query.from)), BigInt(Math.ceil(query.to))];
  const { maxSamples } = query;
  const tooMany = maxSamples !== undefined && Number((await rowsOf(connection, howMany, range))[0]?.n) > maxSamples;
  const rows = tooMany
    ? await rowsOf(connection, thinned, [...range, BigInt(bucketMs(query))])
    : await rowsOf(connection, whole, range);
  return rows.map((row) => ({
    at: Number(row.ms),
    value: (row.num ?? row.bool ?? row.txt) as Sample['value'],
    quality: Number(row.quality),
  }));
}

async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
): Promise<Record<string, DuckDBValue>[]> {
  return (await connection.runAndReadAll(sql, values)).getRowObjects();
}
