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
import { HOUR_MS, MINUTE_MS, resolutionFor } from '../rollups.ts';
import type { ScanColumns } from '../scanning.ts';
import type { Curve, CurveQuery, PageRow, Retention, Sample, SeriesQuery } from '../telemetry-store.ts';
import { type CareStep, care, readKept } from './care.ts';
import type { Columns, DeviceId, FieldId } from './columns.ts';
import { type Compaction, compaction } from './compaction.ts';
import { copyInto } from './duckdb-backup.ts';
import { rawCurve, rolledCurve, rowsOf, type SeriesIds, series } from './duckdb-reads.ts';
import { fillChunk } from './fill-chunk.ts';
import { openHourBook } from './hour-rollups.ts';
import { type ScanIds, scanSlice } from './scan.ts';
import { type GroupIds, readSlice } from './slices.ts';
import { openTables } from './tables.ts';
import { inTransaction } from './transaction.ts';

/** What the file may take of the machine. */
export interface DuckdbLimits {
  /** DuckDB's own memory, such as `128MB`; its program code and this process come on top. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Samples written between two looks for what can be tidied. */
  readonly tidyAfter: number;
  readonly retention: Retention;
}

/** What the file holds. */
export interface Extent {
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly series: number;
  /** Ends of the newest rollups, ms. */
  readonly minutesTo: number | null;
  readonly hoursTo: number | null;
}

export interface Names {
  readonly devices: readonly DeviceId[];
  readonly fields: readonly FieldId[];
  /** Samples before this are no longer kept, ms; null where nothing was ever deleted. */
  readonly since: number | null;
}

/** DuckDB with our tables, inside the worker. Calls of one connection must not overlap: the worker queues them. */
export interface DuckdbEngine {
  /** Every name that is durable. */
  names(): Promise<Names>;
  /** Resolves once the values are on disk. */
  write(columns: Columns): Promise<void>;
  series(query: SeriesQuery, ids: SeriesIds): Promise<readonly Sample[]>;
  curve(query: CurveQuery, ids: SeriesIds): Promise<Curve>;
  /** Runs on its own connection: an export does not keep charts waiting. */
  slice(groups: readonly GroupIds[], from: number, to: number, limit: number): Promise<readonly PageRow[] | 'too-many'>;
  /** Runs on its own connection, as {@link DuckdbEngine.slice} does. */
  scan(ids: ScanIds, from: number, to: number, limit: number): Promise<ScanColumns | 'too-many'>;
  count(device: number): Promise<number>;
  /** A round of retention and rollups on the writer's connection, one bounded step at a time. */
  care(now: number): AsyncGenerator<CareStep>;
  /** Samples before this are no longer kept, ms; null where nothing was ever deleted. */
  since(): number | null;
  /** Copies the store into a new file on a connection of its own; resolves with the number of samples copied. */
  copy(into: string, breathe: () => Promise<void>): Promise<number>;
  extent(): Promise<Extent>;
  readonly compaction: Compaction;
  close(): Promise<void>;
  /** Closes without a last word: for a file that DuckDB has given up on. */
  abandon(): void;
}

const columnTypes = [INTEGER, INTEGER, BIGINT, DOUBLE, BOOLEAN, VARCHAR, UINTEGER, BIGINT];
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
  const bulk = await instance.connect();
  const scans = await instance.connect();
  const release = () => {
    for (const part of [scans, bulk, reader, writer, instance]) part.closeSync();
  };
  try {
    await openTables(writer);
  } catch (err) {
    release();
    throw err;
  }
  const [newest] = await rowsOf(writer, 'select max(seq) as seq from samples');
  let seq = Number(newest?.seq ?? 0);
  const book = await openHourBook(writer);
  const kept = await readKept(writer);
  const tidying = compaction(writer, book, limits.tidyAfter);
  return {
    names: async () => ({
      devices: (await rowsOf(writer, 'select id, type, device from devices')) as unknown as DeviceId[],
      fields: (await rowsOf(writer, 'select id, type, measurement, kind from fields')) as unknown as FieldId[],
      since: kept.raw,
    }),
    compaction: tidying,
    async write(columns) {
      // Taken before the commit, which may be durable although it failed: no number is given twice.
      const after = seq;
      seq += columns.length;
      const hours = book.fresh(columns.at);
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
        if (hours.length > 0) await writer.run(`insert into rolled values ${hours.map((hour) => `(${hour}, -1)`)}`);
      });
      book.wrote(columns.at, seq);
      tidying.wrote(columns.at);
    },
    care: (now) => care({ connection: writer, book, retention: limits.retention, kept, seq: () => seq }, now),
    since: () => kept.raw,
    series: (query, ids) => series(reader, query, ids),
    curve(query, ids) {
      const never = Number.NEGATIVE_INFINITY;
      const width = resolutionFor(query, { raw: kept.raw ?? never, minute: kept.minutes ?? never });
      return width === 0
        ? rawCurve(reader, query, ids)
        : rolledCurve(reader, query, ids, width, [...book.stale.keys()]);
    },
    slice: (groups, from, to, limit) => readSlice(bulk, groups, from, to, limit),
    scan: (ids, from, to, limit) => scanSlice(scans, ids, from, to, limit),
    async copy(into, breathe) {
      const connection = await instance.connect();
      try {
        return await copyInto(connection, into, breathe);
      } finally {
        connection.closeSync();
      }
    },
    async extent() {
      const [all] = await rowsOf(reader, 'select min(ms) as oldest, max(ms) as newest from samples');
      const [held] = await rowsOf(reader, 'select count(*) as n from (select distinct device, field from samples)');
      const [minute] = await rowsOf(reader, `select min(ms) as oldest, max(ms) + ${MINUTE_MS} as upto from minutes`);
      const [hour] = await rowsOf(reader, `select min(ms) as oldest, max(ms) + ${HOUR_MS} as upto from hours`);
      const time = (value: DuckDBValue | undefined) => (value === null || value === undefined ? null : Number(value));
      const oldest = [all?.oldest, minute?.oldest, hour?.oldest].map(time).filter((at) => at !== null);
      return {
        oldest: oldest.length > 0 ? Math.min(...oldest) : null,
        newest: time(all?.newest) ?? time(hour?.upto),
        series: Number(held?.n),
        minutesTo: time(minute?.upto),
        hoursTo: time(hour?.upto),
      };
    },
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
