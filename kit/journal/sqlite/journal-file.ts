import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Done, Opened, StoredBlock, Work } from '../group-commit.ts';
import { JournalError, type Packed, type Position } from '../journal.ts';

/** Blocks freed in one commit: enough to keep ahead of the appends, too little to hold them up. */
const freeAtOnce = { blocks: 256, bytes: 4 * 1024 * 1024 };

/** The layout of the file; a program that finds another one must not touch it. */
const layout = 1;

/** A block as the file holds it. */
export interface KeptBlock {
  readonly position: Position;
  readonly version: number;
  readonly entries: number;
  readonly text: Packed;
}

/** Bytes handed over at once; more would stall whoever decodes them. */
const readAtOnce = 2 * 1024 * 1024;

/** A journal's SQLite file, open for writing. Everything here is synchronous: it belongs in a worker. */
export interface JournalFile {
  readonly opened: Opened;
  commit(work: Work): Done;
  /** Blocks after `after`, until about `maxEntries` entries or {@link readAtOnce} bytes, as they are kept. */
  read(after: Position, maxEntries: number): readonly KeptBlock[];
  close(): void;
}

/**
 * Opens or creates the file. One row is one block; `bytes_before` is a running total, so that the bytes held are a
 * difference of two rows however long the journal is. Freed pages are used again; the file keeps its largest size.
 */
export function openJournalFile(file: string): JournalFile {
  const db = new Database(file, { timeout: 5000 });
  // FULL: a commit is on the disk when it returns (WAL mode syncs only at checkpoints otherwise).
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 2000');
  db.pragma('journal_size_limit = 67108864');
  createTables(db);
  const { ino } = statSync(file);

  const sql = {
    insert: db.prepare(
      'INSERT INTO blocks (position, version, entries, bytes, bytes_before, text) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    mark: db.prepare(
      'INSERT INTO retention (consumer, position) VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
    ),
    unmark: db.prepare('DELETE FROM retention WHERE consumer = ?'),
    first: db.prepare<[], Edge>('SELECT position, bytes_before AS start, bytes FROM blocks ORDER BY position LIMIT 1'),
    last: db.prepare<[], Edge>(
      'SELECT position, bytes_before AS start, bytes FROM blocks ORDER BY position DESC LIMIT 1',
    ),
    chunk: db
      .prepare<[number, number, number], number | null>(
        'SELECT max(position) FROM (SELECT position, bytes_before FROM blocks WHERE position <= ? ORDER BY position LIMIT ?) WHERE bytes_before <= ?',
      )
      .pluck(),
    after: db.prepare<[number], KeptBlock & { bytes: number }>(
      'SELECT position, version, entries, bytes, text FROM blocks WHERE position > ? ORDER BY position',
    ),
    free: db.prepare('DELETE FROM blocks WHERE position <= ?'),
    freed: db.prepare('UPDATE meta SET freed = ?'),
  };

  const meta = db.prepare<[], { epoch: string; freed: number }>('SELECT epoch, freed FROM meta').get()!;
  const consumers = db
    .prepare<[], { consumer: string; position: number }>('SELECT consumer, position FROM retention')
    .all();
  const first = sql.first.get();
  const last = sql.last.get();
  /** What is committed: the oldest block kept, and the running totals at both ends. */
  let at: Ends = { oldest: meta.freed + 1, start: first?.start ?? 0, end: last ? last.start + last.bytes : 0 };

  const insert = (block: StoredBlock, ends: Ends): Ends => {
    sql.insert.run(block.position, block.version, block.entries, block.bytes, ends.end, block.text);
    return { ...ends, end: ends.end + block.bytes };
  };

  const keep = ({ marks, freeThrough }: Work, ends: Ends): Ends => {
    for (const [consumer, position] of marks) {
      if (position === null) sql.unmark.run(consumer);
      else sql.mark.run(consumer, position);
    }
    if (freeThrough < ends.oldest) return ends;
    const through = sql.chunk.get(freeThrough, freeAtOnce.blocks, ends.start + freeAtOnce.bytes);
    if (through === null || through === undefined) return ends;
    sql.free.run(through);
    sql.freed.run(through);
    return { ...ends, oldest: through + 1, start: sql.first.get()?.start ?? ends.end };
  };

  /** Runs `steps` in one transaction; `at` moves only when it is committed. */
  const transact = db.transaction((steps: (ends: Ends) => Ends) => steps(at));
  const attempt = (steps: (ends: Ends) => Ends): JournalError | undefined => {
    try {
      // SQLite would go on writing to a deleted file, and what we promised would be gone with the process.
      if (statSync(file, { throwIfNoEntry: false })?.ino !== ino) {
        throw new Error('the file was removed or replaced while it was open: start this process again');
      }
      at = transact.immediate(steps);
      return undefined;
    } catch (cause) {
      if ((cause as { code?: string }).code === 'SQLITE_FULL') foldWal(db);
      return diskError(file, cause);
    }
  };

  return {
    opened: {
      epoch: meta.epoch,
      head: last?.position ?? meta.freed,
      oldest: at.oldest,
      bytes: at.end - at.start,
      consumers: Object.fromEntries(consumers.map((c) => [c.consumer, c.position])),
    },
    commit(work) {
      const { block } = work;
      const done = (errors: Pick<Done, 'blockError' | 'keepingError'>): Done => ({
        ...errors,
        oldest: at.oldest,
        bytes: at.end - at.start,
      });
      const failed = attempt((ends) => keep(work, block ? insert(block, ends) : ends));
      if (!failed) return done({});
      if (!block) return done({ keepingError: failed });
      // On a full disk the freeing may still succeed alone, and make the room that the block needs.
      const keepingError = attempt((ends) => keep(work, ends));
      return done({ keepingError, blockError: attempt((ends) => insert(block, ends)) });
    },
    read(after, maxEntries) {
      const found: KeptBlock[] = [];
      let entries = 0;
      let size = 0;
      for (const { bytes, ...block } of sql.after.iterate(after)) {
        found.push(block);
        entries += block.entries;
        size += bytes;
        if (entries >= maxEntries || size >= readAtOnce) break;
      }
      return found;
    },
    close: () => db.close(),
  };
}

interface Edge {
  readonly position: Position;
  readonly start: number;
  readonly bytes: number;
}

interface Ends {
  readonly oldest: Position;
  readonly start: number;
  readonly end: number;
}

/** Brings what stands in the WAL into the file's free pages, so that a full disk gets the WAL's space back. */
function foldWal(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The disk has no room for that either; the append is rejected anyhow, and tried again by its sender.
  }
}

function createTables(db: Database.Database): void {
  const create = db.transaction(() => {
    const found = db.pragma('user_version', { simple: true }) as number;
    if (found === layout) return;
    if (found !== 0)
      throw new Error(`it has layout ${found}; this program knows ${layout}: use the version that wrote it`);
    db.exec(`
      CREATE TABLE meta (epoch TEXT NOT NULL, freed INTEGER NOT NULL);
      CREATE TABLE blocks (
        position INTEGER PRIMARY KEY, version INTEGER NOT NULL, entries INTEGER NOT NULL,
        bytes INTEGER NOT NULL, bytes_before INTEGER NOT NULL, text TEXT NOT NULL
      );
      CREATE TABLE retention (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    `);
    db.prepare('INSERT INTO meta (epoch, freed) VALUES (?, 0)').run(randomUUID());
    db.pragma(`user_version = ${layout}`);
  });
  create.immediate();
}

/** Codes after which the same call may succeed later. */
const passing = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|NOMEM|CANTOPEN|READONLY)/;

/** What the disk or SQLite said, with the file's name and whether trying again makes sense. */
export function diskError(file: string, cause: unknown): JournalError {
  const { code = '', message } = cause as { code?: string; message: string };
  return new JournalError(`the journal ${file} was not written: ${message}${code && ` (${code})`}`, {
    retryable: passing.test(code),
    cause,
  });
}
