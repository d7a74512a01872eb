import { afterEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../devices/contract/notice.ts';
import { HEARTBEAT_ADDRESS } from '../../devices/contract/pages.ts';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity } from '../engine/engine-bench.ts';
import { pagesOnly } from '../telling.ts';
import type { HeartbeatDoor } from './heartbeat.ts';
import { journalHeartbeatDoor } from './journal-door.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let b: Bench;
/** What a test may break: the door refuses; the page that serves takes nothing; the page answers nothing. */
let broken: { door: boolean; page: boolean; receipt: boolean };
let serving = true;

/** A city whose page answers every heartbeat, as long as nothing is broken. */
const running = async () => {
  broken = { door: false, page: false, receipt: false };
  b = await rulesBench('10:00', undefined, { city: benchCity, catalogue: benchCatalogue }, (ingest, clock) => {
    const behind = journalHeartbeatDoor(ingest, clock);
    const door: HeartbeatDoor = {
      send: (number) => (broken.door ? Promise.reject(new Error('connection refused')) : behind.send(number)),
    };
    return { channels: pagesOnly, origin: '', world: clock, heartbeatDoor: door };
  });
  serving = true;
  void serve();
};
const serve = async () => {
  let took: { no: number; pages: number }[] = [];
  while (serving) {
    if (broken.page) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const open = [{ address: HEARTBEAT_ADDRESS, pages: 1, heard: 0 }];
    const { notices } = await b.rules.pages.exchange({ server: 'page', open, took });
    took = notices.map(({ no }) => ({ no, pages: 1 }));
    if (broken.receipt) continue;
    for (const { told } of notices)
      await b.rules.pages.receipt({ delivery: told.key, what: 'accepted', at: b.clock.now(), by: 'page' });
  }
};
afterEach(async () => {
  serving = false;
  await b.stop();
});

const pulse = () => b.rules.stats().heartbeat!;
/** Second by second, as it passes in the field: what was begun is done before the next one. */
const passes = async (seconds: number) => {
  for (let s = 0; s < seconds; s++) {
    const at = b.clock.now() + 1000;
    await b.passes(new Date(at + 8 * 3_600_000).toISOString().slice(11, 19));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
};
const comesRound = (rounds: number) => until(`${rounds} rounds`, () => pulse().rounds >= rounds);
const silence = async () => (await b.alarms()).find(({ rule }) => rule === 'platform.alarm-path-silent');

describe('the heartbeat of the alarm path', () => {
  it('comes round every minute: journal, rules, notice, page and back; and is in no list of alarms or tickets', async () => {
    await running();
    await passes(16);
    await comesRound(1);
    await passes(60);
    await comesRound(2);
    expect(pulse()).toMatchObject({ stoppedAt: null, silent: false });
    expect(await b.alarms()).toEqual([]);
    expect(b.rules.stats().readings).toBe(0);
    const kept = await b.state.db.selectFrom('notices').select(['subject', 'open']).execute();
    expect(kept).toEqual([
      { subject: 'heartbeat', open: 0 },
      { subject: 'heartbeat', open: 0 },
    ]);
  });

  it.each([
    ['the door refuses', 'door', { door: true }, '入口没有确认收到'],
    ['nobody who serves pages takes it', 'page', { page: true }, '没有进程取走通知'],
    ['no page answers', 'receipt', { receipt: true }, '页面没有答复'],
  ] as const)('rings three minutes after %s, and says where it stopped', async (_, stage, what, words) => {
    await running();
    await passes(16);
    await comesRound(1);
    Object.assign(broken, what);
    await passes(185);
    const alarm = await until('it rings', silence);
    expect(alarm).toMatchObject({ priority: 'P1', active: true, device: 'platform' });
    expect(alarm.explanation.zh).toContain(words);
    expect(pulse()).toMatchObject({ stoppedAt: stage, silent: true });
    Object.assign(broken, { door: false, page: false, receipt: false });
    await passes(65);
    await until('it is over', async () => (await silence())?.active === false);
  });

  it('is told without the journal where that takes nothing: to every seat and whoever is on duty', async () => {
    await running();
    await passes(16);
    await comesRound(1);
    b.ingest.down = true;
    await passes(200);
    expect(await silence()).toBeUndefined();
    const rows = await b.state.db.selectFrom('notices').selectAll().where('id', 'like', 'silence/%').execute();
    expect(rows).toHaveLength(1);
    const notice = JSON.parse(rows[0]!.body) as Notice;
    expect(notice).toMatchObject({ priority: 'P1', title: { zh: '报警通路中断' } });
    expect(notice.to.map(({ id }) => id)).toEqual(['seat:duty']);
    b.ingest.down = false;
    await passes(65);
    const settled = await until('the next heartbeat settles it', () =>
      b.state.db
        .selectFrom('notices')
        .selectAll()
        .where('id', 'like', 'silence/%')
        .where('open', '=', 0)
        .executeTakeFirst(),
    );
    expect(settled.handled_by).toBe('heartbeat');
  });
});
