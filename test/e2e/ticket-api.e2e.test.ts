import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import type { TicketBody } from '../../devices/contract/api.ts';
import type { AccountRole } from '../../devices/contract/roles.ts';
import type { PersonStep, PersonStepKind } from '../../devices/contract/ticket.ts';
import { browser, type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { until } from '../support/until.ts';

/** Tickets over the API, as scripts and other pages use it: who sees what, who may do what, and what is refused. */
let city: DashboardCity;
let dashboard: Dashboard;
const as = new Map<AccountRole, { authorization: string }>();
let client: ReturnType<typeof browser>;

const get = (role: AccountRole, path: string) => client.get(`/api/v1${path}`, as.get(role));
const post = (role: AccountRole, path: string, body: unknown) => client.post(`/api/v1${path}`, body, as.get(role));
const step = (role: AccountRole, no: string, taken: PersonStep) => post(role, `/tickets/${no}/steps`, { step: taken });
const whole = async (role: AccountRole, no: string): Promise<TicketBody> => (await get(role, `/tickets/${no}`)).body;
const whyNot = ({ may }: TicketBody, kind: PersonStepKind) => may.find((one) => one.kind === kind)?.refused;

const pothole = { channel: 'hotline', item: 'H01-01', text: '楼道里有煤气味', lon: 124.55, lat: 29.6 } as const;
let no: string;
let alarm: string;

beforeAll(async () => {
  city = await dashboardCity();
  await city.put({ devices: [kitchen('hearth-1'), kitchen('hearth-2')] });
  dashboard = await city.dashboard();
  client = browser(dashboard.url);
  for (const role of ['supervisor', 'duty', 'dispatcher', 'handler', 'inspector', 'manager', 'viewer'] as const) {
    const { secret } = await dashboard.accounts.newApiToken({ name: role, role });
    as.set(role, { authorization: `Bearer ${secret}` });
  }
  await city.reports('hearth-1', { 'alarm.ch4': 60 });
  const [line] = await until('the leak has its ticket', async () => {
    const { items } = (await get('viewer', '/tickets')).body;
    return items.length > 0 && items;
  });
  no = line.no;
  alarm = line.alarms[0];
});
afterAll(() => city.stop());

describe('a leak', () => {
  it('is a ticket in the list, as the document says', async () => {
    const body = bodies.tickets.parse((await get('viewer', '/tickets')).body);
    expect(body).toMatchObject({ total: 1, next: null });
    expect(body.items[0]).toMatchObject({ priority: 'P1', hazard: 'gas', item: 'H01-01', stage: 'dispatched' });
  });

  it('is told by its number and by its id, with its history', async () => {
    const byNo = (await get('viewer', `/tickets/${no}`)).body;
    expect(() => bodies.ticket.parse(byNo)).not.toThrow();
    expect((await get('viewer', `/tickets/${encodeURIComponent(byNo.ticket.id)}`)).body).toEqual(byNo);
    expect(byNo.steps.map(({ kind }: { kind: string }) => kind)).toEqual(['opened', 'auto-dispatch']);
    expect(byNo.ticket.procedure.steps).toHaveLength(6);
  });

  it('is named at its alarm, and its alarm is owned by nobody until somebody accepts', async () => {
    const { ticket } = (await get('viewer', `/alarms/${encodeURIComponent(alarm)}`)).body;
    expect(ticket).toMatchObject({ no, stage: 'dispatched', owner: null });
    expect((await get('viewer', '/alarms')).body.tickets[alarm]).toEqual(ticket);
    expect((await get('viewer', '/alarms/unowned')).body).toMatchObject({ count: 1, worst: 'P1', alarms: [alarm] });
    expect((await step('handler', no, { kind: 'accept' })).status).toBe(200);
    await until('it is owned', async () => (await get('viewer', '/alarms/unowned')).body.count === 0);
  });

  it.each([
    ['viewer', 403, 'role'],
    ['manager', 403, 'role'],
    ['inspector', 409, 'not-the-owner'],
  ] as const)('%s does not arrive for whoever has it', async (role, status, code) => {
    expect(await step(role, no, { kind: 'arrive' })).toMatchObject({ status, body: { code } });
  });

  it('says to each what he may do, and why not the rest', async () => {
    const handler = await whole('handler', no);
    expect(whyNot(handler, 'arrive')).toBeNull();
    expect(whyNot(handler, 'suspend')).toMatchObject({ code: 'not-your-role' });
    expect(whyNot(handler, 'verify')).toMatchObject({ code: 'out-of-order' });
    expect(whyNot(await whole('supervisor', no), 'report-receipt')).toMatchObject({ code: 'not-reported' });
    const viewer = await whole('viewer', no);
    expect(viewer.may.every(({ refused }) => refused !== null)).toBe(true);
  });

  it('a step that is refused names its reason in both languages, and changes nothing', async () => {
    const before = (await whole('handler', no)).steps.length;
    const answer = await step('handler', no, { kind: 'record', step: 1 });
    expect(answer).toMatchObject({ status: 409, body: { code: 'step-needs' } });
    expect(answer.body.zh).toMatch(/读数/);
    expect((await step('handler', no, { kind: 'nonsense' } as never)).status).toBe(400);
    expect((await step('handler', '20260101-9999', { kind: 'arrive' })).status).toBe(404);
    expect((await whole('handler', no)).steps).toHaveLength(before);
  });

  it('a step sent twice is one step', async () => {
    const body = { step: { kind: 'arrive' }, commandId: 'arrive-once-1' };
    expect((await post('handler', `/tickets/${no}/steps`, body)).status).toBe(200);
    expect((await post('handler', `/tickets/${no}/steps`, body)).status).toBe(200);
    const { steps } = await whole('handler', no);
    expect(steps.filter(({ kind }) => kind === 'arrive')).toHaveLength(1);
  });
});

describe('what people report', () => {
  const first = { ...pothole, name: '王小明', phone: '13812345678', reference: 'HX-1' };

  it('is a ticket with its number; the same report sent again changes nothing', async () => {
    const sent = { report: first, commandId: 'report-hotline-1' };
    const answer = await post('dispatcher', '/reports', sent);
    expect(answer).toMatchObject({ status: 201, body: { joined: false, ticket: 'ticket:report-hotline-1' } });
    expect(bodies.reported.parse((await post('dispatcher', '/reports', sent)).body)).toEqual(answer.body);
    expect((await whole('dispatcher', answer.body.no)).ticket.reporters).toHaveLength(1);
  });

  it('joins the ticket of the same matter nearby, with both who reported it', async () => {
    const answer = await post('handler', '/reports', { report: { ...pothole, channel: 'grid', lat: 29.6001 } });
    expect(answer.body).toMatchObject({ joined: true, ticket: 'ticket:report-hotline-1' });
    expect((await whole('dispatcher', answer.body.no)).ticket.reporters).toHaveLength(2);
  });

  it.each([
    ['dispatcher', '王小明', '13812345678'],
    ['handler', '王**', '138****5678'],
    ['viewer', '王**', '138****5678'],
    ['manager', '王**', '138****5678'],
  ] as const)('%s sees who reported it as %s, %s', async (role, name, phone) => {
    const { reporters } = (await whole(role, encodeURIComponent('ticket:report-hotline-1'))).ticket;
    expect(reporters[0]).toMatchObject({ name, phone });
  });

  it('names of an item that is not in force are refused', async () => {
    const answer = await post('dispatcher', '/reports', { report: { ...pothole, item: 'Z99-99' } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'unknown-item' } });
    expect((await post('viewer', '/reports', { report: pothole })).status).toBe(403);
  });
});

describe('the list', () => {
  beforeAll(async () => {
    for (let i = 0; i < 5; i++)
      await post('dispatcher', '/reports', { report: { ...pothole, lat: 29.61 + i / 100, text: `第 ${i} 处有味` } });
  });
  const nos = async (query: string): Promise<string[]> =>
    (await get('handler', `/tickets?${query}`)).body.items.map((one: { no: string }) => one.no);

  it.each(['due', 'priority', 'newest'])('by %s is the same page by page as in one', async (sort) => {
    const all = await nos(`sort=${sort}`);
    expect(all).toHaveLength(7);
    const paged: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get('handler', `/tickets?sort=${sort}&limit=3${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items.map((one: { no: string }) => one.no));
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(paged).toEqual(all);
  });

  it('by deadline begins with what is due first', async () => {
    expect((await nos('sort=due'))[0]).toBe(no);
  });

  it.each([
    ['mine=1', 1],
    ['priority=P1', 1],
    ['stage=handling', 1],
    ['stage=handling,closed&state=all', 1],
    ['item=H01-01', 7],
    ['department=harbour', 0],
    ['q=hearth-1', 1],
    ['q=HX-1', 1],
    ['q=100%25', 0],
    ['overdue=1', 0],
  ])('filtered by %s has %i', async (query, count) => expect(await nos(query)).toHaveLength(count));

  it.each(['cursor=abc', 'stage=nonsense', 'priority=P9', 'mine=2'])('refuses %s', async (query) => {
    expect((await get('handler', `/tickets?${query}`)).status).toBe(400);
  });
});

describe('whom a ticket may be sent to', () => {
  it('says that the duty list is empty, until somebody stands in it', async () => {
    const body = bodies.whom.parse((await get('dispatcher', `/tickets/${no}/whom`)).body);
    expect(body.answer).toMatchObject({ persons: [], hole: { code: expect.any(String) } });
    expect(body.posts).toEqual([]);
  });
});
