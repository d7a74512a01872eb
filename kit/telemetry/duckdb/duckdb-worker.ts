import { parentPort, workerData } from 'node:worker_threads';
import { type DuckdbEngine, openDuckdbEngine } from './duckdb-engine.ts';
import type { Reply, Request, Results, WorkerStart } from './messages.ts';

/**
 * DuckDB's thread. Writes and compaction take turns on one connection, reads on another, so a chart never waits for a
 * batch; statements of one connection never overlap.
 */
const port = parentPort!;
const { file, limits } = workerData as WorkerStart;
let engine: Promise<DuckdbEngine> | undefined;
let writes: Promise<unknown> = Promise.resolve();
let reads: Promise<unknown> = Promise.resolve();
let tidying = false;
let closing = false;

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
    case 'count':
      return db.count(request.device);
    case 'close':
      return db.close() as Promise<undefined>;
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
  port.postMessage(reply);
  if (request.op === 'write' && 'result' in reply) await tidySoon();
}

/** Queues one slice of compaction; the next one goes behind the writes that arrived meanwhile. */
async function tidySoon(): Promise<void> {
  const db = await engine;
  if (tidying || closing || !db?.compaction.isDue()) return;
  tidying = true;
  writes = writes.then(async () => {
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
    // Both queues have run dry when the file is closed; nothing keeps the thread alive after that.
    writes = Promise.all([writes, reads])
      .then(() => answer(request))
      .then(() => port.close());
  } else if (request.op === 'series' || request.op === 'count') reads = reads.then(() => answer(request));
  else writes = writes.then(() => answer(request));
});
