import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type {
  FromWorker,
  SqliteFailure,
  SqliteOpen,
  SqliteReply,
  SqliteRequest,
  SqliteResult,
  ToWorker,
} from './sqlite-messages.ts';

/** Runs statements against one SQLite file, in the order they arrive, off the main thread. */
const port = parentPort;
if (!port) throw new Error('sqlite-worker.ts runs as a worker thread only');
const options = workerData as SqliteOpen;
const send = (message: FromWorker) => port.postMessage(message);

const KEPT_STATEMENTS = 500;

function open(): Database.Database {
  const db = new Database(options.path, {
    readonly: options.readonly,
    fileMustExist: options.readonly,
    timeout: options.busyMs,
  });
  db.pragma('foreign_keys = ON');
  if (options.readonly) db.pragma('query_only = ON');
  else {
    switchToWal(db);
    // FULL syncs the WAL at every commit: a committed transaction survives power loss (NORMAL would not).
    db.pragma('synchronous = FULL');
    db.pragma('journal_size_limit = 67108864');
  }
  // A file that is no database is noticed at the first read only.
  db.prepare('select count(*) from sqlite_master').get();
  return db;
}

/**
 * Two processes that make the same new file at once: SQLite refuses one of them at once with BUSY, without the waiting
 * that `timeout` buys elsewhere, because both hold a read lock and want to write.
 */
function switchToWal(db: Database.Database): void {
  const until = performance.now() + options.busyMs;
  for (;;) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (err) {
      if (failureOf(err).code !== 'SQLITE_BUSY' || performance.now() >= until) throw err;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

const failureOf = (err: unknown): SqliteFailure => ({
  code: String((err as { code?: unknown }).code ?? 'SQLITE_ERROR'),
  message: (err as Error).message,
});

function serve(db: Database.Database) {
  const statements = new Map<string, Database.Statement>();

  const prepare = (sql: string): Database.Statement => {
    const kept = statements.get(sql);
    if (kept) return kept;
    const statement = db.prepare(sql);
    // The oldest goes: a Map keeps the order of insertion.
    if (statements.size >= KEPT_STATEMENTS) statements.delete(statements.keys().next().value as string);
    if (/^\s*(create|alter|drop)\b/i.test(sql)) statements.clear();
    else statements.set(sql, statement);
    return statement;
  };

  const execute = ({ sql, parameters }: SqliteRequest): SqliteResult => {
    // SQLite rolls back by itself on a full disk or an I/O error; rolling back once more is no mistake then.
    if (sql === 'rollback' && !db.inTransaction) return { rows: [] };
    const statement = prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters as unknown[]) };
    const { changes, lastInsertRowid } = statement.run(parameters as unknown[]);
    return { rows: [], changes, insertId: lastInsertRowid };
  };

  const reply = (request: SqliteRequest): SqliteReply => {
    try {
      return { id: request.id, result: execute(request) };
    } catch (err) {
      return { id: request.id, failure: failureOf(err) };
    }
  };

  port?.on('message', (message: ToWorker) => {
    if ('run' in message) return send({ replies: message.run.map(reply) });
    db.close();
    send({ closed: true });
    port.close();
  });
}

try {
  serve(open());
  send({ opened: true });
} catch (err) {
  send({ refused: failureOf(err) });
}
