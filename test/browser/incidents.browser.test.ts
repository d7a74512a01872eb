import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../devices/contract/incident.ts';
import { type Desk, drawnMap, openBrowser, openDesk, smallTargets, tooWide } from '../support/browser.ts';
import { type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** The demonstration with a leak that spreads: what a visitor sees of it, in a real browser. */
let platform: Platform;
let browser: Browser;
let desk: Desk;
let incident: Incident;

interface Page<T> {
  readonly items: readonly T[];
}
const pictures = async () => (await platform.get<Page<Incident>>('/api/v1/incidents?detectors=2')).items;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform({ YANSHAO_DEMO_SPEED: '4' }), openBrowser()]);
  await platform.post('/api/v1/demo/faults', { kind: 'spreading-leak' });
  incident = await until(
    'two pits and a kitchen are one incident',
    async () => (await pictures()).find(({ counts }) => counts.detectors >= 3),
    { withinMs: 280_000, everyMs: 1000 },
  );
  // Only now: a map that is drawn for minutes takes the processor from what runs beside this.
  desk = await openDesk(browser, platform.url);
  await desk.page.goto(`/claim#${platform.link}`);
  await desk.page.getByLabel('用户名').fill('值班员');
  await desk.page.getByLabel('密码', { exact: true }).fill('geese that stay awake');
  await desk.page.getByLabel('再输一次密码').fill('geese that stay awake');
  await desk.page.getByRole('button', { name: '设置并进入' }).click();
}, 320_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

describe('a leak that spreads in the demonstration', () => {
  it('is one incident with its valves on the pipe, the nearest crew and the permit to dig', () => {
    expect(incident.valves[0]).toMatchObject({ onPipe: true });
    expect(incident.crews[0]?.phone).toBeTruthy();
    expect(incident.records.map(({ kind }) => kind)).toContain('permit');
    expect(incident.demo).toBe(true);
  });

  it('shows as a ring with ties between its members on the map, and as one box beside its alarms', async () => {
    const { page } = desk;
    const row = page.locator('.row').filter({ hasText: '首发' }).first();
    await row.click();
    const box = page.getByRole('region', { name: '泄漏事件' });
    await box.waitFor();
    await expect.poll(() => box.locator('.incident-members button').count()).toBeGreaterThanOrEqual(3);
    expect(await box.textContent()).toMatch(/首发[\s\S]*最近阀门[\s\S]*在同一管段[\s\S]*抢修班组/);
    expect(await box.locator('a[href^="tel:"]').count()).toBeGreaterThan(0);
    const drawn = await until('the ring is drawn', async () => {
      const seen = await drawnMap(page);
      return seen?.layers['ys-incident-ring'] ? seen : undefined;
    });
    expect(drawn.layers['ys-incident-tie']).toBeGreaterThanOrEqual(2);
  });

  it('leads from one member to the next', async () => {
    const { page } = desk;
    const others = page
      .getByRole('region', { name: '泄漏事件' })
      .locator('.incident-members button:not([aria-current])');
    const before = page.url();
    await others.first().click();
    await expect.poll(() => page.url()).not.toBe(before);
    await page.getByRole('region', { name: '泄漏事件' }).waitFor();
  });

  it('is in the figures of the seats, and a point that rang opens from there', async () => {
    await desk.page.locator('.row').first().waitFor();
    // A page of its own: the map of the other need not be drawn anew.
    const { page, context } = await openDesk(browser, platform.url, { as: desk });
    await page.goto('/kpis');
    await page.getByRole('heading', { name: '指标', level: 1 }).waitFor();
    const often = page
      .locator('.kpis-points')
      .filter({ has: page.getByRole('heading', { name: '最频繁的十个报警点' }) });
    await often.locator('li').first().waitFor();
    expect(Number(await often.locator('li > b').first().textContent())).toBeGreaterThan(0);
    expect(await tooWide(page)).toBe(0);
    await often.getByRole('link').first().click();
    await expect.poll(() => new URL(page.url()).searchParams.get('device')).toBeTruthy();
    await context.close();
  });

  it('fits a phone, in English too', async () => {
    const phone = await openDesk(browser, platform.url, { as: desk, width: 390, height: 844, phone: true });
    await phone.page.goto(`/?alarm=${encodeURIComponent(incident.firstOut)}&view=detail`);
    await phone.page.getByRole('region', { name: '泄漏事件' }).waitFor();
    expect(await tooWide(phone.page)).toBe(0);
    expect(await smallTargets(phone.page, 24)).toEqual([]);
    expect(phone.witness.errors).toEqual([]);
    await phone.context.close();
    await desk.page.getByRole('button', { name: 'English' }).click();
    expect(await desk.page.getByRole('region', { name: 'Leak picture' }).textContent()).toMatch(
      /first-out[\s\S]*Nearest crew/,
    );
    expect(desk.witness.errors).toEqual([]);
  });
});
