import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Packed, Position } from '../journal.ts';
import type { WireError } from './worker-calls.ts';

/** A block as it is kept, for the caller's thread to decode. */
export interface RawBlock {
  readonly position: Position;
  readonly version: number;
  readonly entries: number;
  readonly text: Packed;
}

/** What a reading worker is asked. */
export type ReaderQuestion =
  | { readonly kind: 'open' }
  | { readonly kind: 'read'; readonly after: Position; readonly maxEntries: number }
  | { readonly kind: 'head' }
  /** Somebody waits for a new block (or nobody does any more). */
  | { readonly kind: 'watch'; readonly on: boolean }
  | { readonly kind: 'close' };

export type ReaderAnswer =
  | { readonly opened: { readonly epoch: string; readonly head: Position } }
  /** The file, or its tables, are not there yet. */
  | { readonly absent: string }
  | { readonly blocks: readonly RawBlock[]; readonly head: Position }
  | { readonly gap: { readonly oldest: Position } }
  | { readonly head: Position }
  | { readonly failed: WireError }
  | { readonly closed: true };

/** Said unasked while watching. */
export type ReaderEvent = { readonly head: Position } | { readonly failed: WireError };

const pollMs = 25;
/** Text handed over at once; more would stall whoever decodes it. */
const maxBytes = 2 * 1024 * 1024;

const { file } = workerData as { file: string };
let reading: ReturnType<typeof prepare> | undefined;
let epoch = '';
let inode = 0;
let timer: NodeJS.Timeout | undefined;
let told: Position = 0;

/** Reads a journal's file for one reader. It polls only while somebody waits. */
parentPort?.on('message', ({ id, question }: { id: number; question: ReaderQuestion }) => {
  if (question.kind === 'watch') watch(question.on);
  else parentPort?.postMessage({ id, answer: answer(question) });
});

function answer(question: Exclude<ReaderQuestion, { kind: 'watch' }>): ReaderAnswer {
  try {
    switch (question.kind) {
      case 'open':
        return open();
      case 'read':
        return read(question.after, question.maxEntries);
      case 'head':
        return { head: state().head };
      case 'close':
        clearInterval(timer);
        reading?.db.close();
        return { closed: true };
    }
  } catch (cause) {
    return { failed: failure(cause) };
  }
}

function prepare(db: Database.Database) {
  return {
    db,
    state: db.prepare<[], { epoch: string; freed: number; last: number | null }>(
      'SELECT epoch, freed, (SELECT max(position) FROM blocks) AS last FROM meta',
    ),
    blocks: db.prepare<[number], RawBlock & { bytes: number }>(
      'SELECT position, version, entries, bytes, text FROM blocks WHERE position > ? ORDER BY position',
    ),
  };
}

function open(): ReaderAnswer {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    inode = statSync(file).ino;
    reading = prepare(db);
    const found = reading.state.get();
    if (!found) throw new Error('no such table: it is being made');
    epoch = found.epoch;
    return { opened: { epoch, head: found.last ?? found.freed } };
  } catch (cause) {
    db?.close();
    const { code, message } = cause as { code?: string; message: string };
    if (code === 'SQLITE_CANTOPEN' || /no such table|does not exist/.test(message)) return { absent: message };
    throw cause;
  }
}

function state(): { head: Position; oldest: Position } {
  const found = reading!.state.get()!;
  // A removed file stays readable for whoever has it open, and would never show anything new.
  if (found.epoch !== epoch || statSync(file, { throwIfNoEntry: false })?.ino !== inode) {
    throw new Error('it was made anew or restored while it was being read: start this process again');
  }
  return { head: found.last ?? found.freed, oldest: found.freed + 1 };
}

/** Takes oldest and blocks from one snapshot, so that a block freed meanwhile cannot look like a gap, nor hide one. */
function read(after: Position, maxEntries: number): ReaderAnswer {
  return reading!.db.transaction((): ReaderAnswer => {
    const { head, oldest } = state();
    if (after > head || after < oldest - 1) return { gap: { oldest } };
    const blocks: RawBlock[] = [];
    let entries = 0;
    let size = 0;
    for (const { bytes, ...block } of reading!.blocks.iterate(after)) {
      blocks.push(block);
      entries += block.entries;
      size += bytes;
      if (entries >= maxEntries || size >= maxBytes) break;
    }
    return { blocks, head };
  })();
}

function watch(on: boolean): void {
  clearInterval(timer);
  if (!on) return;
  told = -1;
  poll();
  timer = setInterval(poll, pollMs);
}

function poll(): void {
  try {
    const { head } = state();
    if (head === told) return;
    told = head;
    parentPort?.postMessage({ event: { head } satisfies ReaderEvent });
  } catch (cause) {
    clearInterval(timer);
    parentPort?.postMessage({ event: { failed: failure(cause) } satisfies ReaderEvent });
  }
}

function failure(cause: unknown): WireError {
  const { code = '', message } = cause as { code?: string; message: string };
  return {
    message: `the journal ${file} cannot be read: ${message}${code && ` (${code})`}`,
    retryable: /^SQLITE_(BUSY|IOERR|LOCKED|NOMEM)/.test(code),
  };
}
