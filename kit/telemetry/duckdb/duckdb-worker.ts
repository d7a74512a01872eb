import { parentPort, workerData } from 'node:worker_threads';
import { type DuckdbEngine, openDuckdbEngine } from './duckdb-engine.ts';
import type { Reply, Request, Results, WorkerStart } from './messages.ts';

/**
 * DuckDB's thread. Writes, compaction and retention take turns on one connection, charts on another, exports on a third, scans on
 * a fourth, so that a chart waits neither for a batch nor for an export; statements of one connection never overlap.
 */
const port = parentPort!;
const { file, limits } = workerData as WorkerStart;
let engine: Promise<DuckdbEngine> | undefined;
type Lane = 'writes' | 'reads' | 'bulk' | 'scans' | 'backups';
/** Each lane's last work. */
const lanes: Record<Lane, Promise<unknown>> = {
  writes: Promise.resolve(),
  reads: Promise.resolve(),
  bulk: Promise.resolve(),
  scans: Promise.resolve(),
  backups: Promise.resolve(),
};
let tidying = false;
let closing = false;

/** Runs `work` when everything that was queued in its lane before has ended, however it ended. */
function queue<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  const done = lanes[lane].then(work);
  lanes[lane] = done.catch(() => undefined);
  return done;
}

const laneOf = (op: Request['op']): Lane =>
  op === 'series' || op === 'curve' || op === 'count' || op === 'extent'
    ? 'reads'
    : op === 'slice'
      ? 'bulk'
      : op === 'scan'
        ? 'scans'
        : op === 'backup'
          ? 'backups'
          : 'writes';

/** After a fatal error (a full disk while committing) DuckDB refuses everything until the file is opened again. */
const isFatal = (err: unknown): boolean => /database has been invalidated|FATAL Error/i.test(String(err));

/** The open file; opened again after a fatal error. */
function opened(): Promise<DuckdbEngine> {
  engine ??= openDuckdbEngine(file, limits);
  return engine;
}

/** Lets go of a file that will answer nothing more, or that could not be opened. */
async function forget(): Promise<void> {
  const gone = engine;
  engine = undefined;
  await gone?.then((db) => db.abandon()).catch(() => undefined);
}

async function run(request: Request): Promise<Results[keyof Results]> {
  const db = await opened().catch(async (err) => {
    await forget();
    throw err;
  });
  switch (request.op) {
    case 'names':
      return db.names();
    case 'write':
      return db.write(request.columns) as Promise<undefined>;
    case 'series':
      return db.series(request.query, request.ids);
    case 'curve':
      return db.curve(request.query, request.ids);
    case 'slice':
      return db.slice(request.groups, request.from, request.to, request.limit);
    case 'scan':
      // Whoever computes over months comes last: what was asked before it, writes and charts and exports, goes first.
      await Promise.all([lanes.writes, lanes.reads, lanes.bulk]);
      return db.scan(request.ids, request.from, request.to, request.limit);
    case 'count':
      return db.count(request.device);
    case 'extent':
      return db.extent();
    case 'backup':
      return db.copy(request.into, breathe);
    case 'upkeep':
      return careFor(request.now);
    case 'close':
      return db.close() as Promise<undefined>;
  }
}

/** Between two pieces of a backup: ends it when the store is closing, which must not wait for it. */
async function breathe(): Promise<void> {
  if (closing) throw new Error('the store is closing: the backup was given up and is no backup');
}

/** A round of care, each step queued behind the writes that arrived meanwhile. */
async function careFor(now: number): Promise<Results['upkeep']> {
  const db = await opened();
  const steps = db.care(now);
  let [dropped, rolledHours] = [0, 0];
  for (;;) {
    const { done, value } = await queue('writes', async () =>
      closing ? { done: true, value: undefined } : steps.next(),
    );
    if (done || !value) return { dropped, rolledHours, since: db.since() };
    dropped += value.dropped;
    rolledHours += value.rolledHours;
  }
}

async function answer(request: Request): Promise<void> {
  let reply: Reply;
  try {
    reply = { id: request.id, result: await run(request) };
  } catch (err) {
    reply = { id: request.id, error: String((err as Error).message) };
    if (isFatal(err)) await forget();
  }
  port.postMessage(reply, 'result' in reply ? buffersIn(reply.result) : []);
  if (request.op === 'write' && 'result' in reply) await tidySoon();
}

/** The memory of a scan's columns, to be moved to the caller. */
const buffersIn = (result: Results[keyof Results]): ArrayBuffer[] =>
  typeof result === 'object' && result !== null && 'words' in result
    ? [result.device, result.measurement, result.at, result.value, result.quality].map(({ buffer }) => buffer)
    : [];

/** Queues one slice of compaction; the next one goes behind the writes that arrived meanwhile. */
async function tidySoon(): Promise<void> {
  const db = await engine;
  if (tidying || closing || !db?.compaction.isDue()) return;
  tidying = true;
  void queue('writes', async () => {
    // Untidy samples are read right, only slower: after a failure the hour is tried again at a later look.
    if (!closing) await db.compaction.step().catch(complain);
    tidying = false;
    await tidySoon();
  });
}

async function complain(err: unknown): Promise<void> {
  if (isFatal(err)) await forget();
  const line = {
    level: 40,
    time: Date.now(),
    component: 'duckdb',
    file,
    err: String(err),
    msg: 'tidying the store failed',
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

port.on('message', (request: Request) => {
  if (request.op === 'close') {
    closing = true;
    // All lanes have run dry when the file is closed; nothing keeps the thread alive after that.
    void Promise.all(Object.values(lanes))
      .then(() => queue('writes', () => answer(request)))
      .then(() => port.close());
  } else if (request.op === 'upkeep') {
    // Its steps are queued one by one.
    void answer(request);
  } else void queue(laneOf(request.op), () => answer(request));
});
