import { describe, expect, it } from 'vitest';
import type { Actor } from '../../devices/contract/command.ts';
import type { HazardEntry, HazardPersonStep, HazardReport } from '../../devices/contract/hazard.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { type Device, type Site, siteSchema } from '../../devices/contract/registry.ts';
import { benchCity, engineBench, kitchen, momentOf, type Records } from '../engine/engine-bench.ts';

const both = (text: string) => ({ zh: text, en: text });
const policy = hazardPolicySchema.parse({
  kinds: [
    { id: 'hose', name: both('hose'), item: 'G05-14', department: 'gas', grade: 'general' },
    { id: 'exit', name: both('exit') },
    { id: 'overbuilt', name: both('overbuilt'), department: 'gas', grade: 'major', assigns: true },
    { id: 'unwatched', name: both('unwatched'), department: 'gas', grade: 'general', assigns: true },
  ],
  rules: {
    overbuilding: { kind: 'overbuilt', siteKinds: ['restaurant', 'estate'], withinM: { low: 1, 'medium-a': 3 } },
    coverage: { kind: 'unwatched', siteKinds: ['restaurant'], deviceTypes: ['gas-alarm-commercial'] },
  },
});

const who = {
  lin: { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' },
  disp: { id: 'disp', name: 'disp', via: 'page', role: 'dispatcher' },
  wei: { id: 'wei', name: 'wei', via: 'page', role: 'handler' },
  qiu: { id: 'qiu', name: 'qiu', via: 'page', role: 'inspector' },
  reader: { id: 'ann', name: 'ann', via: 'page', role: 'viewer' },
} as const satisfies Record<string, Actor>;

const picture = (letter: string) => letter.repeat(64);
const place = { lon: 112.6, lat: 26.9, area: '000001' };
const site = (id: string, more: Partial<Site> = {}): Site =>
  siteSchema.parse({ id, kind: 'restaurant', name: id, ...place, ...more });

function register(records: Partial<Records> = {}, begins = '10:00') {
  const bench = engineBench({ devices: [], ...records }, begins, { city: { ...benchCity, hazards: policy } });
  const newest = (): HazardEntry => bench.hazards().at(-1)!;
  return {
    bench,
    newest,
    kinds: () => bench.hazardSteps.map(({ kind }) => kind),
    finds(time: string, report: Partial<HazardReport>, actor: Actor = who.qiu): string | null {
      const whole = { kind: 'hose', text: '软管老化', ...place, ...report };
      return bench.asks(time, { type: 'hazard.report', report: whole }, actor).refused[0]?.code ?? null;
    },
    does(time: string, actor: Actor, step: HazardPersonStep, id = newest().id): string | null {
      return bench.asks(time, { type: 'hazard.step', hazard: id, step }, actor).refused[0]?.code ?? null;
    },
  };
}

describe('a hazard that somebody found', () => {
  it('is graded, given to a post with a deadline, put right, and verified by another person with both pictures', () => {
    const r = register();
    expect(r.finds('10:00', { kind: 'exit', text: '安全出口被堵', photos: [picture('a')] }, who.wei)).toBeNull();
    expect(r.newest()).toMatchObject({ no: 'H20261123-0001', stage: 'found', grade: null });
    expect(r.does('10:05', who.disp, { kind: 'grade', grade: 'major' })).toBeNull();
    expect(r.does('10:06', who.disp, { kind: 'assign', department: 'gas' })).toBeNull();
    expect(r.newest().clocks).toMatchObject([
      { kind: 'assign', metAt: momentOf('10:06') },
      { kind: 'rectify', runs: 'continuous', due: momentOf('+3 10:06') },
    ]);
    expect(r.does('10:30', who.wei, { kind: 'start' })).toBeNull();
    expect(r.does('11:00', who.wei, { kind: 'finish', note: '已清理' })).toBe('picture-wanted');
    expect(r.does('11:01', who.wei, { kind: 'finish', note: '已清理', photos: [picture('b')] })).toBeNull();
    expect(r.does('11:05', who.wei, { kind: 'verify' })).toBe('not-your-role');
    expect(r.does('11:06', who.qiu, { kind: 'verify', note: '现场已畅通' })).toBeNull();
    expect(r.newest()).toMatchObject({
      stage: 'closed',
      closedBy: 'verified',
      before: [picture('a')],
      after: [picture('b')],
      hands: { found: 'wei', rectified: ['wei'], verified: 'qiu' },
    });
    expect(r.kinds()).toEqual(['found', 'grade', 'assign', 'start', 'finish', 'verify']);
  });

  it('is not verified by whoever put it right, whatever his role', () => {
    const r = register();
    r.finds('10:00', { photos: [picture('a')] });
    r.does('10:05', who.disp, { kind: 'assign', department: 'gas' });
    r.does('10:06', who.qiu, { kind: 'start' });
    r.does('10:07', who.qiu, { kind: 'finish', note: '已更换', photos: [picture('b')] });
    expect(r.does('10:08', who.qiu, { kind: 'verify' })).toBe('same-hand');
    expect(r.does('10:09', who.lin, { kind: 'verify' })).toBeNull();
  });

  it('that failed its verification goes back to whoever has it, under the deadline that it had', () => {
    const r = register();
    r.finds('10:00', { photos: [picture('a')] });
    r.does('10:05', who.disp, { kind: 'assign', department: 'gas' });
    const due = r.newest().clocks.find(({ kind }) => kind === 'rectify')!.due;
    r.does('10:06', who.wei, { kind: 'start' });
    r.does('10:07', who.wei, { kind: 'finish', note: '已更换', photos: [picture('b')] });
    expect(r.does('10:08', who.qiu, { kind: 'fail', reason: '接头仍漏' })).toBeNull();
    expect(r.newest()).toMatchObject({ stage: 'rectifying', failed: 1, rectifier: { id: 'wei' } });
    expect(r.newest().clocks.filter(({ metAt }) => metAt === null)).toMatchObject([{ kind: 'rectify', due }]);
  });

  it.each([['a viewer reports', who.reader, 'not-your-role']] as const)('%s: refused', (_, actor, code) => {
    expect(register().finds('10:00', {}, actor)).toBe(code);
  });

  it.each([
    ['a kind that the city does not have', { kind: 'nonsense' }, 'unknown-kind'],
    ['a grade that the city does not have', { grade: 'blue' }, 'unknown-grade'],
    ['a site that is not registered', { site: 'nowhere' }, 'unknown-site'],
  ])('of %s is refused', (_, report, code) => {
    expect(register().finds('10:00', report)).toBe(code);
  });

  it.each([
    ['started before it is given to anybody', who.wei, { kind: 'start' }, 'out-of-order'],
    ['graded anew without a reason', who.disp, { kind: 'grade', grade: 'major' }, 'reason-wanted'],
    [
      'given to a department that the city does not have',
      who.disp,
      { kind: 'assign', department: 'x' },
      'unknown-department',
    ],
    ['rejected by a dispatcher', who.disp, { kind: 'reject', reason: '不是隐患' }, 'not-your-role'],
    ['verified before it is put right', who.qiu, { kind: 'verify' }, 'out-of-order'],
  ] as const)('is not %s', (_, actor, step, code) => {
    const r = register();
    r.finds('10:00', {});
    expect(r.newest().stage).toBe('graded');
    expect(r.does('10:01', actor, step)).toBe(code);
  });

  it('found again while it is open is one entry with both pictures, unless it is another one', () => {
    const r = register({ sites: [site('s1')] });
    r.finds('10:00', { site: 's1', photos: [picture('a')] });
    r.finds('11:00', { site: 's1', photos: [picture('b')] }, who.wei);
    expect(r.bench.hazards()).toHaveLength(1);
    expect(r.newest().before).toEqual([picture('a'), picture('b')]);
    r.finds('12:00', { site: 's1', separate: true });
    expect(r.bench.hazards()).toHaveLength(2);
  });

  it('of the same kind at the same place again, once it was closed, is a repeat', () => {
    const r = register({ sites: [site('s1')] });
    const settle = (day: number) => {
      r.does(`+${day} 10:01`, who.disp, { kind: 'assign', department: 'gas' });
      r.does(`+${day} 10:02`, who.wei, { kind: 'start', photos: [picture('a')] });
      r.does(`+${day} 10:03`, who.wei, { kind: 'finish', note: '已更换', photos: [picture('b')] });
      r.does(`+${day} 10:04`, who.qiu, { kind: 'verify' });
    };
    r.finds('+0 10:00', { site: 's1' });
    settle(0);
    const first = r.newest().id;
    r.finds('+1 10:00', { site: 's1' });
    expect(r.newest()).toMatchObject({ repeatOf: first, repeats: 1 });
    settle(1);
    r.finds('+2 10:00', { site: 's1', kind: 'exit' });
    expect(r.newest()).toMatchObject({ repeatOf: null, repeats: 0 });
    r.finds('+2 10:00', { site: 's1' });
    expect(r.newest().repeats).toBe(2);
  });
});

describe('the clocks of a hazard', () => {
  it('warn at four fifths and say once that they are overdue, on working time where the grade says so', () => {
    const r = register({}, '08:00');
    r.finds('08:00', { kind: 'exit' });
    r.bench.passes('+1 08:01');
    const said = r.bench.hazardSteps.filter(({ kind }) => kind === 'warned' || kind === 'overdue');
    // One working day is eight working hours: 08:00–12:00 and 14:00–18:00.
    expect(said.map(({ kind, at, more }) => [kind, more.clock, at])).toEqual([
      ['warned', 'assign', momentOf('16:24')],
      ['overdue', 'assign', momentOf('18:00')],
    ]);
  });

  it('are moved by a supervisor only, with a reason, as often and as far as the grade allows', () => {
    const r = register();
    r.finds('10:00', { grade: 'major' });
    r.does('10:01', who.disp, { kind: 'assign', department: 'gas' });
    const extend = (until: string) => ({ kind: 'extend', until: momentOf(until), reason: '等待配件' }) as const;
    expect(r.does('10:02', who.disp, extend('+8 10:00'))).toBe('not-your-role');
    expect(r.does('10:02', who.lin, extend('+2 10:00'))).toBe('not-later');
    expect(r.does('10:02', who.lin, extend('+30 10:00'))).toBe('extended-enough');
    expect(r.does('10:02', who.lin, extend('+8 10:01'))).toBeNull();
    expect(r.newest()).toMatchObject({ extended: { times: 1, days: 5 } });
    expect(r.does('10:03', who.lin, extend('+9 10:00'))).toBe('extended-enough');
  });
});

describe('what the platform finds by itself', () => {
  const detector = (id: string, of: string, more: Partial<Device> = {}) => kitchen(id, { site: of, ...more });
  const day = (n: number) => `+${n} 02:31`;

  it('a restaurant without a detector, with one that is silent or expired, and none where one works', () => {
    const r = register(
      {
        sites: [site('bare'), site('silent'), site('expired'), site('well'), site('school', { kind: 'school' })],
        devices: [
          detector('d-silent', 'silent'),
          detector('d-expired', 'expired', { expires: '2026-01-01' }),
          detector('d-well', 'well'),
        ],
      },
      '02:00',
    );
    r.bench.reads('02:29', 'd-well', { 'alarm.ch4': 0 });
    r.bench.reads('02:29', 'd-expired', { 'alarm.ch4': 0 });
    r.bench.passes('02:31');
    expect(r.bench.hazards().map(({ site, stage, cause }) => [site, stage, cause?.facts.reason])).toEqual([
      ['bare', 'assigned', 'none'],
      ['expired', 'assigned', 'expired'],
      ['silent', 'assigned', 'silent'],
    ]);
    expect(r.bench.looks).toMatchObject([
      { coverage: [{ area: '000001', all: 4, working: 1, failing: 3, unobserved: 0 }], overbuilt: 0 },
    ]);
  });

  it('behind a gateway that is down nobody knows: neither found nor closed, and counted as unobserved', () => {
    const gateways = [{ id: 'g1', name: 'g1', lon: 112.6, lat: 26.9, demo: false }];
    const r = register({ sites: [site('s1')], gateways, devices: [detector('d1', 's1', { gateway: 'g1' })] }, '02:00');
    r.bench.reads('02:10', 'd1', { 'alarm.ch4': 0 });
    r.bench.connection('02:11', 'g1', 'down');
    r.bench.passes('02:31');
    expect(r.bench.hazards()).toEqual([]);
    expect(r.bench.looks.at(-1)?.coverage).toMatchObject([{ working: 0, failing: 0, unobserved: 1 }]);
  });

  it('closes by itself when the detector works again, and comes back as a repeat', () => {
    const r = register({ sites: [site('s1')], devices: [detector('d1', 's1')] }, '02:00');
    r.bench.passes('02:31');
    expect(r.newest()).toMatchObject({ stage: 'assigned', source: 'rule' });
    r.bench.reads('02:40', 'd1', { 'alarm.ch4': 0 });
    const looked = r.bench.asks('02:41', { type: 'hazard.look' }, who.lin);
    expect(looked.refused).toEqual([]);
    expect(r.newest()).toMatchObject({ stage: 'closed', closedBy: 'gone' });
    expect(r.kinds().at(-1)).toBe('cause-gone');
    r.bench.passes('02:50');
    r.bench.asks('02:51', { type: 'hazard.look' }, who.lin);
    expect(r.newest()).toMatchObject({ stage: 'assigned', repeats: 1, repeatOf: r.bench.hazards()[0]!.id });
  });

  it('looks once a day, at the hour of the city, and finds nothing twice', () => {
    const r = register({ sites: [site('s1')] }, '02:00');
    for (const n of [0, 1, 2]) r.bench.passes(day(n));
    expect(r.bench.looks.map(({ at }) => at)).toEqual([0, 1, 2].map((n) => momentOf(`+${n} 02:30`)));
    expect(r.bench.hazards()).toHaveLength(1);
  });

  it('is not verified while the platform still sees it, and not found again once a supervisor rejected it', () => {
    const r = register({ sites: [site('s1')] }, '02:00');
    r.bench.passes('02:31');
    r.does('09:00', who.wei, { kind: 'start' });
    r.does('09:01', who.wei, { kind: 'finish', note: '已装', photos: [picture('b')] });
    expect(r.does('09:02', who.qiu, { kind: 'verify' })).toBe('cause-stands');
    r.does('09:03', who.qiu, { kind: 'fail', reason: '没有数据' });
    r.does('09:04', who.disp, { kind: 'assign', department: 'gas' });
    expect(r.does('09:05', who.lin, { kind: 'reject', reason: '该店已改用电' })).toBeNull();
    r.bench.passes(day(1));
    expect(r.bench.hazards().map(({ stage }) => stage)).toEqual(['rejected']);
  });

  it('a building on a pipe: by the distance of its pressure class, on any leg of the line', () => {
    const north = (metres: number) => 26.9 + metres / 111_320;
    const pipe = (id: string, pressure: 'low' | 'medium-a' | 'high-b') => ({
      id,
      name: id,
      demo: false,
      pressure,
      line: [
        [112.59, 26.9],
        [112.6, 26.9],
        [112.61, 26.9],
      ] as [number, number][],
    });
    const sites = [
      site('on', { kind: 'estate', lat: north(0.5) }),
      site('beside', { kind: 'estate', lat: north(2), lon: 112.595 }),
      site('away', { kind: 'estate', lat: north(8) }),
      site('school', { kind: 'school', lat: north(0.5) }),
    ];
    const found = (pressure: 'low' | 'medium-a' | 'high-b') => {
      const r = register({ sites, beside: { pipes: [pipe('p1', pressure)] } }, '02:00');
      r.bench.passes('02:31');
      return r.bench.hazards().map(({ site, grade, cause }) => [site, grade?.id, cause?.facts.metres]);
    };
    expect(found('low')).toEqual([['on', 'major', 0.5]]);
    expect(found('medium-a')).toEqual([
      ['beside', 'major', 2],
      ['on', 'major', 0.5],
    ]);
    // The city says nothing of this class.
    expect(found('high-b')).toEqual([]);
  });
});

describe('a restart', () => {
  it('between any two steps changes nothing: clocks, numbers, repeats, rejections and the daily look go on', () => {
    const r = register({ sites: [site('s1')] }, '02:00');
    const restarts = () => r.bench.restarts(r.bench.keeps());
    r.bench.passes('02:31');
    restarts();
    r.does('09:05', who.lin, { kind: 'reject', reason: '该店已改用电' });
    restarts();
    r.finds('10:00', { kind: 'exit', photos: [picture('a')] });
    restarts();
    r.bench.passes('+1 11:00');
    restarts();
    r.bench.passes('+1 12:00');
    expect(r.bench.looks).toHaveLength(2);
    expect(r.bench.hazards().map(({ no, stage }) => [no, stage])).toEqual([
      ['H20261123-0001', 'rejected'],
      ['H20261123-0002', 'found'],
    ]);
    expect(r.kinds().filter((kind) => kind === 'overdue')).toHaveLength(1);
    expect(new Set(r.bench.hazardSteps.map(({ seq }) => seq)).size).toBe(r.bench.hazardSteps.length);
  });
});
