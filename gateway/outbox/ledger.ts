import type { Block, Journal, Position } from '../../kit/journal/journal.ts';
import type { Log } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';
import type { Parcel } from './parcels.ts';

const consumer = 'uplink';

/** What of one journal still has to reach the platform. It frees blocks when all of them up to the first gap are done. */
export interface Ledger {
  /** Everything up to here is done. */
  readonly released: Position;
  has(position: Position): boolean;
  /** A block waits: so many rows more, of which the newest was kept at `kept`. */
  note(position: Position, rows: number, kept: number): void;
  /** For the parcels of some blocks: what to call when one is acknowledged; a block is done when all that hold a part of it are. */
  finishing(parcels: readonly Parcel[]): (parcel: Parcel) => void;
  /** These blocks are done without the uplink: moved on, or let go. */
  pass(positions: readonly Position[]): void;
  /** Blocks that wait, oldest first. */
  blocks(): IterableIterator<[Position, Waiting]>;
  readonly rows: number;
  /** When the oldest waiting block was kept, ms; null when nothing waits. */
  readonly oldest: number | null;
  /** Resolves once what is done has been told to the journal. */
  settled(): Promise<void>;
}

export interface Waiting {
  readonly rows: number;
  readonly kept: number;
}

/** Opens the ledger of a journal: what was released before a restart is done. `onFreed` hears whenever room was made. */
export async function openLedger(journal: Journal<UplinkRow>, log: Log, onFreed: () => void): Promise<Ledger> {
  let released: Position = await journal.register(consumer);
  /** Done beyond it. */
  const ahead = new Set<Position>();
  const waiting = new Map<Position, Waiting>();
  let rows = 0;
  let durable = released;
  let releasing: Promise<void> | undefined;

  /** One release at a time: those that fall due meanwhile are one more. */
  const release = async (): Promise<void> => {
    while (durable < released) {
      const upTo = released;
      await journal.release(consumer, upTo);
      durable = upTo;
      onFreed();
    }
  };
  const add = (position: Position) => {
    rows -= waiting.get(position)?.rows ?? 0;
    waiting.delete(position);
    if (position > released) ahead.add(position);
    while (ahead.delete(released + 1)) released += 1;
    if (released === durable || releasing) return;
    releasing = release()
      .catch((err) => log.warn({ err }, 'the outbox could not free what was acknowledged; it will with the next'))
      .finally(() => {
        releasing = undefined;
      });
  };
  const has = (position: Position) => position <= released || ahead.has(position);

  return {
    get released() {
      return released;
    },
    has,
    note(position, more, kept) {
      if (has(position)) return;
      const before = waiting.get(position);
      waiting.set(position, { rows: (before?.rows ?? 0) + more, kept: Math.max(before?.kept ?? kept, kept) });
      rows += more;
    },
    finishing(parcels) {
      const left = new Map<Position, number>();
      for (const { positions } of parcels)
        for (const position of positions) left.set(position, (left.get(position) ?? 0) + 1);
      return ({ positions }) => {
        for (const position of positions) {
          const rest = (left.get(position) ?? 1) - 1;
          left.set(position, rest);
          if (rest === 0) add(position);
        }
      };
    },
    pass(positions) {
      for (const position of positions) add(position);
    },
    blocks: () => waiting.entries(),
    get rows() {
      return rows;
    },
    get oldest() {
      for (const { kept } of waiting.values()) return kept;
      return null;
    },
    settled: async () => void (await releasing),
  };
}

/** When the newest row of a block was kept; its source time for one of an older program. */
export const keptAt = (rows: readonly UplinkRow[]): number => {
  const last = rows.at(-1);
  return last?.kept ?? last?.ts ?? 0;
};

/** Blocks after `after` up to `upTo`, as they come, until `signal`; waits for more where `upTo` lies ahead. */
export async function* unread(
  journal: Journal<UplinkRow>,
  after: Position,
  upTo: Position,
  signal: AbortSignal,
  readRows = 400,
): AsyncGenerator<readonly Block<UplinkRow>[]> {
  let at = after;
  let woken = false;
  while (at < upTo && !signal.aborted) {
    const blocks = (await journal.read(at, readRows)).filter(({ position }) => position <= upTo);
    const last = blocks.at(-1);
    if (last) {
      at = last.position;
      woken = false;
      yield blocks;
      continue;
    }
    // Told of a block that is not there: the outbox is being closed, and would say so again at once, for ever.
    if (woken) throw new Error('the outbox was closed under the uplink');
    await journal.changed(at, signal);
    woken = true;
  }
}
