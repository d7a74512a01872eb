import { describe, expect, it } from 'vitest';
import { type Done, groupCommitJournal, type JournalEngine, type Work } from './group-commit.ts';
import { JournalError, type JournalOptions, jsonCodec } from './journal.ts';

const options: JournalOptions = { capBytes: 100_000, safetyBytes: 10_000 };

/** A disk in the hand: each commit waits until it is told how it went. */
const bench = () => {
  const asked: { work: Work; went(outcome: Partial<Done>): void; dies(why: string): void }[] = [];
  const listeners: (() => void)[] = [];
  let oldest = 1;
  let bytes = 0;
  let closed = false;
  const engine: JournalEngine<string> = {
    opened: { epoch: 'one', head: 0, oldest, bytes, consumers: {} },
    commit: (work) =>
      new Promise((resolve, reject) => {
        asked.push({
          work,
          went(outcome) {
            if (!outcome.blockError) bytes += work.block?.bytes ?? 0;
            if (!outcome.keepingError && outcome.oldest === undefined) oldest = Math.max(oldest, work.freeThrough + 1);
            resolve({ oldest, bytes, ...outcome });
          },
          dies: (why) => reject(new Error(why)),
        });
        for (const go of listeners.splice(0)) go();
      }),
    read: async () => [],
    async close() {
      closed = true;
    },
  };
  /** The next commit that the journal asks for. */
  const commit = async () => {
    while (asked.length === 0) await new Promise<void>((resolve) => listeners.push(resolve));
    return asked.shift()!;
  };
  return { journal: groupCommitJournal(engine, jsonCodec<string>(1), options), commit, asked, isClosed: () => closed };
};

const diskFull = () => new JournalError('the disk is full', { retryable: true });

describe('a journal on a failing disk', () => {
  it('rejects the appends of the failed commit alone, and gives their position to the next', async () => {
    const { journal, commit } = bench();
    const lost = [journal.append(['a']), journal.append(['b'])];
    const told = expect(Promise.allSettled(lost)).resolves.toMatchObject([
      { reason: { retryable: true } },
      { reason: { message: 'the disk is full' } },
    ]);
    const first = await commit();
    const kept = journal.append(['c']);
    first.went({ blockError: diskFull() });
    await told;
    const second = await commit();
    expect(second.work.block).toMatchObject({ position: 1, text: '["c"]' });
    second.went({});
    expect(await kept).toBe(1);
    expect(journal.stats()).toMatchObject({ head: 1, commits: 1, entries: 1 });
    expect(await journal.read(0)).toEqual([{ position: 1, entries: ['c'] }]);
  });

  it('does not take a release for done when it could not be kept, and takes it again later', async () => {
    const { journal, commit } = bench();
    const registered = journal.register('rules');
    const appended = journal.append(['a']);
    (await commit()).went({});
    await Promise.all([registered, appended]);
    const lost = journal.release('rules', 1);
    (await commit()).went({ keepingError: diskFull() });
    await expect(lost).rejects.toMatchObject({ retryable: true });
    expect(journal.stats().consumers).toEqual({ rules: 0 });

    const again = journal.release('rules', 1);
    const work = await commit();
    expect(work.work.marks).toEqual([['rules', 1]]);
    work.went({});
    await again;
    expect(journal.stats().consumers).toEqual({ rules: 1 });
  });

  it('frees again after a rest when freeing failed', async () => {
    const { journal, commit } = bench();
    const ready = Promise.all([journal.register('rules'), journal.append(['a'])]);
    (await commit()).went({});
    await ready;
    const released = journal.release('rules', 1);
    (await commit()).went({ oldest: 1 });
    await released;
    (await commit()).went({ keepingError: diskFull() });
    const retry = await commit();
    expect(retry.work.freeThrough).toBe(1);
    retry.went({});
    await journal.close();
    expect(journal.stats().oldest).toBe(2);
  });

  it('tells everybody, also those who come later, when its worker is gone', async () => {
    const { journal, commit, isClosed } = bench();
    const first = journal.append(['a']);
    const one = await commit();
    const later = journal.append(['b']);
    const registering = journal.register('rules');
    const waiting = journal.changed(0);
    const all = Promise.allSettled([first, later, registering]);
    one.dies('exit code 1');
    expect((await all).map((o) => (o as PromiseRejectedResult).reason.message)).toEqual(
      Array.from({ length: 3 }, () => 'the journal has stopped: exit code 1'),
    );
    await waiting;
    await expect(journal.append(['c'])).rejects.toMatchObject({ retryable: false });
    await expect(journal.read(0)).rejects.toThrow('has stopped');
    await journal.close();
    expect(isClosed()).toBe(true);
  });
});

describe('a commit', () => {
  it('is one at a time, and carries what consumers released meanwhile', async () => {
    const { journal, commit, asked } = bench();
    const first = journal.append(['a']);
    const one = await commit();
    const second = journal.append(['b']);
    const registered = journal.register('rules');
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([]);
    one.went({});
    await first;
    const two = await commit();
    expect(two.work).toMatchObject({ block: { position: 2, entries: 1 }, marks: [['rules', 0]] });
    two.went({});
    expect(await Promise.all([second, registered])).toEqual([2, 0]);
  });

  it('is finished before the journal is closed', async () => {
    const { journal, commit, isClosed } = bench();
    const appended = journal.append(['a']);
    const one = await commit();
    const closed = journal.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed()).toBe(false);
    one.went({});
    expect(await appended).toBe(1);
    await closed;
    expect(isClosed()).toBe(true);
  });
});
