import { describe, expect, it } from 'vitest';
import { catalogueSchema } from '../../devices/contract/catalogue.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import type { PersonStep, Ticket } from '../../devices/contract/ticket.ts';
import { dutyBook } from '../../devices/duty/duty-book.ts';
import { benchCatalogue, benchCity, engineBench, kitchen, momentOf, type Records } from '../engine/engine-bench.ts';
import { dutiesOf } from '../routing/duties.ts';

const records = dutyRecordsSchema.parse({
  persons: [
    { id: 'p-disp', name: '调度员', department: 'gas', account: 'disp' },
    {
      id: 'p-wei',
      name: '小魏',
      department: 'gas',
      account: 'wei',
      otherAccounts: ['wei-inspects'],
      crews: ['crew-1'],
    },
    { id: 'p-tan', name: '小谭', department: 'gas', account: 'tan', crews: ['crew-1'] },
    { id: 'p-qiu', name: '小邱', department: 'gas', account: 'qiu' },
    { id: 'p-hua', name: '小华', department: 'gas', account: 'hua' },
    { id: 'p-bai', name: '小白', department: 'gas', account: 'bai' },
  ],
  posts: [
    {
      id: 'post-disp',
      name: { zh: '调度岗', en: 'dispatch' },
      department: 'gas',
      duties: ['dispatch'],
      holders: ['p-disp'],
    },
    {
      id: 'post-check',
      name: { zh: '核查岗', en: 'checks' },
      department: 'gas',
      duties: ['verify', 'recheck'],
      holders: ['p-qiu'],
    },
  ],
  absences: [
    { id: 'l-hua', person: 'p-hua', from: '2026-11-20', to: '2026-11-30', reason: 'leave' },
    { id: 'l-bai', person: 'p-bai', from: '2026-11-20', to: '2026-11-30', reason: 'leave' },
  ],
  deputies: [{ id: 'd-hua', person: 'p-hua', deputy: 'p-qiu' }],
  assignments: [
    { id: 'a-gas', match: { hazards: ['gas'] }, duty: 'handle', department: 'gas', crew: 'crew-1' },
    { id: 'a-grid', match: { hazards: ['gas'], grids: ['g-7'] }, duty: 'handle', department: 'gas', person: 'p-qiu' },
  ],
});
const book = dutyBook(records, benchCity);
const duties = dutiesOf(book, { timeZone: benchCity.timeZone, working: benchCity.working });

const who = {
  disp: { id: 'disp', name: 'disp', via: 'page', role: 'dispatcher' },
  wei: { id: 'wei', name: 'wei', via: 'page', role: 'handler' },
  stranger: { id: 'li', name: 'li', via: 'page', role: 'handler' },
  qiu: { id: 'qiu', name: 'qiu', via: 'page', role: 'inspector' },
  lin: { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' },
} as const satisfies Record<string, Actor>;

/** The catalogue of the bench, in which silence is no matter. */
const patient = catalogueSchema.parse(
  JSON.parse(JSON.stringify(benchCatalogue), (key, value) => (key === 'afterS' ? 1e9 : value)),
);
const version = { seq: 1, from: 0, to: null, catalogue: patient, overlays: [] };

/** An engine with its duty list, and the tickets as people see them. */
function desk(given: Partial<Records> = {}) {
  const bench = engineBench({ devices: [kitchen('k1'), kitchen('k2', { lon: 112.7 })], ...given }, '02:00', {
    duties: () => duties,
    catalogue: patient,
    standards: [version],
  });
  const ticket = (): Ticket => bench.tickets().at(-1)!;
  return {
    ...bench,
    bench,
    ticket,
    steps: () => bench.ticketSteps.map(({ kind }) => kind),
    /** Somebody's step on the newest ticket: the code of the refusal, or null. */
    does(time: string, actor: Actor, step: PersonStep, id = ticket().id): string | null {
      const { refused } = bench.asks(time, { type: 'ticket.step', ticket: id, step }, actor);
      return refused[0]?.code ?? null;
    },
  };
}

/** A P1 leak at 02:01, acknowledged by Mira at 02:02. */
function leak() {
  const d = desk();
  d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
  d.bench.asks('02:02', { type: 'acknowledge', alarms: [`k1/G05-14.com-l2/${momentOf('02:01')}`] });
  return d;
}

describe('an alarm becomes a ticket', () => {
  it('with its clause, its clocks and its crew, at once', () => {
    const d = desk();
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    expect(d.ticket()).toMatchObject({
      id: `ticket:incident:k1/G05-14.com-l2/${momentOf('02:01')}`,
      no: '20261123-0001',
      stage: 'dispatched',
      priority: 'P1',
      clause: { item: 'G05-14', catalogueVersion: '0-bench' },
      assigned: { department: 'gas', crew: 'crew-1', persons: ['p-tan', 'p-wei', 'p-disp'] },
      owner: null,
    });
    expect(d.ticket().clocks.map(({ kind, safety }) => `${kind}${safety ? ' safety' : ''}`)).toEqual([
      'acknowledge safety',
      'arrive safety',
      'close',
      'duty:local',
      'duty:supervise',
      'duty:company',
      'report-up',
    ]);
  });

  it('levels of one detector are one ticket, which grows as grave as the higher', () => {
    const d = desk();
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 14 });
    d.bench.passes('02:01:11');
    expect(d.ticket()).toMatchObject({ priority: 'P2' });
    d.bench.reads('02:01:30', 'k1', { 'alarm.ch4': 46 });
    expect(d.bench.tickets()).toHaveLength(1);
    expect(d.ticket()).toMatchObject({ priority: 'P1' });
    expect(d.ticket().alarms).toHaveLength(2);
    expect(d.steps()).toContain('raised-priority');
  });

  it('detectors that see one leak are one ticket; far away it is another', () => {
    const d = desk({ devices: [kitchen('k1'), kitchen('near', { lon: 112.6002 }), kitchen('far', { lon: 112.7 })] });
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    d.bench.reads('02:02', 'near', { 'alarm.ch4': 46 });
    d.bench.reads('02:03', 'far', { 'alarm.ch4': 46 });
    expect(d.bench.tickets().map(({ alarms }) => alarms.map(({ device }) => device))).toEqual([
      ['k1', 'near'],
      ['far'],
    ]);
  });

  it('not while it is put aside; when it shows itself again it does', () => {
    const d = desk();
    d.bench.asks(
      '02:00:30',
      { type: 'out-of-service', device: 'k1', rule: null, workOrder: 'WO-1', reason: 'replaced' },
      who.lin,
    );
    d.bench.asks('02:00:40', { type: 'confirm', ask: 'command-1' });
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    expect(d.bench.tickets()).toEqual([]);
    d.bench.asks('02:05', { type: 'return-to-service', device: 'k1', rule: null });
    expect(d.ticket()).toMatchObject({ stage: 'dispatched', priority: 'P1' });
  });
});

describe('a ticket goes to', () => {
  it('whoever has the grid that its detector is registered in', () => {
    const d = desk({ devices: [kitchen('k1', { grid: 'g-7' })] });
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    expect(d.ticket()).toMatchObject({
      grid: 'g-7',
      assigned: { crew: null, persons: ['p-qiu', 'p-disp'], hole: null },
    });
  });

  it.each([
    ['the deputy of a person on leave', 'p-hua', ['p-qiu'], null],
    [
      'nobody, and says so, where a person on leave has no deputy',
      'p-bai',
      [],
      { zh: expect.stringContaining('p-bai') },
    ],
    ['the person who is there', 'p-tan', ['p-tan'], null],
  ])('%s', (_, person, persons, hole) => {
    const d = leak();
    expect(d.does('02:03', who.disp, { kind: 'dispatch', person, reason: '就近' })).toBeNull();
    expect(d.ticket().assigned).toMatchObject({ persons, hole });
  });
});

describe('a leak at night', () => {
  it('is accepted by a person of the crew only, and handled in order', () => {
    const d = leak();
    expect(d.does('02:03', who.stranger, { kind: 'accept' })).toBe('not-yours');
    expect(d.does('02:03', who.wei, { kind: 'arrive' })).toBe('out-of-order');
    expect(d.does('02:03', who.wei, { kind: 'accept' })).toBeNull();
    expect(d.ticket()).toMatchObject({ stage: 'accepted', owner: { id: 'wei' } });
    expect(d.does('02:15', who.wei, { kind: 'arrive' })).toBeNull();
    expect(d.ticket().clocks.find(({ kind }) => kind === 'arrive')).toMatchObject({
      metAt: momentOf('02:15'),
      overdue: false,
    });
  });

  it('is not closed while anything is missing, and says what', () => {
    const d = leak();
    d.does('02:03', who.wei, { kind: 'accept' });
    d.does('02:15', who.wei, { kind: 'arrive' });
    expect(d.does('02:20', who.wei, { kind: 'finish', note: '已关阀' })).toBeNull();
    expect(d.does('02:21', who.qiu, { kind: 'verify' })).toBe('not-closable');
    const missing = d
      .ticket()
      .needs.filter(({ met }) => !met)
      .map(({ id }) => id);
    expect(missing).toEqual([
      'alarm-over',
      'fresh-data',
      'alarm-closed',
      'verdict',
      'on-site-reading',
      'evidence',
      'report-up',
    ]);
  });

  it('ends verified, by three pairs of hands', () => {
    const d = leak();
    d.does('02:03', who.wei, { kind: 'accept' });
    d.does('02:15', who.wei, { kind: 'arrive', reading: { value: 30, unit: '%{LEL}' } });
    d.does('02:16', who.lin, { kind: 'report-up', note: '已电话报告市专委会' });
    for (let minute = 20; minute <= 40; minute += 2) d.bench.reads(`02:${minute}`, 'k1', { 'alarm.ch4': 0 });
    const alarm = d.bench.alarm('G05-14.com-l2')!;
    d.bench.asks('02:41', {
      type: 'judge',
      of: { alarms: [alarm.id] },
      kind: 'real',
      evidence: '软管老化脱落，已更换',
    });
    d.bench.asks('02:41', { type: 'reset', alarm: alarm.id });
    d.does('02:42', who.wei, { kind: 'finish', note: '更换软管，复测为零', photos: ['a'.repeat(64)] });
    expect(d.does('02:43', who.wei, { kind: 'verify' })).toBe('not-your-role');
    const mira = { id: 'mira', name: 'mira', via: 'page', role: 'duty' } as const;
    expect(d.does('02:43', mira, { kind: 'verify' })).toBe('same-hand');
    const second = { id: 'wei-inspects', name: 'wei-inspects', via: 'page', role: 'inspector' } as const;
    expect(d.does('02:43', second, { kind: 'verify' })).toBe('same-hand');
    expect(d.does('02:44', who.qiu, { kind: 'verify' })).toBeNull();
    expect(d.ticket()).toMatchObject({
      stage: 'closed',
      closedAt: momentOf('02:44'),
      needs: [],
      recheck: { why: 'item', passed: null },
    });
    expect(d.does('02:45', who.qiu, { kind: 'recheck', passed: true, note: '一切正常' })).toBe('same-hand');
    expect(d.does('+7 10:00', who.lin, { kind: 'recheck', passed: false, note: '又闻到气味' })).toBeNull();
    expect(d.ticket()).toMatchObject({ stage: 'dispatched', reopened: 1, owner: null });
  });

  it('an alarm that comes back while it waits for verification sends it back to work', () => {
    const d = leak();
    d.does('02:03', who.wei, { kind: 'accept' });
    d.bench.reads('02:10', 'k1', { 'alarm.ch4': 0 });
    d.bench.passes('02:12');
    d.does('02:13', who.wei, { kind: 'finish', note: '已处理' });
    d.bench.reads('02:14', 'k1', { 'alarm.ch4': 50 });
    expect(d.ticket()).toMatchObject({ stage: 'accepted', owner: { id: 'wei' } });
    expect(d.steps().at(-1)).toBe('alarm-again');
  });
});

describe('clocks', () => {
  it('warn when four fifths are gone, and say once that they are overdue', () => {
    const d = desk();
    d.bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    d.bench.passes('02:40');
    const said = d.bench.ticketSteps
      .filter(({ kind }) => kind === 'warned' || kind === 'overdue')
      .map(({ kind, at, more }) => `${kind} ${more.clock} +${(at - momentOf('02:01')) / 60_000}`);
    expect(said).toEqual([
      'warned acknowledge +4',
      'overdue acknowledge +5',
      'warned duty:company +8',
      'overdue duty:company +10',
      'warned arrive +24',
      'warned duty:local +24',
      'warned duty:supervise +24',
      'warned report-up +24',
      'overdue arrive +30',
      'overdue duty:local +30',
      'overdue duty:supervise +30',
      'overdue report-up +30',
    ]);
  });

  it('safety clocks run on while a ticket is suspended, returned and transferred', () => {
    const d = leak();
    const due = d.ticket().clocks.find(({ kind }) => kind === 'arrive')!.due;
    expect(d.does('02:05', who.disp, { kind: 'suspend', reason: '等待业主开门', until: momentOf('04:00') })).toBeNull();
    d.bench.passes('02:32');
    expect(d.ticket().clocks.find(({ kind }) => kind === 'arrive')).toMatchObject({ due, overdue: true });
    const close = d.ticket().clocks.find(({ kind }) => kind === 'close')!;
    d.bench.passes('04:01');
    expect(d.ticket().suspended).toBeNull();
    expect(d.ticket().clocks.find(({ kind }) => kind === 'close')!.due - close.due).toBe(
      momentOf('04:00') - momentOf('02:05'),
    );
  });
});

describe('"not mine"', () => {
  it('goes to the dispatcher with a reason; the third time opens a dispute that a supervisor settles', () => {
    const d = leak();
    for (const minute of [5, 6, 7]) {
      expect(d.does(`02:0${minute}`, who.wei, { kind: 'return', reason: '不属于本班组' })).toBeNull();
      expect(d.ticket()).toMatchObject({ stage: 'filed', assigned: { persons: ['p-disp'] } });
      if (minute < 7) d.does(`02:0${minute}`, who.disp, { kind: 'dispatch' });
    }
    expect(d.ticket()).toMatchObject({ returns: 3, dispute: { settledAt: null } });
    expect(d.steps().at(-1)).toBe('disputed');
    expect(d.does('02:08', who.disp, { kind: 'settle-dispute', department: 'lights', reason: '按清单' })).toBe(
      'not-your-role',
    );
    expect(d.does('02:08', who.lin, { kind: 'settle-dispute', department: 'lights', reason: '按清单' })).toBeNull();
    expect(d.ticket()).toMatchObject({
      stage: 'dispatched',
      dispute: { settledAt: momentOf('02:08') },
      assigned: { department: 'lights' },
    });
  });
});

describe('a duty list that cannot be read', () => {
  it('never holds up an alarm: it rings, and what failed is told', () => {
    let works = false;
    const broken = () => {
      if (works) return duties;
      throw new Error('the duty list is broken');
    };
    const bench = engineBench({ devices: [kitchen('k1')] }, '02:00', { duties: broken, catalogue: patient });
    bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    expect(bench.shows).toEqual(['G05-14.com-l2 unack']);
    expect(bench.engine.stats().problems).toEqual([
      expect.objectContaining({ rule: 'platform.tickets', text: expect.stringContaining('the duty list is broken') }),
    ]);
    // Mended, the alarm that stood without a ticket has one, and nothing is told any more.
    works = true;
    bench.passes('02:01:05');
    expect(bench.tickets()).toMatchObject([{ stage: 'dispatched', alarms: [{ rule: 'G05-14.com-l2' }] }]);
    expect(bench.engine.stats().problems).toEqual([]);
  });
});

describe('a restart', () => {
  it('between any two steps changes nothing', () => {
    const d = leak();
    const held = () => d.bench.keeps();
    d.bench.restarts(held());
    expect(d.does('02:03', who.wei, { kind: 'accept' })).toBeNull();
    d.bench.restarts(held());
    expect(d.does('02:15', who.wei, { kind: 'arrive' })).toBeNull();
    d.bench.restarts(held());
    d.bench.passes('02:40');
    const said = d.steps().filter((kind) => kind === 'overdue');
    d.bench.restarts(held());
    d.bench.passes('02:41');
    expect(d.steps().filter((kind) => kind === 'overdue')).toEqual(said);
    expect(new Set(d.bench.ticketSteps.map(({ seq }) => seq)).size).toBe(d.bench.ticketSteps.length);
  });
});

describe('a report', () => {
  const bin = {
    channel: 'hotline',
    item: 'C04-02',
    text: '垃圾桶满了一天',
    lon: 112.61,
    lat: 26.91,
    area: '000001',
  } as const;
  it('becomes a ticket on the working clock; a second one of the same matter joins it', () => {
    const d = desk();
    d.bench.asks('10:00', { type: 'ticket.report', report: { ...bin, reference: 'HL-1' } });
    d.bench.asks('11:00', { type: 'ticket.report', report: { ...bin, channel: 'grid', lon: 112.6101 } });
    expect(d.bench.tickets()).toHaveLength(1);
    expect(d.ticket().reporters.map(({ channel, reference }) => [channel, reference])).toEqual([
      ['hotline', 'HL-1'],
      ['grid', null],
    ]);
    expect(d.ticket().clause.item).toBe('C04-02');
  });
  it('settled on the spot is filed and closed in one, with what proves it', () => {
    const d = desk();
    d.bench.asks('10:00', {
      type: 'ticket.report',
      report: { ...bin, settled: { note: '当场清运', photos: ['b'.repeat(64)] } },
    });
    expect(d.ticket()).toMatchObject({ stage: 'closed', settledOnSpot: true });
  });
  it('of an item that is not in the standards is refused', () => {
    const d = desk();
    expect(d.bench.asks('10:00', { type: 'ticket.report', report: { ...bin, item: 'X99-99' } }).refused[0]?.code).toBe(
      'unknown-item',
    );
  });
});
