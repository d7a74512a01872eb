import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { momentOf } from '../../rules/engine/engine-bench.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { codeOf, type DrillCity, drillCity } from './drill-city.ts';
import { people } from './tickets/ticket-city.ts';

const { mira, wei, qiu, lin, disp } = people;

const scenarios = (fresh: () => { url: string; schema?: string }) => {
  let c: DrillCity;
  const begun = async (): Promise<DrillCity> => {
    c = await drillCity(fresh());
    return c;
  };
  afterEach(() => c.stop());

  it('goes from its reading to a verified close, and every hand-off is measured beside its limit', async () => {
    const c = await begun();
    expect(await c.start('02:00', { crew: 'crew-1' })).toBeNull();
    await c.plays('02:01');
    const alarm = await c.alarmOf('02:01');
    expect(await c.asks('02:03', mira, { type: 'acknowledge', alarms: [alarm] })).toBeNull();
    expect(await c.does('02:05', wei, { kind: 'accept' })).toBeNull();
    expect(await c.does('02:20', wei, { kind: 'arrive' })).toBeNull();
    expect(await c.does('02:26', wei, { kind: 'make-safe' })).toBeNull();
    for (let minute = 27; minute <= 57; minute += 2) await c.plays(`02:${minute}`);
    await c.does('02:57', wei, { kind: 'record', step: 0 });
    await c.does('02:57', wei, { kind: 'record', step: 1, reading: { value: 0, unit: '%{LEL}' } });
    await c.does('02:57', wei, { kind: 'record', step: 2, photos: ['a'.repeat(64)] });
    await c.asks('02:57', mira, {
      type: 'judge',
      of: { alarms: [alarm] },
      kind: 'test',
      evidence: '演练读数，无真实泄漏',
    });
    await c.asks('02:57', mira, { type: 'reset', alarm });
    await c.does('02:58', mira, { kind: 'report-up', note: '演练报信' });
    await c.does('02:58', wei, { kind: 'finish', note: '演练处置完成' });
    expect(await c.does('03:01', qiu, { kind: 'verify' })).toBeNull();
    expect(await c.minutes()).toEqual({
      published: 0,
      journaled: 0,
      raised: 0,
      acknowledged: 2,
      dispatched: 0,
      accepted: 4,
      arrived: 19,
      'made-safe': 25,
      closed: 60,
    });
    expect(await c.end('03:02')).toBeNull();
    const { drill, report } = await c.drill();
    expect(drill).toMatchObject({ crew: 'crew-1', over: { how: 'ended', by: { id: 'mira' } }, report });
    const limits = report.handOffs.flatMap(({ kind, due, inTime }) =>
      due === null ? [] : [[kind, (due - momentOf('02:01')) / 60_000, inTime]],
    );
    expect(limits).toEqual([
      ['shown', 1, false],
      ['acknowledged', 5, true],
      ['arrived', 30, true],
      ['made-safe', 60, true],
      ['closed', 480, true],
    ]);
    expect(report.ticket).toMatchObject({ no: (await c.ticket()).no });
    expect(report.handOffs.map(({ by }) => by).filter(Boolean)).toEqual(['mira', 'wei', 'wei', 'wei', 'qiu']);
  });

  it('is ended before its close: what was not reached is said, what it left is taken away, and no real thing is touched', async () => {
    const c = await begun();
    await c.leaks('02:00:30');
    await c.asks('02:01', mira, { type: 'acknowledge', alarms: [c.leak('02:00:30')] });
    expect(await c.start('02:01', { despite: '演练计划已报备' }, lin)).toBeNull();
    await c.plays('02:02');
    expect(await c.end('02:10')).toBeNull();
    await c.bench.passes('02:11');
    expect(await c.missed()).toEqual(['shown', 'acknowledged', 'accepted', 'arrived', 'made-safe', 'closed']);
    const tickets = await c.tickets();
    expect(tickets.map(({ drill, stage }) => [drill ?? 'real', stage])).toEqual([
      ['real', 'dispatched'],
      [(await c.drill()).drill.id, 'closed'],
    ]);
    const played = (await c.ticket()).id;
    expect((await c.steps()).findLast(({ ticket }) => ticket === played)).toMatchObject({
      kind: 'drill-over',
      by: null,
    });
    const open = (await c.bench.alarms()).filter(({ closedAt }) => closedAt === null);
    expect(new Set(open.map(({ device }) => device))).toEqual(new Set(['k1']));
    // Whoever was sent out hears that it is over; nothing else of the drill goes on calling anybody.
    const told = (await c.notices()).filter(({ mark, open }) => mark === 'drill' && open);
    expect(told.map(({ id, priority, to }) => [id.split('/').at(-1), priority, to.map(({ id }) => id)])).toEqual([
      ['drill-over', 'P3', ['p-tan', 'p-wei', 'p-disp', 'p-deputy']],
    ]);
  });

  it('is broken off by one press with a reason, by anybody of the desk', async () => {
    const c = await begun();
    await c.start('02:00');
    await c.plays('02:01');
    await c.leaks('02:02');
    expect(await c.end('02:02', { how: 'broken-off' })).toBe('reason-needed');
    expect(await c.end('02:02', { how: 'broken-off', reason: '真实告警' }, wei)).toBe('not-your-role');
    expect(await c.end('02:02', { how: 'broken-off', reason: '真实告警' })).toBeNull();
    expect(await c.end('02:02')).toBe('no-such-drill');
    await c.bench.passes('02:03');
    expect((await c.drill()).drill.over).toMatchObject({ how: 'broken-off', reason: '真实告警' });
    expect((await c.bench.shows()).filter((one) => one.includes('com-l2'))).toEqual(['G05-14.com-l2 unack']);
  });

  it('does not begin while a real P1 of gas stands at the seat, unless a supervisor confirms it with a reason', async () => {
    const c = await begun();
    await c.leaks('02:00:30');
    expect(await c.start('02:01')).toBe('real-alarm-stands');
    expect(await c.start('02:01', { despite: '没事的' })).toBe('needs-supervisor');
    expect(await c.start('02:01', {}, lin)).toBe('real-alarm-stands');
    expect(await c.start('02:02', { despite: '抢修已在现场' }, lin)).toBeNull();
    expect((await c.drill()).drill.despite).toEqual({ alarms: [c.leak('02:00:30')], reason: '抢修已在现场' });
  });

  it.each([
    ['another at the same seat', { seat: 'duty' }, mira, 'drill-runs'],
    ['a seat that there is not', { seat: 'moon' }, mira, 'unknown-seat'],
    ['a device that there is not', { device: 'k2' }, mira, 'unknown-device'],
    ['a crew that there is not', { crew: 'crew-9' }, mira, 'unknown-crew'],
    ['a rule that no reading raises', { rule: 'G05-14.silent' }, mira, 'cannot-play'],
    ['somebody who sends tickets out', {}, disp, 'not-your-role'],
  ] as const)('is refused to %s', async (_, more, actor, code) => {
    const c = await begun();
    if (code === 'drill-runs') await c.start('02:00');
    expect(await c.start('02:01', more, actor)).toBe(code);
    expect(await c.drills()).toHaveLength(code === 'drill-runs' ? 1 : 0);
  });

  it('goes on after the process was killed in the middle, with nothing doubled and nothing lost', async () => {
    const c = await begun();
    await c.bench.passes('02:00');
    const wanted = { type: 'drill.start', name: '断电演练', reason: '检验重启', seat: 'duty', device: 'k1' };
    await c.bench.asks(wanted, 'drill-start-1', mira);
    await c.bench.dies();
    await c.bench.start();
    expect(codeOf(await c.bench.asks(wanted, 'drill-start-1', mira))).toBeNull();
    expect(await c.drills()).toHaveLength(1);
    await c.plays('02:01');
    await c.does('02:04', wei, { kind: 'accept' });
    await c.bench.dies();
    await c.bench.start();
    await c.plays('02:05');
    expect(await c.minutes()).toMatchObject({ published: 0, dispatched: 0, accepted: 3 });
    expect((await c.bench.alarms()).filter(({ drill, rule }) => drill && rule.endsWith('l2'))).toHaveLength(1);
  });

  it('killed when it was ended and the journal did not know yet, it leaves nothing standing', async () => {
    const c = await begun();
    await c.start('02:00');
    await c.plays('02:01');
    c.bench.ingest.down = true;
    const ending = c.end('02:02');
    while ((await c.drill()).drill.over === null) await new Promise((resolve) => setImmediate(resolve));
    await c.bench.dies();
    c.bench.ingest.down = false;
    await ending.catch(() => undefined);
    await c.bench.start();
    await c.bench.passes('02:04');
    expect((await c.bench.alarms()).filter(({ closedAt }) => closedAt === null)).toEqual([]);
    expect((await c.tickets()).map(({ stage }) => stage)).toEqual(['closed']);
    expect(await c.bench.rules.drills.playing()).toEqual([]);
  });

  it('keeps its report as it was when it ended, whatever happens later', async () => {
    const c = await begun();
    await c.start('02:00');
    await c.plays('02:01');
    await c.end('02:30');
    const before = await c.drill();
    await c.bench.passes('02:40');
    expect(await c.drill()).toEqual(before);
    expect(before.report.at).toBe(momentOf('02:30'));
  });
};

describe('a drill', () => scenarios(() => ({ url: ':memory:' })));

describe('a drill on PostgreSQL', () => {
  let postgres: TestPostgres;
  let count = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  scenarios(() => ({ url: postgres.url, schema: `drills_${++count}` }));
});
