import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { AlarmRow, StateTables } from '../../../devices/contract/state-tables.ts';
import { silentLog } from '../../../kit/log.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import type { Migrations, Sql } from '../../../kit/sql/sql.ts';
import { until } from '../../../test/support/until.ts';
import { alarmFeed } from './alarm-feed.ts';
import { startAlarmWatch } from './alarm-watch.ts';

/** The columns that rules writes (`StateTables`), as far as the feed reads them. */
const tables: Migrations = {
  '0001-alarms': {
    async up(db) {
      await db.schema
        .createTable('alarms')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seq', 'bigint')
        .addColumn('open', 'integer')
        .addColumn('priority', 'text')
        .addColumn('device', 'text')
        .addColumn('area', 'text')
        .addColumn('since', 'bigint')
        .addColumn('raised_at', 'bigint')
        .addColumn('body', 'text')
        .execute();
      await db.schema
        .createTable('alarm_events')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('alarm', 'text')
        .addColumn('at', 'bigint')
        .addColumn('kind', 'text')
        .addColumn('actor', 'text')
        .addColumn('note', 'text')
        .execute();
    },
  },
};

let sql: Sql<StateTables>;
beforeEach(async () => {
  sql = await openSql<StateTables>({ url: ':memory:', migrations: tables });
});
afterEach(() => sql.close());

const row = (id: string, seq: number, more: Partial<AlarmRow> & { active?: boolean; item?: string } = {}): AlarmRow => {
  const { active = true, item = 'G05-14', ...columns } = more;
  const alarm = { id, seq, active, acked: !active, latched: false, clause: { item } } as Alarm;
  const filled = { priority: 'P2', device: 'ga-1', area: 'LB', since: seq, raised_at: seq, ...columns };
  return { id, seq, open: active ? 1 : 0, ...filled, body: JSON.stringify(alarm) };
};
const put = (...rows: AlarmRow[]) =>
  sql.db
    .insertInto('alarms')
    .values(rows)
    .onConflict((c) =>
      c.column('id').doUpdateSet((e) => ({
        seq: e.ref('excluded.seq'),
        open: e.ref('excluded.open'),
        body: e.ref('excluded.body'),
      })),
    )
    .execute();
const idsOf = (alarms: readonly Alarm[]) => alarms.map(({ id }) => id);

describe('the alarm feed', () => {
  it('begins after the newest event, also when nothing is open', async () => {
    await put(row('a', 1, { active: false }), row('b', 7, { active: false }));
    expect(await alarmFeed(sql).open()).toEqual({ alarms: [], seq: 7 });
    expect(await alarmFeed(sql).since(7)).toEqual({ alarms: [], seq: 7, more: false });
  });

  it('gives each change after a number, oldest first', async () => {
    await put(row('a', 3), row('b', 1), row('c', 2, { active: false }));
    const news = await alarmFeed(sql).since(1);
    expect(idsOf(news.alarms)).toEqual(['c', 'a']);
    expect(news).toMatchObject({ seq: 3, more: false });
  });

  it('gives a flood in pages, and never parts what one event touched', async () => {
    const flood = Array.from({ length: 2500 }, (_, i) => row(`a-${i}`, 1 + Math.floor(i / 2)));
    for (let i = 0; i < flood.length; i += 500) await put(...flood.slice(i, i + 500));
    const feed = alarmFeed(sql);
    const seen: string[] = [];
    for (let seq = 0, more = true; more; ) {
      const page = await feed.since(seq);
      seen.push(...idsOf(page.alarms));
      ({ seq, more } = page);
    }
    expect(new Set(seen).size).toBe(2500);
    expect(seen).toHaveLength(2500);
  });

  it('finds by state, priority, device, area and time, newest first, page by page', async () => {
    await put(
      row('a', 1, { priority: 'P1', device: 'ga-1' }),
      row('b', 2, { priority: 'P3', device: 'ga-2', area: 'LD' }),
      row('c', 3, { priority: 'P1', device: 'ga-2', active: false }),
    );
    const feed = alarmFeed(sql);
    const find = async (query: Partial<Parameters<typeof feed.find>[0]>) => {
      const { total, items } = await feed.find({ openOnly: false, limit: 10, offset: 0, ...query });
      return [total, ...idsOf(items)];
    };
    expect(await find({})).toEqual([3, 'c', 'b', 'a']);
    expect(await find({ openOnly: true })).toEqual([2, 'b', 'a']);
    expect(await find({ priorities: ['P1'] })).toEqual([2, 'c', 'a']);
    expect(await find({ device: 'ga-2', area: 'LD' })).toEqual([1, 'b']);
    expect(await find({ from: 2, to: 3 })).toEqual([1, 'b']);
    expect(await find({ limit: 1, offset: 1 })).toEqual([3, 'b']);
    expect(await find({ device: "x' or 1=1 --" })).toEqual([0]);
  });

  it('counts open alarms by item and by priority', async () => {
    await put(row('a', 1), row('b', 2, { priority: 'P1' }), row('c', 3, { active: false }), row('d', 4, { item: '' }));
    expect(await alarmFeed(sql).openByItem()).toEqual({ 'G05-14': 2 });
    expect(await alarmFeed(sql).openByPriority()).toEqual({ P1: 1, P2: 2 });
  });
});

describe('the watch over alarms', () => {
  it('tells each change once, drops what is closed, and needs no call to notice', async () => {
    await put(row('a', 1));
    const told: string[][] = [];
    const watch = await startAlarmWatch({
      alarms: alarmFeed(sql),
      onChange: (changed) => told.push(idsOf(changed)),
      log: silentLog,
    });
    expect([...watch.open.keys()]).toEqual(['a']);
    await put(row('b', 2));
    await until('it is told', () => told.length === 1);
    await put(row('a', 3, { active: false }));
    await until('the end is told', () => told.length === 2);
    expect(told).toEqual([['b'], ['a']]);
    expect([...watch.open.keys()]).toEqual(['b']);
    await watch.stop();
  });

  it('tells a count of blindness that was renewed without an event', async () => {
    const blind = (hidden: number) => {
      const dark = row('g', 1);
      const body = { ...JSON.parse(dark.body), blind: { devices: 9, byType: [], unprotected: [], hidden } };
      return { ...dark, body: JSON.stringify(body) };
    };
    await put(blind(0));
    const told: (number | undefined)[] = [];
    const watch = await startAlarmWatch({
      alarms: alarmFeed(sql),
      onChange: (changed) => told.push(...changed.map((alarm) => alarm.blind?.hidden)),
      log: silentLog,
    });
    await put(blind(7));
    await until('the new count is told', () => told.length === 1);
    expect([told, watch.open.get('g')?.blind?.hidden]).toEqual([[7], 7]);
    await watch.stop();
  });

  it('looks again when it is called while it looks', async () => {
    let notify = () => {};
    const told: string[] = [];
    const watch = await startAlarmWatch({
      alarms: alarmFeed(sql),
      onAlarms: (fn) => {
        notify = fn;
        return () => {};
      },
      onChange: (changed) => told.push(...idsOf(changed)),
      log: silentLog,
    });
    for (let i = 1; i <= 50; i++) {
      await put(row(`a-${i}`, i));
      notify();
    }
    await until('all are told', () => told.length === 50, { withinMs: 1500 });
    await watch.stop();
  });

  it('knows how long it has been blind, and goes on where it was', async () => {
    const feed = alarmFeed(sql);
    let broken = false;
    const told: string[] = [];
    const watch = await startAlarmWatch({
      alarms: { ...feed, since: (seq) => (broken ? Promise.reject(new Error('locked')) : feed.since(seq)) },
      onChange: (changed) => told.push(...idsOf(changed)),
      log: silentLog,
    });
    broken = true;
    await until('it has noticed', () => watch.blindMs() > 0);
    await put(row('a', 1));
    broken = false;
    await until('it sees again', () => watch.blindMs() === 0 && told.length === 1);
    await watch.stop();
  });
});
