/** What is remembered of a device's sequence numbers. */
export interface SequenceMemory {
  /** The highest one; -1 before any. */
  seq: number;
  /** How many below it have not come. */
  missing: number;
}

/** What a sequence number says of the reading that carries it. */
export type SequenceFinding = 'next' | 'gap' | 'filled' | 'restarted' | 'replayed';

/** A jump larger than this is a counter that was set, not readings that are missing. */
const JUMP = 100_000;

/**
 * Takes a reading's sequence number. An old number on new news is a counter that began anew; on old news it fills a gap that was
 * left, or is a replay.
 */
export function takeSequence(memory: SequenceMemory, seq: number, isNews: boolean): SequenceFinding {
  const { seq: highest } = memory;
  if (highest < 0 || seq === highest + 1) {
    memory.seq = seq;
    return 'next';
  }
  if (seq > highest) {
    memory.seq = seq;
    if (seq - highest > JUMP) return 'restarted';
    memory.missing += seq - highest - 1;
    return 'gap';
  }
  if (isNews) {
    memory.seq = seq;
    return 'restarted';
  }
  if (memory.missing === 0) return 'replayed';
  memory.missing--;
  return 'filled';
}
