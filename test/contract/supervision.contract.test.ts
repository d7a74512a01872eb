import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Visit } from '../../devices/contract/campaign.ts';
import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import { supervisionSchema } from '../../devices/contract/supervision.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import { loadRegistry } from '../../devices/registry/registry-store.ts';
import { numberIn, promisesOf, runBody, runLines, weightsChanges } from '../../devices/supervision/read-scores.ts';
import { drawSample } from '../../devices/supervision/sample.ts';
import { shownRun } from '../../devices/supervision/sealed-sample.ts';
import { rulesBench } from '../../rules/app-bench.ts';
import { benchCatalogue, benchCity, kitchen } from '../../rules/engine/engine-bench.ts';
import { hazardFacts, visitFacts } from '../../rules/supervision/finding-facts.ts';
import { placesToVisit } from '../../rules/supervision/place-facts.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const named = (zh: string, en: string) => ({ zh, en });
const policy = supervisionSchema.parse({
  status: 'illustrative',
  source: 'a bench',
  office: 'gas',
  ranking: { coverageFloor: 0.01, evidenceFloor: 0.5 },
  classes: [
    {
      id: 'offices',
      name: named('单位', 'Offices'),
      units: [
        { id: 'gas', name: named('燃气办', 'Gas office'), departments: ['gas'] },
        { id: 'lights', name: named('路灯处', 'Street lights'), departments: ['lights'] },
      ],
    },
  ],
  indicators: [
    { id: 'closed', name: named('结案率', 'Closed'), measure: { kind: 'closed' }, full: 1, zero: 0.5 },
    { id: 'returns', name: named('退回', 'Returned'), measure: { kind: 'returns' }, full: 0, zero: 10 },
  ],
  weights: { offices: { closed: 60, returns: 40 } },
  cycles: [
    { id: 'month', name: named('月考', 'Monthly'), kind: 'score', every: 'month', lists: { red: { top: 1 } } },
    { id: 'year', name: named('年评', 'Yearly'), kind: 'review', every: 'year', of: 'month', appealDays: 0 },
    { id: 'week', name: named('周会', 'Weekly'), kind: 'dispatch', every: 'week' },
    {
      id: 'visits',
      name: named('暗访', 'Visits'),
      kind: 'sample',
      every: 'month',
      campaign: 'unannounced',
      share: { usual: 0.4 },
    },
  ],
});
const files = { city: benchCity, catalogue: benchCatalogue, supervision: policy };
const who = (id: string, role: Actor['role']): Actor => ({ id, name: id, via: 'page', role });
const lin = who('lin', 'supervisor');
const qiu = who('qiu', 'manager');
const wei = who('wei', 'handler');
const day = (text: string): number => Date.parse(`${text}T00:00:01+08:00`);
const DAY = 86_400_000;

/** What supervision promises of its books, on each engine that may hold them. */
const promises = (fresh: () => { url: string; schema?: string }) => {
  let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });

  /** A November in which three matters of gas were settled on the spot and one lies open past its deadline. */
  const november = async () => {
    const b = await rulesBench('10:00', fresh(), files);
    bench = b;
    await b.registers({ devices: ['k1', 'k2', 'k3'].map((id) => kitchen(id, { area: '000001' })) });
    const report = (n: number, settled: boolean) => ({
      channel: 'inspection',
      item: 'G05-14',
      text: `matter ${n}`,
      lon: 112.6 + n / 50,
      lat: 26.9,
      area: '000001',
      ...(settled && { settled: { note: 'tightened the joint' } }),
    });
    for (const n of [1, 2, 3]) await b.asks({ type: 'ticket.report', report: report(n, true) }, `report-000${n}`);
    await b.asks({ type: 'ticket.report', report: report(4, false) }, 'report-0004');
    /** Days pass while nobody works: a new process finds everything in the books. */
    const later = async (at: number) => {
      await b.rules.stop();
      b.clock.set(at);
      await b.start();
    };
    await later(day('2026-12-01'));
    const asks = async (command: Record<string, unknown>, actor: Actor): Promise<string> =>
      said(await b.asks(command, undefined, actor));
    const run = async (cycle = 'month', more: Record<string, unknown> = {}) =>
      asks({ type: 'supervision.run', cycle, ...more }, lin);
    const gas = async (id: string) =>
      (await runBody(b.state.db, id))!.result!.lines.find(({ unit }) => unit === 'gas')!;
    return { asks, run, gas, later, db: b.state.db };
  };
  /** The one thing that was changed, or the code of the refusal. */
  const said = (outcome: CommandOutcome): string => ('done' in outcome ? outcome.changed.join() : outcome.refused.code);

  it('a month is worked out by hand: three of four closed, none returned', async () => {
    const b = await november();
    expect(await b.run()).toBe('month_2026-11_1');
    const line = await b.gas('month_2026-11_1');
    expect(line.numbers.map(({ indicator, value, points }) => [indicator, value, points])).toEqual([
      ['closed', 0.75, 50],
      ['returns', 0, 100],
    ]);
    expect(line).toMatchObject({ score: 70, rank: 1, list: 'red', evidence: 1 });
    const facts = (await numberIn(b.db, 'month_2026-11_1', 'gas', 'closed'))!.facts;
    expect(facts).toContainEqual({ id: 'ticket:report-0004', value: 0 });
    expect(facts).toHaveLength(4);
  });

  it('what is not over is not worked out, and what was worked out already needs a reason', async () => {
    const b = await november();
    expect(await b.run('month', { period: '2026-12' })).toBe('not-ended');
    expect(await b.run('month', { period: '2026-Q4' })).toBe('unknown-period');
    expect(await b.run('decade')).toBe('unknown-cycle');
    expect(await b.asks({ type: 'supervision.run', cycle: 'month' }, wei)).toBe('not-your-role');
    await b.run();
    expect(await b.run()).toBe('reason-needed');
    expect(await b.run('month', { reason: 'a ticket came late' })).toBe('month_2026-11_2');
    expect((await runLines(b.db)).map(({ id, state }) => [id, state])).toEqual([
      ['month_2026-11_2', 'provisional'],
      ['month_2026-11_1', 'superseded'],
    ]);
  });

  it('an appeal that is upheld takes its fact out; the number shows both, and whoever appealed does not decide', async () => {
    const b = await november();
    await b.run();
    const appeal = {
      ...{ type: 'supervision.appeal', run: 'month_2026-11_1', unit: 'gas', indicator: 'closed' },
      ...{ facts: ['ticket:report-0004'], reason: 'not our pipe', evidence: 'deed of the owner' },
    };
    expect(await b.asks({ ...appeal, facts: ['ticket:other'] }, lin)).toBe('not-its-facts');
    const seq = Number(await b.asks(appeal, lin));
    const decision = { type: 'supervision.decide', appeal: seq, upheld: true, reason: 'the deed shows it' };
    expect(await b.asks(decision, lin)).toBe('own-appeal');
    expect(await b.asks({ ...decision, upheld: false, leaveOut: ['x'] }, qiu)).toBe('dismissed-leaves-nothing-out');
    expect(await b.asks(decision, qiu)).toBe(String(seq));
    expect(await b.asks(decision, who('tan', 'manager'))).toBe('already-decided');
    const line = await b.gas('month_2026-11_1');
    expect(line.numbers[0]).toMatchObject({ value: 1, before: 0.75, appealed: true, count: 3, points: 100 });
    expect(line.score).toBe(100);
    await b.later(day('2026-12-12'));
    expect(await b.asks(appeal, lin)).toBe('appeals-closed');
  });

  it('two people publish what both have seen, after the appeals; then nothing changes it', async () => {
    const b = await november();
    await b.run();
    const id = 'month_2026-11_1';
    const sign = async (actor: Actor, hash?: string) =>
      b.asks({ type: 'supervision.publish', run: id, hash: hash ?? (await runBody(b.db, id))!.contentHash! }, actor);
    expect(await sign(lin)).toBe('appeals-open');
    const appeal = {
      ...{ type: 'supervision.appeal', run: id, unit: 'gas', indicator: 'closed' },
      ...{ facts: ['ticket:report-0004'], reason: 'not ours', evidence: 'see the map' },
    };
    const seq = Number(await b.asks(appeal, lin));
    const seen = (await runBody(b.db, id))!.contentHash!;
    await b.later(day('2026-12-12'));
    expect(await sign(lin)).toBe('appeals-waiting');
    await b.asks({ type: 'supervision.decide', appeal: seq, upheld: true, reason: 'so it is' }, qiu);
    expect(await sign(lin, seen)).toBe('changed-meanwhile');
    expect(await sign({ ...lin, via: 'token' })).toBe('not-in-person');
    expect(await sign(lin)).toBe(id);
    expect(await sign(lin)).toBe('already-signed');
    expect((await runBody(b.db, id))!.line.state).toBe('provisional');
    expect(await sign(qiu)).toBe(id);
    const published = (await runBody(b.db, id))!;
    expect(published.line).toMatchObject({ state: 'published', hash: published.contentHash });
    expect(published.signatures.map(({ name }) => name)).toEqual(['lin', 'qiu']);
    for (const table of ['score_runs', 'score_numbers', 'score_publications', 'score_appeals'] as const)
      await expect(b.db.deleteFrom(table).execute()).rejects.toThrow('append-only');
    expect(await b.asks(appeal, lin)).toBe('not-provisional');

    // The matter is closed at last: the books go on, the published month does not; a correction says what it changed.
    expect(await b.run('month', { period: '2026-11', reason: 'the appeal was entered twice' })).toBe('month_2026-11_2');
    expect((await runBody(b.db, id))!).toEqual(published);
    expect((await runBody(b.db, 'month_2026-11_2'))!.changes).toContainEqual({
      ...{ unit: 'gas', what: 'score' },
      ...{ before: '100', after: '70' },
    });
  });

  it('a year is the mean of its published months', async () => {
    const b = await november();
    await b.run();
    await b.later(day('2026-12-12'));
    const hash = (await runBody(b.db, 'month_2026-11_1'))!.contentHash;
    for (const actor of [lin, qiu]) await b.asks({ type: 'supervision.publish', run: 'month_2026-11_1', hash }, actor);
    await b.later(day('2027-01-01'));
    expect(await b.run('year')).toBe('year_2026_1');
    expect(await b.gas('year_2026_1')).toMatchObject({ score: 70, rank: 1 });
    const made = await numberIn(b.db, 'year_2026_1', 'gas', 'scores');
    expect(made!.facts).toEqual([{ id: 'month_2026-11_1', value: 70 }]);
  });

  it('weights need a second person, and count from the first period that begins afterwards', async () => {
    const b = await november();
    const ask = {
      type: 'supervision.weights',
      class: 'offices',
      weights: { closed: 100 },
      reason: 'one thing matters',
    };
    expect(await b.asks({ ...ask, weights: { closed: 99 } }, lin)).toBe('invalid-command');
    expect(await b.asks({ ...ask, weights: { shine: 100 } }, lin)).toBe('unknown-indicator');
    const seq = Number(await b.asks(ask, lin));
    expect(await b.asks({ type: 'supervision.agree', weights: seq }, lin)).toBe('already-signed');
    expect(await b.asks({ type: 'supervision.agree', weights: seq }, qiu)).toBe(String(seq));
    expect(await weightsChanges(b.db)).toMatchObject([{ seq, from: day('2026-12-01'), weights: { closed: 100 } }]);
    const weightsIn = async (period: string) => {
      const body = (await runBody(b.db, await b.run('month', { period })))!;
      return body.run.content.kind === 'score' && body.run.content.basis.weights.offices;
    };
    expect(await weightsIn('2026-11')).toEqual({ closed: 60, returns: 40 });
    await b.later(day('2027-02-01'));
    expect(await weightsIn('2026-12')).toEqual({ closed: 60, returns: 40 });
    expect(await weightsIn('2027-01')).toEqual({ closed: 100 });
  });

  it('hazards due in the month and visits made in it are facts; what is rejected, a demonstration’s, or of another month is none', async () => {
    const b = await november();
    const row = {
      ...{
        no: '',
        seq: 1,
        open: 0,
        stage: 'closed',
        kind: 'valve',
        grade: null,
        source: 'visit',
        campaign: null,
        cause: null,
      },
      ...{
        area: '000001',
        site: null,
        lon: 0,
        lat: 0,
        department: 'gas',
        repeats: 0,
        found_at: 0,
        closed_by: 'verified',
      },
      ...{ rectified_at: 10, closed_at: 11, demo: 0, body: '{}' },
    };
    const due = day('2026-11-20');
    const hazards = [
      { ...row, id: 'in time', due_at: due },
      { ...row, id: 'late', due_at: due, rectified_at: due + 5, closed_at: due + 6 },
      { ...row, id: 'open', due_at: due, stage: 'assigned', rectified_at: null, closed_at: null, closed_by: null },
      { ...row, id: 'not verified', due_at: due, stage: 'verifying', closed_at: null, closed_by: null },
      { ...row, id: 'rejected', due_at: due, stage: 'rejected' },
      { ...row, id: 'shown only', due_at: due, demo: 1 },
      { ...row, id: 'in December', due_at: day('2026-12-02') },
    ];
    await b.db
      .insertInto('hazards')
      .values(hazards.map((one, n) => ({ ...one, no: `H${n}` })))
      .execute();
    const november30 = { key: '2026-11', from: day('2026-11-01') - 1000, to: day('2026-12-01') - 1000 };
    const found = await hazardFacts(b.db, november30, false);
    expect(found.map(({ id, putRightAt }) => [id, putRightAt])).toEqual([
      ['in time', 10],
      ['late', due + 5],
      ['not verified', null],
      ['open', null],
    ]);

    const campaign = { item: 'G05-14', unannounced: true };
    const window = { stage: 'running', kind: 'x', starts_at: 0, ends_at: 1, body: JSON.stringify(campaign) };
    await b.db
      .insertInto('campaigns')
      .values({ ...window, id: 'c1' })
      .execute();
    const visit = (id: string, stage: string, endedAt: number | null) => ({
      ...{
        id,
        campaign: 'c1',
        seq: 1,
        open: 0,
        stage,
        area: '000001',
        site: null,
        opens_at: due,
        closes_at: due + DAY,
      },
      ...{ again_at: null, actor_id: null, findings: 1 },
      body: JSON.stringify({ id, area: '000001', endedAt, findings: [{ as: 'hazard', id: 'late' }] }),
    });
    await b.db
      .insertInto('visits')
      .values([
        visit('made', 'done', due + 60),
        visit('missed', 'missed', null),
        visit('later', 'done', day('2026-12-01')),
      ])
      .execute();
    expect(await visitFacts(b.db, november30, benchCatalogue, false)).toEqual([
      {
        id: 'made',
        departments: ['gas'],
        area: '000001',
        at: due + 60,
        item: 'G05-14',
        unannounced: true,
        findings: 1,
      },
    ]);
  });

  it('the weekly list names what is open, and next week what became of the promises', async () => {
    const b = await november();
    const list = await b.run('week');
    expect(list).toBe('week_2026-W49_1');
    const open = 'ticket:report-0004';
    const first = (await runBody(b.db, list))!.run.content;
    expect(first).toMatchObject({
      kind: 'dispatch',
      lines: [{ department: 'gas', open: [open], overdue: [open], unowned: [open] }],
    });
    const promise = { type: 'supervision.promise', run: list, department: 'gas', text: 'by Friday', tickets: [open] };
    expect(await b.asks({ ...promise, until: day('2026-11-01') }, wei)).toBe('ends-in-the-past');
    await b.asks({ ...promise, until: day('2026-12-04') }, wei);
    expect(await promisesOf(b.db, list)).toMatchObject([{ department: 'gas', by: 'wei', tickets: [open] }]);
    await b.later(day('2026-12-01') + 7 * DAY);
    const next = (await runBody(b.db, await b.run('week')))!.run.content;
    expect(next).toMatchObject({ promised: [{ text: 'by Friday', state: 'broken', open: [open] }] });
  });

  it('the sample can be drawn again by anybody who has its seed', async () => {
    const b = await november();
    const { content, cycle } = (await runBody(b.db, await b.run('visits')))!.run;
    if (content.kind !== 'sample' || cycle.kind !== 'sample') throw new Error('no sample');
    expect(content.strata.map(({ area, of, drawn }) => [area, of, drawn.length])).toEqual([['000001', 3, 2]]);
    const places = placesToVisit(benchCatalogue, registryCache(await loadRegistry(b.db)));
    expect(drawSample(cycle, content.seed, places.reverse())).toEqual(content.strata);
  });

  it('the sample becomes visits by one act and once, nobody sees where before they open, and they count for their month', async () => {
    const b = await november();
    const run = await b.run('visits');
    const sealed = async () => shownRun((await runBody(b.db, run))!, benchCity.campaigns, day('2026-12-01'));
    expect((await sealed()).run.content).toMatchObject({ seed: '', sealed: { drawn: [2] }, strata: [{ drawn: [] }] });
    const asks = (more: object, actor = lin) => b.asks({ type: 'campaign.sample', run, ...more }, actor);
    expect(await asks({}, wei)).toBe('not-your-role');
    expect(await asks({ run: 'visits_2026-11_1' })).toBe('unknown-sample');
    expect(await asks({ to: day('2027-01-02') })).toBe('outside-period');
    expect(await asks({ from: day('2026-12-10'), to: day('2026-12-11') })).toBe(`campaign:${run}`);
    expect(await asks({})).toBe('visited-already');
    const again = await b.run('visits', { reason: 'a kitchen was missing' });
    expect(await b.asks({ type: 'campaign.sample', run }, lin)).toBe('drawn-anew');
    expect(await b.asks({ type: 'campaign.sample', run: again }, lin)).toBe('visited-already');
    const rows = await b.db.selectFrom('visits').select('body').orderBy('id').execute();
    const visits = rows.map(({ body }) => JSON.parse(body) as Visit);
    expect(visits.map(({ device, category }) => [device, category])).toEqual([
      [expect.stringMatching(/^k\d$/), 'G05'],
      [expect.stringMatching(/^k\d$/), 'G05'],
    ]);
    const step = (kind: object) =>
      b.asks({ type: 'visit.step', visit: visits[0]!.id, step: kind }, who('tan', 'inspector'));
    expect(await step({ kind: 'start' })).toBe('not-open-yet');
    await b.later(day('2026-12-10'));
    expect(await asks({})).toBe('drawn-anew');
    expect((await sealed()).visits).toEqual({ campaign: `campaign:${run}`, openAt: day('2026-12-10') });
    await step({ kind: 'start' });
    await step({ kind: 'done' });
    const december = { key: '2026-12', from: day('2026-12-01') - 1000, to: day('2027-01-01') - 1000 };
    expect(await visitFacts(b.db, december, benchCatalogue, false)).toMatchObject([
      { id: visits[0]!.id, departments: ['gas'], item: null, unannounced: true, findings: 0 },
    ]);
    await b.run('visits', { period: '2026-11', reason: 'for last month' });
    expect(await asks({ run: 'visits_2026-11_1' })).toBe('campaign-over');
  });
};

describe('supervision in SQLite', () => promises(() => ({ url: ':memory:' })));

describe('supervision in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.stop());
  let schema = 0;
  promises(() => ({ url: server.url, schema: `supervision_${++schema}` }));
});
