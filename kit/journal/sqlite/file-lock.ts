import { hostname } from 'node:os';
import Database from 'better-sqlite3';
import { Problem } from '../../problem.ts';

/** Held until released or until its process ends, however it ends. */
export interface FileLock {
  release(): void;
}

/**
 * Makes this process the only writer of `file`, or throws a {@link Problem} that names the one that is.
 *
 * The lock is an open write transaction on `<file>.lock`, so the kernel drops it with the process: there is no stale
 * pid file to remove. A write transaction still lets others read who holds it.
 */
export function lockFile(file: string): FileLock {
  const db = new Database(`${file}.lock`, { timeout: 200 });
  try {
    db.pragma('synchronous = OFF'); // who held it before a power cut is of no interest
    const me = `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`;
    // Another process may come between the commit and the second `begin`; then the name is written again.
    do writeHolder(db, me);
    while (holder(db) !== me);
  } catch (cause) {
    const held = (cause as { code?: string }).code?.startsWith('SQLITE_BUSY');
    const by = held ? holder(db) : undefined;
    db.close();
    if (!held) throw cause;
    throw new Problem(
      `${file} is already open for writing by ${by ?? 'another process'}: stop that one first, or use another data folder\n${file} 正被另一进程写入（${by ?? '未知'}）：请先停止该进程，或改用其他数据目录`,
      cause,
    );
  }
  return { release: () => db.close() };
}

/** Commits who holds the lock, and leaves a write transaction open. */
function writeHolder(db: Database.Database, me: string): void {
  if (db.inTransaction) db.exec('ROLLBACK');
  db.exec('BEGIN IMMEDIATE');
  db.exec('CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL)');
  db.prepare('INSERT OR REPLACE INTO holder (one, name) VALUES (1, ?)').run(me);
  db.exec('COMMIT');
  db.exec('BEGIN IMMEDIATE');
}

function holder(db: Database.Database): string | undefined {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'holder'").get()) return undefined;
  return db.prepare('SELECT name FROM holder').pluck().get() as string | undefined;
}
