import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Journal,
  JournalError,
  JournalGap,
  type JournalOptions,
  type JournalReader,
  jsonCodec,
  type Position,
} from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { journalThread } from '../../kit/journal/sqlite/journal-thread.ts';
import { openSqliteJournal } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { until as waitUntil } from '../support/until.ts';

type Entry = { readonly n: number; readonly text?: string };

const folders: string[] = [];
const open: JournalReader<unknown>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const roomy: JournalOptions = { capBytes: 64_000_000, safetyBytes: 16_000_000 };

const small = { maxEntries: 1, maxBytes: 1 };

const engines: Record<string, (options: JournalOptions) => Promise<Journal<Entry>>> = {
  memory: async (options) => memoryJournal(options),
  sqlite: (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    folders.push(folder);
    return openSqliteJournal(join(folder, 'journal.db'), jsonCodec<Entry>(1), options);
  },
  'sqlite, read by its writer and remembering little': (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    folders.push(folder);
    const thread = journalThread({ readsToo: true });
    return openSqliteJournal(join(folder, 'journal.db'), jsonCodec<Entry>(1), { ...options, tail: small }, thread);
  },
};

const entries = (from: number, count: number): Entry[] => Array.from({ length: count }, (_, i) => ({ n: from + i }));

/** Everything that can be read after `after`, block by block. */
async function blocksAfter(journal: JournalReader<Entry>, after: Position, maxEntries?: number) {
  const all: { position: Position; ns: number[] }[] = [];
  for (let at = after; ; ) {
    const blocks = await journal.read(at, maxEntries);
    if (blocks.length === 0) return all;
    for (const { position, entries: found } of blocks) all.push({ position, ns: found.map((e) => e.n) });
    at = blocks.at(-1)!.position;
  }
}

const numbersAfter = async (journal: JournalReader<Entry>, after: Position) =>
  (await blocksAfter(journal, after)).flatMap(({ ns }) => ns);

const until = (claim: () => boolean) => waitUntil('the journal getting there', claim, { everyMs: 1 });

/** An entry whose text is about `bytes` long. */
const sized = (n: number, bytes: number): Entry => ({ n, text: 'x'.repeat(bytes - 20) });

describe.each(Object.entries(engines))('the %s journal', (_, make) => {
  const journal = async (options = roomy) => {
    const made = await make(options);
    open.push(made);
    return made;
  };

  describe('appending and reading', () => {
    it('hands out what was appended, in that order, at positions without gaps', async () => {
      const j = await journal();
      for (let i = 0; i < 20; i++) await j.append(entries(i * 3, 3), i % 2 === 0 ? 'normal' : 'safety');
      const blocks = await blocksAfter(j, 0);
      expect(blocks.map((b) => b.position)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(blocks.flatMap((b) => b.ns)).toEqual(entries(0, 60).map((e) => e.n));
      expect(await j.head()).toBe(20);
    });

    it('makes one block of what arrives in the same turn', async () => {
      const j = await journal();
      const positions = await Promise.all(entries(0, 100).map((e) => j.append([e])));
      expect(new Set(positions)).toEqual(new Set([1]));
      expect(j.stats()).toMatchObject({ head: 1, commits: 1, entries: 100 });
      expect(await numbersAfter(j, 0)).toEqual(entries(0, 100).map((e) => e.n));
    });

    it('makes one block of what arrives while a commit is under way', async () => {
      const j = await journal();
      const first = j.append([{ n: 0 }]);
      await new Promise((resolve) => setImmediate(resolve));
      const later = entries(1, 50).map((e) => j.append([e]));
      expect(await first).toBe(1);
      expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
    });

    it('keeps the order of appends in both lanes when many are under way', async () => {
      const j = await journal();
      let n = 0;
      const sender = async (lane: number) => {
        for (let i = 0; i < 200; i++) await j.append([{ n: n++ }], (lane + i) % 3 === 0 ? 'safety' : 'normal');
      };
      await Promise.all(Array.from({ length: 16 }, (_, lane) => sender(lane)));
      expect(await numbersAfter(j, 0)).toEqual(entries(0, 3200).map((e) => e.n));
    });

    it('does not write an empty append', async () => {
      const j = await journal();
      await j.append([{ n: 1 }]);
      expect(await j.append([])).toBe(1);
      expect(j.stats().commits).toBe(1);
    });

    it('is not changed by a sender that uses its array again', async () => {
      const j = await journal();
      const batch = entries(0, 3);
      await j.append(batch);
      batch.length = 0;
      expect(await numbersAfter(j, 0)).toEqual([0, 1, 2]);
    });

    it('hands out whole blocks until about as many entries as asked for', async () => {
      const j = await journal();
      for (let i = 0; i < 6; i++) await j.append(entries(i * 10, 10));
      expect((await j.read(0, 25)).map((b) => b.position)).toEqual([1, 2, 3]);
      expect((await j.read(3, 1)).map((b) => b.position)).toEqual([4]);
      expect(await j.read(6)).toEqual([]);
      expect((await blocksAfter(j, 0, 1)).length).toBe(6);
    });

    it('hands out old blocks too, long after they have left memory', async () => {
      const j = await journal();
      for (let i = 0; i < 80; i++) await j.append(entries(i * 1000, 1000));
      const blocks = await blocksAfter(j, 0);
      expect(blocks.map((b) => b.position)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
      expect(blocks.flatMap((b) => b.ns)).toEqual(entries(0, 80_000).map((e) => e.n));
    });

    it('rejects an entry that cannot be written, and writes those beside it', async () => {
      const j = await journal();
      const bad = { n: 1n } as unknown as Entry;
      const outcomes = await Promise.allSettled([j.append([{ n: 0 }]), j.append([bad]), j.append([{ n: 2 }])]);
      expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await numbersAfter(j, 0)).toEqual([0, 2]);
    });
  });

  describe('waiting for news', () => {
    it('ends at once for whoever is behind, and with the next block for whoever is not', async () => {
      const j = await journal();
      await j.append([{ n: 0 }]);
      await j.changed(0);
      let woken = 0;
      const all = Promise.all(Array.from({ length: 10 }, () => j.changed(1).then(() => woken++)));
      await new Promise((resolve) => setImmediate(resolve));
      expect(woken).toBe(0);
      await j.append([{ n: 1 }]);
      await all;
      expect(woken).toBe(10);
    });

    it('ends when the one who waits gives up, before or while waiting', async () => {
      const j = await journal();
      await j.changed(0, AbortSignal.abort());
      const stop = new AbortController();
      const wait = j.changed(0, stop.signal);
      stop.abort();
      await wait;
    });

    it('ends when the journal closes', async () => {
      const j = await journal();
      const wait = j.changed(0);
      await j.close();
      await wait;
      await expect(j.read(0)).rejects.toThrow('closed');
    });
  });

  describe('consumers', () => {
    it('free what all of them have released, and nothing else', async () => {
      const j = await journal();
      expect(await j.register('store')).toBe(0);
      expect(await j.register('rules')).toBe(0);
      for (let i = 0; i < 5; i++) await j.append([{ n: i }]);
      await j.release('store', 4);
      expect(j.stats()).toMatchObject({ oldest: 1, consumers: { store: 4, rules: 0 } });
      await j.release('rules', 2);
      await until(() => j.stats().oldest === 3);
      expect(await numbersAfter(j, 2)).toEqual([2, 3, 4]);
      await j.release('rules', 5);
      await j.release('store', 5);
      await until(() => j.stats().oldest === 6);
      expect(j.stats()).toMatchObject({ head: 5, bytes: 0 });
      expect(await j.append([{ n: 5 }])).toBe(6);
    });

    it('find their released position again, and never move backwards', async () => {
      const j = await journal();
      await j.register('rules');
      for (let i = 0; i < 5; i++) await j.append([{ n: i }]);
      await j.release('rules', 3);
      await j.release('rules', 1);
      expect(await j.register('rules')).toBe(3);
      expect(j.stats().consumers).toEqual({ rules: 3 });
    });

    it('start before the oldest block kept when they are new', async () => {
      const j = await journal();
      await j.register('rules');
      for (let i = 0; i < 5; i++) await j.append([{ n: i }]);
      await j.release('rules', 3);
      await until(() => j.stats().oldest === 4);
      expect(await j.register('late')).toBe(3);
      await j.release('rules', 5);
      expect(j.stats().oldest).toBe(4);
      expect(await numbersAfter(j, 3)).toEqual([3, 4]);
    });

    it('that nobody registered free nothing', async () => {
      const j = await journal();
      await j.append([{ n: 0 }]);
      expect(await numbersAfter(j, 0)).toEqual([0]);
      expect(j.stats().oldest).toBe(1);
    });

    it('hold no space once they are cut off, and learn of it at their next release', async () => {
      const j = await journal();
      await j.register('rules');
      await j.register('lost');
      for (let i = 0; i < 3; i++) await j.append([{ n: i }]);
      await j.release('rules', 3);
      expect(j.stats().oldest).toBe(1);
      await j.unregister('lost');
      await until(() => j.stats().oldest === 4);
      await expect(j.release('lost', 1)).rejects.toThrow('consumer "lost" is not registered');
      await expect(j.read(0)).rejects.toBeInstanceOf(JournalGap);
      await j.unregister('lost');
    });

    it('cannot release what does not exist yet', async () => {
      const j = await journal();
      await j.register('rules');
      await j.append([{ n: 0 }]);
      await expect(j.release('rules', 2)).rejects.toThrow('position 2, which does not exist: the head is 1');
      await expect(j.release('rules', Number.NaN)).rejects.toThrow('does not exist');
      expect(await numbersAfter(j, 0)).toEqual([0]);
    });

    it('are told of a gap when they ask for what was freed, or for what lies beyond the head', async () => {
      const j = await journal();
      await j.register('rules');
      for (let i = 0; i < 3; i++) await j.append([{ n: i }]);
      await j.release('rules', 2);
      await until(() => j.stats().oldest === 3);
      await expect(j.read(0)).rejects.toMatchObject({ name: 'JournalGap', after: 0, oldest: 3 });
      await expect(j.read(1)).rejects.toBeInstanceOf(JournalGap);
      await expect(j.read(4)).rejects.toBeInstanceOf(JournalGap);
      expect(await numbersAfter(j, 2)).toEqual([2]);
    });
  });

  describe('a journal that fills', () => {
    const small: JournalOptions = { capBytes: 10_000, safetyBytes: 4_000 };
    /** Appends that have resolved, in the order in which they did. */
    const sender = (j: Journal<Entry>) => {
      const done: number[] = [];
      const send = (n: number, lane: 'normal' | 'safety', bytes = 1000) =>
        j.append([sized(n, bytes)], lane).then(() => void done.push(n));
      return { done, send };
    };

    it('lets normal appends wait first, then safety ones, and goes on in order as blocks are freed', async () => {
      const j = await journal(small);
      await j.register('rules');
      const { done, send } = sender(j);
      for (let n = 0; n < 5; n++) await send(n, 'normal');
      const waiting = [5, 6, 7].map((n) => send(n, 'normal', 1500));
      await until(() => j.stats().waiting === 3);
      for (let n = 10; n < 14; n++) await send(n, 'safety');
      expect(done).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13]);
      waiting.push(send(14, 'safety', 1500));
      await until(() => j.stats().waiting === 4);
      expect(j.stats().bytes).toBeLessThanOrEqual(small.capBytes);

      await j.release('rules', 1);
      await until(() => done.includes(14));
      expect(done).not.toContain(5);
      await j.release('rules', await j.head());
      await Promise.all(waiting);
      expect(done.slice(9)).toEqual([14, 5, 6, 7]);
      expect(j.stats().waiting).toBe(0);
    });

    it('does not let a small normal append pass a large one that waits', async () => {
      const j = await journal(small);
      await j.register('rules');
      const { done, send } = sender(j);
      for (let n = 0; n < 5; n++) await send(n, 'normal');
      const waiting = [send(5, 'normal', 3000), send(6, 'normal', 50)];
      await until(() => j.stats().waiting === 2);
      await j.release('rules', 5);
      await Promise.all(waiting);
      expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect((await numbersAfter(j, 5)).join()).toBe('5,6');
    });

    it('rejects an append that could never fit, and says how large it may be', async () => {
      const j = await journal(small);
      await expect(j.append([sized(0, 7000)])).rejects.toThrow(/can never fit.*normal lane 6000 bytes/);
      await expect(j.append([sized(0, 11_000)], 'safety')).rejects.toThrow(/can never fit.*safety lane 10000 bytes/);
      await j.append([sized(1, 7000)], 'safety');
      expect(await numbersAfter(j, 0)).toEqual([1]);
    });

    it('drops nothing and doubles nothing in a long run near the cap', async () => {
      const j = await journal(small);
      await j.register('rules');
      const seen: number[] = [];
      let at = 0;
      const total = 3000;
      const consumer = (async () => {
        while (seen.length < total) {
          await j.changed(at);
          for (const block of await j.read(at, 10)) {
            seen.push(...block.entries.map((e) => e.n));
            at = block.position;
          }
          await j.release('rules', at);
        }
      })();
      let peak = 0;
      let n = 0;
      const lane = async () => {
        while (n < total) {
          const mine = n++;
          await j.append([sized(mine, 50 + ((mine * 7919) % 900))], mine % 5 === 0 ? 'safety' : 'normal');
          peak = Math.max(peak, j.stats().bytes);
        }
      };
      await Promise.all(Array.from({ length: 40 }, lane));
      await consumer;
      expect(seen.length).toBe(total);
      expect(new Set(seen).size).toBe(total);
      const safety = seen.filter((m) => m % 5 === 0);
      expect(safety).toEqual([...safety].sort((a, b) => a - b));
      const normal = seen.filter((m) => m % 5 !== 0);
      expect(normal).toEqual([...normal].sort((a, b) => a - b));
      expect(peak).toBeLessThanOrEqual(small.capBytes);
    });

    it('needs room left beside the safety share', async () => {
      await expect(journal({ capBytes: 1000, safetyBytes: 1000 })).rejects.toThrow('leaves nothing for the rest');
    });
  });

  describe('closing', () => {
    it('finishes what was appended before, and refuses what comes after', async () => {
      const j = await journal();
      const under = Promise.all(entries(0, 10).map((e) => j.append([e])));
      const closed = j.close();
      await expect(j.append([{ n: 99 }])).rejects.toBeInstanceOf(JournalError);
      await closed;
      expect(new Set(await under)).toEqual(new Set([1]));
      await expect(j.append([{ n: 99 }])).rejects.toThrow('closed');
      await j.close();
    });

    it('tells those who wait for room to come back later', async () => {
      const j = await journal({ capBytes: 2000, safetyBytes: 500 });
      await j.append([sized(0, 1000)]);
      const waiting = j.append([sized(1, 1000)]);
      const told = expect(waiting).rejects.toMatchObject({ name: 'JournalError', retryable: true });
      await until(() => j.stats().waiting === 1);
      await j.close();
      await told;
    });
  });
});
