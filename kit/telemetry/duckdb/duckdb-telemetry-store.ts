import { Worker } from 'node:worker_threads';
import { Problem } from '../../problem.ts';
import { settle } from '../admission.ts';
import { StoreUnavailable, type TelemetryStore } from '../telemetry-store.ts';
import { buffersOf, dictionaryOf, learn, toColumns } from './columns.ts';
import type { DuckdbLimits } from './duckdb-engine.ts';
import type { Call, Reply, Request, Results, WorkerStart } from './messages.ts';

/** Enough for charts over a city on one machine; sorting a slice needs most of it. */
const defaults: DuckdbLimits = { memoryLimit: '128MB', threads: 2, tidyAfter: 250_000 };

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
  // A commit that failed may still have become durable (a full disk while checkpointing): then only the file knows.
  let certain = true;
  // One batch after another: a batch may only use names that are durable, and the later of two batches must win.
  let writing: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  const writeNow = async (rows: Parameters<TelemetryStore['write']>[0]) => {
    if (!certain) {
      const durable = await worker.call({ op: 'names' });
      dictionary = dictionaryOf(durable.devices, durable.fields);
    }
    const { columns, refused } = toColumns(rows, dictionary);
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
      const device = dictionary.devices.get(query.type)?.get(query.device);
      const field = dictionary.fields.get(query.type)?.get(query.measurement)?.id;
      return device === undefined || field === undefined
        ? []
        : worker.call({ op: 'series', query, ids: { device, field } });
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
