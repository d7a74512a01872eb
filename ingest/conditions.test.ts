import { describe, expect, it } from 'vitest';
import type { ConditionEntry, JournalEntry } from '../devices/contract/entry.ts';
import { silentLog } from '../kit/log.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import { clocksToTell, startClockWatch } from './clock-watch.ts';
import { openConditionBook } from './conditions.ts';
import { type IngestTables, ingestMigrations } from './tables.ts';

async function bench() {
  const sql = await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations });
  const told: ConditionEntry[] = [];
  const disk = { fails: 0, now: 1000 };
  const open = () =>
    openConditionBook({
      sql,
      append: async (entries: readonly JournalEntry[]) => {
        if (disk.fails-- > 0) throw new Error('disk full');
        told.push(...(entries as ConditionEntry[]));
      },
      now: () => disk.now,
      log: silentLog,
      wait: async () => {},
    });
  const brief = () => told.map(({ condition, subject, active, at }) => `${condition} ${subject} ${active} ${at}`);
  return { open, told, disk, brief, book: await open() };
}

describe('the book of conditions', () => {
  it('tells once when one begins and once when it ends', async () => {
    const { book, brief, disk } = await bench();
    book.begin('journal-filling', 'platform', { percent: 60 });
    book.begin('journal-filling', 'platform', { percent: 60 });
    disk.now = 5000;
    book.end('journal-filling', 'platform');
    book.end('journal-filling', 'platform');
    await book.settled();
    expect(brief()).toEqual(['journal-filling platform true 1000', 'journal-filling platform false 5000']);
  });

  it('renews figures under the same beginning', async () => {
    const { book, told, disk } = await bench();
    book.begin('consumer-cut-off', 'platform', { blocks: 1 });
    disk.now = 9000;
    book.begin('consumer-cut-off', 'platform', { blocks: 2 });
    await book.settled();
    expect(told.map(({ at, facts }) => [at, facts.blocks])).toEqual([
      [1000, 1],
      [1000, 2],
    ]);
  });

  it('ends after a restart what began before it', async () => {
    const { book, open, brief } = await bench();
    book.begin('clock-skew', 'd-1', { seconds: 600 });
    await book.settled();
    await book.stop();
    const again = await open();
    expect(again.standing('clock-skew').map(({ subject }) => subject)).toEqual(['d-1']);
    again.end('clock-skew', 'd-1');
    await again.settled();
    expect(brief()).toEqual(['clock-skew d-1 true 1000', 'clock-skew d-1 true 1000', 'clock-skew d-1 false 1000']);
    await again.stop();
    expect((await open()).standing()).toEqual([]);
  });

  it('waits for a disk that fails, and tells both ends of what nobody could be told', async () => {
    const { book, brief, disk } = await bench();
    disk.fails = 3;
    book.held('journal-unwritable', 'platform', 100, 900, { seconds: 1 });
    await book.settled();
    expect(brief()).toEqual(['journal-unwritable platform true 100', 'journal-unwritable platform false 900']);
  });
});

describe('wrong clocks', () => {
  const skews = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, n) => [`d-${n}`, { device: `d-${n}`, skewMs: -600_000, at: 0 }] as const),
    );

  it('are told one by one while they are few', () => {
    expect(clocksToTell(skews(3), 10)).toMatchObject({ platform: false });
    expect(clocksToTell(skews(3), 10).devices.size).toBe(3);
    expect(clocksToTell(skews(50), 10_000).platform).toBe(false);
  });

  it('of a fifth of all are the platform’s own: one alarm, not hundreds', () => {
    const { platform, devices } = clocksToTell(skews(400), 1000);
    expect([platform, devices.size]).toEqual([true, 0]);
  });

  it('end when they were measured right again, or their device is gone', async () => {
    const { book, brief } = await bench();
    const off = skews(2);
    const known = new Map([['d-0', { device: 'd-0', skewMs: 100, at: 0 }]]);
    let look = () => {};
    startClockWatch({
      admission: {
        clocksOff: off,
        clockOf: (id) => known.get(id) ?? null,
        fieldAheadMs: () => null,
        stats: () => ({ clocks: { measured: 9, off: off.size, worst: [] } }) as never,
      },
      isRegistered: (id) => id !== 'd-1',
      steady: null,
      conditions: book,
      clock: {
        every: (_ms, fn) => {
          look = fn;
          return () => {};
        },
      },
    });
    look();
    off.clear();
    look();
    await book.settled();
    expect(brief().map((line) => line.slice(0, -5))).toEqual([
      'clock-skew d-0 true',
      'clock-skew d-1 true',
      'clock-skew d-0 false',
      'clock-skew d-1 false',
    ]);
  });
});
