import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import { noDutyRecords } from '../../devices/contract/duty.ts';
import { toDutyCsv } from '../../devices/duty/files/duty-csv.ts';
import { readDutyWorkbook } from '../../devices/duty/files/duty-workbook.ts';
import { browser, type DashboardCity, dashboardCity } from '../support/dashboard-city.ts';

/** Who is responsible, over HTTP, in a city that really runs. */
let city: DashboardCity;
let dashboard: Dashboard;
let admin: ReturnType<typeof browser>;
let viewer: { authorization: string };

const put = {
  persons: [
    {
      id: 'ann',
      name: '安（示例）',
      department: 'gasworks',
      phone: '000-0101',
      channels: [{ kind: 'mail', address: 'ann@invalid' }],
    },
    { id: 'bo', name: '博（示例）', department: 'gasworks' },
  ],
  posts: [{ id: 'leaks', name: { zh: '抢修岗', en: 'Leaks' }, department: 'gasworks', duties: ['handle'] }],
  shifts: [{ id: 'night', name: { zh: '夜班', en: 'Night shift' }, from: '21:00', to: '09:00' }],
  rosters: [
    {
      id: 'r',
      post: 'leaks',
      shift: 'night',
      pattern: { kind: 'cycle', anchor: '2026-12-05', turns: [['ann'], ['bo']] },
    },
  ],
};

beforeAll(async () => {
  city = await dashboardCity();
  dashboard = await city.dashboard();
  admin = browser(dashboard.url);
  const link = await dashboard.accounts.firstLink();
  await admin.post('/api/v1/session/claim', { link, name: '值班甲', password: 'a long enough phrase' });
  const { secret } = await dashboard.accounts.newApiToken({ name: 'report', role: 'viewer' });
  viewer = { authorization: `Bearer ${secret}` };
});
afterAll(() => city.stop());

const who = (query: string) => admin.get(`/api/v1/duty/who?${query}`);
const sunday = 'item=H01-01&area=LB&at=2026-12-06T03:00';

describe('who is responsible, over the API', () => {
  it('is a hole in a city that has registered nobody, and the search for holes says so of every item', async () => {
    const { body } = await who(sunday);
    expect(bodies.dutyWho.parse(body)).toMatchObject({ persons: [], hole: { code: 'no-post' } });
    const holes = bodies.dutyHoles.parse((await admin.get('/api/v1/duty/holes?days=3')).body);
    expect(holes.items[0]).toMatchObject({ code: 'nobody', hazard: true, places: [], from: '00:00', to: '00:00' });
  });

  it('is refused as a whole, every fault with its record', async () => {
    const assignments = [{ id: 'a', match: { items: ['H09-01'] }, department: 'gaswork', post: 'leaks' }];
    const { status, body } = await admin.send('PUT', '/api/v1/duty/records', { put: { ...put, assignments } });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'duty-faults' });
    expect(body.errors).toMatchObject([
      { in: 'assignment a', field: 'department', en: expect.stringContaining('did you mean "gasworks"') },
      { in: 'assignment a', field: 'match.items' },
    ]);
    expect((await admin.get('/api/v1/duty/records')).body.version).toBe(0);
  });

  it('answers a dry run by the city’s clocks, with the way it came to its answer', async () => {
    const { status, body } = await admin.send('PUT', '/api/v1/duty/records', { put });
    expect({ status, changed: bodies.outcome.parse(body).changed.length }).toEqual({ status: 200, changed: 5 });
    const answer = bodies.dutyWho.parse((await who(sunday)).body);
    expect(answer.persons).toMatchObject([{ person: { id: 'ann', phone: '000-0101' }, as: 'on-shift' }]);
    expect(answer.because[0]?.en).toContain('is with the lead department');
    // The same moment by its offset.
    expect((await who('item=H01-01&area=LB&at=2026-12-06T03:00%2B09:00')).body).toEqual(answer);
  });

  it.each([
    ['item=H09-01', 'unknown-question'],
    ['item=H01-01&area=XX', 'unknown-question'],
    ['item=H01-01&at=tomorrow', 'no-moment'],
  ])('says what of a question it does not know: %s', async (query, code) => {
    expect(await who(query)).toMatchObject({ status: 400, body: { code, zh: expect.any(String) } });
  });

  it('shows a viewer no number, and lets a viewer change nothing', async () => {
    const { body } = await browser(dashboard.url).get('/api/v1/duty/records', viewer);
    const [ann] = bodies.dutyRecords.parse(body).records.persons;
    expect(ann).toMatchObject({ phone: '***-**01', channels: [{ kind: 'mail', address: '••••' }] });
    expect(JSON.stringify((await browser(dashboard.url).get(`/api/v1/duty/who?${sunday}`, viewer)).body)).not.toContain(
      '000-0101',
    );
    for (const path of ['records.xlsx', 'records/person/ann/history']) {
      expect((await browser(dashboard.url).get(`/api/v1/duty/${path}`, viewer)).status).toBe(403);
    }
  });

  it('takes a record away unless another one names it', async () => {
    const refused = await admin.send('DELETE', '/api/v1/duty/records/person/ann');
    expect(refused).toMatchObject({
      status: 409,
      body: { errors: [{ in: 'person ann', en: expect.stringContaining('roster r') }] },
    });
    expect((await admin.send('DELETE', '/api/v1/duty/records/roster/r')).status).toBe(200);
    const history = bodies.dutyHistory.parse((await admin.get('/api/v1/duty/records/roster/r/history')).body);
    expect(history.items.map(({ version, record, by }) => [version, record === null, by.name])).toEqual([
      [2, true, '值班甲'],
      [1, false, '值班甲'],
    ]);
  });

  it('reads a file without writing it, and writes all of it as a workbook', async () => {
    const csv = toDutyCsv(
      {
        ...noDutyRecords,
        persons: bodies.dutyRecords.parse((await admin.get('/api/v1/duty/records')).body).records.persons,
      },
      'person',
    );
    const content = Buffer.from(csv).toString('base64');
    const read = await admin.post('/api/v1/duty/read', { name: '人员.csv', content });
    expect(bodies.dutyRead.parse(read.body)).toMatchObject({
      put: { persons: [{ id: 'ann' }, { id: 'bo' }] },
      places: { 'person bo': 'line 3' },
    });
    const broken = await admin.post('/api/v1/duty/read', { name: 'notes.csv', content });
    expect(broken.body.faults).toMatchObject([{ where: 'notes.csv' }]);
    const file = await fetch(`${dashboard.url}/api/v1/duty/records.xlsx`, { headers: { cookie: admin.cookie } });
    const back = await readDutyWorkbook(new Uint8Array(await file.arrayBuffer()));
    expect('put' in back && back.put.persons.map(({ id }) => id)).toEqual(['ann', 'bo']);
  });
});
