import type { Kysely } from 'kysely';
import type { EntryReader, IngestPort } from '../devices/contract/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { JournalGap } from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import type { Effects, Engine, StateRow } from './engine/engine.ts';
import { type Cursor, loadCursor, readState } from './store/alarm-store.ts';
import type { Commits } from './store/commits.ts';
import { LeaseLost, pause } from './store/lease.ts';
import type { RulesTables } from './store/migrations.ts';

export interface JudgingParts {
  readonly engine: Engine;
  readonly reader: EntryReader;
  readonly ingest: Pick<IngestPort, 'register' | 'release'>;
  readonly db: Kysely<RulesTables>;
  readonly writing: Commits;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopped: AbortSignal;
  /** Makes effects durable together with the cursor, and with rows of state where there are some; then tells of them. */
  readonly commit: (effects: Effects, cursor: Cursor, rows?: readonly StateRow[]) => Promise<void>;
  /** Other standards judge from now on; what came of it is committed. */
  readonly standardsChanged: () => void;
  /** Blocks were judged, and what came of them committed. */
  readonly judged: () => void;
  /** What the journal told meanwhile was not heard. */
  readonly gap: () => Promise<void>;
}

export interface Judging {
  /** Resolves when the loop has ended. */
  readonly done: Promise<void>;
  readonly position: number;
  /** True while blocks wait to be judged. */
  readonly behind: boolean;
  readonly problem: string | null;
  cursor(): Cursor;
  /** Keeps what changed since the last time, and lets the journal free what is held. */
  keep(): Promise<void>;
}

export const CONSUMER = 'rules';
const READ_ENTRIES = 5000;
const RETRY_MS = 1000;
/** Units a snapshot transaction takes, so that an alarm never waits long behind one. */
const KEEP_UNITS = 500;

/** Puts the state back, then judges the journal block by block until stopped. */
export async function judgeJournal(parts: JudgingParts): Promise<Judging> {
  const { engine, reader, ingest, db, writing, clock, log, stopped, commit } = parts;
  const { epoch } = reader;
  const registered = await ingest.register(CONSUMER);
  const stored = await loadCursor(db);
  const sameJournal = stored?.epoch === epoch;
  let position = sameJournal ? stored.position : registered;
  let held = sameJournal ? stored.held : position;
  let behind = true;
  /** Judged, and what came of it committed. */
  let settled = position;
  let problem: string | null = null;
  for await (const rows of readState(db)) {
    // Positions of another journal mean nothing here; what the rows hold is still the newest known.
    engine.restore(sameJournal ? rows : rows.map((row) => ({ ...row, position: 0 })));
  }
  if (stored && !sameJournal) engine.missed(stored.position, registered + 1, clock.now());
  const cursor = (): Cursor => ({ epoch, position, held });

  const missed = async (gap: JournalGap) => {
    log.error({ after: gap.after, oldest: gap.oldest }, 'the journal freed blocks that were not judged');
    engine.missed(gap.after, gap.oldest, clock.now());
    position = gap.oldest - 1;
    held = Math.max(held, position);
    settled = position;
    await parts.gap();
  };
  await findState(parts, held, position).catch(async (err) => {
    if (!(err instanceof JournalGap)) throw err;
    if (err.oldest - 1 > position) await missed(err);
    else await findState(parts, err.oldest - 1, position);
  });
  engine.found();
  const atStart = engine.pending();
  if (atStart) await commit(atStart, cursor());

  /**
   * Other standards took over: everything that changed is kept in the one transaction that tells of it. A start finds either the
   * old standards before the block, or the new ones after it, never one half of each.
   */
  const keepAll = async (effects: Effects | null) => {
    const rows = new Map<string, StateRow>();
    // A snapshot may be under way: it is brought to its end first, and holds for the moment at which it began.
    for (let heldTo: number | null = null; heldTo === null || heldTo < position; ) {
      const kept = engine.snapshot(Number.POSITIVE_INFINITY);
      for (const row of kept.rows) rows.set(row.device, row);
      heldTo = kept.heldTo;
    }
    held = position;
    await commit(effects ?? { alarms: [], events: [], annunciations: [], derived: [] }, cursor(), [...rows.values()]);
    parts.standardsChanged();
  };

  const judge = async () => {
    const blocks = await reader.read(position, READ_ENTRIES);
    behind = blocks.length > 0;
    if (!behind) {
      await reader.changed(position, stopped);
      return;
    }
    for (const block of blocks) {
      if (stopped.aborted) return;
      await writing.serial(async () => {
        const effects = engine.take(block);
        position = block.position;
        if (engine.standardsChanged()) await keepAll(effects);
        else if (effects) await commit(effects, cursor());
        settled = position;
      });
      parts.judged();
    }
  };
  const run = async () => {
    while (!stopped.aborted) {
      try {
        await judge();
        problem = null;
      } catch (err) {
        if (stopped.aborted) return;
        if (err instanceof LeaseLost) {
          problem = err.message;
          log.error({ err }, 'rules stops judging: another worker has taken over');
          return;
        }
        if (err instanceof JournalGap) {
          await writing.serial(async () => {
            await missed(err);
            const effects = engine.pending();
            if (effects) await commit(effects, cursor());
          });
          continue;
        }
        problem = `the journal cannot be read: ${err instanceof Error ? err.message : String(err)}`;
        log.error({ err, position }, 'the journal cannot be read; trying again');
        await pause(clock, RETRY_MS, stopped);
      }
    }
  };
  const keep = async (): Promise<void> => {
    try {
      for (let more = true; more; ) {
        await writing.serial(async () => {
          if (position === 0) {
            more = false;
            return;
          }
          engine.refreshOpen();
          const { rows, heldTo } = engine.snapshot(KEEP_UNITS);
          more = heldTo === null;
          held = Math.max(held, heldTo ?? held);
          await writing.state(rows, engine.pending(), cursor());
        });
      }
      await ingest.release(CONSUMER, held);
    } catch (err) {
      if (!stopped.aborted) log.error({ err }, 'the state could not be kept; the journal holds it until it can');
    }
  };
  return {
    done: run(),
    get position() {
      return settled;
    },
    get behind() {
      return behind;
    },
    get problem() {
      return problem;
    },
    cursor,
    keep,
  };
}

/** Judges what the snapshots do not hold, from `held` to the cursor, without telling anyone: delays go on where they stood. */
async function findState({ engine, reader }: JudgingParts, held: number, cursor: number): Promise<void> {
  for (let at = held; at < cursor; ) {
    const blocks = await reader.read(at, READ_ENTRIES);
    if (blocks.length === 0) return;
    for (const block of blocks) {
      if (block.position > cursor) return;
      engine.replay(block);
      at = block.position;
    }
  }
}
