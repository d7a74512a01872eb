import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import { sewer, sudden } from '../../devices/biogas/curve-bench.ts';
import type { AlarmsBody, BiogasBody } from '../../devices/contract/api.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import type { TelemetryRow, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { openBrowser, openDesk, smallTargets, tooWide } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Alarms of pits in a city that really runs: their past is in the store, their alarm comes from the rules. */
const HOUR = 3_600_000;
const START = Date.now();
let folder: string;
let store: TelemetryStore;
let city: DashboardCity;
let dashboard: Dashboard;
let token: string;

const pit = (id: string, lon: number): Device => ({
  ...kitchen(id),
  type: 'underground-gas',
  name: `阀井 ${id}`,
  gasUnit: '%{VOL}',
  lon,
});
const station: Device = { ...kitchen('rtu-1'), type: 'gas-rtu', name: '调压站' };

/** Three days of a pit and its ethane, every ten minutes, to two minutes before now. */
const past = (device: string, methane: (hour: number) => number, ethane: number): TelemetryRow[] =>
  Array.from({ length: 72 * 6 }, (_, i) => START - 120_000 - i * 600_000)
    .reverse()
    .map((at) => {
      const level = methane((at - START) / HOUR);
      const values = { 'ug.ch4Vol': level, 'ug.ethane': 4 + level * 10_000 * ethane, 'ug.temperature': 24 };
      return { type: 'underground-gas', device, at, values };
    });
const flow: TelemetryRow[] = Array.from({ length: 72 * 6 }, (_, i) => ({
  type: 'gas-rtu',
  device: 'rtu-1',
  at: START - (72 * 6 - i) * 600_000,
  values: { 'rtu.flowRate': 100 + 60 * Math.sin(i / 12), 'rtu.outletPressure': 2.8 },
}));

/** What is reported live of a pit: once two minutes ago and once now, so that the on-delay has passed. */
async function rings(device: string, vol: number): Promise<string> {
  for (const at of [Date.now() - 100_000, Date.now()]) await city.reports(device, { 'ug.ch4Vol': vol }, at);
  return until(`${device} rings`, async () => {
    const { items } = await get<AlarmsBody>(`/api/v1/alarms?device=${device}`);
    return items[0]?.id;
  });
}

const ask = (path: string) => fetch(new URL(path, dashboard.url), { headers: { authorization: `Bearer ${token}` } });
const get = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>;
const adviceOn = (alarm: string) => get<BiogasBody>(`/api/v1/alarms/${encodeURIComponent(alarm)}/biogas`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-biogas-'));
  store = await openDuckdbTelemetryStore(join(folder, 'telemetry.duckdb'));
  await store.write([...past('pit-sewer', sewer, 0), ...past('pit-leak', sudden(1, 0.5), 0.02), ...flow]);
  city = await dashboardCity({ store });
  const pits = [pit('pit-sewer', 124.56), pit('pit-leak', 124.57), pit('pit-new', 124.58)];
  await city.put({ devices: [...pits, station, kitchen('hearth-1')] });
  dashboard = await city.dashboard();
  token = (await dashboard.accounts.newApiToken({ name: 'report', role: 'viewer' })).secret;
});
afterAll(async () => {
  await city.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the biogas advice on an alarm', () => {
  it('of a clean pit that filled within half an hour, with ethane, points to a leak and says why', async () => {
    const body = bodies.biogas.parse(await adviceOn(await rings('pit-leak', 3.1)));
    expect(body.advice.says).toBe('leak');
    expect(body.advice.reasons[0]).toMatchObject({ what: 'ethane', zh: expect.stringContaining('乙烷') });
    expect(body.advice.reasons.map(({ what }) => what)).toEqual(expect.arrayContaining(['habit', 'came-and-went']));
    expect(body.asOf).toBeGreaterThanOrEqual(START);
    expect(body.advice.dataUsed.samples).toBeGreaterThan(400);
  });

  it('of a sewer that comes and goes, without ethane, leans to biogas', async () => {
    const { advice } = await adviceOn(await rings('pit-sewer', 1.2));
    expect(advice.score).toBeGreaterThan(0.7);
    expect(advice.says).not.toBe('leak');
    expect(advice.reasons.find(({ what }) => what === 'ethane')?.weight).toBeGreaterThan(0);
  });

  it('of a monitor without a past is that there is too little data', async () => {
    const { advice } = await adviceOn(await rings('pit-new', 2));
    expect(advice).toMatchObject({ score: null, says: 'too-little-data', reasons: [] });
    expect(advice.because?.en).toMatch(/^only \d/);
  });

  it('changes nothing: the alarm stands as it stood', async () => {
    const before = await get<AlarmsBody>('/api/v1/alarms');
    for (const { id } of before.items.filter(({ measurement }) => measurement === 'ug.ch4Vol')) await adviceOn(id);
    expect(await get<AlarmsBody>('/api/v1/alarms')).toEqual(before);
  });

  it('is refused with a reason where there is no such alarm, or it is not of a pit', async () => {
    const none = await ask('/api/v1/alarms/no%2Fsuch%2F1/biogas');
    expect([none.status, await none.json()]).toMatchObject([404, { code: 'not-found' }]);
    await city.reports('hearth-1', { 'alarm.ch4': 60 });
    const id = await until('the kitchen rings', async () => {
      const { items } = await get<AlarmsBody>('/api/v1/alarms?device=hearth-1');
      return items[0]?.id;
    });
    const kitchenAlarm = await ask(`/api/v1/alarms/${encodeURIComponent(id)}/biogas`);
    expect(kitchenAlarm.status).toBe(404);
    expect(await kitchenAlarm.json()).toMatchObject({
      code: 'not-underground',
      zh: expect.stringContaining('地下空间'),
    });
  });
});

needs('chromium', 'cjk-font')('the biogas box in the detail of an alarm', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  const box = () => page.getByRole('region', { name: /沼气研判参考|Biogas advice/ });
  const open = async (device: string) => {
    const { items } = await get<AlarmsBody>(`/api/v1/alarms?device=${device}`);
    await page.goto(`/?alarm=${encodeURIComponent(items[0]!.id)}&view=detail`);
  };

  beforeAll(async () => {
    const served = await city.dashboard({ webDir: pageDir });
    browser = await openBrowser();
    ({ page } = await openDesk(browser, served.url, { width: 1440, height: 1000 }));
    await page.goto(`/claim#${await served.accounts.firstLink()}`);
    const password = 'geese that stay awake';
    await page.getByLabel('用户名').fill('值班员');
    for (const label of ['密码', '再输一次密码']) await page.getByLabel(label, { exact: true }).fill(password);
    await page.getByRole('button', { name: '设置并进入' }).click();
    await page.getByRole('complementary').first().waitFor();
  });
  afterAll(() => browser?.close());

  it('says what it looks like, why, with the numbers, and that it is advice only', async () => {
    await open('pit-leak');
    await box().getByText('像泄漏').waitFor();
    await box()
      .getByText(/^乙烷 .* ppm，为甲烷的 2\.\d %/)
      .waitFor();
    expect(await box().getByText('仅供参考，不代替研判，不改变告警。').isVisible()).toBe(true);
    expect(
      await box()
        .getByRole('img', { name: /沼气倾向 \d+ %/ })
        .isVisible(),
    ).toBe(true);
  });

  it('says plainly that there is too little data, and shows no score', async () => {
    await open('pit-new');
    await box().getByText('数据不足，不作判断').waitFor();
    await box()
      .getByText(/^只有 .* 小时的甲烷数据/)
      .waitFor();
    expect(await box().getByRole('img').count()).toBe(0);
  });

  it('speaks English too, in light and dark, and fits a phone', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Light' }).click();
    await open('pit-sewer');
    await box().getByText('Advice only: it does not replace a verdict and changes nothing about the alarm.').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await box().scrollIntoViewIfNeeded();
    expect(await tooWide(page)).toBe(0);
    expect((await smallTargets(page, 44)).filter((target) => /Refresh|more reasons/.test(target))).toEqual([]);
  });

  it('is not there for an alarm of a kitchen', async () => {
    await open('hearth-1');
    await page.getByRole('complementary').getByText('Clause of the standard').waitFor();
    expect(await box().count()).toBe(0);
  });
});
