import type { JournalEntry } from '../../devices/contract/entry.ts';
import type { Running } from '../../kit/cleanups.ts';
import { type Block, type Journal, JournalGap, type Position } from '../../kit/journal/journal.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import {
  RowsRefused,
  StoreMisconfigured,
  StoreUnavailable,
  type TelemetryRow,
  type TelemetryStore,
} from '../../kit/telemetry/telemetry-store.ts';
import type { Ledger } from '../ledger.ts';
import type { Cursor } from './cursor.ts';
import { rowsOf } from './rows.ts';

/** The writer's name among the journal's consumers. */
export const STORE_CONSUMER = 'store';

/** A row that the store (or we, for want of a type) refused for good. */
export interface RejectedRow {
  readonly device: string;
  readonly at: number;
  readonly values: unknown;
  readonly why: { readonly kind: 'store'; readonly reason: string } | { readonly kind: 'typeless' };
}

export interface WriterParts {
  readonly journal: Pick<Journal<JournalEntry>, 'read' | 'changed' | 'stats' | 'register' | 'release'>;
  readonly store: Pick<TelemetryStore, 'write' | 'engine'>;
  readonly cursor: Cursor;
  /** The type of a device, also of a removed one where it is remembered. */
  readonly typeOf: (device: string) => string | undefined;
  /** Resolves when the rows are durable in the quarantine. */
  readonly reject: (rows: readonly RejectedRow[]) => Promise<void>;
  readonly ledger: Pick<Ledger, 'found'>;
  readonly log: Log;
  readonly now: () => number;
  /** World time that blocks are let gather for, so that the store gets batches rather than drops, ms. */
  readonly lingerMs?: number;
  readonly wait?: Wait;
}

export interface Writer extends Running {
  /** The position up to which the store has everything. */
  readonly position: Position;
  readonly rejectedRows: number;
  /** Why the store takes nothing now; null while it does. */
  readonly problem: string | null;
  /** That problem is one that a person must mend. */
  readonly stopped: boolean;
  /** Age of the oldest entry that the store does not have, ms; 0 when it has all. */
  lagMs(): number;
}

/** Values in one write, and entries read at a time. */
const BATCH_VALUES = 16_000;
const READ_ENTRIES = 10_000;
/** Gathering blocks are looked at so often, ms. */
const LOOK_MS = 50;
/** Patience with a store that a person must mend first. */
const MISCONFIGURED_MS = 30_000;

/**
 * Takes what stands in the journal to the telemetry store, in order, and moves its cursor only after the store has it: a
 * crash between the two writes the same rows again, which leaves one copy. An outage is waited out for ever; nothing is
 * skipped.
 */
export async function startWriter(parts: WriterParts): Promise<Writer> {
  const { journal, store, cursor, typeOf, ledger, log, now, lingerMs = 500, wait: pause = wait } = parts;
  const stopping = new AbortController();
  const released = await journal.register(STORE_CONSUMER);
  // The cursor moves first, then the release: of two that differ after a crash, the further is true.
  let position = Math.max(released, await cursor.load());
  let rejectedRows = 0;
  let problem: string | null = null;
  let stopped = false;
  /** Receive time of the newest entry that the store has, or of the oldest it lacks while it has none; null before any. */
  let storedTime: number | null = null;

  const reject = async (rows: readonly RejectedRow[]): Promise<void> => {
    if (rows.length === 0) return;
    await parts.reject(rows);
    rejectedRows += rows.length;
    log.error(
      { rows: rows.length, first: rows[0]?.why, device: rows[0]?.device },
      'rows did not go into the store and are in quarantine',
    );
  };

  /** Writes one batch, however long it takes; false when we are stopped before it is done. */
  const write = async (rows: readonly TelemetryRow[]): Promise<boolean> => {
    for (const delay of retryDelays(200, 30_000)) {
      try {
        await store.write(rows);
        if (problem) log.info({ store: store.engine }, 'the store takes readings again');
        problem = null;
        stopped = false;
        return true;
      } catch (err) {
        if (err instanceof RowsRefused) {
          await reject(
            err.refused.map(({ row, reason }) => ({
              device: row.device,
              at: row.at,
              values: row.values,
              why: { kind: 'store', reason },
            })),
          );
          problem = null;
          stopped = false;
          return true;
        }
        await complain(err as Error, delay);
      }
      if (stopping.signal.aborted) return false;
    }
    return false;
  };

  const complain = async (err: Error, delay: number): Promise<void> => {
    const first = problem === null;
    problem = err.message;
    stopped = err instanceof StoreMisconfigured;
    const known = err instanceof StoreMisconfigured || err instanceof StoreUnavailable;
    if (first)
      log[known ? 'warn' : 'error'](
        { err, store: store.engine },
        'the store takes nothing; readings wait in the journal',
      );
    await pause(err instanceof StoreMisconfigured ? Math.max(delay, MISCONFIGURED_MS) : delay, stopping.signal);
  };

  const carry = async (blocks: readonly Block<JournalEntry>[]): Promise<void> => {
    for (const block of blocks) ledger.found(block.position, block.entries.length);
    const { batches, typeless, oldest, newest } = rowsOf(blocks, typeOf, BATCH_VALUES);
    storedTime ??= oldest;
    for (const rows of batches) {
      if (!(await write(rows))) return;
    }
    await reject(typeless.map((row) => ({ ...row, why: { kind: 'typeless' } })));
    const last = blocks.at(-1)?.position ?? position;
    await cursor.save(last);
    position = last;
    storedTime = newest ?? storedTime;
    await journal.release(STORE_CONSUMER, last);
  };

  const step = async (): Promise<void> => {
    const blocks = await journal.read(position, READ_ENTRIES);
    if (blocks.length > 0) await carry(blocks);
    else await journal.changed(position, stopping.signal);
    // While there is a backlog go on at once; else let blocks gather, or every commit would cost a write and a cursor.
    const entries = blocks.reduce((sum, block) => sum + block.entries.length, 0);
    if (entries < READ_ENTRIES / 2) await linger();
  };

  /** Lets blocks gather, until there are enough of them: entries that wait long are walked over by the garbage collector. */
  const linger = async (): Promise<void> => {
    const enough = journal.stats().entries + READ_ENTRIES / 2;
    for (let waited = 0; waited < lingerMs && journal.stats().entries < enough; waited += LOOK_MS) {
      if (stopping.signal.aborted) return;
      await pause(Math.min(LOOK_MS, lingerMs - waited), stopping.signal);
    }
  };

  const run = async (): Promise<void> => {
    const delays = retryDelays(200, 30_000);
    while (!stopping.signal.aborted) {
      try {
        await step();
      } catch (err) {
        if (stopping.signal.aborted) return;
        if (err instanceof JournalGap) {
          // Blocks were freed that the store never had: a cut-off consumer, or a journal that was replaced.
          log.error({ err, position }, 'the store missed blocks of the journal and goes on from the oldest kept');
          position = Math.max(0, err.oldest - 1);
          continue;
        }
        problem = (err as Error).message;
        log.error({ err }, 'the store writer failed and tries again');
        await pause(delays.next().value, stopping.signal);
      }
    }
  };

  const running = run();
  return {
    get position() {
      return position;
    },
    get rejectedRows() {
      return rejectedRows;
    },
    get problem() {
      return problem;
    },
    get stopped() {
      return stopped;
    },
    lagMs: () => (storedTime === null || journal.stats().head <= position ? 0 : Math.max(0, now() - storedTime)),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
