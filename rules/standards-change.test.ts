import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { editRule, withVersion } from '../devices/city/edit-standards.ts';
import { parseCatalogue } from '../devices/city/parse-catalogue.ts';
import type { Alarm } from '../devices/contract/alarm.ts';
import type { Catalogue } from '../devices/contract/catalogue.ts';
import type { Actor, RuleEdit } from '../devices/contract/command.ts';
import { dutyRecordsSchema } from '../devices/contract/duty.ts';
import { standardsProposals } from '../devices/standards/read-standards.ts';
import { rulesBench } from './app-bench.ts';
import { benchCatalogue, benchCity, kitchen, momentOf } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

const mira = { id: 'u1', name: 'mira', role: 'supervisor', via: 'page' } as const;
const jun = { id: 'u2', name: 'jun', role: 'duty', via: 'page' } as const;
const l2 = (set: RuleEdit) => ({ item: 'G05-14', rule: 'com-l2', set });
const lel = (value: number) => ({ value, unit: '%{LEL}' });

async function kitchenBench(): Promise<Bench> {
  const b = await rulesBench();
  bench = b;
  await b.registers({ devices: [kitchen('k1'), kitchen('k2')] });
  await b.reads('10:00:05', 'k1', { 'alarm.ch4': 0 });
  return b;
}
const proposes = (b: Bench, set: RuleEdit, actor: Actor = mira) =>
  b.asks({ type: 'standards.propose', wanted: l2(set), reason: 'kitchens ring too late', actor });
const limitOf = (alarms: Alarm[], device: string) => alarms.find((a) => a.device === device)?.limit;

describe('a change of a P1 limit', () => {
  it('waits for a second person, and judges from the moment that one approves', async () => {
    const b = await kitchenBench();
    expect(await proposes(b, { limit: lel(30) })).toEqual({ done: true, changed: ['2'] });
    await b.reads('10:01', 'k1', { 'alarm.ch4': 33 });
    await b.passes('10:01:02');
    expect((await b.alarms()).map(({ rule }) => rule)).not.toContain('G05-14.com-l2');
    expect(await b.asks({ type: 'standards.approve', proposal: 2, actor: mira })).toMatchObject({
      refused: { code: 'second-person', zh: expect.stringContaining('另一人') },
    });
    expect(await b.asks({ type: 'standards.approve', proposal: 2, actor: jun })).toEqual({
      done: true,
      changed: ['2'],
    });
    // Nobody waits for the next reading: what stands at 33 is abnormal now.
    await b.passes('10:01:10');
    const alarm = (await b.alarms()).find(({ rule }) => rule === 'G05-14.com-l2');
    expect(alarm).toMatchObject({ limit: 30, value: 33, clause: { catalogueVersion: '0-bench+2' } });
  });

  it('is not approved by the same person under another account', async () => {
    const b = await kitchenBench();
    const person = { id: 'p-mira', name: '米拉（示例）', department: 'gas', account: 'u1', otherAccounts: ['u2'] };
    const put = dutyRecordsSchema.parse({ persons: [person] });
    expect(await b.asks({ type: 'duty.put', put, actor: mira })).toMatchObject({ done: true });
    await proposes(b, { limit: lel(30) });
    expect(await b.asks({ type: 'standards.approve', proposal: 2, actor: jun })).toMatchObject({
      refused: { code: 'second-person' },
    });
  });

  it('keeps old value, new value, reason, date and both people', async () => {
    const b = await kitchenBench();
    await proposes(b, { limit: lel(30), onDelayS: 0 });
    await b.asks({ type: 'standards.approve', proposal: 2, actor: jun, reason: 'agreed at the weekly meeting' });
    const [proposal] = await standardsProposals(b.state.db);
    expect(proposal).toMatchObject({
      state: 'approved',
      by: { id: 'u1', reason: 'kitchens ring too late', at: momentOf('10:00:05') },
      approvals: [{ id: 'u2', reason: 'agreed at the weekly meeting' }],
      needs: 2,
    });
    expect(proposal!.changes).toContainEqual({
      where: 'G05-14.com-l2',
      overlay: null,
      field: 'limit',
      before: '{"unit":"%{LEL}","value":40}',
      after: '{"unit":"%{LEL}","value":30}',
      priority: 'P1',
      urgent: true,
    });
    for (const table of ['standards_proposals', 'standards_decisions', 'standards_versions'] as const) {
      await expect(b.state.db.deleteFrom(table).execute()).rejects.toThrow(/append-only/);
    }
  });

  it('leaves the alarm that stands under the clause it was raised under', async () => {
    const b = await kitchenBench();
    await b.reads('10:01', 'k1', { 'alarm.ch4': 60 });
    await proposes(b, { limit: lel(30) });
    await b.asks({ type: 'standards.approve', proposal: 2, actor: jun });
    await b.reads('10:02', 'k2', { 'alarm.ch4': 60 });
    const alarms = await b.alarms();
    expect(limitOf(alarms, 'k1')).toBe(40);
    expect(limitOf(alarms, 'k2')).toBe(30);
    const levels = alarms.filter(({ rule }) => rule === 'G05-14.com-l2');
    expect(levels.map(({ clause }) => clause.catalogueVersion)).toEqual(['0-bench', '0-bench+2']);
  });

  it('can be rejected, and is not approved afterwards', async () => {
    const b = await kitchenBench();
    await proposes(b, { limit: lel(45) });
    await b.asks({ type: 'standards.reject', proposal: 2, actor: jun, reason: 'too late for a kitchen' });
    expect(await b.asks({ type: 'standards.approve', proposal: 2, actor: jun })).toMatchObject({
      refused: { code: 'proposal-closed' },
    });
    await b.reads('10:02', 'k1', { 'alarm.ch4': 41 });
    expect(limitOf(await b.alarms(), 'k1')).toBe(40);
  });

  it('is not approved when the standards have changed since it was asked for', async () => {
    const b = await kitchenBench();
    await proposes(b, { limit: lel(30) });
    await proposes(b, { limit: lel(35) }, jun);
    await b.asks({ type: 'standards.approve', proposal: 3, actor: mira });
    expect(await b.asks({ type: 'standards.approve', proposal: 2, actor: jun })).toMatchObject({
      refused: { code: 'proposal-overtaken' },
    });
  });

  it('may be set for a later moment', async () => {
    const b = await kitchenBench();
    const from = momentOf('10:30');
    await b.asks({
      type: 'standards.propose',
      wanted: l2({ limit: lel(30) }),
      reason: 'from half past',
      from,
      actor: mira,
    });
    await b.asks({ type: 'standards.approve', proposal: 2, actor: jun });
    await b.reads('10:29', 'k1', { 'alarm.ch4': 33 });
    expect(await b.shows()).not.toContain('G05-14.com-l2 unack');
    await b.passes('10:30');
    expect(await b.shows()).toContain('G05-14.com-l2 unack');
  });
});

describe('a change of P3 and P4', () => {
  it('takes effect by one person', async () => {
    const b = await kitchenBench();
    const wanted = { item: 'G05-14', rule: 'com-valve', set: { onDelayS: 5 } };
    await b.asks({ type: 'standards.propose', wanted, reason: 'valves report at once', actor: mira });
    await b.reads('10:01', 'k1', { 'alarm.valveState': 'fault' });
    await b.passes('10:01:10');
    expect(await b.shows()).toContain('G05-14.com-valve unack');
  });

  it('that makes a P3 a P1 needs two people', async () => {
    const b = await kitchenBench();
    const wanted = { item: 'G05-14', rule: 'com-valve', set: { priority: 'P1' } };
    await b.asks({ type: 'standards.propose', wanted, reason: 'valves matter', actor: mira });
    expect((await standardsProposals(b.state.db))[0]).toMatchObject({ state: 'open', needs: 2 });
  });
});

describe('other files on disk', () => {
  const withLimit = (value: number, version: string): Catalogue => {
    const text = editRule(stringify(benchCatalogue), 'G05-14', 'com-l2', { limit: lel(value) })!;
    const parsed = parseCatalogue(withVersion(text, version));
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    return parsed.catalogue;
  };

  it('change no P1 silently: judging goes on as before until two people approve', async () => {
    const b = await kitchenBench();
    await b.rules.stop();
    b.files({ city: benchCity, catalogue: withLimit(30, '1-bench') });
    await b.start();
    await b.reads('10:01', 'k1', { 'alarm.ch4': 33 });
    await b.passes('10:01:20');
    expect(await b.shows()).toEqual(['G05-14.com-l1 unack']);
    const [asked] = await standardsProposals(b.state.db);
    expect(asked).toMatchObject({ seq: 2, fromFile: true, needs: 2, state: 'open', version: '1-bench' });
    await b.asks({ type: 'standards.approve', proposal: 2, actor: mira });
    await b.passes('10:01:30');
    expect(await b.shows()).toEqual(['G05-14.com-l1 unack']);
    await b.asks({ type: 'standards.approve', proposal: 2, actor: jun });
    await b.passes('10:01:40');
    expect(await b.shows()).toContain('G05-14.com-l2 unack');
  });

  it('are asked about once, however often rules starts', async () => {
    const b = await kitchenBench();
    b.files({ city: benchCity, catalogue: withLimit(30, '1-bench') });
    for (let starts = 0; starts < 3; starts++) {
      await b.rules.stop();
      await b.start();
    }
    expect(await standardsProposals(b.state.db)).toHaveLength(2);
  });
});

describe('a change after a crash', () => {
  it.each(['before', 'after'])(
    'is in force, with nothing lost or doubled, when rules dies %s its snapshot',
    async (when) => {
      const b = await kitchenBench();
      await b.reads('10:01', 'k1', { 'alarm.ch4': 15 });
      await proposes(b, { limit: lel(30) });
      await b.asks({ type: 'standards.approve', proposal: 2, actor: jun });
      await b.reads('10:01:05', 'k2', { 'alarm.ch4': 35 });
      if (when === 'after') {
        b.clock.pass(10_000);
        await b.passes('10:01:20');
      }
      const before = await b.alarms();
      await b.dies();
      await b.start();
      await b.judged();
      expect(b.rules.stats().problems).toEqual([]);
      await b.passes('10:02');
      await b.reads('10:02:05', 'k1', { 'alarm.ch4': 31 });
      const alarms = await b.alarms();
      expect(alarms.filter(({ rule }) => rule === 'G05-14.com-l2').map(({ device, limit }) => [device, limit])).toEqual(
        [
          ['k2', 30],
          ['k1', 30],
        ],
      );
      expect(alarms.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
      // The first level of k1 began at 10:01, before the change and the crash.
      expect(alarms.find(({ rule, device }) => rule === 'G05-14.com-l1' && device === 'k1')?.since).toBe(
        momentOf('10:01'),
      );
    },
  );
});
