import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../kit/log.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import {
  StoreMisconfigured,
  StoreUnavailable,
  type TelemetryRow,
  type TelemetryStore,
} from '../../kit/telemetry/telemetry-store.ts';
import { ledger } from '../ledger.ts';
import { type IngestTables, ingestMigrations } from '../tables.ts';
import { sqlCursor } from './cursor.ts';
import { type RejectedRow, startWriter, type Writer, type WriterParts } from './writer.ts';

const reading = (at: number, over: Partial<TelemetryEntry> = {}): TelemetryEntry => ({
  kind: 'telemetry',
  device: 'd-1',
  at,
  received: at,
  source: 'mqtt',
  values: { flow: at },
  ...over,
});

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A writer over memory adapters. `store` lets a test fail the store's writes; waits are noted and over at once. */
async function writerBench(fail: (rows: readonly TelemetryRow[]) => Error | undefined = () => undefined) {
  const journal = memoryJournal<JournalEntry>({ capBytes: 64e6, safetyBytes: 1e6 });
  const sql = await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations });
  cleanUps.push(
    () => journal.close(),
    () => sql.close(),
  );
  const inner = memoryTelemetryStore();
  const waits: number[] = [];
  const rejected: RejectedRow[] = [];
  const book = ledger(0);
  const store: TelemetryStore = {
    ...inner,
    async write(rows) {
      const failure = fail(rows);
      if (failure) throw failure;
      await inner.write(rows);
    },
  };
  let now = 0;
  const parts: WriterParts = {
    journal,
    store,
    cursor: sqlCursor(sql, 'store', journal.epoch),
    typeOf: (device) => (device.startsWith('d-') ? 'meter' : undefined),
    reject: async (rows) => void rejected.push(...rows),
    ledger: book,
    log: silentLog,
    now: () => now,
    lingerMs: 0,
    wait: async (ms) => {
      waits.push(ms);
      // Lets the test's own steps in: a store that never recovers must not starve them.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const start = async (): Promise<Writer> => {
    const writer = await startWriter(parts);
    cleanUps.push(() => writer.stop());
    return writer;
  };
  return {
    journal,
    inner,
    waits,
    rejected,
    book,
    start,
    count: () => inner.count('meter', 'd-1'),
    setNow: (at: number) => {
      now = at;
    },
  };
}

describe('the store writer', () => {
  it('takes telemetry to the store in order, and frees the journal behind it', async () => {
    const bench = await writerBench();
    await bench.journal.append([reading(1), { kind: 'tick', at: 2 }, reading(3)]);
    const writer = await bench.start();
    await vi.waitFor(async () => expect(await bench.count()).toBe(2));
    await vi.waitFor(() => expect(bench.journal.stats().consumers.store).toBe(1));
    expect(writer).toMatchObject({ position: 1, problem: null, rejectedRows: 0 });
    expect(writer.lagMs()).toBe(0);
  });

  it('goes on after a restart where it stood, and a repeat does no harm', async () => {
    const bench = await writerBench();
    await bench.journal.append([reading(1)]);
    const first = await bench.start();
    await vi.waitFor(() => expect(first.position).toBe(1));
    await first.stop();
    await bench.journal.append([reading(1), reading(2)]);
    const second = await bench.start();
    await vi.waitFor(() => expect(second.position).toBe(2));
    expect(await bench.count()).toBe(2);
  });

  it('waits out a store that is down, ever more patiently, loses nothing, and shows its lag', async () => {
    let down = true;
    const bench = await writerBench(() => (down ? new StoreUnavailable('connection refused') : undefined));
    const writer = await bench.start();
    for (let i = 1; i <= 50; i++) await bench.journal.append([reading(i * 1000)]);
    await vi.waitFor(() => expect(bench.waits.length).toBeGreaterThan(12));
    expect(writer.problem).toBe('connection refused');
    expect(writer.position).toBe(0);
    bench.setNow(61_000);
    expect(writer.lagMs()).toBe(60_000);
    expect(bench.waits[0]).toBeLessThanOrEqual(200);
    expect(Math.max(...bench.waits)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...bench.waits)).toBeLessThanOrEqual(30_000);
    down = false;
    await vi.waitFor(async () => expect(await bench.count()).toBe(50));
    await vi.waitFor(() => expect(writer.position).toBe(50));
    expect(writer.problem).toBeNull();
    expect(writer.lagMs()).toBe(0);
  });

  it('does not hammer a store that a person must mend first', async () => {
    let wrong = true;
    const bench = await writerBench(() => (wrong ? new StoreMisconfigured('no such bucket') : undefined));
    await bench.journal.append([reading(1)]);
    const writer = await bench.start();
    await vi.waitFor(() => expect(bench.waits.length).toBeGreaterThan(2));
    expect(Math.min(...bench.waits)).toBeGreaterThanOrEqual(30_000);
    expect(writer.problem).toBe('no such bucket');
    wrong = false;
    await vi.waitFor(async () => expect(await bench.count()).toBe(1));
  });

  it('sets rows aside that the store refuses for good, and goes on with the others', async () => {
    const bench = await writerBench();
    await bench.journal.append([reading(1), reading(2, { values: { flow: 'much' } }), reading(3)]);
    const writer = await bench.start();
    await vi.waitFor(() => expect(writer.position).toBe(1));
    expect(await bench.count()).toBe(2);
    expect(bench.rejected).toMatchObject([{ device: 'd-1', at: 2, values: { flow: 'much' }, why: { kind: 'store' } }]);
    expect(writer.rejectedRows).toBe(1);
  });

  it('sets aside readings of a device whose type nobody knows any more', async () => {
    const bench = await writerBench();
    await bench.journal.append([reading(1, { device: 'gone' }), reading(2)]);
    const writer = await bench.start();
    await vi.waitFor(() => expect(writer.position).toBe(1));
    expect(bench.rejected).toEqual([{ device: 'gone', at: 1, values: { flow: 1 }, why: { kind: 'typeless' } }]);
  });

  it('keeps the books: every entry that was acknowledged passed through the journal', async () => {
    const bench = await writerBench();
    const writer = await bench.start();
    for (let i = 1; i <= 600; i++) bench.book.acknowledged(await bench.journal.append([reading(i)]), 1);
    await vi.waitFor(() => expect(writer.position).toBe(600));
    expect(bench.book.lost).toBe(0);
  });
});
