import { randomUUID } from 'node:crypto';
import { groupCommitJournal, type JournalEngine, type StoredBlock } from '../group-commit.ts';
import { type Block, type Journal, type JournalCodec, JournalGap, type JournalOptions, jsonCodec } from '../journal.ts';

/**
 * A journal that forgets on exit: for tests and demonstrations. It keeps the same promises of order, lanes, cap and
 * retention as the durable one, over the same rules.
 */
export function memoryJournal<T>(options: JournalOptions): Journal<T> {
  const codec = jsonCodec<T>(1);
  return groupCommitJournal(memoryEngine(codec.decode), codec, options);
}

function memoryEngine<T>(decode: JournalCodec<T>['decode']): JournalEngine<T> {
  const blocks = new Map<number, StoredBlock>();
  let oldest = 1;
  let bytes = 0;
  return {
    opened: { epoch: randomUUID(), head: 0, oldest, bytes, consumers: {} },
    async commit({ block, freeThrough }) {
      if (block) {
        blocks.set(block.position, block);
        bytes += block.bytes;
      }
      for (; oldest <= freeThrough && blocks.has(oldest); oldest++) {
        bytes -= blocks.get(oldest)!.bytes;
        blocks.delete(oldest);
      }
      return { oldest, bytes };
    },
    async read(after, maxEntries) {
      if (after < oldest - 1) throw new JournalGap(after, oldest);
      const found: Block<T>[] = [];
      let count = 0;
      for (let block = blocks.get(after + 1); block && count < maxEntries; block = blocks.get(block.position + 1)) {
        found.push({ position: block.position, entries: decode(block.version, block.text) });
        count += block.entries;
      }
      return found;
    },
    async close() {
      blocks.clear();
    },
  };
}
