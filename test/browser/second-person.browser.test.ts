import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { Role } from '../../dashboard/server/accounts/tables.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import { type Desk, openBrowser, openDesk, smallTargets, tooWide } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * Two people at two workstations, and a phone: a gas alarm is put aside by both, a lamp by one, and what the alarm was is
 * written down. One story, in order.
 */
const password = 'geese that stay awake';

needs('chromium', 'cjk-font')('what people put aside', () => {
  let city: DashboardCity;
  let dashboard: Dashboard;
  let browser: Browser;
  let mira: Desk;
  let lin: Desk;

  const signedIn = async (name: string, role: Role): Promise<Desk> => {
    await dashboard.accounts.addUser({ name, password, role });
    // Two maps are drawn by the processor alone: small ones leave it time for the clicks.
    const desk = await openDesk(browser, dashboard.url, { width: 1100, height: 700 });
    desk.context.setDefaultTimeout(60_000);
    await desk.page.goto('/login');
    await desk.page.getByLabel('用户名').fill(name);
    await desk.page.getByLabel('密码', { exact: true }).fill(password);
    await desk.page.getByRole('button', { name: '登录并开始值班' }).click();
    await desk.page.getByRole('tablist').waitFor();
    return desk;
  };
  const alarms = async (): Promise<Alarm[]> => {
    const rows = await city.state.db.selectFrom('alarms').select('body').execute();
    return rows.map(({ body }) => JSON.parse(body) as Alarm);
  };
  const leak = () => until('the leak rings', async () => (await alarms()).find(({ priority }) => priority === 'P1'));
  const row = (page: Page, { id }: Alarm) => page.locator(`[data-alarm="${id}"]`);
  const detail = (page: Page) => page.getByRole('complementary', { name: '详情' });
  const button = (page: Page, name: string | RegExp) => detail(page).getByRole('button', { name });
  const dialog = (page: Page) => page.getByRole('dialog');

  beforeAll(async () => {
    [city, browser] = await Promise.all([dashboardCity(), openBrowser()]);
    await city.put({ devices: [{ ...kitchen('hearth-1'), expires: '2024-01-01' }] });
    dashboard = await city.dashboard({ webDir: pageDir });
    mira = await signedIn('mira', 'duty');
    lin = await signedIn('lin', 'supervisor');
    await city.reports('hearth-1', { 'alarm.ch4': 46 });
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
  });

  it('a detector past its life says so at its alarm', async () => {
    const alarm = await leak();
    await row(mira.page, alarm).click();
    await detail(mira.page).getByText('已过期', { exact: true }).waitFor();
  });

  it('a gas alarm is not shelved by one: it is asked for, and rings on', async () => {
    const { page } = mira;
    await button(page, /搁置/).click();
    await dialog(page).getByRole('button', { name: '30 分钟', exact: true }).click();
    await dialog(page).getByText('须由另一角色的另一人').waitFor();
    await dialog(page).getByRole('button', { name: '请求搁置' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const asks = page.getByRole('region', { name: /等待二次确认/ });
    await asks.waitFor();
    expect(await asks.getByRole('button', { name: '同意', exact: true }).isDisabled()).toBe(true);
    expect((await leak()).override).toBeNull();
  });

  it('the supervisor sees who wants what and why, and confirms: it is shelved, with both names', async () => {
    const { page } = lin;
    const asks = page.getByRole('region', { name: /等待二次确认/ });
    await asks.getByText(/mira 请求搁置 30 分钟，现场施工或检修/).waitFor();
    await asks.getByRole('button', { name: '同意', exact: true }).click();
    const { override } = await until('it is shelved', async () => {
      const alarm = await leak();
      return alarm.override ? alarm : undefined;
    });
    expect(override).toMatchObject({ kind: 'shelved', by: 'mira', confirmedBy: 'lin' });
    await asks.waitFor({ state: 'hidden' });
  });

  it('what is shelved is counted and listed, with who, until when and why', async () => {
    const { page } = mira;
    const aside = page.getByRole('tab', { name: /已搁置/ });
    await until('it is counted', async () => /1/.test(await aside.innerText()));
    await aside.click();
    await row(page, await leak()).waitFor();
    await page.getByText(/搁置 1 · 停用 0 · 抑制 0/).waitFor();
    const why = detail(page).getByRole('region', { name: '为何不显示' });
    await why.getByText(/mira，lin 二次确认/).waitFor();
    await why.getByText('现场施工或检修').waitFor();
  });

  it('anybody shows it again, and it rings as it is', async () => {
    const { page } = mira;
    await detail(page).getByRole('button', { name: '取消搁置' }).click();
    const { override, acked } = await until('it is shown', async () => {
      const alarm = await leak();
      return alarm.override === null ? alarm : undefined;
    });
    expect({ override, acked }).toEqual({ override: null, acked: false });
  });

  it('a verdict needs what it rests on, and stands at the alarm', async () => {
    const { page } = mira;
    await button(page, '研判').click();
    await dialog(page).getByRole('button', { name: '烹饪或清洁' }).click();
    expect(await dialog(page).getByRole('button', { name: '提交研判' }).isDisabled()).toBe(true);
    await dialog(page).getByLabel('依据').fill('厨师说锅没关火，现场复测为零');
    await dialog(page).getByRole('button', { name: '提交研判' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await detail(page).getByText('厨师说锅没关火，现场复测为零').first().waitFor();
    expect((await leak()).verdict).toMatchObject({ kind: 'cooking', by: 'mira' });
  });

  it('a device is taken out of service under a work order, by two, and returned by one', async () => {
    const { page } = mira;
    await button(page, '停用').click();
    await dialog(page).getByLabel('工单编号').fill('WO-2026-17');
    await dialog(page).getByRole('button', { name: '整台设备' }).click();
    await dialog(page).getByRole('button', { name: '停用', exact: true }).click();
    const asks = lin.page.getByRole('region', { name: /等待二次确认/ });
    await asks.getByText(/工单 WO-2026-17/).waitFor();
    await asks.getByRole('button', { name: '同意', exact: true }).click();
    await until('it is out of service', async () => (await leak()).override?.kind === 'out-of-service');
    await detail(page).getByRole('button', { name: '恢复使用' }).click();
    await until('it is back', async () => (await leak()).override === null);
  });

  it('fits a phone, with room for a finger, and speaks English', async () => {
    const phone = await openDesk(browser, dashboard.url, { as: mira, width: 390, height: 844, phone: true });
    phone.context.setDefaultTimeout(60_000);
    const { page } = phone;
    const alarm = await leak();
    await page.goto(`/?alarm=${encodeURIComponent(alarm.id)}&view=detail`);
    await button(page, /搁置/).tap();
    await dialog(page).waitFor();
    expect(await tooWide(page)).toBe(0);
    expect(await smallTargets(page, 44)).toEqual([]);
    await phone.context.close();
    await mira.page.getByRole('button', { name: 'English' }).click();
    await mira.page.getByRole('button', { name: 'Verdict' }).click();
    // The kitchen's name stays as it is registered.
    const said = (await mira.page.getByRole('dialog').innerText()).replace('厨房', '');
    expect(said).toContain('Cooking or cleaning');
    expect(said).not.toMatch(/\p{Script=Han}/u);
  });

  it('asks nobody outside and breaks no rule of the page', () => {
    for (const { witness } of [mira, lin]) {
      expect(witness.outside).toEqual([]);
      expect(witness.violations).toEqual([]);
      // Whoever opens the door is asked who he is, and is nobody yet.
      expect(witness.errors.filter((error) => !/401 .*\/api\/v1\/me/.test(error))).toEqual([]);
    }
  });
});
