import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../problem.ts';
import { settle } from '../admission.ts';
import { emptyCurve } from '../curve.ts';
import { pageBySlices } from '../paging.ts';
import { keepAll } from '../rollups.ts';
import { scanBySlices } from '../scanning.ts';
import {
  type PageQuery,
  type Retention,
  type ScanQuery,
  type SeriesQuery,
  type StoreStep,
  StoreUnavailable,
  type TelemetryStore,
} from '../telemetry-store.ts';
import { buffersOf, type Dictionary, dictionaryOf, learn, toColumns } from './columns.ts';
import type { DuckdbLimits } from './duckdb-engine.ts';
import { newBackup } from './duckdb-restore.ts';
import type { Call, Reply, Request, Results, WorkerStart } from './messages.ts';
import type { ScanIds } from './scan.ts';
import type { GroupIds } from './slices.ts';

/** Enough for charts over a city on one machine; sorting a slice needs most of it. */
const defaults: DuckdbLimits = { memoryLimit: '128MB', threads: 2, tidyAfter: 250_000, retention: keepAll };

/**
 * The embedded store: one DuckDB file, used by one process at a time. A write that resolved survives `kill -9` and power
 * loss (DuckDB syncs its log at commit).
 *
 * Rejects with a {@link Problem} when another process holds the file or it cannot be read or made.
 */
export async function openDuckdbTelemetryStore(
  file: string,
  limits: Partial<DuckdbLimits> = {},
): Promise<TelemetryStore> {
  const worker = duckdbWorker({ file, limits: { ...defaults, ...limits } });
  const held = await worker.call({ op: 'names' }).catch(async (err: Error) => {
    await worker.end();
    throw openProblem(file, err);
  });
  let dictionary = dictionaryOf(held.devices, held.fields);
  const numbering = randomUUID();
  /** Samples before this are no longer kept, ms. */
  let since = held.since;
  // A commit that failed may still have become durable (a full disk while checkpointing): then only the file knows.
  let certain = true;
  // One batch after another: a batch may only use names that are durable, and the later of two batches must win.
  let writing: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  const idsOf = ({ type, device, measurement }: SeriesQuery) => {
    const id = dictionary.devices.get(type)?.get(device);
    const field = dictionary.fields.get(type)?.get(measurement);
    return id === undefined || field === undefined ? undefined : { device: id, field: field.id, kind: field.kind };
  };

  const writeNow = async (rows: Parameters<TelemetryStore['write']>[0]) => {
    if (!certain) {
      const durable = await worker.call({ op: 'names' });
      dictionary = dictionaryOf(durable.devices, durable.fields);
    }
    const { columns, refused } = toColumns(rows, dictionary, since ?? undefined);
    if (columns.length > 0) {
      certain = false;
      await worker.call({ op: 'write', columns }, buffersOf(columns));
      learn(dictionary, columns.newDevices, columns.newFields);
    }
    certain = true;
    settle(refused);
  };

  return {
    engine: 'duckdb',
    write(rows) {
      const written = writing.then(() => writeNow(rows));
      writing = written.catch(() => undefined);
      return written;
    },
    async series(query) {
      const ids = idsOf(query);
      return ids ? worker.call({ op: 'series', query, ids }) : [];
    },
    async curve(query) {
      const ids = idsOf(query);
      return ids ? worker.call({ op: 'curve', query, ids }) : emptyCurve;
    },
    page(query) {
      const groups = query.groups.map((group, place) => groupIds(dictionary, group, place));
      return pageBySlices(query, (from, to, limit) => worker.call({ op: 'slice', groups, from, to, limit }));
    },
    scan(query) {
      const ids = scanIds(dictionary, query);
      return scanBySlices(
        query,
        (from, to, limit) => worker.call({ op: 'scan', ids, from, to, limit }),
        () => ({ numbering, names: namesAbove(dictionary, query) }),
      );
    },
    async status() {
      const { oldest, newest, series, minutesTo, hoursTo } = await worker.call({ op: 'extent' });
      const { rawDays, minuteDays, hourDays } = limits.retention ?? defaults.retention;
      return {
        engine: 'duckdb',
        version: null,
        bytes: sizeOf(file) + sizeOf(`${file}.wal`),
        series,
        seriesLimit: null,
        oldest,
        newest,
        retention: { raw: rawDays, minute: minuteDays, hour: hourDays },
        rolledTo: { minute: minutesTo, hour: hoursTo },
      };
    },
    arrange: async (retention) => arranged(retention),
    async upkeep(now) {
      const done = await worker.call({ op: 'upkeep', now });
      since = done.since;
      return { series: null, seriesLimit: null, dropped: done.dropped, rolledHours: done.rolledHours };
    },
    async backup(folder) {
      const { part, finish } = newBackup(folder);
      const samples = await worker.call({ op: 'backup', into: part });
      const target = finish();
      return { file: target, samples, bytes: sizeOf(target) };
    },
    async count(type, device) {
      const id = dictionary.devices.get(type)?.get(device);
      return id === undefined ? 0 : worker.call({ op: 'count', device: id });
    },
    close() {
      closing ??= writing.then(async () => {
        try {
          await worker.call({ op: 'close' });
        } finally {
          await worker.end();
        }
      });
      return closing;
    },
  };
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** A group of a page query by the numbers of the file; what the file does not know, it holds nothing of. */
function groupIds(dictionary: Dictionary, group: PageQuery['groups'][number], place: number): GroupIds {
  const ofType = dictionary.devices.get(group.type);
  const fields = dictionary.fields.get(group.type);
  const numbered = (ids: readonly (number | undefined)[]) =>
    ids.flatMap((id, at) => (id === undefined ? [] : [{ id, place: at }]));
  const devices = numbered(group.devices.map((device) => ofType?.get(device)));
  return {
    group: place,
    devices,
    fields: numbered(group.measurements.map((measurement) => fields?.get(measurement)?.id)),
    everyDevice: devices.length === ofType?.size,
  };
}

/** A scan by the numbers of the file; what the file does not know, it holds nothing of. */
function scanIds(dictionary: Dictionary, { type, measurements, devices }: ScanQuery): ScanIds {
  const ofType = dictionary.devices.get(type);
  const held = dictionary.fields.get(type);
  const fields = measurements.flatMap((name, place) => {
    const field = held?.get(name);
    return field ? [{ place, ...field }] : [];
  });
  return { fields, devices: devices?.flatMap((device) => ofType?.get(device) ?? []) };
}

/** The type's devices that a scan does not know yet. Numbers rise in the order in which the dictionary has them. */
function namesAbove({ devices }: Dictionary, { type, named = 0 }: ScanQuery): [number, string][] {
  const fresh: [number, string][] = [];
  for (const [device, id] of devices.get(type) ?? []) if (id > named) fresh.push([id, device]);
  return fresh;
}

/** DuckDB's retention and rollups need no setting up: they are this program's own work, by its settings. */
function arranged({ rawDays, minuteDays, hourDays }: Retention): StoreStep[] {
  const days = (n: number) => (n > 0 ? { zh: `${n} 天`, en: `${n} days` } : { zh: '永久', en: 'for ever' });
  const [raw, minute, hour] = [days(rawDays), days(minuteDays), days(hourDays)];
  return [
    {
      what: {
        zh: `原始读数保留 ${raw.zh}，按整天（UTC）删除`,
        en: `readings are kept ${raw.en}, deleted by whole days (UTC)`,
      },
      statement: null,
      outcome: 'already',
    },
    {
      what: {
        zh: `1 分钟汇总保留 ${minute.zh}，1 小时汇总保留 ${hour.zh}，每小时结束后生成`,
        en: `rollups of 1 min are kept ${minute.en}, of 1 h ${hour.en}, made after each hour`,
      },
      statement: null,
      outcome: 'already',
    },
  ];
}

function openProblem(file: string, err: Error): Problem {
  const cause = String(err.message);
  const holder = /PID (\d+)/.exec(cause)?.[1];
  if (/lock on file/i.test(cause)) {
    return new Problem(
      `${file} is in use by ${holder ? `process ${holder}` : 'another process'}: stop that one, or give this one another data folder (one process at a time may hold the readings) / 读数库正被${holder ? `进程 ${holder} ` : '另一进程'}使用：请先停止该进程，或换一个数据目录`,
      err,
    );
  }
  return new Problem(
    `${file} cannot be opened as the store of readings: ${cause}. Check that its folder exists and can be written, or move the file away to begin a new one / 无法打开读数库：请检查目录是否存在且可写，或移走该文件重新开始`,
    err,
  );
}

/** The worker as a function that answers. Every call ends: when the worker dies, with {@link StoreUnavailable}. */
function duckdbWorker(start: WorkerStart) {
  const worker = new Worker(new URL('./duckdb-worker.ts', import.meta.url), { workerData: start });
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (err: Error) => void }>();
  let lastId = 0;
  let dead: StoreUnavailable | undefined;
  const die = (why: string, cause?: unknown) => {
    dead ??= new StoreUnavailable(`the DuckDB worker of ${start.file} ${why}: restart this process`, cause);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on('error', (err) => die('failed', err));
  worker.on('exit', () => die('has ended'));
  worker.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new StoreUnavailable(`DuckDB could not do it (${start.file}): ${reply.error}`));
    else call?.resolve(reply.result as never);
  });
  return {
    call<C extends Call>(call: C, transfer: ArrayBuffer[] = []): Promise<Results[C['op']]> {
      if (dead) return Promise.reject(dead);
      lastId += 1;
      const request: Request = { ...call, id: lastId };
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { resolve, reject });
        worker.postMessage(request, transfer);
      });
    },
    end: async () => {
      await worker.terminate();
    },
  };
}
