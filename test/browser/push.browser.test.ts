import { createECDH } from 'node:crypto';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { systemClock } from '../../kit/clock.ts';
import { loopbackPost } from '../../rules/notify/message-bench.ts';
import type { Post } from '../../rules/notify/outgoing/post.ts';
import { pageChannel } from '../../rules/notify/page/page-channel.ts';
import { webPushChannel } from '../../rules/notify/web-push/web-push-channel.ts';
import { markGone, pushSubscriptionsOf } from '../../rules/store/push-store.ts';
import { type Desk, openBrowser, openDesk } from '../support/browser.ts';
import { pageDir } from '../support/built-page.ts';
import { type DashboardCity, dashboardCity } from '../support/dashboard-city.ts';
import { type FarSide, farSide } from '../support/far-side.ts';
import { pushBrowser, vapidClaims } from '../support/push-browser.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * Web push from the switch in the page to the notification on the screen and its receipt. What a browser's maker does between, its
 * push service, is a real HTTP server here: it checks the signature, reads what was encrypted, and hands it to the browser's worker.
 */
needs('chromium', 'cjk-font')('web push', () => {
  const service = 'https://push.example';
  const phone = pushBrowser(`${service}/send/phone`);
  const ours = createECDH('prime256v1');
  const publicKey = ours.generateKeys('base64url');
  const vapid = { publicKey, privateKey: ours.getPrivateKey('base64url') };
  let far: FarSide;
  let city: DashboardCity;
  let dashboard: Dashboard;
  let browser: Browser;
  let desk: Desk;
  let cdp: CDPSession;
  let registrationId = '';

  beforeAll(async () => {
    far = await farSide({ status: 201 });
    const post: Post = (request, signal) =>
      loopbackPost({ ...request, url: request.url.replace(service, far.url) }, signal);
    const subscriptions = {
      of: (address: string) => pushSubscriptionsOf(city.state.db, address),
      gone: (id: string) => city.state.db.transaction().execute((trx) => markGone(trx, id, Date.now())),
    };
    city = await dashboardCity({
      telling: {
        channels: async (tell) =>
          new Map([
            ['page', pageChannel(tell)],
            ['web-push', webPushChannel({ subscriptions, vapid, contact: 'mailto:x@y.z', post, worldNow: Date.now })],
          ]),
        farSides: { vapid, gateways: {} },
        origin: '',
        world: systemClock,
      },
    });
    dashboard = await city.dashboard({ webDir: pageDir });
    const persons = [
      { id: 'p-mira', name: '米拉', department: 'gasworks', account: 'mira', channels: [{ kind: 'page' }] },
    ];
    await city.rules.command({
      ...{ id: 'put-duty-1', actor: { id: 'x', name: 'x', via: 'cli', role: 'admin' }, at: Date.now() },
      ...{ type: 'duty.put', put: dutyRecordsSchema.parse({ persons }) },
    });
    await dashboard.accounts.addUser({ name: 'mira', password: 'geese that stay awake', role: 'handler' });
    browser = await openBrowser();
    desk = await openDesk(browser, dashboard.url, { width: 1440, height: 900 });
    await desk.context.grantPermissions(['notifications'], { origin: dashboard.url });
    // The maker's push service is out of reach: it would have given this subscription.
    const given = JSON.stringify({ ...phone.subscription, key: publicKey });
    await desk.context.addInitScript(`if ('PushManager' in globalThis) {
      const { endpoint, keys, key } = ${given};
      const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
      const subscription = {
        endpoint,
        options: { applicationServerKey: bytes.buffer },
        toJSON: () => ({ endpoint, keys }),
        unsubscribe: async () => localStorage.removeItem('subscribed') ?? true,
      };
      PushManager.prototype.getSubscription = async () => (localStorage.getItem('subscribed') ? subscription : null);
      PushManager.prototype.subscribe = async () => localStorage.setItem('subscribed', 'yes') ?? subscription;
    }`);
    const { page } = desk;
    await page.goto('/login?next=/mine');
    await page.getByLabel('用户名').fill('mira');
    await page.getByLabel('密码', { exact: true }).fill('geese that stay awake');
    await page.getByRole('button', { name: '登录并开始值班' }).click();
    cdp = await desk.context.newCDPSession(page);
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations.find(({ isDeleted }) => !isDeleted)?.registrationId ?? registrationId;
    });
    await cdp.send('ServiceWorker.enable');
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await city?.stop();
    await far?.stop();
  });

  const here = () => desk.page.getByRole('region', { name: '这个浏览器' });
  const mine = () => desk.page.getByRole('region', { name: '我的浏览器' });
  /** What the push service got last is handed to the browser, as the service does. */
  const arrives = async () => {
    const request = far.heard.at(-1)!;
    expect(vapidClaims(request, publicKey)).toMatchObject({ aud: service });
    const data = JSON.stringify(phone.reads(request));
    await cdp.send('ServiceWorker.deliverPushMessage', { origin: dashboard.url, registrationId, data });
  };
  const shown = (): Promise<readonly { title: string; body: string; lang: string }[]> =>
    desk.page.evaluate(`navigator.serviceWorker.ready
      .then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, body, lang }) => ({ title, body, lang })))`);

  it('is switched on by a person in the page, and says so', async () => {
    await here().getByText('收不到通知').waitFor();
    await here().getByRole('button', { name: '在这个浏览器开启' }).click();
    await here().getByText('已开启').waitFor();
    await mine().getByText('本机').waitFor();
    await mine().getByText('最近送达 从未').waitFor();
    expect(await city.state.db.selectFrom('push_subscriptions').select('person').execute()).toEqual([
      { person: 'p-mira' },
    ]);
  });

  it('shows a test as a notification in the reader’s language, and the page the proof of it', async () => {
    await mine().getByRole('button', { name: '发送测试' }).click();
    await until('the push service has it', () => far.heard.length === 1, { withinMs: 60_000 });
    await until('the browser has the worker', () => registrationId);
    await arrives();
    await until('it is shown', async () => (await shown()).length === 1);
    expect(await shown()).toEqual([
      { title: '【演练】P3 测试通知，无需处理', body: expect.stringContaining('这个浏览器收得到通知'), lang: 'zh-CN' },
    ]);
    await mine()
      .getByText(/最近送达 \d/)
      .waitFor();
    const [row] = await city.state.db.selectFrom('deliveries').selectAll().where('channel', '=', 'web-push').execute();
    expect(row).toMatchObject({ state: 'sent', seen: null });
    expect(row!.delivered).not.toBeNull();
    expect(await city.state.db.selectFrom('notices').select('open').execute()).toEqual([{ open: 0 }]);
    // The same once more takes the place of the first.
    await arrives();
    expect(await shown()).toHaveLength(1);
  });

  it('that is clicked was seen, and leads to where it is acted upon', async () => {
    await desk.page.goto('/tickets');
    await desk.page.getByRole('navigation').first().waitFor();
    const [worker] = desk.context.serviceWorkers();
    // Nobody can click outside of the page here: the browser would tell its worker so.
    await worker!.evaluate(`registration
      .getNotifications()
      .then(([notification]) => dispatchEvent(new NotificationEvent('notificationclick', { notification })))`);
    await desk.page.waitForURL('**/mine');
    await mine()
      .getByText(/最近打开 \d/)
      .waitFor();
  });

  it('that its push service knows no longer is said, and cannot be tested until it is switched on again', async () => {
    far.answers({ status: 410 });
    await mine().getByRole('button', { name: '发送测试' }).click();
    await mine().getByText('推送服务已删除此订阅').waitFor();
    await here().getByText('推送服务已不再认得这个浏览器').waitFor();
    expect(await mine().getByRole('button', { name: '发送测试' }).isDisabled()).toBe(true);
    await here().getByRole('button', { name: '在这个浏览器开启' }).click();
    await here().getByText('已开启').waitFor();
    await mine().getByRole('button', { name: '关闭' }).click();
    await here().getByText('收不到通知').waitFor();
    expect(await city.state.db.selectFrom('push_subscriptions').selectAll().execute()).toEqual([]);
    expect(desk.witness.violations).toEqual([]);
    expect(desk.witness.outside).toEqual([]);
  });
});
