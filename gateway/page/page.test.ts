import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import type { GatewayStats } from '../app.ts';
import type { CertificateInfo } from '../opcua/pki.ts';
import { type GatewayPage, startPage } from './page-server.ts';
import { setTechnician, technicians } from './technicians.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-page-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = Date.now();
const password = 'a long enough one';

/** What the page shows of a gateway; whatever else a gateway counts is listed by its name. */
const stats = {
  id: 'gw-1',
  connected: false,
  connectedSince: now - 300_000,
  platform: { url: 'mqtts://platform:8883', state: 'away', door: null },
  taken: 1200,
  sent: 900,
  backlog: 300,
  waiting: {
    fresh: { rows: 20, oldest: now - 1000 },
    safety: { rows: 80, oldest: now - 240_000 },
    rest: { rows: 200, oldest: null },
  },
  liveMs: 12,
  pace: null,
  refused: 1,
  lastRefusal: 'x',
  overwritten: 0,
  sources: [
    {
      address: 'opc.tcp://10.0.0.5:4840',
      protocol: 'opcua',
      security: 'None',
      secure: false,
      connected: true,
      since: now - 60_000,
      lastAt: now - 5000,
      lastRow: { device: 'rtu-01', values: { 'rtu.outletPressure': 2.5 } },
      rows: 7,
    },
  ],
  stations: [],
  unsecured: ['opc.tcp://10.0.0.5:4840'],
  clock: { offsetMs: -1500, rttMs: 20, steps: 0, lastStepMs: null, devices: [], wrong: 0 },
  conditions: [],
  alarms: {
    bundle: '7',
    rules: 3,
    problem: 'http://duty/<call> answered 500',
    alarms: [
      {
        alarm: `k-1/G05-14.com-l2/${now - 90_000}`,
        device: 'k-1',
        rule: 'G05-14.com-l2',
        since: now - 90_000,
        raisedAt: now - 89_000,
        returnedAt: null,
        value: 45,
        alone: true,
        toldAt: null,
        reported: false,
        site: {
          device: 'k-1',
          deviceName: '<i>一号后厨</i>',
          rule: 'G05-14.com-l2',
          ladder: null,
          priority: 'P1',
          measurement: 'alarm.ch4',
          op: '>=',
          limit: 40,
          returnLimit: 38,
          onDelayMs: 0,
          offDelayMs: 0,
          unit: '%{LEL}',
          title: { zh: '燃气二级报警', en: 'Gas, second level' },
          text: '',
        },
      },
    ],
  },
  outbox: { bytes: 5_000_000, capBytes: 256_000_000, dropped: { rows: 0, untold: 0, why: null }, full: false },
} as Partial<GatewayStats> as GatewayStats;
const rejected: CertificateInfo = {
  standing: 'rejected',
  subject: 'CN=<b>SCADA</b>',
  issuer: 'CN=SCADA',
  applicationUri: 'urn:scada',
  sha1: 'ab'.repeat(20),
  sha256: 'cd'.repeat(32),
  validFrom: 0,
  validTo: now + 86_400_000,
  file: '',
};

const pages: GatewayPage[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.stop();
});
let files = 0;

async function opened() {
  const file = join(folder, `technicians-${++files}.json`);
  const people = technicians(file, Date.now);
  const page = await startPage({
    host: '127.0.0.1',
    port: 0,
    gateway: {
      stats: async () => stats,
      recentRefusals: () => [{ at: now, reason: 'board-1: <script>alert(1)</script>' }],
    },
    id: 'gw-1',
    uplink: 'mqtts://platform:8883',
    technicians: people,
    certificates: async () => [rejected],
    logTail: () => ['2026-11-22 21:30:05 warn  the platform cannot be reached'],
    version: '0.0.0',
    clock: { now: () => now },
    log: silentLog,
  });
  pages.push(page);
  const send = (path: string, body?: Record<string, string>, cookie = '') =>
    fetch(`${page.url}${path}`, {
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'en' },
      ...(body && { method: 'POST', body: new URLSearchParams(body) }),
    });
  const signIn = async (name = 'wang') => {
    const answer = await send('/sign-in', { name, password });
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
  return { file, people, page, send, signIn };
}

describe('the local page of a gateway', () => {
  it.each(['/', '/refused', '/log', '/%6cog', '/unknown', '/sign-out'])(
    'shows a stranger at %s only the door',
    async (path) => {
      const { send } = await opened();
      const answer = await send(path);
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe('/sign-in');
      expect(await answer.text()).not.toContain('rtu-01');
    },
  );

  it('makes the first account by a link that works once', async () => {
    const { people, send } = await opened();
    const link = (await people.firstLink()) ?? '';
    expect((await send('/claim', { link, name: 'wang', password: 'short' })).status).toBe(422);
    expect((await send('/claim', { link: 'another', name: 'wang', password })).status).toBe(422);
    const made = await send('/claim', { link, name: 'wang', password });
    expect(made.status).toBe(303);
    expect(made.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await send('/claim', { link, name: 'li', password })).status).toBe(422);
    expect(await people.firstLink()).toBe(null);
  });

  it('lets in who has an account, until he signs out, and locks out who guesses', async () => {
    const { file, send, signIn } = await opened();
    await setTechnician(file, 'wang', password, now);
    const cookie = await signIn();
    const home = await send('/', undefined, cookie);
    expect(home.status).toBe(200);
    const csrf = /name="csrf" value="(\w+)"/.exec(await home.text())?.[1] ?? '';
    expect((await send('/sign-out', { csrf: 'not it' }, cookie)).status).toBe(403);
    expect((await send('/sign-out', { csrf }, cookie)).status).toBe(303);
    expect((await send('/', undefined, cookie)).status).toBe(303);
    for (let n = 0; n < 5; n++) expect((await send('/sign-in', { name: 'li', password: 'wrong' })).status).toBe(401);
    expect(await (await send('/sign-in', { name: 'li', password: 'wrong' })).text()).toMatch(/try again in \d+ s/);
    // Who guesses at one name keeps nobody else out.
    expect(await signIn()).not.toBe('');
  });

  it('works out passwords for strangers thirty times a minute, and no oftener', async () => {
    const { send } = await opened();
    const answers: number[] = [];
    for (let n = 0; n < 32; n++)
      answers.push((await send('/sign-in', { name: `guess-${n % 20}`, password: 'x' })).status);
    expect(answers.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(answers.slice(30)).toEqual([429, 429]);
  });

  it('says what is connected, what waits, what was refused and whose certificate is missing', async () => {
    const { file, send, signIn } = await opened();
    await setTechnician(file, 'wang', password, now);
    const text = await (await send('/', undefined, await signIn())).text();
    for (const said of [
      'not connected',
      'readings wait in the outbox',
      'OPC UA without security, for a lab only: opc.tcp://10.0.0.5:4840',
      'rtu.outletPressure = 2.5',
      '5 s ago',
      '4 min ago',
      '4.8 MB',
      'refused since the start: 1',
      'yanshao opcua trust abababababababab --gateway gw-1',
      'platform’s clock less ours, ms',
      '-1500',
    ])
      expect(text).toContain(said);
  });

  it('lists the urgent alarms that the gateway has to tell of itself, and whether anybody has been told', async () => {
    const { file, page, send, signIn } = await opened();
    await setTechnician(file, 'wang', password, now);
    const cookie = await signIn();
    const text = await (await send('/', undefined, cookie)).text();
    for (const said of [
      'Urgent alarms, judged here: 1',
      'Gas, second level',
      '45 %LEL',
      '(&gt;= 40 %LEL)',
      '&lt;i&gt;一号后厨&lt;/i&gt;',
      'nobody called yet',
      'the platform does not know',
      'http://duty/&lt;call&gt; answered 500',
    ])
      expect(text).toContain(said);
    const chinese = await fetch(`${page.url}/`, { headers: { cookie: `${cookie}; lang=zh` } });
    expect(await chinese.text()).toContain('燃气二级报警');
  });

  it('shows foreign text as text', async () => {
    const { file, send, signIn } = await opened();
    await setTechnician(file, 'wang', password, now);
    const text = await (await send('/', undefined, await signIn())).text();
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('CN=&lt;b&gt;SCADA&lt;/b&gt;');
    expect(text).not.toContain('<script>alert');
  });

  it('is in Chinese or English, and says at the door too that a line is not secured', async () => {
    const { page, send } = await opened();
    expect(await (await send('/sign-in')).text()).toContain('OPC UA without security');
    const chinese = await fetch(`${page.url}/sign-in`, { headers: { cookie: 'lang=zh' } });
    expect(await chinese.text()).toContain('OPC UA 未加密（仅限实验室）');
    const look = await send('/look?lang=zh&back=https%3A%2F%2Felsewhere');
    expect(look.headers.get('location')).toBe('/');
  });

  it('answers probes and scrapers with numbers alone', async () => {
    const { send } = await opened();
    expect(await (await send('/healthz')).json()).toEqual({ ok: true });
    const metrics = await (await send('/metrics')).text();
    expect(metrics).toContain('yanshao_gateway_outbox_bytes{gateway="gw-1"} 5000000');
    expect(metrics).toContain('yanshao_gateway_clock_offset_ms{gateway="gw-1"} -1500');
    expect(metrics).not.toContain('rtu-01');
  });

  it('goes beyond this machine only with TLS', async () => {
    const { people } = await opened();
    const parts = {
      host: '0.0.0.0',
      port: 0,
      gateway: { stats: async () => stats, recentRefusals: () => [] },
      id: 'gw-1',
      uplink: '',
      technicians: people,
      certificates: async () => [],
      logTail: () => [],
      version: '',
      clock: { now: () => now },
      log: silentLog,
    };
    await expect(startPage(parts)).rejects.toThrow(/YANSHAO_GATEWAY_PAGE_CERT/);
  });
});
