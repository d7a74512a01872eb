import type { Block, Position } from './journal.ts';

/** The newest blocks, kept as live objects so that a consumer that keeps up never pays for decoding. */
export interface BlockTail<T> {
  /** Takes the next block, `bytes` long as text, and forgets the oldest beyond the limits. */
  push(block: Block<T>, bytes: number): void;
  /** Blocks after `after` until about `maxEntries` entries; undefined when the tail does not reach back that far. */
  after(after: Position, maxEntries: number): readonly Block<T>[] | undefined;
  /** Forgets blocks before `oldest`: everybody has passed them. */
  forgetBefore(oldest: Position): void;
}

export interface TailLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** A {@link BlockTail} that keeps at most `maxEntries` entries and `maxBytes` of text, and always the newest block. */
export function blockTail<T>({ maxEntries, maxBytes }: TailLimits): BlockTail<T> {
  // Positions have no gaps, so a block is found by subtraction. `start` moves instead of shifting a long array.
  let kept: ({ readonly block: Block<T>; readonly bytes: number } | undefined)[] = [];
  let start = 0;
  let entries = 0;
  let bytes = 0;
  const dropOldest = () => {
    const oldest = kept[start]!;
    entries -= oldest.block.entries.length;
    bytes -= oldest.bytes;
    kept[start++] = undefined;
    if (start > 1024 && start * 2 > kept.length) {
      kept = kept.slice(start);
      start = 0;
    }
  };
  return {
    push(block, size) {
      kept.push({ block, bytes: size });
      entries += block.entries.length;
      bytes += size;
      while (start < kept.length - 1 && (entries > maxEntries || bytes > maxBytes)) dropOldest();
    },
    after(after, max) {
      const first = kept[start]?.block.position;
      if (first === undefined || after + 1 < first) return undefined;
      const found: Block<T>[] = [];
      let count = 0;
      for (let i = start + (after + 1 - first); i < kept.length && (count < max || found.length === 0); i++) {
        const { block } = kept[i]!;
        found.push(block);
        count += block.entries.length;
      }
      return found;
    },
    forgetBefore(oldest) {
      while (start < kept.length && kept[start]!.block.position < oldest) dropOldest();
    },
  };
}
