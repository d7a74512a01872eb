import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { Role } from '../../dashboard/server/accounts/tables.ts';
import { type DutyRecords, noDutyRecords } from '../../devices/contract/duty.ts';
import { toDutyCsv } from '../../devices/duty/files/duty-csv.ts';
import { keptDuty } from '../../devices/duty/read-duty.ts';
import { type Desk, openBrowser, openDesk, smallTargets, tooWide } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity } from '../support/dashboard-city.ts';
import { needs } from '../support/tools.ts';

/** The page of who is responsible, as a supervisor fills it and others look at it. One story, in order. */
const password = 'geese that stay awake';

needs('chromium', 'cjk-font')('the page of who is responsible', () => {
  let city: DashboardCity;
  let dashboard: Dashboard;
  let browser: Browser;
  let lin: Desk;

  const signedIn = async (name: string, role: Role, phone = false): Promise<Desk> => {
    await dashboard.accounts.addUser({ name, password, role });
    const size = phone ? { width: 390, height: 844 } : { width: 1100, height: 800 };
    const desk = await openDesk(browser, dashboard.url, { ...size, phone });
    await desk.page.goto('/login?next=%2Fduty');
    await desk.page.getByLabel('用户名').fill(name);
    await desk.page.getByLabel('密码', { exact: true }).fill(password);
    await desk.page.getByRole('button', { name: '登录并开始值班' }).click();
    await desk.page.getByRole('heading', { name: '责任与排班' }).waitFor();
    return desk;
  };
  const picked = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const dialog = () => lin.page.getByRole('dialog');
  const imports = async (kind: 'person' | 'post' | 'shift' | 'roster' | 'deputy' | 'assignment', name: string) => {
    const { page } = lin;
    await page.getByRole('button', { name: '导入', exact: true }).click();
    await dialog()
      .getByLabel('选择文件')
      .setInputFiles(picked(name, toDutyCsv(records, kind)));
    await dialog()
      .getByText(/将改变/)
      .waitFor();
    await dialog().getByRole('button', { name: '写入' }).click();
    await dialog().waitFor({ state: 'hidden' });
  };
  let records: DutyRecords;

  beforeAll(async () => {
    [city, browser] = await Promise.all([dashboardCity(), openBrowser()]);
    records = { ...(city.city.duty ?? noDutyRecords) };
    // The registry of this bench has no crew: the post goes out.
    records.persons = records.persons.map((person) => ({ ...person, crews: [] }));
    records.rosters = records.rosters.map(({ crew: _, ...roster }) => ({ ...roster, post: 'gas-desk' }));
    records.assignments = records.assignments.map(({ crew, ...one }) => (crew ? { ...one, post: 'gas-desk' } : one));
    dashboard = await city.dashboard({ webDir: pageDir });
    lin = await signedIn('lin', 'supervisor');
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
  });

  it('says of a city that has registered nobody what is missing, and where', async () => {
    const holes = lin.page.getByRole('region', { name: '漏洞' });
    await holes
      .getByText(/个事项在全市、全天.*无人负责/)
      .first()
      .waitFor();
  });

  it('shows every fault of a file before anything is written', async () => {
    const { page } = lin;
    await page.getByRole('button', { name: '导入', exact: true }).click();
    const csv = '编号,姓名,部门\np1,王（示例）,gaswork\np2,,gasworks\n';
    await dialog().getByLabel('选择文件').setInputFiles(picked('人员.csv', csv));
    await dialog().getByText('line 3 姓名').waitFor();
    await dialog()
      .getByLabel('选择文件')
      .setInputFiles(picked('人员.csv', csv.replace('p2,,', 'p2,李（示例）,')));
    await dialog()
      .getByText(/是否想写 "gasworks"/)
      .waitFor();
    expect(await dialog().getByRole('button', { name: '写入' }).isDisabled()).toBe(true);
    await dialog().getByRole('button', { name: '取消' }).click();
    expect((await keptDuty(city.state.db)).version).toBe(0);
  });

  it('takes files whole, shows what they change first, and then answers who is on', async () => {
    await imports('person', '人员.csv');
    await imports('post', 'posts.csv');
    await imports('shift', '班次.csv');
    await imports('roster', '排班.csv');
    await imports('assignment', '责任分工.csv');
    const { page } = lin;
    const who = page.getByRole('region', { name: /试问/ });
    await who.getByLabel('事项').fill('H01-01');
    await who.getByLabel('区域').selectOption('LB');
    await who.getByLabel(/时刻/).fill('2026-12-06T03:00');
    await who.getByRole('button', { name: '试问' }).click();
    await who.getByText(/叶某（示例）/).waitFor();
    await who
      .getByText(/排班 patrol-night：2026-12-05 夜班/)
      .first()
      .waitFor();
  });

  it('writes a swap by its dialog, by the keyboard alone, and answers by it', async () => {
    const { page } = lin;
    await page.getByRole('button', { name: '换班', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    for (const [label, value] of [
      ['排班', 'patrol-night'],
      ['日期', '2026-12-05'],
      ['换出', 'patrol-b'],
      ['换入', 'works-a'],
      ['原因', '家中有事'],
    ] as const) {
      await dialog().getByLabel(label, { exact: true }).focus();
      await page.keyboard.type(value);
    }
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'hidden' });
    const who = page.getByRole('region', { name: /试问/ });
    await who.getByRole('button', { name: '试问' }).click();
    await who.getByText('换班', { exact: true }).waitFor();
    await who
      .getByText(/顶 叶某（示例） 的班/)
      .first()
      .waitFor();
  });

  it('does not let go of a person whom a roster names, and says which', async () => {
    const { page } = lin;
    await page.getByRole('button', { name: /^人员 \d/ }).click();
    await page.getByRole('button', { name: 'patrol-a', exact: true }).click();
    await dialog().getByRole('button', { name: '删除' }).click();
    await dialog()
      .getByText(/roster patrol-day 还在使用它/)
      .waitFor();
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).search).toContain('list=person');
  });

  it('shows a viewer no number and lets a viewer change nothing; on a phone it fits', async () => {
    const { page, witness } = await signedIn('vee', 'viewer', true);
    await page.getByRole('button', { name: /^人员 \d/ }).click();
    await page.getByText('***-**01').waitFor();
    expect(await page.getByRole('button', { name: '导入', exact: true }).isDisabled()).toBe(true);
    expect(await tooWide(page)).toBe(0);
    expect(await smallTargets(page, 44)).toEqual([]);
    for (const desk of [witness, lin.witness]) expect(desk).toMatchObject({ outside: [], violations: [] });
  });
});
