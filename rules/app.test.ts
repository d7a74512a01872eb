import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../test/support/until.ts';
import { rulesBench } from './app-bench.ts';
import { bystanders, kitchen, momentOf } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
const running = async (): Promise<Bench> => {
  bench = await rulesBench();
  return bench;
};
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});
const idOf = (time: string, device = 'k1') => `${device}/G05-14.com-l2/${momentOf(time)}`;

describe('registering devices', () => {
  it('is done once the journal has them, and they are judged from then on', async () => {
    const b = await running();
    expect(await b.registers({ devices: [kitchen('k1')] })).toEqual({ done: true, changed: ['k1'] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    expect(await b.shows()).toEqual(['G05-14.com-l2 unack']);
  });

  it('is refused with what is wrong, in both languages, and audited all the same', async () => {
    const b = await running();
    const outcome = await b.registers({
      devices: [kitchen('k1', { gas: undefined }), kitchen('k2', { type: 'nonsense' })],
    });
    if (!('refused' in outcome) || Array.isArray(outcome.refused)) throw new Error('was not refused');
    expect(outcome.refused).toMatchObject({
      code: 'registry-faults',
      zh: expect.stringContaining('k2'),
      en: expect.stringContaining('k1'),
    });
    const audit = await b.state.db.selectFrom('audit').selectAll().execute();
    expect(audit).toHaveLength(1);
    expect(JSON.parse(audit[0]!.outcome)).toEqual(outcome);
  });

  it('never mixes invented devices with real ones', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('real')] });
    expect(await b.registers({ devices: [kitchen('fake', { demo: true })] })).toMatchObject({
      refused: { code: 'registry-faults' },
    });
  });

  it('says pending while the journal cannot take it, and delivers later', async () => {
    const b = await running();
    b.ingest.down = true;
    const asked = b.registers({ devices: [kitchen('k1')] });
    const tickOn = setInterval(() => b.clock.pass(1000), 5);
    expect(await asked).toMatchObject({ done: true, pending: true });
    b.ingest.down = false;
    await until('the waiting change is delivered', () => b.rules.stats().problems.length === 0);
    clearInterval(tickOn);
    await b.reads('10:10', 'k1', { 'alarm.ch4': 46 });
    expect(await b.shows()).toContain('G05-14.com-l2 unack');
  });

  it('keeps no secret in the audit', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1')] });
    await b.asks({
      type: 'registry.put',
      put: { credentials: [{ id: 'c1', subject: 'k1', kind: 'token', hash: 'ab'.repeat(32), created: 0 }] },
    });
    const audit = await b.state.db.selectFrom('audit').select('body').execute();
    expect(audit.map(({ body }) => body).join()).not.toContain('abab');
    expect(audit).toHaveLength(2);
  });
});

describe('a command', () => {
  it('sent twice under one id has one effect and one outcome', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const ack = { type: 'acknowledge', alarms: [idOf('10:00:05')] };
    const first = await b.asks(ack, 'the-same-id');
    const second = await b.asks(ack, 'the-same-id');
    expect(first).toEqual({ done: true, changed: [idOf('10:00:05')] });
    expect(second).toEqual(first);
    const events = await b.state.db.selectFrom('alarm_events').select('kind').execute();
    expect(events.map(({ kind }) => kind)).toEqual(['raised', 'acknowledged']);
  });

  it('acknowledges many at once, and says of each other one why not', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1'), kitchen('k2')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    await b.reads('10:00:06', 'k2', { 'alarm.ch4': 46 });
    await b.asks({ type: 'acknowledge', alarms: [idOf('10:00:06', 'k2')] });
    const outcome = await b.asks({
      type: 'acknowledge',
      alarms: [idOf('10:00:05'), idOf('10:00:06', 'k2'), 'k9/G05-14.com-l2/1'],
      note: 'on my way',
    });
    expect(outcome).toMatchObject({
      done: true,
      changed: [idOf('10:00:05')],
      refused: [
        { id: idOf('10:00:06', 'k2'), code: 'already-acknowledged' },
        { id: 'k9/G05-14.com-l2/1', code: 'unknown-alarm' },
      ],
    });
    expect((await b.alarms()).find((a) => a.device === 'k1')).toMatchObject({ acked: true, ackedBy: 'mira' });
  });

  it('resets a latched alarm only after its return; then it is closed, and called closed', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const alarm = idOf('10:00:05');
    expect(await b.asks({ type: 'reset', alarm })).toMatchObject({ refused: { code: 'still-active' } });
    await b.reads('10:00:08', 'k1', { 'alarm.ch4': 0 });
    await b.passes('10:01:10');
    await b.asks({ type: 'acknowledge', alarms: [alarm] });
    expect(await b.asks({ type: 'reset', alarm })).toEqual({ done: true, changed: [alarm] });
    expect(await b.shows()).toEqual([]);
    expect(await b.asks({ type: 'reset', alarm })).toMatchObject({ refused: { code: 'alarm-closed' } });
  });

  it('that is none is refused', async () => {
    const b = await running();
    expect(await b.asks({ type: 'open-the-valve' })).toMatchObject({ refused: { code: 'invalid-command' } });
  });

  it('leaves a line that the database refuses to change or delete', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1')] });
    const { db } = b.state;
    await expect(db.updateTable('audit').set({ actor_name: 'nobody' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
  });
});

describe('listeners', () => {
  it('hear of an alarm once it is committed, by the number of its newest event', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1')] });
    const heard: number[] = [];
    b.rules.onChange((seq) => heard.push(seq));
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    expect(heard).toEqual([1]);
    expect((await b.alarms())[0]!.seq).toBe(1);
  });
});

describe('derived measurements', () => {
  it('are stored through ingest and not judged a second time', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1', { installed: '2024-11-23' })] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 0 });
    let found: unknown;
    while (!found) {
      const blocks = await b.journal.read(0, 1000);
      found = blocks.flatMap(({ entries }) => entries).find((e) => e.kind === 'telemetry' && e.source === 'derived');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(found).toMatchObject({
      device: 'k1',
      source: 'derived',
      values: { 'alarm.ageYears': expect.closeTo(2, 1) },
    });
    await b.judged();
    expect(b.rules.stats().readings).toBe(1);
  });
});

describe('a device that left the registry just before the process was killed', () => {
  it('leaves nothing standing, though no change will tell of it any more', async () => {
    const b = await running();
    await b.registers({ devices: [kitchen('k1'), kitchen('k2')] });
    await b.reads('10:01', 'k1', { 'alarm.ch4': 60 });
    await b.reads('10:01', 'k2', { 'alarm.ch4': 60 });
    b.ingest.down = true;
    const envelope = { id: 'removes-k1', actor: bystanders.mira, at: b.clock.now() };
    const asked = b.rules.command({ ...envelope, type: 'registry.remove', kind: 'device', ids: ['k1'] });
    const tickOn = setInterval(() => b.clock.pass(1000), 5);
    expect(await asked).toMatchObject({ done: true, pending: true });
    clearInterval(tickOn);
    await b.dies();
    b.ingest.down = false;
    await b.start();
    await b.passes('10:10');
    const stands = (await b.alarms()).filter(({ closedAt }) => closedAt === null);
    expect(new Set(stands.map(({ device }) => device))).toEqual(new Set(['k2']));
  });
});

describe('what a gateway needs to judge alone', () => {
  it('is handed to ingest for each gateway, and again when its devices change', async () => {
    const b = await running();
    const gateway = (id: string) => ({ id, name: id, lon: 112.6, lat: 26.9, demo: false });
    await b.registers({ gateways: [gateway('g1')], devices: [kitchen('k1', { gateway: 'g1' })] });
    await b.passes('10:00:05');
    const first = await until('the rules of g1 are there', () => b.ingest.provisioned.get('g1'));
    expect(first.rules.map(({ device, rule }) => `${device} ${rule}`)).toEqual(['k1 G05-14.com-l2']);
    await b.registers({ devices: [kitchen('k2', { gateway: 'g1' })] });
    await b.passes('10:00:10');
    await until('the rules of g1 are others', () => b.ingest.provisioned.get('g1')?.version !== first.version);
    await b.asks({ type: 'registry.remove', kind: 'device', ids: ['k1', 'k2'] });
    await b.passes('10:00:15');
    await until('none are left', () => b.ingest.provisioned.get('g1')?.rules.length === 0);
  });
});
