import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../devices/contract/command.ts';
import { rulesBench } from './app-bench.ts';
import { bystanders, kitchen, momentOf } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
let folder: string | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

const L1 = 'G05-14.com-l1';
const L2 = 'G05-14.com-l2';
const idOf = (rule: string, time: string, device = 'k1') => `${device}/${rule}/${momentOf(time)}`;
/** A kitchen with a first-level alarm since 10:00:05, raised ten seconds later. */
const firstLevel = async (database?: { url: string }): Promise<Bench> => {
  bench = await rulesBench('10:00', database);
  await bench.registers({ devices: [kitchen('k1', { model: 'GX-1', site: undefined })] });
  await bench.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
  await bench.passes('10:00:20');
  return bench;
};
const secondLevel = async (): Promise<Bench> => {
  const b = await firstLevel();
  await b.reads('10:01', 'k1', { 'alarm.ch4': 46 });
  return b;
};
const shelf = { type: 'shelve', minutes: 20, reason: 'welding under permit' };
const askOf = (outcome: CommandOutcome) => ('done' in outcome ? outcome.asked?.[0] : undefined);

describe('a shelf', () => {
  it('is in the database with the alarm that shows it, and survives kill -9 with its end', async () => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-shelf-'));
    const b = await firstLevel({ url: join(folder, 'state.db') });
    const alarm = idOf(L1, '10:00:05');
    expect(await b.asks({ ...shelf, alarms: [alarm] })).toEqual({ done: true, changed: [alarm] });
    expect(await b.shows()).toEqual([`${L1} unack shelved`]);
    expect(b.rules.stats().overrides).toMatchObject({ shelved: 1, outOfService: 0, asked: 0 });
    await b.rules.stop();
    await b.start();
    expect(b.rules.stats().overrides).toMatchObject({ shelved: 1 });
    await b.reads('10:15', 'k1', { 'alarm.ch4': 15 });
    expect(await b.shows()).toContain(`${L1} unack shelved`);
    await b.passes('10:20:21');
    expect(await b.shows()).toContain(`${L1} unack`);
    expect(await b.state.db.selectFrom('overrides').selectAll().execute()).toEqual([]);
  });

  it('is audited, as what was refused is', async () => {
    const b = await firstLevel();
    await b.asks({ ...shelf, alarms: [idOf(L1, '10:00:05')], minutes: 9000 });
    const audit = await b.state.db.selectFrom('audit').select(['type', 'outcome']).orderBy('seq', 'desc').execute();
    expect(audit[0]).toMatchObject({ type: 'shelve', outcome: expect.stringContaining('shelf-too-long') });
  });

  it('of a point that has no alarm now can be ended, and is then gone', async () => {
    const b = await firstLevel();
    await b.asks({ ...shelf, alarms: [idOf(L1, '10:00:05')] });
    await b.asks({ type: 'acknowledge', alarms: [idOf(L1, '10:00:05')] });
    await b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    await b.passes('10:02:10');
    expect(await b.shows()).toEqual([]);
    expect(await b.asks({ type: 'unshelve', device: 'k1', rule: L1 })).toMatchObject({ done: true });
    expect(await b.state.db.selectFrom('overrides').selectAll().execute()).toEqual([]);
  });
});

describe('what two people must want', () => {
  it('is asked for, kept over a restart, and takes effect when the second one confirms', async () => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-ask-'));
    const b = await firstLevel({ url: join(folder, 'state.db') });
    await b.reads('10:01', 'k1', { 'alarm.ch4': 46 });
    const request = askOf(await b.asks({ ...shelf, alarms: [idOf(L2, '10:01')] }));
    expect(request).toMatchObject({ device: 'k1', rule: L2, lapses: momentOf('10:11') });
    expect(await b.shows()).toContain(`${L2} unack`);
    await b.rules.stop();
    await b.start();
    const confirm = { type: 'confirm', ask: request!.id };
    expect(await b.asks(confirm)).toMatchObject({ refused: { code: 'same-person' } });
    expect(await b.asks(confirm, undefined, bystanders.lin)).toEqual({ done: true, changed: [idOf(L2, '10:01')] });
    expect(await b.shows()).toContain(`${L2} unack shelved`);
    expect(await b.state.db.selectFrom('override_asks').selectAll().execute()).toEqual([]);
  });

  it('sent twice under one id is asked for once', async () => {
    const b = await secondLevel();
    const first = await b.asks({ ...shelf, alarms: [idOf(L2, '10:01')] }, 'the-same-id');
    expect(await b.asks({ ...shelf, alarms: [idOf(L2, '10:01')] }, 'the-same-id')).toEqual(first);
    expect(b.rules.stats().overrides.asked).toBe(1);
  });
});

describe('a verdict', () => {
  const said = { type: 'judge', kind: 'cooking', evidence: 'wok left on the flame' };

  it('is kept with what precision is counted by, and the database refuses to change it', async () => {
    const b = await firstLevel();
    const alarm = idOf(L1, '10:00:05');
    expect(await b.asks({ ...said, of: { alarms: [alarm] } })).toEqual({ done: true, changed: [alarm] });
    const { db } = b.state;
    const [row] = await db.selectFrom('verdicts').selectAll().execute();
    expect(row).toMatchObject({ alarm, kind: 'cooking', model: 'GX-1', rule: L1, actor_name: 'mira', priority: 'P2' });
    await expect(db.updateTable('verdicts').set({ kind: 'real' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('verdicts').execute()).rejects.toThrow('append-only');
  });

  it('may be given to a closed alarm, which then carries it', async () => {
    const b = await firstLevel();
    const alarm = idOf(L1, '10:00:05');
    await b.asks({ type: 'acknowledge', alarms: [alarm] });
    await b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    await b.passes('10:02:10');
    expect(await b.shows()).toEqual([]);
    expect(await b.asks({ ...said, of: { alarms: [alarm] } })).toMatchObject({ done: true, changed: [alarm] });
    expect((await b.alarms()).find((a) => a.id === alarm)).toMatchObject({
      closedAt: expect.any(Number),
      verdict: { kind: 'cooking', by: 'mira', evidence: 'wok left on the flame' },
    });
    expect(await b.shows()).toEqual([]);
  });

  it('of an incident is one on each of its alarms', async () => {
    const b = await secondLevel();
    await b.registers({ devices: [kitchen('k2')] });
    await b.reads('10:01:30', 'k2', { 'alarm.ch4': 46 });
    await b.passes('10:02');
    const members = (await b.alarms()).filter(({ incident }) => incident !== null);
    const [incident] = members.map((alarm) => alarm.incident);
    expect(await b.asks({ ...said, of: { incident } })).toMatchObject({ done: true });
    const judged = (await b.alarms()).filter(({ verdict }) => verdict?.kind === 'cooking').map(({ id }) => id);
    expect(judged.sort()).toEqual(members.map(({ id }) => id).sort());
    expect(new Set(judged.map((id) => id.split('/')[0]))).toEqual(new Set(['k1', 'k2']));
  });

  it.each([
    [{ alarms: ['k9/x.y/1'] }, 'unknown-alarm'],
    [{ incident: 'incident-of-nothing/1' }, 'unknown-incident'],
  ])('of %j is refused', async (of, code) => {
    const b = await firstLevel();
    expect(await b.asks({ ...said, of })).toMatchObject({ refused: { code } });
  });

  it('without evidence is no command', async () => {
    const b = await firstLevel();
    const outcome = await b.asks({ ...said, of: { alarms: [idOf(L1, '10:00:05')] }, evidence: '…' });
    expect(outcome).toMatchObject({ refused: { code: 'invalid-command' } });
  });
});
