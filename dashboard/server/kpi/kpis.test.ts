import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { catalogueSchema } from '../../../devices/contract/catalogue.ts';
import type { City, Seat } from '../../../devices/contract/city.ts';
import type { AnnunciationRow, StateTables } from '../../../devices/contract/state-tables.ts';
import { handClock } from '../../../kit/clock.ts';
import { silentLog } from '../../../kit/log.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { stateTables } from '../../../test/support/state-tables.ts';
import { kpis } from './kpis.ts';
import { startSeatMeters } from './seat-meters.ts';

const both = (en: string) => ({ zh: en, en });
const catalogue = catalogueSchema.parse({ title: both('c'), version: '1', warning: both('d'), domains: [] });
const seat = (id: string, more: Partial<Seat> = {}): Seat => ({
  id,
  name: both(id),
  priorities: ['P1', 'P2', 'P3'],
  ...more,
});
const city: Pick<City, 'seats'> = {
  seats: [
    seat('gas', { categories: ['G05'] }),
    seat('water', { categories: ['G04'] }),
    seat('east', { domains: ['G'], areas: ['E'], priorities: ['P1', 'P2', 'P3', 'P4'] }),
  ],
};
const noon = Date.parse('2026-11-23T12:00:00Z');
const min = (n: number) => n * 60_000;
const hour = (n: number) => n * 3_600_000;

let sql: Sql<StateTables>;
let seq: number;
beforeEach(async () => {
  sql = await openSql<StateTables>({ url: ':memory:', migrations: stateTables });
  seq = 0;
});
afterEach(() => sql.close());

const row = (at: number, more: Partial<AnnunciationRow> = {}): AnnunciationRow => {
  const { device = 'd1', rule = 'G05-14.l1' } = more;
  const base = { priority: 'P3', categories: ',G05,', area: null, acked_at: null, returned_at: null };
  return { seq: ++seq, at, alarm: `${device}/${rule}/${at}`, device, rule, ...base, ...more };
};
const put = (...rows: AnnunciationRow[]) => sql.db.insertInto('annunciations').values(rows).execute();
const ask = async (more: { seat?: string | null; from?: number; to?: number } = {}) => {
  const question = { seat: null, from: noon - hour(24), to: noon, now: noon, ...more };
  return (await kpis({ db: sql.db, city, catalogue }, question))!;
};

describe('figures of a period', () => {
  it('are nothing at all where nothing happened', async () => {
    expect(await ask()).toMatchObject({
      total: 0,
      rate: { perTenMinutes: 0, peakTenMinutes: null, peakHour: null },
      flood: { count: 0, share: 0, since: null },
      top: [],
      topShare: 0,
      stale: { count: 0, items: [] },
      chattering: { count: 0, items: [] },
      columns: [],
    });
  });

  it('count what began to sound from its first moment up to, and without, its last', async () => {
    await put(row(noon - hour(24) - 1), row(noon - hour(24)), row(noon - 1), row(noon));
    expect(await ask()).toMatchObject({ total: 2, rate: { perTenMinutes: 2 / 144, perHour: 2 / 24 } });
  });

  it('say how much of it was flood, also of one that began before it', async () => {
    await put(...Array.from({ length: 12 }, (_, i) => row(noon - hour(2) + i * 1000, { device: `d${i}` })));
    expect(await ask({ from: noon - hour(3) })).toMatchObject({
      flood: { count: 1, ms: min(10) + 7000 - 9000 },
      rate: { peakTenMinutes: { count: 12, at: noon - hour(2) + 11_000 }, peakHour: { count: 12 } },
    });
    expect((await ask({ from: noon - hour(2) + min(5) })).flood).toMatchObject({ count: 0, ms: min(5) + 7000 });
    expect((await ask({ from: noon - hour(3), to: noon - hour(2) + min(1) })).flood.since).toBe(noon - hour(2) + 9000);
  });

  it('give the split of priorities and how long each waited for somebody', async () => {
    await put(
      row(noon - min(50), { priority: 'P1', acked_at: noon - min(49) }),
      row(noon - min(40), { priority: 'P1', acked_at: noon - min(37) }),
      row(noon - min(30), { priority: 'P1' }),
      row(noon - min(20), { priority: 'P2' }),
    );
    expect((await ask()).priorities).toEqual([
      { priority: 'P1', count: 3, share: 0.75, acknowledged: 2, meanAckMs: min(2) },
      { priority: 'P2', count: 1, share: 0.25, acknowledged: 0, meanAckMs: null },
    ]);
  });

  it('name the ten that sound most, with their share', async () => {
    const rows = Array.from({ length: 12 }, (_, d) =>
      Array.from({ length: d + 1 }, (_, i) => row(noon - hour(20) + d * min(60) + i * min(5), { device: `d${d}` })),
    );
    await put(...rows.flat());
    const { top, topShare } = await ask();
    expect(top.map(({ device, count }) => `${device} ${count}`)).toEqual(
      [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((d) => `d${d} ${d + 1}`),
    );
    expect(topShare).toBeCloseTo(75 / 78);
  });

  it('find what chatters: three of one point within a minute', async () => {
    const at = noon - hour(1);
    await put(row(at), row(at + 30_000), row(at + 60_000), row(at + 200_000));
    for (const device of ['a', 'b', 'c']) await put(row(at, { device }));
    await put(row(at, { device: 'slow' }), row(at + 30_000, { device: 'slow' }), row(at + 60_001, { device: 'slow' }));
    expect((await ask()).chattering).toMatchObject({ count: 1, items: [{ device: 'd1', count: 1 }] });
  });

  it('find what stood for more than a day', async () => {
    await put(
      row(noon - hour(30), { device: 'still' }),
      row(noon - hour(29), { device: 'ended', returned_at: noon - hour(1) }),
      row(noon - hour(29), { device: 'short', returned_at: noon - hour(10) }),
      row(noon - hour(80), { device: 'before', returned_at: noon - hour(40) }),
      row(noon - hour(2), { device: 'young' }),
    );
    expect((await ask()).stale.items.map(({ device, until }) => [device, until])).toEqual([
      ['still', null],
      ['ended', noon - hour(1)],
    ]);
  });

  it('draw at most 144 columns, each with the most in ten minutes that lies in it', async () => {
    await put(row(noon - hour(1)), row(noon - hour(1) + 1), row(noon - hour(1) + min(10)));
    expect((await ask()).columns).toEqual([
      [noon - hour(1), 2],
      [noon - hour(1) + min(10), 1],
    ]);
    const month = await ask({ from: noon - hour(24 * 30) });
    expect(month.columnMs).toBe(hour(5));
    expect(month.columns.map(([, count]) => count)).toEqual([2]);
  });
});

describe('a seat', () => {
  const scene = () =>
    put(
      row(noon - min(9), { device: 'kitchen', area: 'E' }),
      row(noon - min(8), { device: 'lake', categories: ',G04,', area: 'E' }),
      row(noon - min(7), { device: 'gateway', categories: ',G05,C07,', area: 'W' }),
      row(noon - min(6), { device: 'platform', categories: ',*,' }),
      row(noon - min(5), { device: 'bin', categories: ',G04,', area: 'E', priority: 'P4' }),
    );
  const heardAt = async (id: string | null) => (await ask({ seat: id })).top.map(({ device }) => device).sort();

  it.each<[string | null, string[]]>([
    ['gas', ['gateway', 'kitchen', 'platform']],
    ['water', ['lake', 'platform']],
    ['east', ['bin', 'kitchen', 'lake', 'platform']],
    [null, ['bin', 'gateway', 'kitchen', 'lake', 'platform']],
  ])('%s hears what concerns it, and what concerns everybody', async (id, heard) => {
    await scene();
    expect(await heardAt(id)).toEqual(heard);
  });

  it.each(['gas', 'water', 'east'])('%s hears the same live as over the period', async (id) => {
    await scene();
    const meters = await startSeatMeters({ db: sql.db, city, clock: handClock(noon), log: silentLog });
    const live = meters.current().find((one) => one.id === id);
    expect(live?.inTenMinutes).toBe((await ask({ seat: id, from: noon - min(10) })).total);
    await meters.stop();
  });

  it('that nobody set up is not there', async () => {
    expect(await kpis({ db: sql.db, city, catalogue }, { seat: 'moon', from: 0, to: 1, now: 1 })).toBeNull();
  });
});

describe('what stands now', () => {
  it('counts what is hidden by what hides it, and not as active', async () => {
    const alarm = (id: string, more: Partial<Alarm>) =>
      ({
        id,
        lane: 'live',
        active: true,
        acked: false,
        priority: 'P2',
        override: null,
        supersededBy: null,
        area: null,
        raisedAt: noon - hour(1),
        clause: { item: 'G05-14' },
        blind: null,
        ...more,
      }) as Alarm;
    const under = (kind: string) => ({ override: { kind } }) as Partial<Alarm>;
    const all = [
      alarm('a', {}),
      alarm('b', { acked: true, raisedAt: noon - hour(25) }),
      alarm('c', under('shelved')),
      alarm('d', under('suppressed')),
      alarm('e', under('out-of-service')),
      alarm('f', { supersededBy: 'a' }),
      alarm('g', { active: false }),
      alarm('h', { lane: 'history' }),
    ];
    await sql.db
      .insertInto('alarms')
      .values(
        all.map((one, n) => ({
          id: one.id,
          seq: n,
          open: 1,
          priority: 'P2',
          device: one.id,
          area: null,
          since: 0,
          raised_at: 0,
          body: JSON.stringify(one),
        })),
      )
      .execute();
    expect((await ask({ seat: 'gas' })).now).toEqual({
      active: 2,
      unacknowledged: 2,
      shelved: 1,
      suppressed: 1,
      outOfService: 1,
      stale: 1,
      byPriority: { P1: 0, P2: 2, P3: 0, P4: 0 },
    });
  });
});

describe('a year with 200,000 alarms', () => {
  it('is counted whole, in a time that it states', async () => {
    const from = noon - hour(24 * 365);
    const step = Math.floor(hour(24 * 365) / 200_000);
    for (let done = 0; done < 200_000; done += 500) {
      const next = Array.from({ length: 500 }, (_, i) => done + i);
      await put(
        ...next.map((i) => row(from + i * step, { device: `d${i % 5000}`, returned_at: from + i * step + min(9) })),
      );
    }
    const began = performance.now();
    const year = await ask({ from });
    console.info(`figures of a year with 200,000 alarms took ${Math.round(performance.now() - began)} ms`);
    expect(year.total).toBe(200_000);
    expect(year.flood.count).toBe(0);
    expect(year.top[0]?.count).toBe(40);
  }, 60_000);
});
