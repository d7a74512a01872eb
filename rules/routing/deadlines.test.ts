import { afterEach, describe, expect, it } from 'vitest';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity, bystanders, momentOf } from '../engine/engine-bench.ts';
import { type AppealableRun, appealNotices } from './appeal-notices.ts';

const both = (text: string) => ({ zh: text, en: text });
const city = {
  ...benchCity,
  seats: [{ id: 'city', name: both('seat'), priorities: ['P1' as const], staffed: { hours: [], graceS: 60 } }],
  // Quarters of an hour stand for days.
  hazards: hazardPolicySchema.parse({
    grades: [
      {
        ...{ id: 'general', name: both('general'), verifiedBy: ['inspector'], pictures: false },
        ...{ rectify: { days: 0.01, runs: 'continuous' }, verify: { days: 1, runs: 'continuous' } },
      },
    ],
    kinds: [{ id: 'hose', name: both('hose'), item: 'G05-14', department: 'gas', grade: 'general', assigns: true }],
  }),
  campaigns: campaignPolicySchema.parse({ graceH: 0, kinds: [{ id: 'doors', name: both('敲门行动') }] }),
};
const post = (id: string, duty: string, holder: string) => ({
  ...{ id, name: both(id), department: 'gas', duties: [duty], holders: [holder] },
});
const records = dutyRecordsSchema.parse({
  persons: [
    { id: 'p-fit', name: '抢修', department: 'gas', account: 'wei' },
    { id: 'p-disp', name: '调度', department: 'gas' },
    { id: 'p-chief', name: '班长', department: 'gas', account: 'lin' },
    { id: 'p-insp', name: '检查', department: 'gas', account: 'qiu' },
  ],
  posts: [post('fitters', 'handle', 'p-fit'), post('disp', 'dispatch', 'p-disp'), post('look', 'verify', 'p-insp')],
});
const lin: Actor = { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' };
const wei: Actor = { id: 'wei', name: 'wei', via: 'page', role: 'handler' };

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let b: Bench | undefined;
afterEach(async () => {
  await b?.stop();
  b = undefined;
});

const begin = async (duty = true) => {
  b = await rulesBench('10:00', { url: ':memory:' }, { city, catalogue: benchCatalogue });
  if (duty)
    expect(await b.asks({ type: 'duty.put', put: records }, undefined, bystanders.lin)).toMatchObject({ done: true });
  return b;
};
const isNow = async (bench: Bench, at: number) => {
  bench.clock.set(at);
  await bench.journal.append([{ kind: 'tick', at }]);
  await bench.judged();
};
const notices = async (bench: Bench, kind: string): Promise<(Notice & { open: boolean })[]> => {
  const rows = await bench.state.db.selectFrom('notices').selectAll().orderBy('at').execute();
  return rows
    .map(({ body, open }) => ({ ...(JSON.parse(body) as Notice), open: open === 1 }))
    .filter(({ subject }) => subject.kind === kind);
};
const whom = ({ to }: Notice) => to.map(({ id }) => id);
const hazard = async (bench: Bench) => {
  const report = { kind: 'hose', text: '软管老化', lon: 112.6, lat: 26.9 };
  await bench.asks({ type: 'hazard.report', report }, 'report-1', wei);
  const row = await bench.state.db.selectFrom('hazards').select('body').executeTakeFirstOrThrow();
  return JSON.parse(row.body) as { id: string; clocks: { kind: string; warnAt: number; due: number }[] };
};

describe('the deadline of a hazard', () => {
  it('is told at four fifths and when it is over, to who is on at the post that has it, each once', async () => {
    const bench = await begin();
    const { id, clocks } = await hazard(bench);
    const { warnAt, due } = clocks.find(({ kind }) => kind === 'rectify')!;
    await isNow(bench, warnAt - 60_000);
    expect(await notices(bench, 'hazard')).toEqual([]);
    await isNow(bench, warnAt);
    await isNow(bench, warnAt + 60_000);
    const [near, ...more] = await notices(bench, 'hazard');
    expect(more).toEqual([]);
    expect(near).toMatchObject({ priority: 'P3', subject: { id }, title: { en: expect.stringMatching(/due soon/) } });
    expect(near!.link).toBe(`/hazards?hazard=${encodeURIComponent(id)}`);
    expect(whom(near!)).toEqual(['p-fit']);
    await isNow(bench, due);
    const all = await notices(bench, 'hazard');
    expect(all.map(({ title }) => title.zh.split(' · ')[0])).toEqual(['隐患整改将到期', '隐患整改已超期']);
  });

  it('is told once, also where the process dies as it passes', async () => {
    const bench = await begin();
    const { clocks } = await hazard(bench);
    const { warnAt } = clocks.find(({ kind }) => kind === 'rectify')!;
    await bench.dies();
    bench.clock.set(warnAt);
    await bench.journal.append([{ kind: 'tick', at: warnAt }]);
    await bench.start();
    await bench.judged();
    expect(await notices(bench, 'hazard')).toHaveLength(1);
    await bench.dies();
    await bench.start();
    await isNow(bench, warnAt + 60_000);
    expect(await notices(bench, 'hazard')).toHaveLength(1);
  });

  it('that somebody works at asks no more', async () => {
    const bench = await begin();
    const { id, clocks } = await hazard(bench);
    await isNow(bench, clocks.find(({ kind }) => kind === 'rectify')!.warnAt);
    expect(
      await bench.asks({ type: 'hazard.step', hazard: id, step: { kind: 'start' } }, undefined, wei),
    ).toMatchObject({
      done: true,
    });
    expect((await notices(bench, 'hazard')).map(({ open, handledBy }) => [open, handledBy])).toEqual([[false, null]]);
  });

  it('that nobody in the duty list has is told to the seat', async () => {
    const bench = await begin(false);
    const { clocks } = await hazard(bench);
    await isNow(bench, clocks.find(({ kind }) => kind === 'rectify')!.warnAt);
    expect((await notices(bench, 'hazard')).map(whom)).toEqual([['seat:city']]);
  });
});

describe('the end of a campaign', () => {
  it('is told at four fifths and when it is over, to whoever began it and visits, without a place', async () => {
    const bench = await begin();
    const [from, to] = [momentOf('11:00'), momentOf('11:20')];
    const places = [{ name: '秘密餐馆', lon: 112.6, lat: 26.9 }];
    const draft = { kind: 'doors', name: '冬季敲门', from, to, places, inspectors: ['qiu'] };
    expect(await bench.asks({ type: 'campaign.begin', draft }, 'begin-campaign', lin)).toMatchObject({ done: true });
    await isNow(bench, momentOf('11:15'));
    expect(await notices(bench, 'campaign')).toEqual([]);
    await isNow(bench, momentOf('11:16'));
    await bench.dies();
    await bench.start();
    await isNow(bench, momentOf('11:17'));
    const [near, ...more] = await notices(bench, 'campaign');
    expect(more).toEqual([]);
    expect(whom(near!)).toEqual(['p-chief', 'p-insp']);
    expect(near!.body.en).toMatch(/1 visits are still open/);
    await isNow(bench, momentOf('11:21'));
    const all = await notices(bench, 'campaign');
    expect(all.map(({ title, open }) => [title.en, open])).toEqual([
      ['Campaign ends soon · 冬季敲门', false],
      ['Campaign is over · 冬季敲门', true],
    ]);
    expect(JSON.stringify(all)).not.toContain('秘密餐馆');
  });
});

describe('the time for appeals', () => {
  const line: AppealableRun['line'] = {
    ...{ id: 'month_2026-11_1', name: both('月考'), state: 'provisional', openAppeals: 0, demo: false },
    ...{ at: momentOf('00:00'), appealUntil: momentOf('+10 00:00'), period: { key: '2026-11', from: 0, to: 1 } },
  };
  const parts = {
    city,
    duties: () => ({ who: ({ department }: { department: string }) => ({ persons: [`p-${department}`] }) }) as never,
    person: (id: string) => ({ id, name: id, language: 'zh', channels: [], department: 'gas' }) as never,
    heardAt: () => [],
  };
  const at = (time: string, over: Partial<AppealableRun['line']> = {}) =>
    appealNotices(parts, { line: { ...line, ...over }, departments: ['lights'] }, momentOf(time)).map((one) => [
      one.id,
      whom(one),
    ]);

  it.each([
    ['is not near before four fifths', '+7 23:59', {}, []],
    [
      'nears its end: the scored and the office hear it',
      '+8 00:00',
      {},
      [['near', ['p-lights', `p-${benchCity.platformDepartment}`]]],
    ],
    ['is over with nothing to answer', '+10 00:00', {}, []],
    [
      'is over while appeals wait: the office hears it',
      '+11 00:00',
      { openAppeals: 2 },
      [['over', [`p-${benchCity.platformDepartment}`]]],
    ],
    ['is nobody’s matter once published', '+11 00:00', { openAppeals: 2, state: 'published' }, []],
    ['does not exist for a list', '+11 00:00', { appealUntil: null }, []],
  ] as const)('%s', (_, time, over, told) => {
    expect(at(time, over)).toEqual(told.map(([kind, ids]) => [`appeal/month_2026-11_1/${kind}`, ids]));
  });
});
