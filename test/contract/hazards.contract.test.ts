import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { campaignProgress } from '../../devices/campaigns/progress.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { siteSchema } from '../../devices/contract/registry.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { hazardFigures } from '../../devices/hazards/figures.ts';
import { rulesBench } from '../../rules/app-bench.ts';
import { benchCatalogue, benchCity, momentOf } from '../../rules/engine/engine-bench.ts';
import { hazardFacts } from '../../rules/supervision/finding-facts.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const both = (text: string) => ({ zh: text, en: text });
const city = {
  ...benchCity,
  hazards: hazardPolicySchema.parse({
    kinds: [
      { id: 'hose', name: both('hose'), department: 'gas', grade: 'general' },
      { id: 'unwatched', name: both('unwatched'), department: 'gas', grade: 'general', assigns: true },
    ],
    rules: { coverage: { kind: 'unwatched', siteKinds: ['restaurant'], deviceTypes: ['gas-alarm-commercial'] } },
  }),
};
const lin: Actor = { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' };
const qiu: Actor = { id: 'qiu', name: 'qiu', via: 'page', role: 'inspector' };
const wei: Actor = { id: 'wei', name: 'wei', via: 'page', role: 'handler' };
const picture = (letter: string) => letter.repeat(64);
const canteen = siteSchema.parse({ id: 's1', kind: 'restaurant', name: 's1', lon: 112.6, lat: 26.9, area: '000001' });

/** What the register and the campaigns promise, on each engine that may hold them. */
const promises = (fresh: () => { url: string; schema?: string }) => {
  let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });
  const started = async (begins: string) => {
    bench = await rulesBench(begins, fresh(), { city, catalogue: benchCatalogue });
    await bench.registers({ sites: [canteen] });
    return bench;
  };
  const tables = (b: NonNullable<typeof bench>) => b.state.db as unknown as Kysely<StateTables>;

  it('a campaign finds a hazard, which is put right and verified, and the figures tell of it', async () => {
    const b = await started('08:00');
    const draft = {
      kind: 'unannounced',
      name: '冬季检查',
      from: momentOf('08:30'),
      to: momentOf('12:00'),
      sites: ['s1'],
    };
    expect(await b.asks({ type: 'campaign.begin', draft }, 'campaign-one', lin)).toMatchObject({ done: true });
    await b.passes('09:00');
    const visit = 'campaign:campaign-one/1';
    const makes = (step: object) => b.asks({ type: 'visit.step', visit, step }, undefined, qiu);
    await makes({ kind: 'start' });
    const finding = { as: 'hazard', kind: 'hose', text: '软管老化', photos: [picture('a')] };
    const outcome = await makes({ kind: 'finding', finding });
    const hazard = ('done' in outcome ? outcome.changed : [])[1]!;
    await makes({ kind: 'done' });
    // Killed between any two steps, the process goes on where it stood.
    await b.dies();
    await b.start();
    const takes = (actor: Actor, step: object) => b.asks({ type: 'hazard.step', hazard, step }, undefined, actor);
    expect(await takes(lin, { kind: 'assign', department: 'gas' })).toMatchObject({ done: true });
    expect(await takes(wei, { kind: 'start' })).toMatchObject({ done: true });
    await b.dies();
    await b.start();
    expect(await takes(wei, { kind: 'finish', note: '已更换', photos: [picture('b')] })).toMatchObject({ done: true });
    expect(await takes(qiu, { kind: 'verify' })).toMatchObject({ done: true });
    const period = { from: momentOf('00:00'), to: momentOf('+1 00:00') };
    const figures = await hazardFigures(tables(b), period);
    expect(figures.total).toMatchObject({ found: 1, verified: 1, open: 0, overdue: 0, onTime: 1, late: 0 });
    expect(figures.cells).toMatchObject([{ grade: 'general', area: '000001', department: 'gas', kind: 'hose' }]);
    // What the department's score is made of.
    expect(
      await hazardFacts(b.state.db, { key: 'a month', from: momentOf('00:00'), to: momentOf('+30 00:00') }, false),
    ).toMatchObject([{ id: hazard, department: 'gas', area: '000001', putRightAt: expect.any(Number) }]);
    expect(await hazardFigures(tables(b), { ...period, area: 'elsewhere' })).toMatchObject({ total: { found: 0 } });
    expect(await campaignProgress(tables(b), 'campaign:campaign-one', b.clock.now())).toMatchObject([
      { area: '000001', all: 1, stages: { done: 1, planned: 0 }, findings: 1 },
    ]);
    const steps = await b.state.db.selectFrom('hazard_steps').select(['seq', 'kind']).orderBy('seq').execute();
    expect(steps.map(({ kind }) => kind)).toEqual(['found', 'auto-grade', 'assign', 'start', 'finish', 'verify']);
    expect(steps.map(({ seq }) => Number(seq))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('the daily look is kept with its figure, and is not made twice after a restart', async () => {
    const b = await started('02:28');
    await b.passes('02:29');
    await b.passes('02:31');
    await b.dies();
    await b.start();
    await b.passes('02:33');
    const figures = await hazardFigures(tables(b), { from: momentOf('02:00'), to: momentOf('03:00') });
    expect(figures.look).toMatchObject({ seq: 1, coverage: [{ area: '000001', all: 1, working: 0, failing: 1 }] });
    expect(figures.total).toMatchObject({ found: 1, open: 1 });
    expect(await b.state.db.selectFrom('hazard_looks').select('seq').execute()).toHaveLength(1);
  });

  it('histories refuse to be changed or deleted', async () => {
    const b = await started('02:28');
    await b.passes('02:29');
    await b.passes('02:31');
    const { db } = b.state;
    await expect(db.updateTable('hazard_steps').set({ kind: 'verify' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('hazard_looks').execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('hazard_steps').execute()).rejects.toThrow('append-only');
  });

  it('the audit does not tell where an unannounced visit goes', async () => {
    const b = await started('08:00');
    const draw = { perArea: 1, seed: 'a secret seed' };
    const draft = {
      kind: 'unannounced',
      name: '冬季检查',
      from: momentOf('08:30'),
      to: momentOf('12:00'),
      sites: ['s1'],
      draw,
    };
    await b.asks({ type: 'campaign.begin', draft }, 'campaign-one', lin);
    const rows = await b.state.db.selectFrom('audit').select('body').where('type', '=', 'campaign.begin').execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]!.body).not.toContain('a secret seed');
    expect(rows[0]!.body).not.toContain('"s1"');
  });
};

describe('hazards and campaigns in SQLite', () => promises(() => ({ url: ':memory:' })));

describe('hazards and campaigns in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  let schemas = 0;
  promises(() => ({ url: server.url, schema: `hazards_${++schemas}` }));
});
