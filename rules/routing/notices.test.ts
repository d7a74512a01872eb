import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../devices/contract/command.ts';
import { type DutyRecords, dutyRecordsSchema, noDutyRecords } from '../../devices/contract/duty.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity, bystanders, kitchen, momentOf } from '../engine/engine-bench.ts';

/** Two seats, one of them for gas, and a duty list with people at it. */
const city = {
  ...benchCity,
  seats: [
    {
      id: 'gas',
      name: { zh: '燃气席', en: 'Gas seat' },
      categories: ['G05'],
      priorities: ['P1' as const, 'P2' as const, 'P3' as const],
      staffed: { hours: [], graceS: 60 },
    },
    {
      id: 'city',
      name: { zh: '城市席', en: 'City seat' },
      categories: ['C04'],
      priorities: ['P1' as const, 'P2' as const, 'P3' as const],
      staffed: { hours: [], graceS: 60 },
    },
  ],
};
const records = dutyRecordsSchema.parse({
  persons: [
    {
      id: 'p-mira',
      name: '米拉',
      department: 'gas',
      account: 'u1',
      phone: '0001',
      channels: [{ kind: 'web-push' }, { kind: 'sms' }, { kind: 'mail' }],
    },
    { id: 'p-disp', name: '调度', department: 'gas', account: 'disp' },
    { id: 'p-wei', name: '小魏', department: 'gas', account: 'wei', crews: ['crew-1'], language: 'en' },
    { id: 'p-gov', name: '街道值班', department: 'lights' },
    { id: 'p-city', name: '市应急值班', department: 'lights' },
  ],
  posts: [
    { id: 'seat', name: { zh: '值守', en: 'watch' }, department: 'gas', duties: ['seat'], holders: ['p-mira'] },
    { id: 'disp', name: { zh: '调度', en: 'dispatch' }, department: 'gas', duties: ['dispatch'], holders: ['p-disp'] },
    {
      id: 'gov',
      name: { zh: '属地', en: 'local' },
      department: 'lights',
      duties: ['local', 'upward'],
      holders: ['p-gov'],
    },
  ],
  assignments: [
    { id: 'a1', match: { hazards: ['gas'] }, duty: 'handle', department: 'gas', crew: 'crew-1' },
    { id: 'a2', match: { hazards: ['gas'] }, duty: 'seat', department: 'gas', post: 'seat' },
    { id: 'a3', match: { hazards: ['gas'] }, duty: 'local', department: 'lights', post: 'gov' },
    { id: 'a4', match: { hazards: ['gas'] }, duty: 'upward', department: 'lights', person: 'p-city' },
  ],
});
const wei: Actor = { id: 'wei', name: 'wei', via: 'page', role: 'handler' };

let bench: Awaited<ReturnType<typeof rulesBench>>;
afterEach(() => bench.stop());

const begin = async (duty: DutyRecords) => {
  bench = await rulesBench('02:00', { url: ':memory:' }, { city, catalogue: benchCatalogue });
  const crew = { id: 'crew-1', name: '一班', lon: 112.6, lat: 26.9, department: 'gas', phone: '0002', for: ['gas'] };
  await bench.asks({
    type: 'registry.put',
    put: { devices: [kitchen('k1')], sites: [], gateways: [], credentials: [], crews: [crew] },
  });
  if (duty !== noDutyRecords)
    expect(await bench.asks({ type: 'duty.put', put: duty }, undefined, bystanders.lin)).toMatchObject({ done: true });
};
const notices = async (): Promise<(Notice & { open: boolean })[]> => {
  const rows = await bench.state.db.selectFrom('notices').selectAll().orderBy('at').orderBy('id').execute();
  return rows.map(({ body, open }) => ({ ...(JSON.parse(body) as Notice), open: open === 1 }));
};
/** Who is told, wave by wave. */
const told = ({ to }: Notice): string[] => to.map(({ id, wave }) => `${wave} ${id}`);
const about = async (part: string) => (await notices()).filter(({ id }) => id.includes(part));
const alarmId = `k1/G05-14.com-l2/${momentOf('02:01')}`;

describe('a gas leak at night', () => {
  beforeEach(async () => {
    await begin(records);
    await bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
  });

  it('is told to the gas seat and who is on duty there, then to the dispatcher; the other seat hears nothing', async () => {
    const [alarm] = await about('alarm/');
    expect(told(alarm!)).toEqual(['0 seat:gas', '0 p-mira', '1 p-disp']);
    const mira = alarm!.to[1]!;
    expect(mira.reach.map(({ channel, address }) => `${channel} ${address}`)).toEqual([
      'page seat:gas',
      'page person:p-mira',
      'web-push p-mira',
      'sms 0001',
    ]);
  });

  it('its ticket is told to the crew, in its own words', async () => {
    const tickets = (await notices()).filter(
      ({ subject, id }) => subject.kind === 'ticket' && id.endsWith('auto-dispatch'),
    );
    expect(tickets.map(told)).toEqual([['0 p-wei', '1 p-disp']]);
    expect(tickets[0]!.title).toMatchObject({
      zh: expect.stringContaining('新工单'),
      en: expect.stringContaining('New ticket'),
    });
    expect(tickets[0]!.to[0]!.language).toBe('en');
  });

  it('each of the three duties is told for itself; one that nobody holds is told to the seat', async () => {
    const duties = (await notices()).filter(({ id }) => id.includes('/duty/'));
    expect(duties.map((one) => `${one.id.split('/duty/')[1]}: ${told(one).join(', ')}`).sort()).toEqual([
      'company: 0 seat:gas',
      'local: 0 p-gov, 1 p-disp',
      'supervise: 0 seat:gas',
    ]);
  });

  it('acknowledged, nobody else is told of the alarm; the ticket goes on calling until somebody accepts', async () => {
    await bench.asks({ type: 'acknowledge', alarms: [alarmId] });
    expect((await about('alarm/')).map(({ open }) => open)).toEqual([false]);
    const [ticket] = (await notices()).filter(({ id }) => id.endsWith('auto-dispatch'));
    expect(ticket!.open).toBe(true);
    await bench.asks(
      {
        type: 'ticket.step',
        ticket: ticket!.subject.kind === 'ticket' ? ticket!.subject.id : '',
        step: { kind: 'accept' },
      },
      undefined,
      wei,
    );
    expect((await notices()).filter(({ id }) => id.endsWith('auto-dispatch')).map(({ open }) => open)).toEqual([false]);
  });

  it('reported upward, those above are told, until their receipt is entered', async () => {
    const { id } = await bench.state.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow();
    await bench.asks({ type: 'ticket.step', ticket: id, step: { kind: 'report-up', note: '一处燃气泄漏，正在处置' } });
    const up = async () =>
      (await notices()).filter(({ subject }) => subject.kind === 'ticket' && subject.id.endsWith('#upward'));
    expect((await up()).map((one) => [told(one), one.open])).toEqual([[['0 p-city', '1 p-disp'], true]]);
    await bench.asks({ type: 'ticket.step', ticket: id, step: { kind: 'report-receipt', note: '收到，编号 7' } });
    expect((await up()).map(({ open }) => open)).toEqual([false]);
  });
});

describe('a city that has registered nobody', () => {
  it('still tells the seat of everything that nobody else would hear', async () => {
    await begin(noDutyRecords);
    await bench.reads('02:01', 'k1', { 'alarm.ch4': 46 });
    const all = await notices();
    expect(all.length).toBeGreaterThan(3);
    for (const one of all) expect(told(one)).toEqual(['0 seat:gas']);
  });
});
