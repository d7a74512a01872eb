import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import type { Role } from '../../dashboard/server/accounts/tables.ts';
import type { Ticket, TicketStep } from '../../devices/contract/ticket.ts';
import { ticketPolicySchema } from '../../devices/contract/ticket-policy.ts';
import { type Desk, openBrowser, openDesk, smallTargets, textsOf, tooWide } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { shot } from '../support/pictures.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * A leak from its ticket to a verified close, by people at their own browsers: the dispatcher, a handler, an inspector. Then a
 * form of the hotline. One story, in order.
 */
const password = 'geese that stay awake';

needs('chromium', 'cjk-font')('a ticket', () => {
  let city: DashboardCity;
  let dashboard: Dashboard;
  let browser: Browser;
  let desk: Desk;
  let handler: Desk;
  let inspector: Desk;
  let no: string;

  const signedIn = async (name: string, role: Role): Promise<Desk> => {
    await dashboard.accounts.addUser({ name, password, role });
    const one = await openDesk(browser, dashboard.url, { width: 1440, height: 900 });
    one.context.setDefaultTimeout(60_000);
    await one.page.goto('/login?next=/tickets');
    await one.page.getByLabel('用户名').fill(name);
    await one.page.getByLabel('密码', { exact: true }).fill(password);
    await one.page.getByRole('button', { name: '登录并开始值班' }).click();
    await one.page.getByRole('region', { name: '工单' }).waitFor();
    return one;
  };
  const ticket = async (): Promise<Ticket> => {
    const rows = await city.state.db.selectFrom('tickets').select('body').where('no', '=', no).execute();
    return JSON.parse(rows[0]?.body ?? 'null') as Ticket;
  };
  const detail = (page: Page) => page.getByRole('complementary', { name: '工单详情' });
  const button = (page: Page, name: string) => detail(page).getByRole('button', { name, exact: true });
  const dialog = (page: Page) => page.getByRole('dialog');
  const box = (page: Page, name: string) => detail(page).getByRole('region', { name });
  const stageIs = (page: Page, name: string) =>
    detail(page).locator('.flow [aria-current]').filter({ hasText: name }).waitFor();

  beforeAll(async () => {
    const [p1] = ticketPolicySchema.parse({}).closing;
    // Half a minute stands for the ten that a real city waits.
    const closing = [{ ...p1!, overForMin: 0.5 }];
    [city, browser] = await Promise.all([dashboardCity({ tickets: { closing } }), openBrowser()]);
    await city.put({ devices: [kitchen('hearth-1')] });
    dashboard = await city.dashboard({ webDir: pageDir });
    desk = await signedIn('mira', 'dispatcher');
    handler = await signedIn('bo', 'handler');
    inspector = await signedIn('ines', 'inspector');
  });
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
  });

  it('stands in the list of everybody, the moment the leak is there, with the clock that runs', async () => {
    await city.reports('hearth-1', { 'alarm.ch4': 46 });
    for (const { page } of [desk, handler, inspector]) {
      const row = page.locator('[data-ticket]').first();
      await row.getByText('确认 余').waitFor();
      await row.click();
      await stageIs(page, '派遣');
    }
    no = (await desk.page.locator('[data-ticket]').first().getAttribute('data-ticket')) ?? '';
    await desk.page.getByText('无人负责 1', { exact: true }).waitFor();
  });

  it('is sent out with what the duty list answers before the eyes, or to somebody who is chosen', async () => {
    const { page } = desk;
    await button(page, '派遣').click();
    await dialog(page).getByText('责任清单现在的答案').waitFor();
    await dialog(page).getByLabel('派给').selectOption({ label: '铃兰燃气社' });
    await dialog(page).getByLabel('原因').fill('夜间由燃气社先到');
    await dialog(page).getByRole('button', { name: '派遣' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await box(page, '经过').getByText('夜间由燃气社先到').waitFor();
    await handler.page.getByText('夜间由燃气社先到').waitFor();
    expect((await ticket()).assigned.department).toBe('gasworks');
  });

  it('is accepted by one, and owned from then on, on every screen', async () => {
    await button(handler.page, '接单').click();
    await stageIs(desk.page, '处置');
    await detail(desk.page).getByText('bo', { exact: true }).first().waitFor();
    await until('nobody counts it as unowned', async () => (await desk.page.getByText(/^无人负责 \d/).count()) === 0);
  });

  it('does not let somebody else arrive for him, and says why', async () => {
    const arrive = button(inspector.page, '到场');
    await arrive.waitFor();
    expect(await arrive.isDisabled()).toBe(true);
    expect(await arrive.getAttribute('title')).toMatch(/bo 手中/);
  });

  it('is worked through by its procedure, each step recorded as it asks', async () => {
    const { page } = handler;
    await button(page, '到场').click();
    await until('he is on site', async () => (await ticket()).stage === 'handling');
    const procedure = box(page, '处置规程（行有范）');
    const form = procedure.locator('form');
    const record = async (fill: () => Promise<unknown>): Promise<void> => {
      const before = await procedure.locator('li.done').count();
      await fill();
      await form.getByRole('button', { name: '记录', exact: true }).click();
      await until('it is recorded', async () => (await procedure.locator('li.done').count()) === before + 1);
    };
    await record(async () => form.waitFor());
    await record(() => form.getByLabel('现场读数').fill('12,5'));
    await record(() => form.getByLabel('说明').fill('阀门 V-3 已关'));
    await form.getByLabel('说明').fill('气体未散，未带手机入内');
    await record(async () => undefined);
    await record(() => form.getByRole('button', { name: '灶具或软管' }).click());
    await record(() => form.getByLabel('现场读数').fill('0'));
    expect((await ticket()).procedure?.steps.map(({ done }) => done?.reading?.value ?? done?.choice ?? null)).toEqual([
      null,
      12.5,
      null,
      null,
      1,
      0,
    ]);
  });

  it('is proved in a cellar without a network: the step and its picture wait on the telephone, and arrive once', async () => {
    const { page, context, witness } = handler;
    const picture = { name: 'valve.jpg', mimeType: 'image/jpeg', buffer: await shot() };
    await witness.whileServerIsAway(async () => {
      await context.setOffline(true);
      await button(page, '补充证据').click();
      await dialog(page).getByLabel('说明').fill('阀井内，无信号');
      await dialog(page).locator('input[type=file]').setInputFiles(picture);
      await dialog(page).getByRole('img', { name: '未发送的照片' }).waitFor();
      await dialog(page).getByRole('button', { name: '补充证据' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: '待发 1' }).click();
      await dialog(page).getByText('照片 1 张').waitFor();
      await dialog(page).getByRole('button', { name: '关闭' }).click();
      await context.setOffline(false);
      await page.getByRole('button', { name: '待发 1' }).waitFor({ state: 'hidden' });
    });
    await box(desk.page, '经过').getByText('阀井内，无信号').waitFor();
    const steps = await city.state.db.selectFrom('ticket_steps').selectAll().where('kind', '=', 'evidence').execute();
    expect(steps).toHaveLength(1);
    const { photos, doneAt, at } = JSON.parse(steps[0]!.body) as TicketStep;
    expect(photos).toHaveLength(1);
    expect(doneAt).toBeLessThanOrEqual(at);
    expect(await city.accountsDb.db.selectFrom('photos').select('hash').execute()).toEqual([{ hash: photos[0] }]);
  });

  it('a report by the form joins a matter that is open nearby, and keeps who reported it', async () => {
    const { page } = desk;
    const report = async (text: string, name: string): Promise<void> => {
      await page.goto('/report');
      await page.getByPlaceholder('搜索事项').fill('H01');
      await page.getByRole('button', { name: /^H01-01/ }).click();
      await page.getByLabel('情况').fill(text);
      await page.getByPlaceholder('按名称、编号或地址找设备定位').fill('hearth');
      await page.getByRole('button', { name: '厨房 hearth-1' }).click();
      await page.getByLabel('上报人').fill(name);
      await page.getByLabel('电话').fill('13812345678');
      await page.getByRole('button', { name: '提交上报' }).click();
    };
    await report('楼下餐馆煤气味很重', '王小明');
    const status = page.getByRole('status').filter({ hasText: '已并入' });
    await status.waitFor();
    await status.getByRole('link').click();
    await box(page, '上报人').getByText('王小明').waitFor();
    expect((await ticket()).reporters).toHaveLength(1);
    await handler.page.getByText('王**').waitFor();
    await handler.page.getByText('138****5678').waitFor();
  });

  it('tells the three duties and the report upward, each taken note of', async () => {
    await box(handler.page, '三方责任').getByRole('button', { name: '已知悉，办理' }).first().click();
    await box(desk.page, '三方责任').getByText('已接收 bo').waitFor();
    await box(desk.page, '见事报信').getByRole('button', { name: '上报信息' }).click();
    await dialog(desk.page).getByLabel('报给谁、报了什么').fill('市应急值班室 027：餐馆泄漏，已断气');
    await dialog(desk.page).getByRole('button', { name: '报信' }).click();
    await box(inspector.page, '见事报信').getByText('市应急值班室 027').waitFor();
  });

  it('is finished with words, and cannot be verified while its close still needs something', async () => {
    await button(handler.page, '控制').click();
    await until('it is safe', async () => {
      const { clocks } = await ticket();
      return clocks.find(({ kind }) => kind === 'make-safe')?.metAt;
    });
    await button(handler.page, '完成').click();
    await dialog(handler.page).getByLabel('说明').fill('更换软管，复测为零');
    await dialog(handler.page).getByRole('button', { name: '完成' }).click();
    await stageIs(inspector.page, '核查');
    const verify = button(inspector.page, '核查通过');
    expect(await verify.isDisabled()).toBe(true);
    expect(await verify.getAttribute('title')).toMatch(/尚未研判/);
    await box(inspector.page, '结案条件').getByText('规程各步已记录').waitFor();
  });

  it('a verification that comes too soon is refused in words, and taken once the alarm has been over for long enough', async () => {
    const { page } = inspector;
    const id = (await ticket()).alarms[0]?.id ?? '';
    const say = (type: string, more: object) =>
      city.rules.command({
        ...{ id: `${type}-of-the-desk`, at: Date.now(), type, ...more },
        actor: { id: 'sam', name: 'sam', via: 'page', role: 'duty' },
      } as never);
    await say('acknowledge', { alarms: [id] });
    await say('judge', { of: { alarms: [id] }, kind: 'real', evidence: '现场找到破损软管' });
    await city.reports('hearth-1', { 'alarm.ch4': 0 });
    await until('the alarm is back', async () => (await ticket()).alarms[0]?.active === false, { withinMs: 90_000 });
    await say('reset', { alarm: id });
    const verify = button(page, '核查通过');
    await until('it can be asked for', async () => verify.isEnabled());
    await verify.click();
    await dialog(page).getByRole('button', { name: '核查通过' }).click();
    await page
      .locator('.toast')
      .getByText(/还不能结案：恢复未满 0.5 分钟/)
      .waitFor();
    expect((await ticket()).stage).toBe('verifying');
    await until(
      'it has been over for long enough',
      async () => {
        const { alarms } = await ticket();
        return Date.now() > (alarms[0]?.returnedAt ?? Number.POSITIVE_INFINITY) + 32_000;
      },
      { withinMs: 60_000 },
    );
    await dialog(page).getByRole('button', { name: '核查通过' }).click();
    await stageIs(page, '结案');
    const closed = await ticket();
    expect(closed).toMatchObject({ stage: 'closed', hands: { handled: ['bo'], verified: 'ines' } });
    expect(closed.recheck?.why).toBe('item');
  });

  it('leads from the desk’s alarm to the ticket and back', async () => {
    const { page } = desk;
    await box(page, '告警').getByRole('link').first().click();
    const one = page.getByRole('complementary', { name: '详情' }).getByRole('region', { name: '工单' });
    await one.getByText(no).waitFor();
    await one.getByText('bo', { exact: true }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/tickets');
  });

  it('fits a phone, and speaks English throughout', async () => {
    const phone = await openDesk(browser, dashboard.url, { as: handler, width: 390, height: 844, phone: true });
    phone.context.setDefaultTimeout(60_000);
    const { page } = phone;
    for (const path of ['/tickets', `/tickets?ticket=${no}`, '/report']) {
      await page.goto(path);
      await page.getByRole('main').locator('h1:visible').first().waitFor();
      await page.waitForLoadState('networkidle');
      expect.soft(await tooWide(page), path).toBe(0);
      expect.soft(await smallTargets(page, 24), path).toEqual([]);
    }
    await page.goto(`/tickets?ticket=${no}&scope=all`);
    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('complementary', { name: 'Ticket in full' }).waitFor();
    const own = /楼下餐馆|更换软管|夜间由|市应急|阀门 V-3|气体未散|阀井内|现场找到|厨房|王|等待/;
    const chinese = (await textsOf(page)).filter((text) => /\p{Script=Han}/u.test(text) && !own.test(text));
    expect(chinese).toEqual([]);
    expect(phone.witness.errors).toEqual([]);
    await phone.context.close();
  });

  it('asked nobody outside and broke no rule', () => {
    for (const { witness } of [desk, handler, inspector]) {
      expect(witness.outside).toEqual([]);
      expect(witness.violations).toEqual([]);
      expect(witness.errors.filter((text) => !/\((?:.*)\/api\/v1\/(?:me|tickets\/.*\/steps)\)$/.test(text))).toEqual(
        [],
      );
    }
  });
});
