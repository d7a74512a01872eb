import { Worker } from 'node:worker_threads';
import { SqlError } from '../sql-error.ts';
import type { FromWorker, SqliteOpen, SqliteRequest, SqliteResult, ToWorker } from './sqlite-messages.ts';

/** The main thread's end of one SQLite worker. */
export interface SqliteClient {
  readonly path: string;
  /** Sends one statement; statements run in the order of these calls. Those of one turn travel in one message. */
  run(sql: string, parameters?: readonly unknown[]): Promise<SqliteResult>;
  /** Finishes what was sent, then closes the file. */
  close(): Promise<void>;
}

interface Pending {
  readonly sql: string;
  readonly resolve: (result: SqliteResult) => void;
  readonly reject: (err: Error) => void;
}

/** Starts the worker; rejects with a {@link SqlError} that carries SQLite's code when the file cannot be opened. */
export async function sqliteClient(options: SqliteOpen): Promise<SqliteClient> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: options });
  const pending = new Map<number, Pending>();
  const tell = (message: ToWorker) => worker.postMessage(message);
  let outbox: SqliteRequest[] = [];
  let lastId = 0;
  let gone: SqlError | undefined;
  let closing: Promise<void> | undefined;

  const fail = (message: string, cause?: unknown) => {
    gone ??= new SqlError(`${options.path}: ${message}`, 'SQLITE_WORKER_GONE', cause);
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  };

  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  worker.on('message', (message: FromWorker) => {
    if ('replies' in message) {
      for (const reply of message.replies) {
        const asked = pending.get(reply.id);
        pending.delete(reply.id);
        if ('result' in reply) asked?.resolve(reply.result);
        else asked?.reject(refusedStatement(options.path, asked.sql, reply.failure));
      }
      if (pending.size === 0 && !closing) worker.unref();
    } else if ('refused' in message) {
      opened.reject(new SqlError(`${options.path}: ${message.refused.message}`, message.refused.code));
    } else if ('opened' in message) opened.resolve();
    else closed.resolve();
  });
  worker.on('error', (err: Error) => {
    fail(`the database thread failed: ${err.message}`, err);
    opened.reject(gone);
  });
  worker.on('exit', () => {
    fail('the database is closed');
    closed.resolve();
  });

  const flush = () => {
    const run = outbox;
    outbox = [];
    if (!gone) tell({ run });
  };

  await opened.promise.catch(async (err) => {
    await worker.terminate();
    throw err;
  });
  // An idle database does not keep a process alive; a statement under way does.
  worker.unref();

  return {
    path: options.path,
    run(sql, parameters = []) {
      if (gone || closing)
        return Promise.reject(gone ?? new SqlError(`${options.path}: the database is closed`, 'SQLITE_CLOSED'));
      const id = ++lastId;
      if (pending.size === 0) worker.ref();
      if (outbox.length === 0) queueMicrotask(flush);
      outbox.push({ id, sql, parameters: parameters.map(bound) });
      return new Promise((resolve, reject) => pending.set(id, { sql, resolve, reject }));
    },
    close() {
      closing ??= (async () => {
        worker.ref();
        if (outbox.length > 0) flush();
        tell({ close: true });
        await closed.promise;
        await worker.terminate();
      })();
      return closing;
    },
  };
}

/** SQLite has no booleans; kysely hands them over as they are. */
const bound = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

function refusedStatement(path: string, sql: string, { code, message }: { code: string; message: string }): SqlError {
  return new SqlError(`${path}: ${message} (${code}) in: ${sql.slice(0, 300)}`, code);
}
