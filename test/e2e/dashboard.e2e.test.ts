import { mkdirSync, writeFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import { problemSchema } from '../../dashboard/server/openapi.ts';
import { systemClock } from '../../kit/clock.ts';
import { RpcUnavailable } from '../../kit/rpc/rpc.ts';
import { browser, type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { until } from '../support/until.ts';

/** Pages, API and accounts of a city that really runs: ingest, rules and the dashboard on sockets of this machine. */
const password = 'a long enough phrase';
let city: DashboardCity;
let dashboard: Dashboard;
/** Signed in as the first account, an administrator. */
let admin: ReturnType<typeof browser>;
let viewerToken: string;
let link: string | null;
let claimed: Awaited<ReturnType<typeof admin.post>>;

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; security?: unknown[]; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}
const document = async () => (await browser(dashboard.url).get('/api/v1/openapi.json')).body as OpenApi;
const operations = async () =>
  Object.entries((await document()).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
/** An address of the operation, with something in place of its parameters. */
const addressOf = (path: string) => path.replace(/\{[^}]+\}/g, 'anything');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  city = await dashboardCity();
  await city.put({ devices: [kitchen('hearth-1'), kitchen('hearth-2'), kitchen('hearth-3')] });
  dashboard = await city.dashboard({
    demo: {
      speed: 1,
      faults: [{ kind: 'leak', title: { zh: '泄漏', en: 'Leak' }, expect: { zh: '告警', en: 'An alarm' } }],
      start: async () => 'fault-1',
      publish: async () => {},
    },
  });
  viewerToken = (await dashboard.accounts.newApiToken({ name: 'report', role: 'viewer' })).secret;
  admin = browser(dashboard.url);
  link = await dashboard.accounts.firstLink();
  claimed = await admin.post('/api/v1/session/claim', { link, name: '值班甲', password });
});
afterAll(() => city.stop());

describe('the first start', () => {
  it('lets the holder of the one-time link in, once, with a cookie that no script and no other site can use', async () => {
    expect(claimed).toMatchObject({ status: 200, body: { name: '值班甲', role: 'admin' } });
    expect(claimed.cookie).toMatch(/^yanshao_session=\w+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const again = await browser(dashboard.url).post('/api/v1/session/claim', { link, name: 'other', password });
    expect(again).toMatchObject({ status: 422, body: { code: 'link-used' } });
    expect((await admin.get('/api/v1/me')).body).toMatchObject({ name: '值班甲', role: 'admin' });
  });
});

describe('every route of the document', () => {
  it('needs a sign-in unless the document says it is open', async () => {
    const guarded = (await operations()).filter(({ operation }) => operation.security?.length !== 0);
    expect(guarded.length).toBeGreaterThan(15);
    for (const { path, method } of guarded) {
      const answer = await browser(dashboard.url).send(method, addressOf(path), method === 'POST' ? {} : undefined);
      expect.soft(answer, `${method} ${path}`).toMatchObject({ status: 401, body: { code: 'sign-in' } });
      expect.soft(answer.headers.get('content-type')).toContain('application/problem+json');
      expect.soft(() => problemSchema.parse(answer.body)).not.toThrow();
    }
    const open = (await operations()).filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path, method }) => `${method} ${path}`).sort()).toEqual([
      'GET /api/v1/city',
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      // These two prove themselves: a gateway by its token, a browser by the key of the message it tells of.
      'POST /api/v1/notices/reports/{channel}/{token}',
      'POST /api/v1/push/receipts',
      'POST /api/v1/session',
      'POST /api/v1/session/claim',
    ]);
  });

  it.each(['/%61pi/v1/alarms', '/api/v1/%61larms', '/%67eo/style-light.json', '/geo/style-light.json'])(
    'is closed however its address is written: %s',
    async (path) => {
      expect((await rawGet(path)).status).toBe(401);
    },
  );

  it('is described: a summary, refusals in words, and what it answers', async () => {
    const { openapi, paths, components } = await document();
    expect(openapi).toBe('3.1.0');
    for (const { path, method, operation } of await operations()) {
      expect.soft(operation.summary, `${method} ${path}`).toBeTruthy();
      expect.soft(Object.keys(operation.responses).length, `${method} ${path}`).toBeGreaterThan(0);
    }
    const named = [...JSON.stringify(paths).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['Alarm', 'Problem', 'DeviceWithValues']));
    for (const name of named) expect.soft(components.schemas).toHaveProperty(name as string);
    expect(components.securitySchemes).toHaveProperty('session');
  });

  it('lets a viewer change nothing but what is his own', async () => {
    const his = /^\/api\/v1\/(session$|push\/browsers)/;
    const changes = (await operations()).filter(
      ({ method, operation, path }) => method !== 'GET' && operation.security?.length !== 0 && !his.test(path),
    );
    expect(changes.length).toBeGreaterThanOrEqual(4);
    for (const { path, method } of changes) {
      const answer = await browser(dashboard.url).send(method, addressOf(path), {}, bearer(viewerToken));
      expect.soft(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'role' } });
    }
    expect((await admin.get('/api/v1/sign-ins', bearer(viewerToken))).status).toBe(403);
  });
});

describe('what the API answers', () => {
  it('is what its document says', async () => {
    await city.reports('hearth-1', { 'alarm.ch4': 60, 'alarm.valveState': 'open' });
    await until('the alarm is raised', () => city.rules.stats().openAlarms > 0);
    const device = await until('its values are shown', async () => {
      const { body } = await admin.get('/api/v1/devices/hearth-1');
      return body.lastAt !== null && body;
    });
    expect(bodies.device.parse(device)).toMatchObject({
      id: 'hearth-1',
      stale: false,
      values: { 'alarm.ch4': [60, expect.any(Number), 0] },
    });
    await until('the store has it', async () => (await city.ingest.stats()).store.position > 0);
    const alarms = bodies.alarms.parse((await admin.get('/api/v1/alarms')).body);
    const id = alarms.items[0]?.id ?? '';
    const cases = [
      ['city', '/api/v1/city'],
      ['standards', '/api/v1/standards'],
      ['devices', '/api/v1/devices?type=gas-alarm-commercial&q=HEARTH&limit=2'],
      ['sites', '/api/v1/sites'],
      ['gateways', '/api/v1/gateways'],
      ['readings', '/api/v1/readings?device=hearth-1&measurement=alarm.ch4'],
      ['quarantine', '/api/v1/quarantine'],
      ['alarm', `/api/v1/alarms/${encodeURIComponent(id)}`],
      ['audit', '/api/v1/audit'],
      ['signIns', '/api/v1/sign-ins'],
      ['me', '/api/v1/me'],
      ['overrides', '/api/v1/overrides'],
      ['verdicts', '/api/v1/verdicts'],
      ['precision', '/api/v1/verdicts/precision?by=model'],
      ['ledger', '/api/v1/ledger?within=30'],
    ] as const;
    for (const [name, path] of cases) {
      const answer = await admin.get(path);
      expect.soft(answer.status, path).toBe(200);
      expect.soft(() => bodies[name].parse(answer.body), path).not.toThrow();
      expect.soft(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect((await admin.get('/api/v1/devices?limit=2')).body).toMatchObject({ total: 3, items: { length: 2 } });
    expect((await admin.get('/api/v1/standards')).body.open).toEqual({ 'H01-01': 1 });
    expect((await admin.get('/api/v1/readings?device=hearth-1&measurement=alarm.ch4')).body).toMatchObject({
      unit: '%{LEL}',
      samples: [[expect.any(Number), 60, 0]],
      limits: expect.arrayContaining([expect.objectContaining({ rule: 'H01-01.leak-2', value: 45 })]),
    });
  });

  it.each([
    ['/api/v1/devices/none', '没有找到设备“none”'],
    ['/api/v1/alarms/none', '没有找到告警“none”'],
    ['/api/v1/readings?device=none&measurement=alarm.ch4', '没有找到设备“none”'],
    ['/api/v1/readings?device=hearth-1&measurement=constructor', '没有找到该类设备的测点“constructor”'],
    ['/api/v1/nonsense', '没有找到地址“/api/v1/nonsense”'],
    ['/assets/gone.js', '没有找到地址“/assets/gone.js”'],
  ])('to an unknown name %s is a 404 in both languages', async (path, zh) => {
    const answer = await admin.get(path);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found', zh } });
    expect(answer.body.en).toMatch(/^there is no /);
  });

  it.each([
    ['/api/v1/alarms?limit=99999', 'limit'],
    ['/api/v1/alarms?priority=P9', 'priority'],
    ['/api/v1/alarms?state=shut', 'state'],
    ['/api/v1/devices?offset=-1', 'offset'],
    ['/api/v1/readings?measurement=alarm.ch4', 'device'],
    ['/api/v1/readings?device=hearth-1&measurement=alarm.ch4&from=yesterday', 'from'],
    ['/api/v1/readings?device=hearth-1&measurement=alarm.ch4&from=2&to=1', 'from'],
    ['/api/v1/quarantine?limit=5000', 'limit'],
    ['/api/v1/verdicts/precision?by=weather', 'by'],
    ['/api/v1/ledger?kind=warranty', 'kind'],
    ['/api/v1/ledger?within=-1', 'within'],
  ])('to %s is a 400 that names %s', async (path, field) => {
    const answer = await admin.get(path);
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request', errors: [{ in: 'query', field }] } });
    expect(answer.body.zh).toMatch(/^请求有误：/);
  });

  it('to what puts an alarm aside is an outcome, or who must confirm it', async () => {
    const alarm = (await admin.get('/api/v1/alarms?priority=P1')).body.items[0];
    const shelf = { ids: [alarm.id], minutes: 20, reason: 'works on site' };
    const asked = bodies.outcome.parse((await admin.post('/api/v1/alarms/shelve', shelf)).body);
    expect(asked).toMatchObject({ changed: [], asked: [{ priority: 'P1', by: { role: 'admin' } }] });
    const confirm = { ask: asked.asked?.[0]?.id };
    expect(await admin.post('/api/v1/overrides/confirm', confirm)).toMatchObject({
      status: 409,
      body: { code: 'same-person', zh: expect.stringContaining('另一人') },
    });
    const { secret } = await dashboard.accounts.newApiToken({ name: 'script', role: 'duty' });
    const byScript = await browser(dashboard.url).post('/api/v1/overrides/confirm', confirm, bearer(secret));
    expect(byScript).toMatchObject({ status: 409, body: { code: 'not-in-person' } });
    const open = bodies.overrides.parse((await admin.get('/api/v1/overrides')).body);
    expect(open).toMatchObject({ standing: [], asked: [{ id: confirm.ask }], hidden: { shelved: 0 } });
    await admin.post('/api/v1/overrides/decline', confirm);
    expect((await admin.get('/api/v1/overrides')).body.asked).toEqual([]);
  });

  it('to a verdict is that it is kept, and counts', async () => {
    const alarm = (await admin.get('/api/v1/alarms?priority=P1')).body.items[0];
    const verdict = { of: { alarms: [alarm.id] }, kind: 'cooking', evidence: 'a pan was left on the flame' };
    bodies.outcome.parse((await admin.post('/api/v1/verdicts', verdict)).body);
    const kept = bodies.verdicts.parse((await admin.get(`/api/v1/verdicts?device=${alarm.device}`)).body);
    expect(kept.items).toMatchObject([{ alarm: alarm.id, kind: 'cooking', by: '值班甲' }]);
    const { items } = bodies.precision.parse((await admin.get('/api/v1/verdicts/precision')).body);
    expect(items).toMatchObject([{ name: alarm.rule, verdicts: 1, tooFew: true, precision: null }]);
    expect(await admin.post('/api/v1/verdicts', { ...verdict, evidence: '—' })).toMatchObject({
      status: 400,
      body: { zh: expect.stringContaining('依据') },
    });
  });

  it('to the ledger as a file is CSV', async () => {
    const answer = await admin.get('/api/v1/ledger.csv');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const [head, first] = answer.text.split('\r\n');
    expect(head).toBe('device,name,type,model,site,area,kind,due,days,state');
    expect(first).toBe('hearth-1,厨房 hearth-1,gas-alarm-commercial,,,LB,expiry,,,unknown');
  });

  it('to a body that is no JSON, too large or of another kind says so', async () => {
    const { secret } = await dashboard.accounts.newApiToken({ name: 'script', role: 'duty' });
    const refused = async (body: string, type: string, token = secret) => {
      const answer = await fetch(`${dashboard.url}/api/v1/alarms/acknowledge`, {
        method: 'POST',
        body,
        headers: { ...bearer(token), 'content-type': type },
      });
      return problemSchema.parse(await answer.json());
    };
    // A viewer is refused before the body is read.
    expect(await refused('{', 'application/json', viewerToken)).toMatchObject({ status: 403, code: 'role' });
    expect(await refused('{', 'application/json')).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await refused('ids=1', 'text/plain')).toMatchObject({ status: 415, code: 'media-type' });
    expect(await refused(`"${'x'.repeat(2e6)}"`, 'application/json')).toMatchObject({ status: 413, code: 'too-large' });
    expect(await refused('{"ids":[]}', 'application/json')).toMatchObject({ errors: [{ in: 'body', field: 'ids' }] });
  });

  it('says which part of the platform does not answer', async () => {
    const alone = await city.dashboard({
      command: () => Promise.reject(new RpcUnavailable('rules at 127.0.0.1:7412 did not answer')),
      rulesStats: () => Promise.reject(new RpcUnavailable('rules at 127.0.0.1:7412 did not answer')),
    });
    const { secret } = await dashboard.accounts.newApiToken({ name: 'script', role: 'duty' });
    const answer = await browser(alone.url).post('/api/v1/alarms/acknowledge', { ids: ['x'] }, bearer(secret));
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.body.en).toContain('rules at 127.0.0.1:7412 did not answer');
    expect(await browser(alone.url).get('/readyz')).toMatchObject({ status: 503, body: { waitingFor: ['rules'] } });
    expect((await browser(alone.url).get('/metrics')).text).toContain('yanshao_up{stage="rules"} 0');
    await alone.stop();
  });
});

describe('acknowledging', () => {
  const openAlarm = async () => (await admin.get('/api/v1/alarms')).body.items[0];
  beforeAll(async () => {
    await city.reports('hearth-1', { 'alarm.ch4': 60 });
    await until('the alarm is raised', () => city.rules.stats().openAlarms > 0);
  });

  it('needs the page’s check value', async () => {
    const { id } = await openAlarm();
    const without = await admin.post('/api/v1/alarms/acknowledge', { ids: [id] }, { 'x-yanshao-csrf': 'wrong' });
    expect(without).toMatchObject({ status: 403, body: { code: 'csrf' } });
    expect((await openAlarm()).acked).toBe(false);
  });

  it('reaches rules with the person’s name, is audited, and is done once', async () => {
    const { id } = await openAlarm();
    const body = { ids: [id], note: '已电话确认', commandId: 'page-000001' };
    const answer = await admin.post('/api/v1/alarms/acknowledge', body);
    expect(answer).toMatchObject({ status: 200, body: { done: true, changed: [id] } });
    expect(bodies.outcome.parse(answer.body)).toEqual(answer.body);
    expect((await admin.post('/api/v1/alarms/acknowledge', body)).body).toEqual(answer.body);
    const one = (await admin.get(`/api/v1/alarms/${encodeURIComponent(id)}`)).body;
    expect(one).toMatchObject({ alarm: { acked: true, ackedBy: '值班甲' } });
    expect(one.events.filter(({ kind }: { kind: string }) => kind === 'acknowledged')).toHaveLength(1);
    const [audit] = (await admin.get('/api/v1/audit?limit=1')).body.items;
    expect(audit).toMatchObject({ type: 'acknowledge', actor: '值班甲', via: 'page', outcome: { done: true } });
  });

  it('of an alarm that is not there is refused with a reason', async () => {
    const answer = await admin.post('/api/v1/alarms/acknowledge', { ids: ['none'] });
    expect(answer).toMatchObject({ status: 409, body: { zh: expect.any(String), en: expect.any(String) } });
  });
});

describe('the demonstration’s buttons', () => {
  it('start a fault that exists and publish as a device that exists', async () => {
    expect((await admin.post('/api/v1/demo/faults', { kind: 'leak' })).body).toEqual({ started: 'fault-1' });
    expect((await admin.post('/api/v1/demo/faults', { kind: 'flood' })).status).toBe(404);
    const sent = await admin.post('/api/v1/demo/payload', { device: 'hearth-1', payload: '{"x":' });
    expect(bodies.sent.parse(sent.body)).toEqual({ sent: true });
    expect((await admin.post('/api/v1/demo/payload', { device: 'none', payload: '{}' })).status).toBe(404);
  });

  it('do not exist in a real city', async () => {
    const real = await city.dashboard({ demo: null });
    const answer = await browser(real.url).post('/api/v1/demo/faults', { kind: 'leak' }, bearer(viewerToken));
    expect(answer.status).toBe(404);
    await real.stop();
  });
});

describe('signing in', () => {
  it('gives a cookie for the right password, and takes it back at sign-out', async () => {
    await dashboard.accounts.addUser({ name: 'mira', password, role: 'duty' });
    const mira = browser(dashboard.url);
    expect((await mira.post('/api/v1/session', { name: 'mira', password })).body).toMatchObject({ role: 'duty' });
    const { cookie } = mira;
    expect((await mira.send('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await browser(dashboard.url).get('/api/v1/me', { cookie })).status).toBe(401);
  });

  it('locks after five wrong passwords, and leaves sessions and tokens alone', async () => {
    const guesser = browser(dashboard.url);
    for (let i = 0; i < 5; i++) {
      const answer = await guesser.post('/api/v1/session', { name: '值班甲', password: `guess ${i}` });
      expect(answer).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    }
    const right = await guesser.post('/api/v1/session', { name: '值班甲', password });
    expect(right).toMatchObject({ status: 401, body: { code: 'locked', zh: expect.stringContaining('秒后再试') } });
    expect((await admin.get('/api/v1/me')).status).toBe(200);
    expect((await admin.get('/api/v1/me', bearer(viewerToken))).status).toBe(200);
  });

  it('answers others while passwords are being checked', async () => {
    const other = await city.dashboard();
    const checks = Array.from({ length: 12 }, (_, i) =>
      browser(other.url).post('/api/v1/session', { name: `nobody-${i}`, password }),
    );
    let done = false;
    const all = Promise.all(checks).then(() => {
      done = true;
    });
    let answered = 0;
    while (!done) {
      await browser(other.url).get('/healthz');
      answered += 1;
    }
    await all;
    expect(answered).toBeGreaterThan(5);
    await other.stop();
  });

  it('refuses more than thirty attempts a minute from one address', async () => {
    const other = await city.dashboard();
    const attempt = (i: number) => browser(other.url).post('/api/v1/session', { name: `n${i}`, password: 'x' });
    for (let i = 0; i < 30; i++) expect((await attempt(i)).status).toBe(401);
    expect(await attempt(30)).toMatchObject({ status: 429, body: { code: 'too-many', zh: expect.any(String) } });
    expect((await browser(other.url).get('/api/v1/me', bearer(viewerToken))).status).toBe(200);
    await other.stop();
  });

  it('believes a proxy on this machine only where it was told to', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
    await dashboard.accounts.addUser({ name: 'noor', password, role: 'duty' });
    const behind = await city.dashboard({
      settings: { httpHost: '127.0.0.1', httpPort: 0, trustProxy: true, sessionHours: 1 },
    });
    const trusted = await browser(behind.url).post('/api/v1/session', { name: 'noor', password }, forwarded);
    expect(trusted.cookie).toContain('; Secure');
    const plain = await browser(dashboard.url).post('/api/v1/session', { name: 'noor', password }, forwarded);
    expect(plain.cookie).not.toContain('; Secure');
    const addresses = (await dashboard.accounts.signIns({ limit: 2 })).map(({ address }) => address);
    expect(addresses.sort()).toEqual(['127.0.0.1', '203.0.113.9']);
    await behind.stop();
  });
});

describe('health', () => {
  it('answers probes without a sign-in', async () => {
    expect(await browser(dashboard.url).get('/healthz')).toMatchObject({ status: 200, body: { ok: true } });
    await until('the stages answer', async () => (await browser(dashboard.url).get('/readyz')).status === 200);
  });

  it('counts for Prometheus', async () => {
    const { text, headers } = await browser(dashboard.url).get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/^yanshao_rules_readings_total [1-9]/m);
    expect(text).toMatch(/^# TYPE yanshao_ingest_readings_total counter$/m);
    expect(text).toContain('yanshao_ingest_messages_lost_total 0');
    expect(text).toContain('yanshao_alarms_open{priority="P1"} 1');
    expect(text).toContain('yanshao_up{stage="ingest"} 1');
  });
});

describe('the page', () => {
  const html = { accept: 'text/html' };

  it('says how to build it while it is not built', async () => {
    const page = await browser(dashboard.url).get('/', html);
    expect(page).toMatchObject({ status: 503, text: expect.stringContaining('npm run build') });
    expect((await browser(dashboard.url).get('/')).body).toMatchObject({ code: 'page-not-built' });
  });

  it('is served at every address of a person, under a policy without inline code', async () => {
    const webDir = join(city.folder, 'built');
    mkdirSync(join(webDir, 'assets'), { recursive: true });
    writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>雁哨</title>');
    writeFileSync(join(webDir, 'assets', 'app-1a2b.js'), 'export {};');
    writeFileSync(join(webDir, '.sources'), 'secret');
    writeFileSync(join(city.folder, 'outside.txt'), 'beyond');
    const built = await city.dashboard({ webDir });
    const guest = browser(built.url);
    for (const path of ['/', '/standards?item=G05-14', '/claim', '/index.html']) {
      const page = await guest.get(path, html);
      expect.soft(page, path).toMatchObject({ status: 200, text: expect.stringContaining('雁哨') });
      expect.soft(page.headers.get('cache-control')).toBe('no-cache');
      const policy = page.headers.get('content-security-policy') ?? '';
      expect.soft(policy).toContain("script-src 'self';");
      expect.soft(policy).toContain("worker-src 'self';");
      expect.soft(policy).toContain("default-src 'none'");
      expect.soft(policy).toContain("frame-ancestors 'none'");
      expect.soft(policy).not.toMatch(/unsafe-(inline|eval)/);
      expect.soft(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const script = await guest.get('/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await guest.get('/assets/app-old.js', html)).status).toBe(404);
    for (const path of ['/../outside.txt', '/..%2foutside.txt', '/assets/..%2f..%2foutside.txt', '/.sources']) {
      const answer = await rawGet(path, built.url);
      expect.soft(answer.text, path).not.toContain('beyond');
      expect.soft(answer.text, path).not.toContain('secret');
      expect.soft(answer.status, path).toBeGreaterThanOrEqual(400);
    }
    await built.stop();
  });

  it('gets its map from the city, once somebody is signed in', async () => {
    const style = await admin.get('/geo/style-light.json');
    expect(style).toMatchObject({ status: 200, body: { version: 8 } });
    expect(
      (await rawGet('/geo/..%2fcity.yaml', dashboard.url, { cookie: admin.cookie })).status,
    ).toBeGreaterThanOrEqual(400);
  });
});

describe('starting', () => {
  it('refuses to send passwords over a network in the clear', async () => {
    const settings = { httpHost: '0.0.0.0', httpPort: 0, trustProxy: false, sessionHours: 1 };
    await expect(city.dashboard({ settings })).rejects.toThrow(/only over TLS/);
    const half = { ...settings, httpHost: '127.0.0.1', tlsCert: '/tmp/none.pem' };
    await expect(city.dashboard({ settings: half })).rejects.toThrow(/YANSHAO_TLS_KEY is not/);
    const gone = { ...half, tlsKey: '/tmp/none.key' };
    await expect(city.dashboard({ settings: gone })).rejects.toThrow(
      /YANSHAO_TLS_CERT is \/tmp\/none.pem, which cannot/,
    );
  });

  it('says that the port is taken', async () => {
    const httpPort = Number(new URL(dashboard.url).port);
    const settings = { httpHost: '127.0.0.1', httpPort, trustProxy: false, sessionHours: 1 };
    await expect(city.dashboard({ settings })).rejects.toThrow(/YANSHAO_HTTP_PORT/);
  });

  it('keeps sessions by the world’s time, however fast a demonstration runs', async () => {
    const fast = await city.dashboard({ clock: { ...systemClock, now: () => Date.now() + 365 * 86_400_000 } });
    expect((await browser(fast.url).get('/api/v1/me', { cookie: admin.cookie })).status).toBe(200);
    await fast.stop();
  });
});

/** A request whose address is sent as it is written; `fetch` would tidy it up. */
function rawGet(path: string, url = dashboard.url, headers = {}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    rawRequest({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}
