import ExcelJS from 'exceljs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { Role } from '../../dashboard/server/accounts/tables.ts';
import type { Command } from '../../devices/contract/command.ts';
import type { Ticket } from '../../devices/contract/ticket.ts';
import { periodAt, periodBefore } from '../../devices/supervision/period.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { type Desk, openBrowser, openDesk, smallTargets, tooWide } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { needs } from '../support/tools.ts';

/** A month of the invented city, from its tickets to a number that an appeal has changed. One story, in order. */
const password = 'geese that stay awake';
const DAY = 86_400_000;

needs('chromium', 'cjk-font')('the page of supervision', () => {
  let city: DashboardCity;
  let dashboard: Dashboard;
  let browser: Browser;
  let lin: Desk;
  let adi: Desk;

  const signedIn = async (name: string, role: Role): Promise<Desk> => {
    await dashboard.accounts.addUser({ name, password, role });
    const desk = await openDesk(browser, dashboard.url, { width: 1280, height: 800 });
    desk.context.setDefaultTimeout(30_000);
    await desk.page.goto('/login?next=%2Fscores');
    await desk.page.getByLabel('用户名').fill(name);
    await desk.page.getByLabel('密码', { exact: true }).fill(password);
    await desk.page.getByRole('button', { name: '登录并开始值班' }).click();
    await desk.page.getByRole('heading', { level: 1 }).waitFor();
    return desk;
  };
  /** A matter of last month: three were settled on the spot, the fourth nobody has closed. */
  const lastMonth = async (n: number, settled: boolean): Promise<void> => {
    const item = city.city.catalogue.domains.flatMap((domain) =>
      domain.categories.flatMap(({ items }) => items.filter((one) => one.leadDepartment === 'streets')),
    )[0]!;
    const id = `matter-000${n}`;
    const report = {
      ...{ channel: 'inspection', item: item.code, text: `matter ${n}`, lon: 124.5 + n / 20, lat: 29.6, area: 'LB' },
      ...{ photos: [], ...(settled && { settled: { note: 'put right', photos: [] } }) },
    };
    const actor = { id: 'ins', name: 'ins', via: 'page', role: 'inspector' };
    await city.rules.command({ id, type: 'ticket.report', actor, at: Date.now(), report } as unknown as Command);
    const { db } = city.state;
    const row = await db.selectFrom('tickets').selectAll().where('id', '=', `ticket:${id}`).executeTakeFirstOrThrow();
    const zone = zoneOf(city.city.city.timeZone);
    const back = periodBefore('month', periodAt('month', Date.now(), zone), zone).from + 10 * DAY;
    const ticket = JSON.parse(row.body) as Ticket;
    const clocks = ticket.clocks.map((one) => ({ ...one, due: back + DAY, metAt: settled ? back : null }));
    const then = { ...ticket, openedAt: back, closedAt: settled ? back : null, clocks };
    await db
      .updateTable('tickets')
      .set({ opened_at: back, closed_at: then.closedAt, body: JSON.stringify(then) })
      .where('id', '=', row.id)
      .execute();
  };

  beforeAll(async () => {
    [city, browser] = await Promise.all([dashboardCity(), openBrowser()]);
    await city.put({ devices: [kitchen('hearth-1')] });
    for (const n of [1, 2, 3]) await lastMonth(n, true);
    await lastMonth(4, false);
    dashboard = await city.dashboard({ webDir: pageDir });
    lin = await signedIn('lin', 'supervisor');
    adi = await signedIn('adi', 'admin');
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
  });

  it('the month is worked out, and says of whom too little was observed', async () => {
    const { page } = lin;
    await page.getByLabel('周期').selectOption('supervision');
    await page.getByRole('button', { name: '核算', exact: true }).click();
    await page.getByText('公示中', { exact: true }).waitFor();
    const north = page.getByRole('row', { name: /街区事务署（北铃）/ });
    await north.getByRole('button', { name: '75.0 %' }).waitFor();
    expect(await page.getByText('覆盖不足，未排名').count()).toBeGreaterThan(0);
  });

  it('a number opens its tickets, and one of them is appealed', async () => {
    const { page } = lin;
    await page.getByRole('row', { name: /北铃/ }).getByRole('button', { name: '75.0 %' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox').first().check();
    expect(await dialog.getByRole('checkbox').count()).toBe(4);
    await dialog.getByLabel('理由').fill('not our street');
    await dialog.getByLabel('证据').fill('the deed');
    await dialog.getByRole('button', { name: '对勾选的 1 件提出申诉' }).click();
    await page.getByText('待裁定', { exact: true }).waitFor();
  });

  it('another person upholds it, and the number shows both', async () => {
    const { page } = adi;
    await page.reload();
    await page.getByRole('article').getByLabel('理由', { exact: true }).fill('the deed shows it');
    await page.getByRole('button', { name: '采纳' }).click();
    await page.getByText('申诉前 75.0 %').waitFor();
    await page.getByRole('row', { name: /北铃/ }).getByRole('button', { name: '100.0 %' }).waitFor();
  });

  it('the workbook holds ranks, facts and the appeal', async () => {
    const { page } = lin;
    const [run] = (await (await page.request.get('/api/v1/supervision')).json()).runs;
    const answer = await page.request.get(`/api/v1/supervision/runs/${run.id}/export`);
    expect(answer.headers()['content-type']).toContain('spreadsheetml');
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await answer.body()) as unknown as ArrayBuffer);
    expect(book.worksheets.map(({ name }) => name)).toEqual([
      '说明 About',
      '排名 Ranks',
      '约谈 Call-ins',
      '权重 Weights',
      '申诉 Appeals',
      '事实 Facts',
    ]);
    expect(book.getWorksheet('申诉 Appeals')!.getRow(2).getCell(6).value).toBe('采纳 / upheld');
  });

  it('it prints as a bulletin, and fits a phone', async () => {
    const { page } = lin;
    await page.reload();
    await page.getByRole('link', { name: '打印通报' }).click();
    await page.getByRole('heading', { name: '铃兰市月一督导通报' }).waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('banner').first().isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    for (const path of ['/scores', new URL(page.url()).pathname]) {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(path);
      await page.getByText('街区事务署（北铃）').first().waitFor();
      expect(await tooWide(page)).toBe(0);
      expect(await smallTargets(page, 44)).toEqual([]);
    }
  });

  it('the weekly list and the sample are made by the same button', async () => {
    const { page } = adi;
    for (const cycle of ['monday', 'rounds']) {
      await page.getByLabel('周期').selectOption(cycle);
      await page.getByRole('button', { name: '核算', exact: true }).click();
      await page.getByText('已生成', { exact: true }).waitFor();
    }
    await page.getByText('抽签种子').waitFor();
    for (const { witness } of [lin, adi]) {
      expect(witness.violations).toEqual([]);
      expect(witness.outside).toEqual([]);
    }
  });
});
