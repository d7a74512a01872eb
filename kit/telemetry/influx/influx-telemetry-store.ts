import { Problem } from '../../problem.ts';
import { admitRows, type RefusedRow, settle } from '../admission.ts';
import { pageBySlices } from '../paging.ts';

import { resolutionFor } from '../rollups.ts';
import { deviceNumbers, scanBySlices } from '../scanning.ts';
import { RowsRefused, StoreMisconfigured, type TelemetryRow, type TelemetryStore } from '../telemetry-store.ts';
import { joined, rawCurve, rolledCurve } from './influx-curve.ts';
import { authorization, type InfluxOptions } from './influx-options.ts';
import { type HeldType, influxReads } from './influx-reads.ts';
import { readSlice, scanSlice } from './influx-slices.ts';
import { influxUpkeep } from './influx-upkeep.ts';
import { howToMake, influxWriter } from './influx-writes.ts';
import { type Influxql, identifier, influxql } from './influxql.ts';
import { toLine, type WantsQuality } from './line-protocol.ts';

/**
 * InfluxDB, written with one request a batch and read by InfluxQL. Nothing is buffered here: a batch that the server did
 * not take is the caller's again.
 */
export function influxTelemetryStore(given: InfluxOptions): TelemetryStore {
  const options = { ...given, url: given.url.replace(/\/+$/, '') };
  const headers = authorization(options);
  const send = influxWriter(options, headers);
  const query = selfMaking(
    influxql({ url: options.url, headers, database: options.bucket, timeoutMs: options.timeoutMs ?? 30_000 }),
    options,
  );
  const reads = influxReads(query);
  /** What the server holds of each type; asked for when a type is first written and again after every failure. */
  const types = new Map<string, HeldType>();
  const wantsQuality: WantsQuality = (type, measurement) => types.get(type)?.doubted.has(measurement) ?? false;
  const numbers = deviceNumbers();
  const upkeep = influxUpkeep({ options, headers, query });
  let writing: Promise<unknown> = Promise.resolve();

  const learnTypes = async (rows: readonly TelemetryRow[]) => {
    for (const type of new Set(rows.map((row) => row.type))) {
      if (!types.has(type)) types.set(type, await reads.typeAsHeld(type));
    }
  };

  /** Writes what can be written and adds the rest to `refused` with the server's reason. */
  const writeAll = async (rows: readonly TelemetryRow[], refused: RefusedRow[]): Promise<void> => {
    const outcome = await send(rows.map((row) => toLine(row, wantsQuality)!));
    if ('written' in outcome) return;
    const reason = 'refused' in outcome ? outcome.refused : outcome.tooLarge;
    if (rows.length === 1 || droppedAll(reason, rows.length)) {
      refused.push(...rows.map((row) => ({ row, reason: `InfluxDB: ${reason}` })));
      return;
    }
    // The server does not name the rows it refused (1.x has then written the others already: writing them again changes
    // nothing), so halves are tried until the bad ones stand alone.
    // Rows beyond retention lie together in time: sorted by it, whole halves of them are told by one answer.
    const inOrder = /retention/i.test(reason) ? rows.toSorted((a, b) => a.at - b.at) : rows;
    const half = rows.length >> 1;
    await writeAll(inOrder.slice(0, half), refused);
    await writeAll(inOrder.slice(half), refused);
  };

  const writeNow = async (rows: readonly TelemetryRow[]) => {
    await learnTypes(rows);
    const { taken, refused, learned } = admitRows(rows, new Map([...types].map(([type, held]) => [type, held.kinds])));
    const full = taken.filter((row) => Object.keys(row.values).length > 0);
    for (const row of full) noteDoubts(row, types.get(row.type));
    const bad: RefusedRow[] = [];
    if (full.length > 0) await writeAll(full, bad);
    upkeep.wrote(full);
    for (const { type, measurement, kind } of learned) types.get(type)?.kinds.set(measurement, { kind });
    // What a refused row seemed to teach, the server may not hold.
    for (const { row } of bad) types.delete(row.type);
    settle([...refused, ...bad]);
  };

  return {
    engine: 'influxdb',
    // One batch after another: the later of two must win.
    write(rows) {
      const written = writing.then(() => writeNow(rows));
      writing = written.catch((err) => {
        // The database may be gone, or another server stand there now.
        if (!(err instanceof RowsRefused)) types.clear();
      });
      return written;
    },
    series: reads.series,
    async curve(asked) {
      const split = upkeep.rolledUntil();
      const width = split === undefined ? 0 : resolutionFor(asked, upkeep.held());
      if (split === undefined || width === 0 || asked.from >= split) return rawCurve(query, asked, reads.series);
      const kind = (await reads.typeAsHeld(asked.type)).kinds.get(asked.measurement)?.kind ?? 'number';
      // What came in lately is read itself: its rollups are not made yet.
      const until = Math.min(asked.to, split);
      const share = (from: number, to: number) =>
        Math.max(2, Math.round((asked.maxSamples * (to - from)) / (asked.to - asked.from)));
      const before = { ...asked, to: until, maxSamples: share(asked.from, until) };
      const rolled = await rolledCurve(query, options.bucket, before, kind, width);
      if (until >= asked.to) return rolled;
      const after = { ...asked, from: until, maxSamples: share(until, asked.to) };
      return joined(rolled, await rawCurve(query, after, reads.series), asked.gapMs);
    },
    page: (asked) => pageBySlices(asked, (from, to, limit) => readSlice(query, asked.groups, from, to, limit)),
    scan: (asked) =>
      scanBySlices(
        asked,
        (from, to, limit) => scanSlice(query, asked, numbers, { from, to, limit }),
        () => numbers.named(asked.type, asked.named ?? 0),
      ),
    status: upkeep.status,
    arrange: upkeep.arrange,
    upkeep: upkeep.round,
    async backup() {
      throw new Problem(
        'InfluxDB is backed up by its own tools while it runs: 1.x `influxd backup -portable <folder>`, 2.x `influx backup <folder>`, 3 a copy of its object store / InfluxDB 由其自带工具在线备份：1.x influxd backup -portable，2.x influx backup，3 复制其对象存储',
      );
    },
    count: reads.count,
    async close() {
      upkeep.close();
      await writing;
    },
  };
}

/** Makes the database where it is missing: 1.x lets us; where that is not allowed, a person is told how. */
function selfMaking(query: Influxql, options: InfluxOptions): Influxql {
  const make = async (missing: StoreMisconfigured) => {
    await query(`CREATE DATABASE ${identifier(options.bucket)}`, () => undefined).catch((err: Error) => {
      throw new StoreMisconfigured(`${missing.message}; making it failed: ${err.message}. ${howToMake(options)}`, err);
    });
    options.log.info({ database: options.bucket }, 'the InfluxDB database was missing and has been made');
  };
  return (statements, onSeries) =>
    query(statements, onSeries).catch(async (err: unknown) => {
      const missing = err instanceof StoreMisconfigured && /not found/i.test(err.message);
      if (!missing || options.api !== 'v1') throw err;
      await make(err);
      return query(statements, onSeries);
    });
}

function noteDoubts(row: TelemetryRow, held: HeldType | undefined): void {
  for (const measurement in row.quality) if (row.quality[measurement] !== 0) held?.doubted.add(measurement);
}

/** `partial write: … dropped=3` of 3 rows: no need to ask for each. */
const droppedAll = (reason: string, rows: number): boolean => Number(/\bdropped=(\d+)/.exec(reason)?.[1]) === rows;
