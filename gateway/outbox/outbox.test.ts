import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openOutboxJournals } from '../main.ts';
import type { UplinkRow } from '../row.ts';
import { droppedFile } from './dropped-file.ts';
import { openOutbox } from './outbox.ts';
import { handUplink, outboxBench, settle } from './outbox-bench.ts';
import { classify, safetyByType } from './safety.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 22, 12);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'outbox-'));
  folders.push(made);
  return made;
};

const row = (n: number, name = 'gully.level'): UplinkRow => ({ device: `d-${n % 7}`, ts: n, values: { [name]: n } });
const rows = (from: number, count: number, name?: string) =>
  Array.from({ length: count }, (_, i) => row(from + i, name));

describe('the class of a reading', () => {
  const classOf = classify(['rtu.*', 'alarm.ch4']);
  it.each([
    ['rtu.outletPressure', 'safety'],
    ['alarm.ch4', 'safety'],
    ['alarm.ch4Limit', 'rest'],
    ['gully.level', 'rest'],
  ])('%s is of %s', (name, kind) => {
    expect(classOf(row(1, name))).toBe(kind);
  });

  it('is safety when any value of a row is', () => {
    expect(classOf({ values: { 'gully.level': 1, 'rtu.flowRate': 2 } })).toBe('safety');
  });

  it('is known of every gas measurement without being told', () => {
    const byType = classify(safetyByType);
    expect(byType(row(1, 'alarm.ch4'))).toBe('safety');
    expect(byType(row(1, 'rtu.outletPressure'))).toBe('safety');
    expect(byType(row(1, 'bin.fillPercent'))).toBe('rest');
  });
});

describe('an outbox whose readings wait too long', () => {
  /** An outbox on a clock to set, with its tending under our hand. */
  async function aged() {
    let now = NOON;
    const bench = await outboxBench({ now: () => now, policy: { maxAgeMs: 7 * DAY } });
    return {
      ...bench,
      async keep(day: number, ...kept: UplinkRow[]) {
        now = NOON + day * DAY;
        await bench.outbox.take(kept);
        await bench.outbox.pack();
      },
      at(day: number) {
        now = NOON + day * DAY;
        bench.outbox.tend();
      },
    };
  }

  it('lets go of the oldest that no safety rule needs, and counts them', async () => {
    const { outbox, keep, at } = await aged();
    await keep(0, ...rows(1, 3), ...rows(10, 2, 'alarm.ch4'));
    await keep(3, ...rows(20, 4));
    at(6.9);
    expect(outbox.stats().dropped.rows).toBe(0);
    at(7.1);
    expect(outbox.stats()).toMatchObject({
      dropped: { rows: 3, untold: 3, why: 'age' },
      waiting: { safety: { rows: 2 }, rest: { rows: 4 } },
    });
    at(13);
    expect(outbox.stats()).toMatchObject({ dropped: { rows: 7 }, waiting: { safety: { rows: 2 }, rest: { rows: 0 } } });
    await outbox.stop();
  });

  it('lets go of nothing that is old beyond belief: a clock was wrong when it was kept', async () => {
    const { outbox, keep, at } = await aged();
    await keep(-20_000, ...rows(1, 3));
    at(0);
    expect(outbox.stats().dropped.rows).toBe(0);
    await outbox.stop();
  });

  it('lets go of nothing while the uplink drains', async () => {
    const { outbox, drain, keep, at } = await aged();
    await keep(0, ...rows(1, 3));
    const draining = drain.over(handUplink());
    await settle();
    at(8);
    expect(outbox.stats().dropped.rows).toBe(0);
    await draining.stop();
    at(8);
    expect(outbox.stats().dropped.rows).toBe(3);
    await outbox.stop();
  });

  it('remembers what it let go of across a restart, until the platform has been told', async () => {
    const file = droppedFile(join(folder(), 'dropped.json'));
    let now = NOON;
    const first = await outboxBench({ now: () => now, dropped: file });
    await first.outbox.take(rows(1, 5));
    await first.outbox.pack();
    now += 8 * DAY;
    first.outbox.tend();
    await first.outbox.stop();
    const second = await outboxBench({ now: () => now, dropped: file });
    expect(second.outbox.stats().dropped).toEqual({ rows: 5, untold: 5, why: 'age' });
    second.outbox.toldOfDropped(5);
    await second.outbox.stop();
    const third = await outboxBench({ dropped: file });
    expect(third.outbox.stats().dropped).toEqual({ rows: 5, untold: 0, why: 'age' });
    await third.outbox.stop();
  });
});

describe('an outbox that is full', () => {
  const big = (n: number, name?: string): UplinkRow => ({ ...row(n, name), seq: n, quality: { x: 'y'.repeat(900) } });
  const capBytes = 40_000;
  const fill = async (outbox: Awaited<ReturnType<typeof outboxBench>>['outbox'], name?: string) => {
    let n = 0;
    let going = true;
    while (going) {
      await Promise.race([
        outbox.take([big(++n, name)]),
        settle().then(() => {
          going = outbox.stats().full === false;
        }),
      ]);
      await outbox.pack();
    }
    return n;
  };

  it('makes an MQTT field wait, and takes what waited when there is room', async () => {
    const { outbox, drain } = await outboxBench({ policy: { capBytes, full: 'wait' } });
    const taken = await fill(outbox);
    expect(outbox.stats()).toMatchObject({ full: true, dropped: { rows: 0 } });
    expect(outbox.taken).toBe(taken - 1);
    const uplink = handUplink();
    const draining = drain.over(uplink);
    for (await settle(); uplink.waiting.length > 0; await settle()) uplink.waiting[0]?.acknowledge();
    await expect.poll(() => outbox.taken).toBe(taken);
    await draining.stop();
    await outbox.stop();
  });

  it('takes safety readings all the same: in their share, then in the place of the oldest of the rest', async () => {
    const { outbox } = await outboxBench({ policy: { capBytes, full: 'wait' } });
    await fill(outbox);
    for (let n = 0; n < 20; n++) {
      await outbox.take([big(10_000 + n, 'alarm.ch4')]);
      await outbox.pack();
    }
    const { waiting, dropped, bytes } = outbox.stats();
    expect(waiting.safety.rows).toBe(20);
    expect(dropped.rows).toBeGreaterThan(0);
    expect(dropped.why).toBe('size');
    expect(bytes).toBeLessThan(capBytes + 2_000);
    await outbox.stop();
  });

  it('lets go of the oldest where the field cannot wait', async () => {
    const { outbox, held } = await outboxBench({ policy: { capBytes, full: 'drop-oldest' } });
    for (let n = 1; n <= 100; n++) {
      await outbox.take([big(n)]);
      await outbox.pack();
    }
    const left = (await held()).map(({ ts }) => ts);
    expect(left.at(-1)).toBe(100);
    expect(left[0]).toBeGreaterThan(50);
    expect(outbox.stats().dropped.rows).toBe(100 - left.length);
    await outbox.stop();
  });

  it('never lets go of safety readings: they wait', async () => {
    const { outbox } = await outboxBench({ policy: { capBytes, full: 'drop-oldest' } });
    const taken = await fill(outbox, 'alarm.ch4');
    expect(outbox.stats()).toMatchObject({
      full: true,
      dropped: { rows: 0 },
      waiting: { safety: { rows: taken - 1 } },
    });
    await outbox.stop();
  });
});

describe('an outbox on a disk', () => {
  it('knows after a restart what waits, and what is newest, wherever it lay', async () => {
    const dir = folder();
    const open = async () => {
      const journals = await openOutboxJournals((file) => join(dir, file), 16e6);
      const outbox = await openOutbox({
        journals,
        policy: { capBytes: 16e6, maxAgeMs: 7 * DAY, full: 'wait' },
        classOf: classify(['alarm.*']),
        now: () => NOON,
        log: silentLog,
      });
      return { outbox, journals };
    };
    const first = await open();
    await first.outbox.take([...rows(1, 5000), ...rows(6001, 10, 'alarm.ch4')]);
    await first.outbox.pack();
    await first.outbox.take(rows(7001, 3));
    await first.outbox.stop();
    await first.journals.close();

    const second = await open();
    await second.outbox.known;
    expect(second.outbox.stats().waiting).toMatchObject({
      fresh: { rows: 3, oldest: NOON },
      safety: { rows: 10 },
      rest: { rows: 5000 },
    });
    await second.outbox.pack();
    const newest = second.outbox.newest.rows();
    expect(newest.map(({ kind }) => kind)).toEqual([...Array(7).fill('safety'), ...Array(7).fill('rest')]);
    expect(newest.slice(7).map(({ row: { ts } }) => ts)).toEqual([4995, 4996, 4997, 4998, 7001, 7002, 7003]);
    await second.outbox.stop();
    await second.journals.close();
  });
});
