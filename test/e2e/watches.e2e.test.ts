import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import { watchBodies } from '../../dashboard/server/watch-bodies.ts';
import { browser, type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { until } from '../support/until.ts';

/** Watches and hand-overs over HTTP, in a city that really runs. */
const password = 'a long enough phrase';
let city: DashboardCity;
let dashboard: Dashboard;
let mira: ReturnType<typeof browser>;
let noor: ReturnType<typeof browser>;
let viewer: { authorization: string };

beforeAll(async () => {
  city = await dashboardCity();
  await city.put({ devices: [kitchen('hearth-1')] });
  dashboard = await city.dashboard();
  mira = browser(dashboard.url);
  const link = await dashboard.accounts.firstLink();
  await mira.post('/api/v1/session/claim', { link, name: 'mira', password });
  await dashboard.accounts.addUser({ name: 'noor', password, role: 'duty' });
  noor = browser(dashboard.url);
  await noor.post('/api/v1/session', { name: 'noor', password });
  const { secret } = await dashboard.accounts.newApiToken({ name: 'report', role: 'viewer' });
  viewer = { authorization: `Bearer ${secret}` };
});
afterAll(() => city.stop());

const seats = async () => watchBodies.watches.parse((await mira.get('/api/v1/watches')).body).seats;

describe('a watch over the API', () => {
  it('begins by signing on, and everybody sees who is there', async () => {
    const [seat] = await seats();
    expect(seat).toMatchObject({ watch: null, mustBeStaffed: true, emptySince: null });
    const signed = await mira.post('/api/v1/watches/on', { seat: seat!.seat });
    expect(bodies.outcome.parse(signed.body).changed).toHaveLength(1);
    const seen = watchBodies.watches.parse((await mira.get('/api/v1/watches', viewer)).body).seats[0];
    expect(seen).toMatchObject({ watch: { by: { id: 'mira', name: 'mira', role: 'admin' } } });
    expect(await noor.post('/api/v1/watches/on', { seat: seat!.seat })).toMatchObject({
      status: 409,
      body: { code: 'seat-taken' },
    });
  });

  it('passes by two signatures under a note that names what stands', async () => {
    const seat = (await seats())[0]!.seat;
    await city.reports('hearth-1', { 'alarm.ch4': 60, 'alarm.valveState': 'open' });
    await until('the alarm is raised', () => city.rules.stats().openAlarms > 0);
    const draft = watchBodies.draft.parse((await mira.get(`/api/v1/watches/${seat}/draft`)).body);
    expect(draft.items.map(({ section }) => section)).toContain('alarms');
    const offered = await mira.post('/api/v1/watches/hand-over', {
      seat,
      words: '注意灶间一',
      commandId: 'hand-over-1',
    });
    expect(offered.status).toBe(200);
    const again = await mira.post('/api/v1/watches/hand-over', { seat, words: '注意灶间一', commandId: 'hand-over-1' });
    expect(again.body).toEqual(offered.body);
    const handover = 'handover:hand-over-1';
    expect(await mira.post('/api/v1/watches/take-over', { handover })).toMatchObject({ body: { code: 'same-person' } });
    expect((await noor.post('/api/v1/watches/take-over', { handover, words: '收到' })).status).toBe(200);
    expect((await seats())[0]).toMatchObject({ watch: { by: { id: 'noor' }, tookOver: handover }, offered: null });
    const { items } = watchBodies.handovers.parse((await mira.get('/api/v1/handovers', viewer)).body);
    expect(items).toMatchObject([{ id: handover, state: 'taken', words: '注意灶间一', taken: { words: '收到' } }]);
    const one = await mira.get(`/api/v1/handovers/${encodeURIComponent(handover)}`);
    expect(watchBodies.handover.parse(one.body)).toEqual(items[0]);
  });

  it('is ended by a supervisor with a reason, and stands in the audit', async () => {
    const seat = (await seats())[0]!.seat;
    expect(await mira.post('/api/v1/watches/end', { seat, reason: '' })).toMatchObject({ status: 400 });
    expect((await mira.post('/api/v1/watches/end', { seat, reason: '突发疾病' })).status).toBe(200);
    expect((await seats())[0]).toMatchObject({ watch: null, emptySince: expect.any(Number) });
    const { body } = await mira.get('/api/v1/audit?type=watch.');
    expect(bodies.audit.parse(body).items.map(({ type }) => type)).toContain('watch.end');
  });

  it.each([
    ['/api/v1/watches/moon/draft', 'unknown-seat'],
    ['/api/v1/handovers/none', 'not-found'],
  ])('%s is not there', async (path, code) => {
    expect(await mira.get(path)).toMatchObject({ status: 404, body: { code } });
  });
});
