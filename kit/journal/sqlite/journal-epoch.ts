import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { lockFile } from './file-lock.ts';

/**
 * Gives a journal's file a new epoch and returns it: for whoever put the file back from a backup, so that cursors into
 * what came after the backup are noticed. Throws a Problem while a process has the journal open for writing.
 */
export function renewJournalEpoch(file: string): string {
  const lock = lockFile(file);
  try {
    const db = new Database(file, { fileMustExist: true });
    const epoch = randomUUID();
    try {
      db.pragma('synchronous = FULL');
      db.prepare('UPDATE meta SET epoch = ?').run(epoch);
    } finally {
      db.close();
    }
    return epoch;
  } finally {
    lock.release();
  }
}
