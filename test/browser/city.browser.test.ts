import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { en } from '../../dashboard/web/i18n/en.ts';
import { zh } from '../../dashboard/web/i18n/zh.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { AlarmsBody, CityBody, DeviceBody, DevicesBody, ReadingsBody } from '../../devices/contract/api.ts';
import {
  canvasTexts,
  type Desk,
  type DeskOptions,
  type Drawn,
  drawnMap,
  openBrowser,
  openDesk,
  pixelsOf,
  rowTimes,
  smallTargets,
  soundOf,
  textsOf,
  tooWide,
  type Witness,
} from '../support/browser.ts';
import { memoryOfGroup } from '../support/memory.ts';
import { type Platform, startPlatform } from '../support/platform.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * What a newcomer sees in the first minutes: the real program, a real browser, a foreign MQTT client. The tests are one story and
 * run in order; what takes minutes (a gateway unplugged for two, a second leak) is begun early and looked at later.
 */
const NAME = 'duty';
const PASSWORD = 'geese that stay awake';
const MB = 2 ** 20;
const UNPLUGGED_MS = 120_000;
/** Pitch of the first beep of a P1 call, hertz. */
const P1_HERTZ = 988;

needs(
  'chromium',
  'mosquitto_pub',
  'cjk-font',
)('a city on its first evening', () => {
  let platform: Platform;
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  /** The same person's phone, open all the time. */
  let phone: Desk;
  const witnesses: Witness[] = [];
  let startedAt: number;
  /** The leak that the demonstration opens with. */
  let opening: Alarm;
  let leakAgain: string;
  let unplugged: { gateway: string; at: number };

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), openBrowser()]);
    startedAt = Date.now();
    desk = await openWatched();
    page = desk.page;
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  const alarms = async (query: string) => (await platform.get<AlarmsBody>(`/api/v1/alarms?limit=1000&${query}`)).items;
  const row = ({ id }: Pick<Alarm, 'id'>, on: Page = page) => on.locator(`[data-alarm="${id}"]`);
  const detail = () => page.getByRole('complementary', { name: '详情' });
  const printedLine = () => /^\s*(mosquitto_pub .*)$/m.exec(platform.output())?.[1] ?? '';

  it('says where it is, how to get in and what to try, and nothing else', () => {
    const said = platform.output();
    expect(said).toContain(`${platform.url}/claim#${platform.link}`);
    expect(said).toContain(`mqtt://127.0.0.1:${platform.mqttPort}`);
    expect(printedLine()).toMatch(/ -p \d+ -q 1 -t v1\/devices\/me\/telemetry -u \S+ -m '{"alarm.ch4": 45}'$/);
    expect(said).not.toMatch(/client_base_impl|ExperimentalWarning|at file:/);
    report('start alone', `${/\s([\d.]+) s · /.exec(said)?.[1]} s`);
  });

  it('lets in whoever holds the link, with a password of some length', async () => {
    await page.goto(`/claim#${platform.link}`);
    const enter = page.getByRole('button', { name: '设置并进入' });
    await page.getByLabel('用户名').fill(NAME);
    await page.getByLabel('密码', { exact: true }).fill('geese');
    await page.getByText('密码还差 7 个字符。').waitFor();
    expect(await enter.isDisabled()).toBe(true);
    // The server does not take the page's word for it.
    const data = { link: platform.link, name: NAME, password: 'geese' };
    const refusal = await page.request.post('/api/v1/session/claim', { data });
    expect(await refusal.json()).toMatchObject({
      status: 422,
      code: 'weak-password',
      zh: expect.stringContaining('至少 12 位'),
    });

    await claim(page);
    expect(await page.getByText('SIMULATION').isVisible()).toBe(true);
    const again = await page.request.post('/api/v1/session/claim', { data: { ...data, password: PASSWORD } });
    expect(again.status()).toBe(422);
  });

  it('draws rivers, districts, every device and what is abnormal', async () => {
    await page.getByRole('button', { name: '显示全市' }).click();
    const { total } = await platform.get<DevicesBody>('/api/v1/devices?limit=1');
    const drawn = await untilDrawn(page, ({ dots }) => dots.length >= total);
    expect(total).toBeGreaterThanOrEqual(380);
    expect(drawn.layers).toMatchObject({ river: expect.any(Number), outline: expect.any(Number) });
    expect(drawn.layers.land).toBeGreaterThanOrEqual(12);
    expect(Object.values(drawn.symbols)).toContain('p4');
    expect(await canvasTexts(page)).toEqual(expect.arrayContaining(['湘', '江']));
    const picture = await page.locator('.map-holder canvas').screenshot();
    const pixels = await pixelsOf(page, picture, ['#161d24', '#23465a', '#7c8a95', '#5ab0ff']);
    expect(pixels['#161d24'], 'land').toBeGreaterThan(50_000);
    expect(pixels['#23465a'], 'rivers').toBeGreaterThan(500);
    expect(pixels['#7c8a95'], 'device dots').toBeGreaterThan(50);
    expect(pixels['#5ab0ff'], 'a P4 symbol').toBeGreaterThan(20);
  });

  it('unplugs a gateway at the press of a button', async () => {
    unplugged = { gateway: await pressFault(page, '拔掉一个网关'), at: Date.now() };
    phone = await openWatched({ as: desk, width: 390, height: 844, phone: true });
    await phone.page.goto('/');
    await phone.page.getByRole('tab', { name: /^全部 [1-9]/ }).waitFor();
  });

  it('raises a P1 gas alarm within two minutes: value against limit, clause, department, a running clock', async () => {
    const found = await until(
      'the opening leak alarms',
      async () =>
        (await alarms('state=open')).find(({ priority, clause }) => priority === 'P1' && clause.item === 'G05-14'),
      { withinMs: 120_000, everyMs: 500 },
    );
    opening = found;
    expect(Date.now() - startedAt).toBeLessThan(120_000);
    report('first P1 after the start', `${((opening.raisedAt - startedAt) / 1000).toFixed(0)} s`);
    const shown = page.getByRole('region', { name: '告警表' }).getByRole('button', { name: opening.deviceName });
    await shown.waitFor();
    const words = await shown.innerText();
    expect(words).toMatch(/\d+(\.\d)? %LEL/);
    expect(words).toContain('G05-14');
    expect(words).toContain('无人负责');
    expect(await shown.getByTitle('限值 ≥ 40 %LEL').count()).toBe(1);
    const clock = shown.locator('.row-age');
    const before = await clock.innerText();
    await until('its clock runs', async () => (await clock.innerText()) !== before);
    await until(
      'its value runs on with the leak',
      async () => Number.parseFloat(await shown.locator('.row-value b').first().innerText()) > 50,
    );
    await untilDrawn(page, ({ symbols }) => symbols[opening.device] === 'p1');
    const { rss, pss, processes } = memoryOfGroup(platform.pid);
    report('memory once alive', `${mb(pss)} Pss, ${mb(rss)} Rss, ${processes} processes`);
    expect(pss).toBeLessThan(700 * MB);
  });

  it('says that nobody can hear it until someone begins the watch, and then rings', async () => {
    // Another workstation of the same person: in the first, the click that entered has begun the watch already.
    const entered = desk;
    desk = await openWatched({ as: entered });
    page = desk.page;
    await entered.context.close();
    // Looking at a page by playwright counts as a gesture in it: wait for its stream, which opens together with its sound.
    await Promise.all([page.waitForEvent('websocket'), page.goto('/', { waitUntil: 'commit' })]);
    await page.getByText('声音未启用：新告警不会响铃。').waitFor();
    const silent = await soundOf(page);
    expect(silent.contexts.every(({ state }) => state !== 'running')).toBe(true);
    expect(silent.tones).toEqual([]);
    await page.getByRole('button', { name: '开始值班' }).click();
    await page.getByRole('button', { name: '声音已启用' }).waitFor();
    await page.getByText('声音未启用：新告警不会响铃。').waitFor({ state: 'hidden' });
    await until('a P1 rings', async () =>
      (await soundOf(page)).tones.some(({ hertz, state }) => hertz === P1_HERTZ && state === 'running'),
    );
    const [first] = (await soundOf(page)).contexts;
    await until('sound comes out', async () => {
      const [now] = (await soundOf(page)).contexts;
      return (now?.currentTime ?? 0) > (first?.currentTime ?? 0);
    });
  });

  it('keeps quiet for two minutes when asked, and lets a new P1 break that', async () => {
    await page.keyboard.press('m');
    await page.getByRole('button', { name: /静音 [12]:\d\d/ }).waitFor();
    const mutedAt = Date.now();
    const broken = await publishAs((await quietKitchens(1))[0] ?? '', '{"alarm.ch4": 45}');
    const [, shownAt] = await rowOf(broken);
    await page.getByRole('button', { name: '声音已启用' }).waitFor();
    const rang = await until('it rings again', async () =>
      (await soundOf(page)).tones.find(({ hertz, at }) => hertz === P1_HERTZ && at > mutedAt),
    );
    // The sound may be a moment ahead of the row that is painted.
    expect(rang.at).toBeGreaterThanOrEqual(shownAt - 500);
  });

  it('shows the curve of the alarm with its limits by name', async () => {
    await row(opening).click();
    const curve = detail().getByRole('img', { name: /^曲线：最低/ });
    await curve.waitFor();
    await detail().getByRole('button', { name: '24 小时' }).click();
    await curve.waitFor();
    await until('limits are drawn with their names', async () => {
      const drawn = await canvasTexts(page);
      return drawn.includes('P1 餐饮燃气二级报警 40 %LEL') && drawn.some((text) => / 10 %LEL$/.test(text));
    });
    const colours = ['#ff4d5e', await cssColour(page, '--chart')] as const;
    await until('the curve and its P1 limit are drawn', async () => {
      const pixels = await pixelsOf(page, await curve.screenshot(), colours);
      return colours.every((colour) => (pixels[colour] ?? 0) > 40);
    });
    expect(await detail().getByText('标准条款').isVisible()).toBe(true);
  });

  it('is acknowledged in one action: blinking stops, everyone sees who and when', async () => {
    const mark = row(opening).locator('.blink');
    expect(await mark.count()).toBe(1);
    await detail().getByRole('button', { name: '确认', exact: false }).click();
    await detail().getByRole('button', { name: '已确认' }).waitFor();
    await mark.waitFor({ state: 'detached' });
    const line = detail().getByRole('listitem').filter({ hasText: '确认' }).filter({ hasText: NAME });
    expect(await line.innerText()).toMatch(/^\d\d:\d\d:\d\d/);
    // Nobody touched the phone.
    await row(opening, phone.page).filter({ hasText: '处置中' }).waitFor();
    await row(opening, phone.page).locator('.blink').waitFor({ state: 'detached' });
    await page.reload();
    await detail().getByRole('button', { name: '已确认' }).waitFor();
    const sections = page.getByRole('navigation', { name: '页面' });
    await sections.getByText('更多').click();
    await sections.getByRole('link', { name: '审计' }).click();
    const entry = page.getByRole('row').filter({ hasText: '确认告警' }).filter({ hasText: NAME });
    await entry.first().waitFor();
    expect(await entry.first().textContent()).toContain(opening.id);
    await goWithin(page, '/');
    leakAgain = await pressFault(page, '再漏一次');
  });

  it('shows the alarm of the printed line on the open page', async () => {
    const [id] = await runPrintedLine();
    expect(id).toContain('/G05-14.');
    await row({ id }).waitFor();
    expect((await alarms(`state=open&device=${printedDevice()}`)).find((alarm) => alarm.id === id)?.value).toBe(45);
  });

  it('has the row on the page soon after the publish', async () => {
    const { camera } = await untilDrawn(page, ({ dots }) => dots.length > 0);
    const took: number[] = [];
    for (const device of await quietKitchens(20)) {
      const sent = Date.now();
      await publishAs(device, '{"alarm.ch4": 45}');
      const [id, shownAt] = await rowOf(device);
      took.push(shownAt - sent);
      expect((await platform.post('/api/v1/alarms/acknowledge', { ids: [id] })).status).toBe(200);
    }
    took.sort((a, b) => a - b);
    report(
      'publish → row, mosquitto_pub’s own start included',
      `p50 ${took[took.length >> 1]} ms, worst of ${took.length} ${took.at(-1)} ms`,
    );
    // What it takes when nothing else runs is the benchmark's to say; here other suites share the machine.
    expect(took.at(-1)).toBeLessThan(10_000);
    const after = await untilDrawn(page, ({ dots }) => dots.length > 0);
    expect(after.camera, 'data never move the camera').toEqual(camera);
  });

  it('says why it refused a bad message, and keeps it', async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '贴一个坏报文' }).click();
    const dialog = page.getByRole('dialog', { name: '贴一个坏报文' });
    const [kitchen = ''] = await quietKitchens(1);
    await dialog.getByRole('searchbox').or(dialog.getByRole('textbox')).first().fill(kitchen);
    await dialog.getByRole('option').first().click();
    await dialog.getByRole('button', { name: '发送' }).click();
    const said = dialog.getByRole('status').filter({ hasText: '已被隔离' });
    await said.waitFor();
    expect(await said.innerText()).toContain('JSON');
    await said.getByRole('link', { name: '到隔离区查看' }).click();
    const kept = page.getByRole('listitem').filter({ hasText: '不是 JSON' });
    await kept.first().waitFor();
    await kept
      .first()
      .getByText(/^原始报文/)
      .click();
    expect(await kept.first().innerText()).toContain('{"alarm.ch4": 3.2');
  });

  it('rings for the second leak', async () => {
    const second = await until(
      'the second leak alarms',
      async () => (await alarms(`state=all&device=${leakAgain}`)).find(({ priority }) => priority === 'P1'),
      { withinMs: 100_000, everyMs: 500 },
    );
    expect(second.clause.item).toBe('G05-14');
    await goWithin(page, '/');
    await row(second).waitFor();
  });

  it('has one alarm for the gateway and what is blind behind it; its backlog fills the gap, and nothing doubles', async () => {
    const { gateway, at } = unplugged;
    const behind = (await platform.get<DevicesBody>(`/api/v1/devices?gateway=${gateway}&limit=1000`)).items;
    const down = await until(
      'the gateway is back',
      async () => (await alarms(`state=all&device=${gateway}`)).find(({ returnedAt }) => returnedAt !== null),
      { withinMs: UNPLUGGED_MS + 40_000, everyMs: 500 },
    );
    expect(down.rule).toBe('platform.gateway-down');
    expect(down.explanation.zh).toContain(`${behind.length} 台设备失去监测`);
    expect(await alarms(`state=all&device=${gateway}`)).toHaveLength(1);
    await goWithin(page, `/?alarm=${encodeURIComponent(down.id)}`);
    await row(down).waitFor();
    await detail().getByText(`${behind.length} 台设备失去监测`).first().waitFor();

    const end = at + UNPLUGGED_MS;
    const filled = await until(
      'the curve is filled',
      async () => {
        for (const device of behind.slice(0, 5)) {
          const times = await timesOf(device, at + 5000, end - 5000);
          if (times.length >= 3) return { device: device.id, times };
        }
        return undefined;
      },
      { withinMs: 60_000, everyMs: 1000 },
    );
    report('readings of one device kept through the outage', `${filled.times.length} of ${filled.device}`);
    const open = (await alarms('state=open')).map(({ device, rule }) => `${device} ${rule}`);
    expect(open.filter((key, index) => open.indexOf(key) !== index)).toEqual([]);
  });

  it('speaks English wherever it spoke Chinese', async () => {
    const names = await properNames();
    const foreign = async (address: string) => {
      await goWithin(page, address);
      await settled(page);
      return (await textsOf(page)).filter((text) => han.test(without(names, text)));
    };
    // The duty desk last and then first, so that it is seen to change while it is open.
    const others = ['/standards', '/quarantine', '/audit'];
    const desk = `/?alarm=${encodeURIComponent(opening.id)}`;
    for (const address of [...others, desk]) expect((await foreign(address)).length, address).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'English' }).click();
    const left: string[] = [];
    for (const address of [desk, ...others]) left.push(...(await foreign(address)));
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: '中文' }).click();
    expect([...new Set(left)]).toEqual([]);
  });

  it('is as complete on a light ground', async () => {
    await goWithin(page, '/');
    await page.locator('.map-holder[data-ready]').waitFor();
    await page.getByRole('button', { name: '浅色界面' }).click();
    await page.getByRole('button', { name: '显示全市' }).click();
    const { total } = await platform.get<DevicesBody>('/api/v1/devices?limit=1');
    await untilDrawn(page, ({ dots, symbols }) => dots.length >= total && opening.device in symbols);
    const picture = await page.locator('.map-holder canvas').screenshot();
    const pixels = await pixelsOf(page, picture, ['#f5f5f1', '#b4cdda', '#77828b']);
    expect(pixels['#f5f5f1'], 'land').toBeGreaterThan(50_000);
    expect(pixels['#b4cdda'], 'rivers').toBeGreaterThan(500);
    expect(pixels['#77828b'], 'device dots').toBeGreaterThan(50);
    await page.getByRole('button', { name: '深色界面' }).click();
  });

  it('fits a phone, with room for a finger', async () => {
    const select = `alarm=${encodeURIComponent(opening.id)}`;
    const faults: string[] = [];
    for (const address of ['/', '/?view=map', `/?${select}&view=detail`, '/standards', '/quarantine', '/audit']) {
      await phone.page.goto(address);
      await settled(phone.page);
      const wide = await tooWide(phone.page);
      if (wide > 0) faults.push(`${address} is ${wide} px too wide`);
      faults.push(...(await smallTargets(phone.page, 44)).map((target) => `${address}: ${target}`));
    }
    expect(faults).toEqual([]);
    await phone.page.goto('/');
  });

  it('says that data have stopped after kill -9, and recovers by itself with everything there', async () => {
    await goWithin(page, `/?alarm=${encodeURIComponent(opening.id)}`);
    await detail().getByRole('button', { name: '已确认' }).waitFor();
    const before = await alarms('state=open');
    const outage = async () => {
      await platform.kill();
      await page.getByText('正在连接…').waitFor();
      await page.getByRole('status').filter({ hasText: '数据已中断' }).waitFor();
      expect(await page.locator('.app.silent').count()).toBe(1);
      report('ready again after kill -9', `${((await platform.restart()) / 1000).toFixed(1)} s`);
      await page.getByRole('status').filter({ hasText: '数据已中断' }).waitFor({ state: 'detached' });
      await phone.page.locator('.app.silent').waitFor({ state: 'detached' });
    };
    await desk.witness.whileServerIsAway(() => phone.witness.whileServerIsAway(outage));
    await detail().getByRole('button', { name: '已确认' }).waitFor();
    const now = new Map((await alarms('state=all')).map((alarm) => [alarm.id, alarm]));
    for (const { id, ackedAt, ackedBy } of before) expect(now.get(id)).toMatchObject({ id, ackedAt, ackedBy });
    await row(opening).filter({ hasText: '处置中' }).waitFor();
  });

  it('asked nothing of the outside, broke no rule of its own and logged no error', () => {
    for (const witness of witnesses) {
      expect(witness.outside).toEqual([]);
      expect(witness.violations).toEqual([]);
      expect(witness.errors).toEqual([]);
    }
  });

  it('is another city when told so', async () => {
    await Promise.all([desk.context.close(), phone.context.close(), platform.stop()]);
    platform = await startPlatform({ YANSHAO_CITY: 'linglan' });
    desk = await openWatched();
    page = desk.page;
    await page.goto(`/claim#${platform.link}`);
    await claim(page);
    const { city } = await platform.get<CityBody>('/api/v1/city');
    await until('the page has its name', async () => (await page.title()).includes(city.name.zh));
    await page.getByRole('button', { name: '显示全市' }).click();
    const { total } = await platform.get<DevicesBody>('/api/v1/devices?limit=1');
    const drawn = await untilDrawn(page, ({ dots }) => dots.length >= total);
    expect(drawn.layers.river).toBeGreaterThan(0);
    expect(drawn.layers.land).toBeGreaterThan(1);
    expect((await textsOf(page)).filter((text) => /衡阳|Hengyang/.test(text))).toEqual([]);
    const [id] = await runPrintedLine();
    await row({ id }).waitFor();
    expect(desk.witness).toMatchObject({ outside: [], violations: [], errors: [] });
  });

  async function openWatched(options: DeskOptions = {}): Promise<Desk> {
    const opened = await openDesk(browser, platform.url, options);
    witnesses.push(opened.witness);
    return opened;
  }

  /** Tokens of the demonstration's own devices, as its data folder keeps them for later starts. */
  function tokens(): Record<string, string> {
    const file = join(platform.dataDir, 'demo', 'secrets', 'demonstration.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { secrets: { devices: Record<string, string> } }).secrets.devices;
  }

  /** The device whose token the start printed. */
  function printedDevice(): string {
    const [, token] = / -u (\S+) /.exec(printedLine()) ?? [];
    return Object.entries(tokens()).find(([, own]) => own === token)?.[0] ?? '';
  }

  /** Types the line into a shell, as it was printed, and waits for what it does on the page. */
  async function runPrintedLine(): Promise<[id: string, shownAt: number]> {
    const ran = spawn('sh', ['-c', printedLine()], { stdio: 'inherit' });
    expect(await once(ran, 'exit')).toEqual([0, null]);
    return rowOf(printedDevice());
  }

  /** Gas alarms with a connection of their own and no open alarm: restaurants first, then homes. */
  async function quietKitchens(count: number): Promise<string[]> {
    const ringing = new Set((await alarms('state=open')).map(({ device }) => device));
    const all = Object.keys(tokens()).filter((id) => !ringing.has(id) && id !== leakAgain && id !== printedDevice());
    return [/^kitchen-/, /^home-/].flatMap((kind) => all.filter((id) => kind.test(id))).slice(0, count);
  }

  async function publishAs(device: string, payload: string): Promise<string> {
    const words = ['-h', '127.0.0.1', '-p', String(platform.mqttPort), '-q', '1', '-t', 'v1/devices/me/telemetry'];
    const ran = spawn('mosquitto_pub', [...words, '-u', tokens()[device] ?? '', '-m', payload], { stdio: 'inherit' });
    expect(await once(ran, 'exit')).toEqual([0, null]);
    return device;
  }

  /** Waits for a row of a device on the page: its alarm's id, and when it appeared. */
  function rowOf(device: string): Promise<[id: string, shownAt: number]> {
    return until(`a row of ${device}`, async () => {
      const found = Object.entries(await rowTimes(page)).filter(([id]) => id.startsWith(`${device}/`));
      return found.sort((a, b) => b[1] - a[1])[0];
    });
  }

  /** Source times of the most frequent of a device's measurements between two moments. */
  async function timesOf(device: DeviceBody, from: number, to: number): Promise<number[]> {
    let best: number[] = [];
    for (const measurement of Object.keys(device.values)) {
      const query = `device=${device.id}&measurement=${measurement}&from=${from}&to=${to}`;
      const { samples } = await platform.get<ReadingsBody>(`/api/v1/readings?${query}`);
      if (samples.length > best.length) best = samples.map(([at]) => at);
    }
    return best;
  }

  /** Names that stay as they are in any language: places, people, catalogue texts, and the city's own words. */
  async function properNames(): Promise<readonly string[]> {
    const bodies = await Promise.all(
      ['devices?limit=1000', 'sites?limit=1000', 'gateways?limit=1000', 'standards', 'city', 'audit'].map((path) =>
        platform.get(`/api/v1/${path}`),
      ),
    );
    const names = new Set<string>();
    const walk = (value: unknown, key: string): void => {
      if (typeof value === 'string' && han.test(value) && key !== 'zh') names.add(value);
      else if (value && typeof value === 'object') for (const [name, inner] of Object.entries(value)) walk(inner, name);
    };
    for (const body of bodies) walk(body, '');
    return [...names].sort((a, b) => b.length - a.length);
  }
});

const han = /\p{Script=Han}/u;
const without = (names: readonly string[], text: string): string =>
  names.reduce((left, name) => left.replaceAll(name, ''), text);
const mb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;

/** Figures that a run reports and does not judge. */
function report(what: string, figure: string): void {
  process.stdout.write(`    ${what}: ${figure}\n`);
}

/** Uses the one-time link that the page shows. */
async function claim(page: Page): Promise<void> {
  await page.getByLabel('用户名').fill(NAME);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByLabel('再输一次密码').fill(PASSWORD);
  await page.getByRole('button', { name: '设置并进入' }).click();
  await page.locator('.map-holder[data-ready]').waitFor();
}

/** Presses a button of the demonstration and hands back what it struck. */
async function pressFault(page: Page, name: string): Promise<string> {
  const [answer] = await Promise.all([
    page.waitForResponse('**/api/v1/demo/faults'),
    page.getByRole('button', { name }).click(),
  ]);
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { started: string }).started;
}

async function untilDrawn(page: Page, wanted: (drawn: Drawn) => boolean): Promise<Drawn> {
  const drawn = async () => {
    const now = await drawnMap(page);
    return now && wanted(now) ? now : undefined;
  };
  // The processor draws it, beside all the rest of a city.
  return until('the map is drawn', drawn, { withinMs: 60_000 });
}

/** Goes to another address of the page as its own links do, without loading it anew. */
const goWithin = (page: Page, address: string): Promise<void> =>
  page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );

/** What the page says while it is not complete yet. */
const busy = ['loading', 'banner.waiting', 'map.loading', 'link.connecting', 'link.resyncing'] as const;

/** Two maps are drawn by the processor while a city runs beside them. */
const drawing = { withinMs: 60_000 };

/** The page has its data: nothing says any more that it is reading. */
async function settled(page: Page): Promise<void> {
  await page.locator('main.page').waitFor();
  const words = [zh, en].flatMap((texts) => busy.map((key) => texts[key]));
  await until(
    'the page is read',
    async () => {
      const body = await page.locator('body').innerText();
      const left = words.filter((word) => body.includes(word));
      if (left.length > 0) throw new Error(`it still says ${left.join(' ')}`);
      return true;
    },
    drawing,
  );
}

const cssColour = (page: Page, name: string): Promise<`#${string}`> =>
  page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`);
