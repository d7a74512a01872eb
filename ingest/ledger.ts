import type { Position } from '../kit/journal/journal.ts';

/**
 * Compares what was acknowledged to senders with what the journal's first reader (the store writer) finds in it. A
 * number that is not 0 means that the journal broke its promise.
 */
export interface Ledger {
  /** `entries` entries are durable at `position`; positions never go down. */
  acknowledged(position: Position, entries: number): void;
  /** A reader found a block of `entries` entries at `position`; blocks come in order. */
  found(position: Position, entries: number): void;
  /** Acknowledged entries that a reader has passed without finding them. */
  readonly lost: number;
}

/** Positions between two notes: memory stays small however far a reader is behind. */
const STEP = 256;

/** A ledger for a journal whose head was `head` when the process began; older blocks are not its business. */
export function ledger(head: Position): Ledger {
  /** Entries acknowledged up to and including a position, noted every {@link STEP} positions. */
  const notes: { position: Position; sum: number }[] = [];
  let acknowledgedSum = 0;
  let newest = head;
  let foundSum = 0;
  let furthest = head;
  let lost = 0;
  const note = () => {
    const last = notes.at(-1);
    if (newest > head && (!last || newest - last.position >= STEP))
      notes.push({ position: newest, sum: acknowledgedSum });
  };
  return {
    acknowledged(position, entries) {
      if (position > newest) {
        // The sum up to `newest` is final once a later block exists.
        note();
        newest = position;
      }
      acknowledgedSum += entries;
    },
    found(position, entries) {
      // A block that is read again after a failure is not found twice.
      if (position <= furthest) return;
      furthest = position;
      // A note is due once the reader is past it, whether or not it found that very block.
      while (notes[0] && notes[0].position < position) {
        lost = Math.max(lost, notes[0].sum - foundSum);
        notes.shift();
      }
      foundSum += entries;
    },
    get lost() {
      return lost;
    },
  };
}
