import { io, type Socket } from 'socket.io-client';
import msgpack from 'socket.io-msgpack-parser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { Role } from '../../dashboard/server/accounts/tables.ts';
import type { NoticesBody } from '../../devices/contract/api.ts';
import type { ClientToServer, ServerToClient } from '../../devices/contract/live.ts';
import type { PageNotice } from '../../devices/contract/pages.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { until } from '../support/until.ts';

/** Notices on the pages of a city that really runs: told to those who watch the seat, answered, and gone when somebody acts. */
let city: DashboardCity;
let dashboard: Dashboard;
const open: Socket[] = [];

beforeAll(async () => {
  city = await dashboardCity();
  await city.put({ devices: [kitchen('hearth-1'), kitchen('hearth-2')] });
  dashboard = await city.dashboard();
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});
afterAll(() => city.stop());

interface Page {
  readonly socket: Socket<ServerToClient, ClientToServer>;
  readonly told: PageNotice[];
  readonly settled: string[];
}

/** A page of somebody with this role. */
async function page(role: Role = 'duty'): Promise<Page> {
  const { secret } = await dashboard.accounts.newApiToken({ name: role, role });
  const socket: Socket<ServerToClient, ClientToServer> = io(`${dashboard.url}/live`, {
    transports: ['websocket'],
    parser: msgpack,
    forceNew: true,
    auth: { token: secret },
  });
  open.push(socket);
  const told: PageNotice[] = [];
  const settled: string[] = [];
  socket.on('notice', (one) => told.push(one));
  socket.on('settled', (ids) => settled.push(...ids));
  await until('the page is connected', () => socket.connected);
  return { socket, told, settled };
}
const seats = () => (city.city.city.seats ?? [{ id: 'duty' }]).map(({ id }) => id);
const delivery = (key: string) =>
  city.state.db.selectFrom('deliveries').selectAll().where('key', '=', key).executeTakeFirst();
const aboutAlarm = ({ told }: Page, device: string) =>
  until(`the page is told of ${device}`, () =>
    told.find(({ notice }) => notice.subject.kind === 'alarm' && notice.subject.id.startsWith(`${device}/`)),
  );

describe('a page that watches a seat', () => {
  it('is told of an alarm there, and what it answers is kept: delivered, seen, and by whom it was taken up', async () => {
    const desk = await page();
    const colleague = await page('supervisor');
    const looker = await page('viewer');
    for (const { socket } of [desk, colleague, looker]) socket.emit('present', { seats: seats(), heard: true });
    // An exchange that has nothing to tell takes a second: the one of these pages came before it ends.
    await city.rules.pages.exchange({ server: 'another', open: [], took: [] });
    await city.reports('hearth-1', { 'alarm.ch4': 46 });
    const told = await aboutAlarm(desk, 'hearth-1');
    await aboutAlarm(colleague, 'hearth-1');
    expect(told.notice.mark).toBe('demo');
    desk.socket.emit('receipt', { key: told.key, what: 'delivered' });
    await until('it is delivered', async () => (await delivery(told.key))?.delivered);
    expect((await delivery(told.key))?.seen).toBeNull();
    desk.socket.emit('receipt', { key: told.key, what: 'accepted' });
    const kept = await until('it is taken up', async () => {
      const row = await delivery(told.key);
      return row?.accepted ? row : undefined;
    });
    expect(kept).toMatchObject({ state: 'sent', channel: 'page', failed: null });
    const notice = await city.state.db
      .selectFrom('notices')
      .selectAll()
      .where('id', '=', told.notice.id)
      .executeTakeFirst();
    expect(notice).toMatchObject({ open: 0, handled_by: 'duty' });
    await until('the colleague sees it no more', () => colleague.settled.includes(told.notice.id));
    expect(looker.told).toEqual([]);
  });

  it('that opens later is told what is still open', async () => {
    await city.reports('hearth-2', { 'alarm.ch4': 46 });
    await until('it was to be told and nobody was there', async () => {
      const rows = await city.state.db
        .selectFrom('deliveries')
        .selectAll()
        .where('notice', 'like', 'alarm/hearth-2/%')
        .execute();
      return rows.length > 0 && rows.every(({ state }) => state === 'failed');
    });
    const late = await page();
    late.socket.emit('present', { seats: seats(), heard: false });
    const told = await aboutAlarm(late, 'hearth-2');
    late.socket.emit('receipt', { key: told.key, what: 'delivered' });
    await until('it is delivered after all', async () => (await delivery(told.key))?.delivered);
  });

  it('answers only for what it was told', async () => {
    const stranger = await page();
    const row = await city.state.db
      .selectFrom('deliveries')
      .selectAll()
      .where('notice', 'like', 'alarm/hearth-2/%')
      .executeTakeFirstOrThrow();
    stranger.socket.emit('receipt', { key: row.key, what: 'accepted' });
    stranger.socket.emit('present', { seats: ['no-such-seat'], heard: true });
    stranger.socket.emit('present', { seats: 'all' } as never);
    // One that may: what it says comes after what the stranger said.
    const desk = await page();
    desk.socket.emit('present', { seats: seats(), heard: true });
    const told = await aboutAlarm(desk, 'hearth-2');
    desk.socket.emit('receipt', { key: told.key, what: 'seen' });
    await until('it is seen', async () => (await delivery(told.key))?.seen);
    expect((await delivery(row.key))?.accepted).toBeNull();
    expect(stranger.told).toEqual([]);
  });
});

describe('who was told of an alarm', () => {
  it('is answered with every step and its times, and without any address', async () => {
    const { secret } = await dashboard.accounts.newApiToken({ name: 'looker', role: 'viewer' });
    const get = async (query: string): Promise<NoticesBody> => {
      const headers = { authorization: `Bearer ${secret}` };
      return (await fetch(`${dashboard.url}/api/v1/notices${query}`, { headers })).json() as Promise<NoticesBody>;
    };
    const [alarm] = await city.state.db.selectFrom('alarms').select('id').where('device', '=', 'hearth-1').execute();
    const { items } = await get(`?subject=${encodeURIComponent(`alarm/${alarm!.id}`)}`);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ handledBy: 'duty', mark: 'demo', priority: 'P1' });
    const accepted = items[0]!.deliveries.filter(({ accepted: at }) => at !== null);
    expect(accepted.map(({ channel }) => channel)).toEqual(['page']);
    expect(JSON.stringify(items)).not.toContain('"reach"');
    const open = await get('');
    expect(open.items.length).toBeGreaterThan(0);
    expect(open.items.every(({ handledAt }) => handledAt === null)).toBe(true);
    expect((await get('?limit=1')).items).toHaveLength(1);
  });
});
