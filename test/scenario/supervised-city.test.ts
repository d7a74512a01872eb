import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Visit } from '../../devices/contract/campaign.ts';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import type { HazardEntry } from '../../devices/contract/hazard.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { siteSchema } from '../../devices/contract/registry.ts';
import { supervisionSchema } from '../../devices/contract/supervision.ts';
import { runBody } from '../../devices/supervision/read-scores.ts';
import { shownFacts } from '../../devices/supervision/shown-facts.ts';
import { rulesBench } from '../../rules/app-bench.ts';
import { benchCatalogue, benchCity, kitchen } from '../../rules/engine/engine-bench.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';

/** From the lot of a month to its published score, through one hazard: who does what, when, and what each number says. */
const both = (zh: string, en = zh) => ({ zh, en });
const city = {
  ...benchCity,
  hazards: hazardPolicySchema.parse({ kinds: [{ id: 'hose', name: both('软管老化', 'Old hose'), department: 'gas' }] }),
  campaigns: campaignPolicySchema.parse({
    kinds: [
      { id: 'monthly', name: both('月暗访', 'Monthly visits'), unannounced: true, windows: [['09:00', '18:00']] },
    ],
  }),
};
const policy = supervisionSchema.parse({
  status: 'illustrative',
  source: 'a bench',
  office: 'lights',
  ranking: { coverageFloor: 0.01, evidenceFloor: 0.5 },
  classes: [
    {
      id: 'offices',
      name: both('单位', 'Offices'),
      units: [{ id: 'gas', name: both('燃气办', 'Gas office'), departments: ['gas'] }],
    },
  ],
  indicators: [
    { id: 'hazards', name: both('隐患整改', 'Put right in time'), measure: { kind: 'hazards' }, full: 1, zero: 0 },
    {
      id: 'visits',
      name: both('暗访无问题', 'Visits without a finding'),
      measure: { kind: 'sample' },
      full: 1,
      zero: 0,
    },
  ],
  weights: { offices: { hazards: 60, visits: 40 } },
  cycles: [
    {
      ...{ id: 'lot', name: both('月暗访', 'Monthly lot'), kind: 'sample', every: 'month', share: { usual: 1 } },
      ...{ campaign: 'monthly', byItself: { afterH: 8 } },
    },
    {
      ...{ id: 'month', name: both('月考核', 'Monthly score'), kind: 'score', every: 'month', appealDays: 3 },
      ...{ lists: { red: { atLeast: 90 } }, byItself: { afterH: 32 } },
    },
  ],
});
const text = (name: string) => both(name);
const duty = dutyRecordsSchema.parse({
  persons: ['wei', 'gao']
    .map((id) => ({ id: `p-${id}`, name: id, department: 'gas', account: id }))
    .concat({
      ...{ id: 'p-office', name: 'office', department: 'lights', account: 'office' },
    }),
  posts: [{ id: 'fitters', name: text('fitters'), department: 'gas', duties: ['handle'], holders: ['p-wei'] }],
  assignments: [{ id: 'a1', match: { hazards: ['gas'] }, duty: 'handle', department: 'gas', post: 'fitters' }],
});
const who = (id: string, role: Actor['role']): Actor => ({ id, name: id, via: 'page', role });
const people = {
  lin: who('lin', 'supervisor'),
  qiu: who('qiu', 'manager'),
  tan: who('tan', 'inspector'),
  bo: who('bo', 'inspector'),
  wei: who('wei', 'handler'),
  gao: who('gao', 'manager'),
  office: who('office', 'manager'),
};
const before = 'a'.repeat(64);
const after = 'b'.repeat(64);
const moment = (said: string): number => Date.parse(`${said.replace(' ', 'T')}:00+08:00`);
const said = (outcome: CommandOutcome): string =>
  'done' in outcome ? outcome.changed.join(' ') : outcome.refused.code;

/** The city on each engine that may hold its books, from Monday 30 November 2026, 10:00. */
const lives = (fresh: () => { url: string; schema?: string }) => {
  let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });

  const begin = async () => {
    const files = { city, catalogue: benchCatalogue, supervision: policy };
    const b = await rulesBench('+7 10:00', fresh(), files);
    bench = b;
    const site = (id: string) =>
      siteSchema.parse({ id, kind: 'restaurant', name: `${id} 号店`, lon: 112.6, lat: 26.9, area: '000001' });
    await b.registers({
      sites: [site('s1'), site('s2')],
      devices: [kitchen('k1', { site: 's1', area: '000001' }), kitchen('k2', { site: 's2', area: '000001' })],
    });
    expect(await b.asks({ type: 'duty.put', put: duty }, undefined, people.lin)).toMatchObject({ done: true });
    await b.passes('+7 10:00:02');
    await until('the cycles have begun', async () => (await ends()).length === 2);
    /** Nothing happens until then; the process that goes on is another one. */
    async function at(time: string) {
      await b.rules.stop();
      b.clock.set(moment(time));
      await b.start();
      await b.journal.append([{ kind: 'tick', at: moment(time) }]);
      await b.judged();
    }
    function ends() {
      return b.state.db.selectFrom('score_cycle_ends').selectAll().execute();
    }
    const asks = async (actor: Actor, command: Record<string, unknown>) =>
      said(await b.asks(command, undefined, actor));
    const run = (id: string) => until(id, () => runBody(b.state.db, id));
    const numbers = async (id: string) =>
      (await run(id)).result!.lines[0]!.numbers.map(({ indicator, value }) => `${indicator} ${value}`);
    const facts = async (id: string, indicator: string) =>
      (await shownFacts(b.state.db as never, id, 'gas', indicator))!.facts;
    const hazard = async () =>
      JSON.parse((await b.state.db.selectFrom('hazards').select('body').executeTakeFirstOrThrow()).body) as HazardEntry;
    const visits = async () =>
      (await b.state.db.selectFrom('visits').select('body').orderBy('opens_at').execute()).map(
        ({ body }) => JSON.parse(body) as Visit,
      );
    return { b, at, asks, run, numbers, facts, hazard, visits, db: b.state.db };
  };

  it('a lot is drawn, visited, finds a hose that is put right; the score is appealed, published, and frozen', async () => {
    const c = await begin();
    await c.at('2026-12-01 08:00');
    const lot = await c.run('lot_2026-12_1');
    expect(lot.run.by).toBe('system');

    // The office makes it visits; whoever has the seed can work out every day and window.
    expect(await c.asks(people.lin, { type: 'campaign.sample', run: 'lot_2026-12_1' })).toBe('campaign:lot_2026-12_1');
    expect(await c.asks(people.lin, { type: 'campaign.sample', run: 'lot_2026-12_1' })).toBe('visited-already');
    const [first, second] = await c.visits();
    const on = (visit: Visit, actor: Actor, step: object) =>
      c.asks(actor, { type: 'visit.step', visit: visit.id, step });
    expect(await on(first!, people.tan, { kind: 'start' })).toBe('not-open-yet');

    // In the first kitchen the hose is cracked, in the second all is well.
    const local = (ms: number, hours = 0) =>
      new Date(ms + 8 * 3_600_000 + hours * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
    await c.at(local(first!.opensAt));
    await on(first!, people.tan, { kind: 'start' });
    const finding = { as: 'hazard', kind: 'hose', text: '软管开裂', photos: [before] };
    const hazard = (await on(first!, people.tan, { kind: 'finding', finding })).split(' ')[1]!;
    expect(await on(first!, people.tan, { kind: 'done' })).toBe(first!.id);

    // It is graded, given to the fitters' post, put right, and verified by somebody else against both pictures.
    const takes = (actor: Actor, step: object) => c.asks(actor, { type: 'hazard.step', hazard, step });
    await takes(people.tan, { kind: 'grade', grade: 'major' });
    expect(await takes(people.lin, { kind: 'assign', post: 'fitters' })).toBe(hazard);
    expect(await c.hazard()).toMatchObject({
      stage: 'assigned',
      assigned: { department: 'gas', post: 'fitters', persons: ['p-wei'] },
    });
    await c.at(local(first!.opensAt, 3));
    await takes(people.wei, { kind: 'start' });
    expect(await takes(people.wei, { kind: 'finish', note: '已换软管', photos: [] })).not.toBe(hazard);
    await takes(people.wei, { kind: 'finish', note: '已换软管', photos: [after] });
    expect(await takes(people.wei, { kind: 'verify' })).toBe('not-your-role');
    expect(await takes(people.bo, { kind: 'verify' })).toBe(hazard);
    expect(await c.hazard()).toMatchObject({ stage: 'closed', closedBy: 'verified', before: [before], after: [after] });

    if (second!.opensAt > c.b.clock.now()) await c.at(local(second!.opensAt));
    await on(second!, people.tan, { kind: 'start' });
    await on(second!, people.tan, { kind: 'done' });

    // The month's end: worked out by itself, and every number opens what it is made of.
    await c.at('2027-01-02 08:00');
    const month = 'month_2026-12_1';
    await c.run(month);
    expect(await c.numbers(month)).toEqual(['hazards 1', 'visits 0.5']);
    expect((await c.run(month)).result!.lines[0]).toMatchObject({ score: 80, list: null });
    expect(await c.facts(month, 'hazards')).toMatchObject([{ id: hazard, no: (await c.hazard()).no, value: 1 }]);
    expect(await c.facts(month, 'visits')).toMatchObject([
      { id: first!.id, no: first!.name, value: 0 },
      { id: second!.id, no: second!.name, value: 1 },
    ]);

    // The gas office appeals for itself; somebody of another department decides, and the score moves.
    const appeal = {
      type: 'supervision.appeal',
      run: month,
      unit: 'gas',
      indicator: 'visits',
      facts: [first!.id],
      reason: '房东私接',
      evidence: '租约',
    };
    expect(await c.asks(people.office, appeal)).toBe('not-your-department');
    expect(await c.asks(people.wei, appeal)).toBe('1');
    const decision = { type: 'supervision.decide', appeal: 1, upheld: true, reason: '证据充分' };
    expect(await c.asks(people.gao, decision)).toBe('own-appeal');
    expect(await c.asks(people.office, decision)).toBe('1');
    const decided = await c.run(month);
    expect(decided.result!.lines[0]).toMatchObject({ score: 100, list: 'red' });
    expect(decided.result!.lines[0]!.numbers[1]).toMatchObject({ value: 1, before: 0.5, appealed: true });
    expect((await c.facts(month, 'visits'))[0]).toMatchObject({ id: first!.id, leftOut: true });

    // Published by two once the days of appeal are over; nothing changes it afterwards.
    const hash = decided.contentHash;
    expect(await c.asks(people.lin, { type: 'supervision.publish', run: month, hash })).toBe('appeals-open');
    await c.at('2027-01-05 09:00');
    for (const actor of [people.lin, people.qiu])
      expect(await c.asks(actor, { type: 'supervision.publish', run: month, hash })).toBe(month);
    expect((await c.run(month)).line).toMatchObject({ state: 'published', hash });
    expect(await c.asks(people.wei, appeal)).toBe('not-provisional');
    await expect(c.db.updateTable('score_publications').set({ body: '{}' }).execute()).rejects.toThrow(/append-only/);
  });
};

describe('a supervised city in SQLite', () => lives(() => ({ url: ':memory:' })));

describe('a supervised city in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.stop());
  let schema = 0;
  lives(() => ({ url: server.url, schema: `supervised_${++schema}` }));
});
