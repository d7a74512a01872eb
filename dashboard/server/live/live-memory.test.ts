import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../devices/contract/entry.ts';
import { type Journal, JournalGap } from '../../../kit/journal/journal.ts';
import { memoryJournal } from '../../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../../kit/log.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { until } from '../../../test/support/until.ts';
import { type AccountTables, accountMigrations } from '../accounts/tables.ts';
import { startFollower } from './journal-follower.ts';
import { keepPicture, sqlLiveMemory } from './live-memory.ts';
import { picture } from './picture.ts';

const ids = Array.from({ length: 1000 }, (_, i) => `d-${i}`);
const registered = new Set(ids);
const view = () => picture(() => 60_000, { has: (id) => registered.has(id), ids: () => registered });
const reading = (device: string, at: number, value: number): JournalEntry => ({
  kind: 'telemetry',
  device,
  at,
  received: at,
  source: 'mqtt',
  values: { 'alarm.ch4': value },
});

let sql: Sql<AccountTables>;
let journal: Journal<JournalEntry>;
beforeEach(async () => {
  sql = await openSql<AccountTables>({ url: ':memory:', migrations: accountMigrations });
  journal = memoryJournal<JournalEntry>({ capBytes: 1e7, safetyBytes: 1e6 });
  // Nothing is freed unless a test frees it.
  await journal.register('test');
});
afterEach(async () => {
  await journal.close();
  await sql.close();
});

const follow = (live = view(), more: Partial<Parameters<typeof startFollower>[0]> = {}) =>
  startFollower({
    reader: journal,
    picture: live,
    memory: sqlLiveMemory(sql),
    isRegistered: (id) => registered.has(id),
    onRegistry: () => {},
    onGap: async () => {},
    log: silentLog,
    ...more,
  });

describe('the memory of the live view', () => {
  it('keeps every device with its values, and where the picture stood', async () => {
    const before = view();
    for (const id of ids) before.take(reading(id, 1000, 7));
    await keepPicture(sqlLiveMemory(sql), before, journal.epoch, 12);
    const after = view();
    expect(await sqlLiveMemory(sql).load(journal.epoch, after.restore)).toBe(12);
    expect(after.states(ids)).toEqual(before.states(ids));
    expect(before.unsaved).toBe(0);
  });

  it('starts the journal from the beginning when the journal is another one, and keeps the values', async () => {
    const before = view();
    before.take(reading('d-1', 1000, 7));
    await keepPicture(sqlLiveMemory(sql), before, 'an older journal', 12);
    const after = view();
    expect(await sqlLiveMemory(sql).load(journal.epoch, after.restore)).toBe(0);
    expect(after.device('d-1').values['alarm.ch4']).toEqual([7, 1000, 0]);
  });

  it('has everything still to keep when the database fails half-way', async () => {
    const live = view();
    for (const id of ids) live.take(reading(id, 1000, 7));
    const memory = sqlLiveMemory(sql);
    let calls = 0;
    const failing = {
      ...memory,
      save: async (rows: Parameters<typeof memory.save>[0]) => {
        calls += 1;
        if (calls === 2) throw new Error('the disk is full');
        return memory.save(rows);
      },
    };
    await expect(keepPicture(failing, live, journal.epoch, 12)).rejects.toThrow('the disk is full');
    expect(live.unsaved).toBe(600);
    await keepPicture(failing, live, journal.epoch, 12);
    const after = view();
    await memory.load(journal.epoch, after.restore);
    expect(after.states(ids)).toEqual(live.states(ids));
  });

  it('forgets a device that was removed, also one removed while the dashboard was down', async () => {
    const first = view();
    const running = await follow(first);
    await journal.append([reading('d-1', 1000, 7), reading('d-2', 1000, 8)]);
    await until('both are known', () => first.device('d-2').lastAt !== null);
    first.forget('d-1');
    await running.stop();
    registered.delete('d-2');
    await (await follow()).stop();
    registered.add('d-2');
    expect(await sql.db.selectFrom('live_devices').select('device').execute()).toEqual([]);
  });
});

describe('following the journal', () => {
  it('goes on where it stopped, and knows when it has caught up', async () => {
    const first = view();
    const running = await follow(first);
    await journal.append([reading('d-1', 1000, 7)]);
    await until('it is known', () => first.device('d-1').lastAt === 1000);
    await running.stop();
    await journal.append([reading('d-1', 2000, 9)]);
    const second = view();
    const again = await follow(second);
    await until('it has caught up', () => again.caughtUp);
    expect(second.device('d-1').values['alarm.ch4']).toEqual([9, 2000, 0]);
    expect(again.gaps).toBe(0);
    await again.stop();
  });

  it('says so when the journal has moved on, loads the registry anew, and keeps old values at their age', async () => {
    const first = view();
    const running = await follow(first);
    await journal.append([reading('d-1', 1000, 7)]);
    await until('it is known', () => first.device('d-1').lastAt === 1000);
    await running.stop();
    for (const value of [8, 9]) await journal.append([reading('d-1', 2000 + value, value)]);
    await journal.release('test', await journal.head());
    await journal.append([reading('d-2', 3000, 1)]);
    await until('blocks were freed', () => journal.stats().oldest > 2);
    let reloads = 0;
    const second = view();
    const again = await follow(second, {
      onGap: async () => {
        reloads += 1;
      },
    });
    await until('it has caught up', () => again.caughtUp);
    expect({ gaps: again.gaps, reloads }).toEqual({ gaps: 1, reloads: 1 });
    expect(second.device('d-1').values['alarm.ch4']).toEqual([7, 1000, 0]);
    expect(second.device('d-2').lastAt).toBe(3000);
    await again.stop();
  });

  it('does not call a first start in an old journal a gap', async () => {
    await journal.append([reading('d-1', 1000, 7)]);
    await journal.release('test', await journal.head());
    await journal.append([reading('d-1', 2000, 8)]);
    await until('a block was freed', () => journal.stats().oldest > 1);
    await expect(journal.read(0)).rejects.toBeInstanceOf(JournalGap);
    const running = await follow();
    await until('it has caught up', () => running.caughtUp);
    expect(running.gaps).toBe(0);
    await running.stop();
  });

  it('tries again while the journal cannot be read', async () => {
    let broken = true;
    const live = view();
    const running = await follow(live, {
      reader: {
        ...journal,
        read: (...args) => (broken ? Promise.reject(new Error('the disk is gone')) : journal.read(...args)),
      },
    });
    await until('it has noticed', () => !running.reading);
    await journal.append([reading('d-1', 1000, 7)]);
    broken = false;
    await until('it is known', () => live.device('d-1').lastAt === 1000);
    expect(running.reading).toBe(true);
    await running.stop();
  });
});
