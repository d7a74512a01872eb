/**
 * `node test/browser/screenshots.ts`: takes the pictures of docs/images anew, from a demonstration of its own. Takes about two minutes,
 * because the alarms in them are real: the opening leak, a station over pressure, a tilted pole, a burning bin.
 */
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { AlarmsBody } from '../../devices/contract/api.ts';
import { type Desk, drawnMap, openBrowser, openDesk } from '../support/browser.ts';
import { startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const MOST_BYTES = 400_000;

const [platform, browser] = await Promise.all([startPlatform(), openBrowser()]);
try {
  mkdirSync(images, { recursive: true });
  const desk = await openDesk(browser, platform.url);
  await desk.page.goto(`/claim#${platform.link}`);
  await desk.page.getByLabel('用户名').fill('值班员');
  await desk.page.getByLabel('密码', { exact: true }).fill('geese that stay awake');
  await desk.page.getByLabel('再输一次密码').fill('geese that stay awake');
  await desk.page.getByRole('button', { name: '设置并进入' }).click();

  const open = async () => (await platform.get<AlarmsBody>('/api/v1/alarms?state=open')).items;
  for (const kind of ['pressure', 'burning-bin']) await platform.post('/api/v1/demo/faults', { kind });
  const leak = await until(
    'the opening leak has risen, and others ring',
    async () => {
      const alarms = await open();
      const rules = new Set(alarms.filter(({ priority }) => priority === 'P1').map(({ rule }) => rule));
      const leak = alarms.find(({ rule, value }) => rule === 'G05-14.com-l2' && value !== null);
      return rules.size >= 3 ? leak : undefined;
    },
    { withinMs: 150_000, everyMs: 500 },
  );
  const address = `/?alarm=${encodeURIComponent(leak.id)}`;

  const inHand = (await open()).filter(({ rule }) => rule.startsWith('G05-01.')).map(({ id }) => id);
  await platform.post('/api/v1/alarms/acknowledge', { ids: inHand });

  await openAt(desk, address);
  await until(
    'the leak is at its height',
    async () => Number.parseFloat(await desk.page.locator('.big').innerText()) > 50,
  );
  await picture(desk.page, 'duty-desk.png');

  const phone = await openDesk(browser, platform.url, { as: desk, width: 390, height: 844, phone: true });
  await phone.page.goto('/');
  await phone.page.locator(`[data-alarm="${leak.id}"]`).waitFor();
  await begin(phone.page);
  await picture(phone.page, 'phone.png');

  await desk.page.getByRole('button', { name: 'English' }).click();
  await desk.page.getByRole('button', { name: 'Light' }).click();
  await openAt(desk, address);
  await picture(desk.page, 'duty-desk-light-en.png');
} finally {
  await browser.close();
  await platform.stop();
}

/** The duty desk with the alarm of `address` open, its curve and the map drawn, and its sound on. */
async function openAt({ page }: Desk, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('.curve canvas').waitFor();
  await page.locator('.map-holder[data-ready]').waitFor();
  await begin(page);
  // The registry and the first values are there, and no dot still waits for its first sign of life.
  await until('the map is complete', async () => ((await drawnMap(page))?.dots.length ?? 0) > 100);
}

/** Begins the watch: the red bar about the sound goes. */
async function begin(page: Page): Promise<void> {
  const bar = page.locator('.sound-bar');
  await until('the sound is on', async () => {
    // It may have been allowed to play already: looking at a page by playwright counts as a gesture in it.
    if (await bar.isVisible()) await bar.getByRole('button').click({ timeout: 1000 });
    return (await bar.count()) === 0;
  });
}

/** Takes a picture, with what blinks in its bright half. */
async function picture(page: Page, name: string): Promise<void> {
  const path = `${images}${name}`;
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  console.log(`${name}: ${Math.round(size / 1000)} kB`);
  if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes, more than ${MOST_BYTES}`);
}
