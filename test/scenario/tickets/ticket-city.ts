import { catalogueSchema } from '../../../devices/contract/catalogue.ts';
import type { Actor, CommandOutcome } from '../../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../../devices/contract/duty.ts';
import type { Notice } from '../../../devices/contract/notice.ts';
import type { PersonStep, Ticket, TicketStep } from '../../../devices/contract/ticket.ts';
import { rulesBench } from '../../../rules/app-bench.ts';
import { benchCatalogue, benchCity, kitchen, momentOf } from '../../../rules/engine/engine-bench.ts';

/** The bench city with a gas seat, and people for every duty of a leak. */
export const city = {
  ...benchCity,
  working: {
    ...benchCity.working,
    // A Tuesday off, made up for on the Saturday before.
    holidays: ['2026-11-24'],
    makeUpDays: ['2026-11-28'],
  },
};

/** The bench's catalogue with a procedure for leaks; nobody minds silence here. */
const text = (zh: string, en: string) => ({ zh, en });
const limits = (value: { timeLimit: object }, more: object) => ({
  ...value,
  timeLimit: { ...value.timeLimit, ...more },
});
export const catalogue = catalogueSchema.parse({
  ...(JSON.parse(
    JSON.stringify(benchCatalogue, (key, value) => {
      if (key === 'afterS') return 1e9;
      if (value?.code === 'G05-14') return { ...limits(value, { makeSafeMin: 60 }), procedure: 'leak' };
      return value?.code === 'C04-08' ? limits(value, { clock: 'working' }) : value;
    }),
  ) as object),
  procedures: {
    leak: {
      version: '2',
      title: text('燃气泄漏处置', 'Handling a leak'),
      provenance: 'illustrative',
      steps: [
        { text: text('关阀', 'Close the valve') },
        { text: text('测量', 'Measure'), record: 'reading', unit: '%{LEL}' },
        { text: text('现场照片', 'Picture'), record: 'photo' },
      ],
    },
  },
});

export const dutyList = dutyRecordsSchema.parse({
  persons: [
    { id: 'p-mira', name: '米拉', department: 'gas', account: 'mira', otherAccounts: ['mira-office'] },
    { id: 'p-disp', name: '老调', department: 'gas', account: 'disp' },
    { id: 'p-deputy', name: '代调', department: 'gas', account: 'deputy' },
    { id: 'p-wei', name: '小魏', department: 'gas', account: 'wei', crews: ['crew-1'] },
    { id: 'p-tan', name: '小谭', department: 'gas', account: 'tan', crews: ['crew-1'] },
    { id: 'p-qiu', name: '小邱', department: 'gas', account: 'qiu' },
    { id: 'p-gov', name: '街道', department: 'lights', account: 'gov' },
    { id: 'p-bureau', name: '城管局', department: 'lights', account: 'bureau' },
    { id: 'p-firm', name: '燃气公司', department: 'gas', account: 'firm' },
    { id: 'p-city', name: '市应急', department: 'lights', account: 'cityhall' },
  ],
  posts: [
    { id: 'seat', name: text('值守', 'watch'), department: 'gas', duties: ['seat'], holders: ['p-mira'] },
    { id: 'disp', name: text('调度', 'dispatch'), department: 'gas', duties: ['dispatch'], holders: ['p-disp'] },
    { id: 'check', name: text('核查', 'checks'), department: 'gas', duties: ['verify', 'recheck'], holders: ['p-qiu'] },
  ],
  deputies: [{ id: 'd1', person: 'p-disp', deputy: 'p-deputy' }],
  assignments: [
    { id: 'a-crew', match: { hazards: ['gas'] }, duty: 'handle', department: 'gas', crew: 'crew-1' },
    { id: 'a-seat', match: { hazards: ['gas'] }, duty: 'seat', department: 'gas', post: 'seat' },
    { id: 'a-gov', match: { hazards: ['gas'] }, duty: 'local', department: 'lights', person: 'p-gov' },
    { id: 'a-bureau', match: { hazards: ['gas'] }, duty: 'supervise', department: 'lights', person: 'p-bureau' },
    { id: 'a-firm', match: { hazards: ['gas'] }, duty: 'company', department: 'gas', person: 'p-firm' },
    { id: 'a-up', match: { hazards: ['gas'] }, duty: 'upward', department: 'lights', person: 'p-city' },
  ],
});

const on = (id: string, role: Actor['role']): Actor => ({ id, name: id, via: 'page', role });
/** The people of the scenarios. */
export const people = {
  mira: on('mira', 'duty'),
  disp: on('disp', 'dispatcher'),
  deputy: on('deputy', 'dispatcher'),
  wei: on('wei', 'handler'),
  tan: on('tan', 'handler'),
  qiu: on('qiu', 'inspector'),
  lin: on('lin', 'supervisor'),
  gov: on('gov', 'handler'),
  bureau: on('bureau', 'handler'),
  firm: on('firm', 'handler'),
} as const;

/** A city of the bench with its people, in a night that is set by hand. Begins on Monday 2026-11-23. */
export async function ticketCity(
  begins = '02:00',
  database: { url: string; schema?: string } = { url: ':memory:' },
  more: Partial<typeof city> = {},
) {
  const bench = await rulesBench(begins, database, { city: { ...city, ...more }, catalogue });
  const crew = { id: 'crew-1', name: '一班', lon: 112.6, lat: 26.9, department: 'gas', phone: '0000', for: ['gas'] };
  const empty = { devices: [], sites: [], gateways: [], credentials: [] };
  await bench.asks({ type: 'registry.put', put: { ...empty, devices: [kitchen('k1')], crews: [crew] } });
  await bench.asks({ type: 'duty.put', put: dutyList }, undefined, people.lin);
  const tickets = async (): Promise<Ticket[]> => {
    const rows = await bench.state.db.selectFrom('tickets').select('body').orderBy('opened_at').orderBy('no').execute();
    return rows.map(({ body }) => JSON.parse(body) as Ticket);
  };
  const ticket = async (): Promise<Ticket> => (await tickets()).at(-1)!;
  let count = 0;
  return {
    bench,
    tickets,
    ticket,
    async steps(): Promise<TicketStep[]> {
      const rows = await bench.state.db.selectFrom('ticket_steps').select('body').orderBy('seq').execute();
      return rows.map(({ body }) => JSON.parse(body) as TicketStep);
    },
    async notices(): Promise<(Notice & { readonly open: boolean })[]> {
      const rows = await bench.state.db.selectFrom('notices').selectAll().orderBy('at').execute();
      return rows.map(({ body, open }) => ({ ...(JSON.parse(body) as Notice), open: open === 1 }));
    },
    /** At a time, somebody takes a step of the newest ticket. Gives the code of the refusal, or null. */
    async does(time: string, actor: Actor, step: PersonStep, id = `step-command-${++count}`): Promise<string | null> {
      await bench.passes(time);
      const outcome: CommandOutcome = await bench.asks(
        { type: 'ticket.step', ticket: (await ticket()).id, step },
        id,
        actor,
      );
      return 'refused' in outcome && !('done' in outcome) ? outcome.refused.code : null;
    },
    /** A leak of the kitchen at a time. */
    leaks: (time: string, device = 'k1') => bench.reads(time, device, { 'alarm.ch4': 46 }),
    leak: (time: string, device = 'k1') => `${device}/G05-14.com-l2/${momentOf(time)}`,
    /** A leak at one time, acknowledged by Mira at another. */
    async seen(time: string, acked: string, device = 'k1') {
      await this.leaks(time, device);
      await bench.passes(acked);
      await bench.asks({ type: 'acknowledge', alarms: [this.leak(time, device)] }, undefined, people.mira);
    },
    /** It reads nothing of gas each two minutes, from one minute to another of an hour. */
    async calm(hour: string, from: number, to: number, device = 'k1') {
      for (let minute = from; minute <= to; minute += 2)
        await bench.reads(`${hour}:${String(minute).padStart(2, '0')}`, device, { 'alarm.ch4': 0 });
    },
    stop: () => bench.stop(),
  };
}
export type TicketCity = Awaited<ReturnType<typeof ticketCity>>;
