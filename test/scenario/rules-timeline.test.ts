import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rulesBench } from '../../rules/app-bench.ts';
import { kitchen, momentOf } from '../../rules/engine/engine-bench.ts';
import { until } from '../support/until.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench;
afterEach(() => bench.stop());

const gateways = [{ id: 'g1', name: '东区网关', lon: 112.6, lat: 26.9, demo: false }];

describe('a night at the duty desk', () => {
  it('leak, gateway, outbox, verdict: each is shown once, as it stands', async () => {
    bench = await rulesBench('02:00');
    const b = bench;
    await b.registers({ gateways, devices: [kitchen('k1', { gateway: 'g1' }), kitchen('k2', { gateway: 'g1' })] });

    // 02:01, gas in a kitchen: level 1 after ten seconds, level 2 on one sample, one row on top.
    await b.reads('02:01', 'k1', { 'alarm.ch4': 14 });
    await b.reads('02:01', 'k2', { 'alarm.ch4': 0 });
    await b.passes('02:01:10');
    expect(await b.shows()).toEqual(['G05-14.com-l1 unack']);
    await b.reads('02:01:30', 'k1', { 'alarm.ch4': 46 });
    expect(await b.shows()).toEqual(['G05-14.com-l1 unack superseded', 'G05-14.com-l2 unack']);
    const leak = `k1/G05-14.com-l2/${momentOf('02:01:30')}`;
    expect(await b.asks({ type: 'acknowledge', alarms: [leak] })).toMatchObject({ done: true });

    // 02:03, its gateway drops: one alarm more; the leak stays in sight though nothing is heard of it.
    await b.journal.append([{ kind: 'connection', subject: 'g1', state: 'down', at: b.clock.now() }]);
    await b.passes('02:20');
    expect(await b.shows()).toEqual([
      'G05-14.com-l1 ack superseded',
      'G05-14.com-l2 ack',
      'platform.gateway-down unack',
      'G05-14.silent unack suppressed',
      'G05-14.silent unack suppressed',
    ]);

    // 02:20, it is back and its outbox drains: the leak ended at 02:10, and k2 had one nobody saw.
    await b.journal.append([{ kind: 'connection', subject: 'g1', state: 'up', at: b.clock.now() }]);
    const late = (device: string, time: string, value: number) =>
      b.reads('02:20', device, { 'alarm.ch4': value }, { at: momentOf(time), historical: true, gateway: 'g1' });
    await late('k1', '02:05', 46);
    await late('k1', '02:10', 0);
    await late('k1', '02:15', 0);
    await late('k2', '02:08', 55);
    await late('k2', '02:12', 0);
    await late('k2', '02:14', 0);
    await b.reads('02:20:01', 'k1', { 'alarm.ch4': 0 });
    await b.reads('02:20:01', 'k2', { 'alarm.ch4': 0 });
    await b.passes('02:21:10');
    const shows = await b.shows();
    expect(shows).toContain('G05-14.com-l2 latched-ack');
    expect(shows).toContain('G05-14.com-l2 rtn-unack history');
    expect(shows).toContain('platform.gateway-down rtn-unack');
    expect(shows.filter((s) => s.includes('suppressed'))).toEqual([]);

    // The verdict is a person's; then the latch is reset, and nothing of the leak is left.
    const unseen = `k2/G05-14.com-l2/${momentOf('02:08')}`;
    expect(await b.asks({ type: 'acknowledge', alarms: [unseen] })).toMatchObject({
      refused: { code: 'needs-verdict' },
    });
    const verdict = { kind: 'biogas', evidence: 'septic tank emptied that night' };
    expect(await b.asks({ type: 'judge', of: { alarms: [unseen] }, ...verdict })).toMatchObject({ done: true });
    expect(await b.asks({ type: 'reset', alarm: leak })).toMatchObject({ done: true });
    expect((await b.shows()).filter((s) => s.startsWith('G05-14.com'))).toEqual([]);
  });
});

describe('kill -9', () => {
  it('in an on-delay: the new process raises it on time, under the same id, from the same journal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yanshao-rules-'));
    try {
      bench = await rulesBench('10:00', { url: join(folder, 'state.db') });
      const b = bench;
      await b.registers({ devices: [kitchen('k1')] });
      await b.reads('10:00:30', 'k1', { 'alarm.ch4': 0 });
      await b.reads('10:01', 'k1', { 'alarm.ch4': 15 });
      const killed = b.rules;
      await ownerIsGone(b);
      await b.start();
      await b.journal.append(
        Array.from({ length: 20 }, (_, i) => ({ kind: 'tick' as const, at: momentOf('10:01') + (i + 1) * 1000 })),
      );
      await b.judged();
      expect(await b.shows()).toEqual(['G05-14.com-l1 unack']);
      expect((await b.alarms())[0]!.id).toBe(`k1/G05-14.com-l1/${momentOf('10:01')}`);
      expect((await b.alarms())[0]!.raisedAt).toBe(momentOf('10:01:10'));
      await killed.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('frees only what snapshots hold', async () => {
    bench = await rulesBench();
    const b = bench;
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 0 });
    const before = b.journal.stats().consumers.rules ?? 0;
    b.clock.pass(10_000);
    await until('rules released', () => (b.journal.stats().consumers.rules ?? 0) > before);
    const rows = await b.state.db.selectFrom('judge_state').select('device').execute();
    expect(rows.map(({ device }) => device).filter((id) => !id.startsWith('*'))).toEqual(['k1']);
  });
});

describe('two workers', () => {
  it('never judge one city: the second waits until the first is gone', async () => {
    bench = await rulesBench();
    const b = bench;
    await b.registers({ devices: [kitchen('k1')] });
    const first = b.rules;
    let second: Awaited<ReturnType<typeof b.start>> | undefined;
    const starting = b.start().then((rules) => {
      second = rules;
    });
    for (let seconds = 0; seconds < 60; seconds++) {
      b.clock.pass(1000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(second).toBeUndefined();
    await first.stop();
    b.clock.pass(1000);
    await until('the second has taken over', () => {
      b.clock.pass(500);
      return second;
    });
    await starting;
    await b.reads('10:05', 'k1', { 'alarm.ch4': 50 });
    expect(await b.shows()).toContain('G05-14.com-l2 unack');
  });

  it('the one that was taken over from writes nothing more', async () => {
    bench = await rulesBench();
    const b = bench;
    await b.registers({ devices: [kitchen('k1')] });
    await ownerIsGone(b);
    await b.state.db
      .updateTable('lease')
      .set((eb) => ({ fence: eb('fence', '+', 1) }))
      .execute();
    const at = momentOf('10:05');
    await b.journal.append([
      { kind: 'telemetry', device: 'k1', at, received: at, source: 'mqtt', values: { 'alarm.ch4': 50 } },
    ]);
    await until('it knows', () => b.rules.stats().problems.some(({ text }) => text.includes('taken over')));
    expect(await b.alarms()).toEqual([]);
  });
});

describe('a journal that was freed before it was judged', () => {
  it('is told as an alarm of the platform, and judging goes on from what there is', async () => {
    bench = await rulesBench();
    const b = bench;
    await b.registers({ devices: [kitchen('k1')] });
    await b.rules.stop();
    const at = momentOf('10:05');
    await b.journal.append([{ kind: 'tick', at }]);
    await b.journal.release('rules', await b.journal.head());
    await b.journal.append([
      { kind: 'telemetry', device: 'k1', at, received: at, source: 'mqtt', values: { 'alarm.ch4': 50 } },
    ]);
    await b.start();
    await until('the alarm is there', async () => (await b.shows()).length >= 2);
    expect(await b.shows()).toEqual(expect.arrayContaining(['platform.journal-gap unack', 'G05-14.com-l2 unack']));
  });
});

/** As after `kill -9`: the lease still stands, in the name of a process that no longer runs. */
async function ownerIsGone(b: Bench): Promise<void> {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  await b.state.db
    .updateTable('lease')
    .set({ holder: `${hostname()}/${gone}/x` })
    .execute();
}
