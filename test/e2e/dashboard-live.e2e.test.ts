import { once } from 'node:events';
import type { Socket as Connection } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import msgpack from 'socket.io-msgpack-parser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { ClientToServer, LiveChanges, LiveSnapshot, ServerToClient } from '../../devices/contract/live.ts';
import { browser, type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** The live stream of a city that really runs, as a page and as a script hear it. */
let city: DashboardCity;
let dashboard: Dashboard;
let token: string;
const open: Socket[] = [];

beforeAll(async () => {
  city = await dashboardCity({ durable: true });
  await city.put({ devices: [kitchen('hearth-1'), kitchen('hearth-2'), kitchen('hearth-3')] });
  dashboard = await city.dashboard();
  token = (await dashboard.accounts.newApiToken({ name: 'wall', role: 'viewer' })).secret;
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});
afterAll(() => city.stop());

interface Listener {
  readonly socket: Socket<ServerToClient, ClientToServer>;
  readonly snapshots: LiveSnapshot[];
  readonly changes: LiveChanges[];
  readonly refusals: string[];
}

/** A page that writes down what it hears. */
function listen(url: string, options: Parameters<typeof io>[1] = { auth: { token } }): Listener {
  const socket: Socket<ServerToClient, ClientToServer> = io(`${url}/live`, {
    transports: ['websocket'],
    parser: msgpack,
    forceNew: true,
    reconnection: false,
    ...options,
  });
  open.push(socket);
  const heard: Listener = { socket, snapshots: [], changes: [], refusals: [] };
  socket.on('snapshot', (message) => heard.snapshots.push(message));
  socket.on('changes', (message) => heard.changes.push(message));
  socket.on('connect_error', (err) => heard.refusals.push(err.message));
  return heard;
}
const firstSnapshot = (heard: Listener) => until('a snapshot comes', () => heard.snapshots[0]);
/** The page's connection, to stop reading from it as a laptop that sleeps does. */
const connectionOf = ({ socket }: Listener): Connection =>
  (socket.io.engine.transport as unknown as { ws: { _socket: Connection } }).ws._socket;
const alarmsOf = (heard: Listener) => heard.changes.flatMap(({ alarms }) => alarms);

describe('a page on the stream', () => {
  it('gets a snapshot and then every number, with no gap between the two', async () => {
    const page = listen(dashboard.url);
    const snapshot = await firstSnapshot(page);
    expect(snapshot.devices.map(({ id }) => id).sort()).toEqual(['hearth-1', 'hearth-2', 'hearth-3']);
    expect(snapshot.strip.ingest).not.toBeNull();
    for (let i = 0; i < 20; i++) await city.reports('hearth-2', { 'alarm.ch4': i / 10 });
    await until('the last value is shown', () =>
      page.changes.some(({ devices }) => devices.some(({ values }) => values['alarm.ch4']?.[0] === 1.9)),
    );
    const numbers = [snapshot.seq, ...page.changes.map(({ to }) => to)];
    expect(page.changes.map(({ from }) => from)).toEqual(numbers.slice(0, -1));
    expect(numbers).toEqual(numbers.map((_, i) => snapshot.seq + i));
  });

  it('gets a new snapshot when it asks, and goes on from there', async () => {
    const page = listen(dashboard.url);
    await firstSnapshot(page);
    page.socket.emit('resync');
    const second = await until('a second snapshot comes', () => page.snapshots[1]);
    const heard = page.changes.length;
    await until('changes go on', () => page.changes.length > heard + 1);
    const after = page.changes.filter(({ from }) => from >= second.seq);
    expect(after[0]?.from).toBe(second.seq);
  });

  it('may ask again and again without costing more than one snapshot a second', async () => {
    const page = listen(dashboard.url);
    await firstSnapshot(page);
    const begun = performance.now();
    const asking = setInterval(() => page.socket.emit('resync'), 5);
    await until('it has been fed again', () => page.snapshots.length >= 3);
    clearInterval(asking);
    expect(performance.now() - begun).toBeGreaterThan(1900);
  });

  it('hears of a device that is registered, and no more of one that is removed', async () => {
    const page = listen(dashboard.url);
    await firstSnapshot(page);
    await city.put({ devices: [kitchen('hearth-9')] });
    await until('the new one is shown as never heard', () =>
      page.changes.some(({ devices }) => devices.some(({ id, lastAt }) => id === 'hearth-9' && lastAt === null)),
    );
    await city.removeDevice('hearth-9');
    const snapshot = await until('a new picture comes', () => page.snapshots[1]);
    expect(snapshot.devices.some(({ id }) => id === 'hearth-9')).toBe(false);
  });
});

describe('an alarm', () => {
  it('is on the page the moment it is committed, also where rules cannot call', async () => {
    const polling = await city.dashboard({ onAlarms: undefined });
    const told = listen(dashboard.url);
    const asking = listen(polling.url);
    await Promise.all([firstSnapshot(told), firstSnapshot(asking)]);
    let committedAt = 0;
    const unsubscribe = city.rules.onChange(() => {
      committedAt ||= performance.now();
    });
    const arrivals = { told: 0, asking: 0 };
    told.socket.on('changes', ({ alarms }) => {
      if (alarms.length > 0) arrivals.told ||= performance.now();
    });
    asking.socket.on('changes', ({ alarms }) => {
      if (alarms.length > 0) arrivals.asking ||= performance.now();
    });
    await city.reports('hearth-3', { 'alarm.ch4': 80 });
    await until('both pages show it', () => arrivals.told > 0 && arrivals.asking > 0);
    unsubscribe();
    console.info(
      `commit → page: told ${(arrivals.told - committedAt).toFixed(1)} ms, polled ${(arrivals.asking - committedAt).toFixed(1)} ms`,
    );
    expect(arrivals.told - committedAt).toBeLessThan(100);
    expect(arrivals.asking - committedAt).toBeLessThan(400);
    expect(alarmsOf(told)).toMatchObject([{ device: 'hearth-3', rule: 'H01-01.leak-2', active: true, acked: false }]);

    const late = await firstSnapshot(listen(dashboard.url));
    expect(late.alarms).toMatchObject([{ device: 'hearth-3', acked: false }]);
    await polling.stop();
  });
});

describe('a stranger', () => {
  it('hears nothing without a sign-in, or with a wrong token', async () => {
    for (const options of [
      {},
      { auth: { token: 'guessed' } },
      { extraHeaders: { cookie: 'yanshao_session=guessed' } },
    ]) {
      const stranger = listen(dashboard.url, options);
      await until('it is refused', () => stranger.refusals.length > 0);
      expect(stranger.refusals[0]).toBe('sign in first');
      expect(stranger.snapshots).toEqual([]);
    }
  });

  it.each(['https://elsewhere.example', 'null', 'not an address'])('is refused with the origin %s', async (origin) => {
    const stranger = listen(dashboard.url, { auth: { token }, extraHeaders: { origin } });
    await until('it is refused', () => stranger.refusals.length > 0);
    expect(stranger.snapshots).toEqual([]);
    const own = listen(dashboard.url, { auth: { token }, extraHeaders: { origin: dashboard.url } });
    await firstSnapshot(own);
  });

  it('gets no other namespace, and cannot end the server with nonsense', async () => {
    const other = io(dashboard.url, {
      transports: ['websocket'],
      parser: msgpack,
      forceNew: true,
      reconnection: false,
    });
    open.push(other);
    const [err] = (await once(other as never, 'connect_error')) as [Error];
    expect(err.message).toContain('/live');
    const page = listen(dashboard.url);
    await firstSnapshot(page);
    (page.socket.io.engine as unknown as { write(data: unknown): void }).write(Buffer.from([0xc1, 1, 2, 3]));
    await until('it is thrown out', () => !page.socket.connected);
    await firstSnapshot(listen(dashboard.url));
  });
});

describe('a session that ends', () => {
  it('closes its pages', async () => {
    await dashboard.accounts.addUser({ name: 'mira', password: 'a long enough phrase', role: 'duty' });
    const mira = browser(dashboard.url);
    await mira.post('/api/v1/session', { name: 'mira', password: 'a long enough phrase' });
    const page = listen(dashboard.url, { extraHeaders: { cookie: mira.cookie } });
    await firstSnapshot(page);
    let reason = '';
    page.socket.on('disconnect', (why) => {
      reason = why;
    });
    const other = listen(dashboard.url);
    await firstSnapshot(other);
    await mira.send('DELETE', '/api/v1/session');
    await until('the page is closed', () => reason !== '');
    expect(reason).toBe('io server disconnect');
    expect(other.socket.connected).toBe(true);
  });
});

describe('a page that stops reading', () => {
  it('is left out until it reads again, so that nothing piles up for it, and then begins anew', async () => {
    const wide = Array.from({ length: 300 }, (_, i) => kitchen(`wide-${i}`));
    await city.put({ devices: wide });
    const page = listen(dashboard.url);
    await firstSnapshot(page);
    const frozen = connectionOf(page);
    const slow = async () => (await browser(dashboard.url).get('/metrics')).text.includes('yanshao_live_pages_slow 1');
    frozen.pause();
    const filling = setInterval(() => {
      const at = Date.now();
      const entries = wide.map(({ id }) => ({
        kind: 'telemetry' as const,
        device: id,
        at,
        received: at,
        source: 'mqtt' as const,
        values: { 'alarm.ch4': Math.random(), 'alarm.valveState': 'x'.repeat(2000) },
      }));
      void city.journal.append(entries);
    }, 100);
    await until('it counts as slow', slow, { withinMs: 60_000 });
    clearInterval(filling);
    const before = page.snapshots.length;
    frozen.resume();
    await until('it gets a new snapshot', () => page.snapshots.length > before, { withinMs: 30_000 });
    const again = page.snapshots.at(-1)!;
    await until('changes go on', () => page.changes.some(({ from }) => from === again.seq));
    expect(await slow()).toBe(false);
  });
});

describe('a page of a large city', () => {
  it('gets its first thousands at once and the others piece by piece, without a gap in the numbers', async () => {
    const many = Array.from({ length: 4200 }, (_, i) => kitchen(`many-${i}`));
    await city.put({ devices: many });
    const page = listen(dashboard.url);
    const snapshot = await firstSnapshot(page);
    expect(snapshot.devices).toHaveLength(4000);
    const known = new Set(snapshot.devices.map(({ id }) => id));
    await until('all others follow', () => {
      for (const { devices } of page.changes) for (const { id } of devices) known.add(id);
      return known.size === city.registry.deviceCount;
    });
    let held = snapshot.seq;
    for (const { from, to } of page.changes) {
      expect(from).toBe(held);
      held = to;
    }
    expect(page.changes.some(({ from, to, devices }) => from === to && devices.length > 0)).toBe(true);
  });
});

describe('a dashboard that starts again', () => {
  it('shows values with their true age, though nothing new came', async () => {
    const at = Date.now() - 40_000;
    await city.reports('hearth-1', { 'alarm.battery': 71 }, at);
    await until('it is shown', async () => {
      const { devices } = await firstSnapshot(listen(dashboard.url));
      return devices.some(({ id, values }) => id === 'hearth-1' && values['alarm.battery']?.[1] === at);
    });
    await dashboard.stop();
    dashboard = await city.dashboard();
    const { devices } = await firstSnapshot(listen(dashboard.url));
    const device = devices.find(({ id }) => id === 'hearth-1');
    expect(device).toMatchObject({ values: { 'alarm.battery': [71, at, 0] } });
    expect(devices.some(({ id }) => id === 'hearth-9')).toBe(false);
  });
});

needs('postgres')('on PostgreSQL', () => {
  let postgres: TestPostgres;
  let large: DashboardCity;
  beforeAll(async () => {
    postgres = await startPostgres();
    large = await dashboardCity({ databaseUrl: postgres.url });
  });
  afterAll(async () => {
    await large.stop();
    await postgres.stop();
  });

  it('accounts, commands, alarms and the memory of the live view work as in SQLite', async () => {
    await large.put({ devices: [kitchen('hearth-1')] });
    let running = await large.dashboard({ onAlarms: undefined });
    const person = browser(running.url);
    const link = await running.accounts.firstLink();
    const credentials = { name: '值班甲', password: 'a long enough phrase' };
    expect((await person.post('/api/v1/session/claim', { link, ...credentials })).status).toBe(200);
    expect((await browser(running.url).post('/api/v1/session', credentials)).status).toBe(200);
    expect((await browser(running.url).post('/api/v1/session/claim', { link, ...credentials })).status).toBe(422);
    const page = listen(running.url, { extraHeaders: { cookie: person.cookie } });
    await firstSnapshot(page);
    await large.reports('hearth-1', { 'alarm.ch4': 80 });
    const alarm = await until('the alarm is shown', () => alarmsOf(page)[0]);
    const answer = await person.post('/api/v1/alarms/acknowledge', { ids: [alarm.id] });
    expect(answer).toMatchObject({ status: 200, body: { done: true } });
    await until('the page shows who', () => alarmsOf(page).some(({ ackedBy }) => ackedBy === '值班甲'));
    expect((await person.get('/api/v1/alarms?state=all&priority=P1,P2')).body.total).toBe(1);
    expect((await person.get('/metrics')).text).toContain('yanshao_alarms_open{priority="P1"} 1');
    expect((await person.get('/api/v1/sign-ins')).body.items).toMatchObject([
      { outcome: 'in' },
      { outcome: 'claimed' },
    ]);
    await running.stop();
    running = await large.dashboard();
    const again = listen(running.url, { extraHeaders: { cookie: person.cookie } });
    expect((await firstSnapshot(again)).devices).toMatchObject([
      { id: 'hearth-1', values: { 'alarm.ch4': [80, expect.any(Number), 0] } },
    ]);
    await running.stop();
  });
});
