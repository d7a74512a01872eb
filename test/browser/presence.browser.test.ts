import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlarmsBody, NoticesBody } from '../../devices/contract/api.ts';
import { type Desk, openBrowser, openDesk } from '../support/browser.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/**
 * The only page of the gas seat of a real platform is closed: somebody is called on the telephone, by a gateway of SMS that is a real
 * server. It is opened again: nobody needs to be called. One story, in order.
 */
needs('chromium', 'cjk-font')('a seat that somebody leaves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-presence-'));
  const called: { to: string; content: string }[] = [];
  let gateway: Server;
  let platform: Platform;
  let browser: Browser;
  let desk: Desk;

  const open = async (): Promise<AlarmsBody['items']> => (await platform.get<AlarmsBody>('/api/v1/alarms')).items;
  /** Of the seats that nobody watches, the one that matters most. */
  const seatAlarm = async () =>
    (await open())
      .filter(({ rule }) => rule === 'platform.seat-unstaffed')
      .toSorted((a, b) => a.priority.localeCompare(b.priority))
      .at(0);
  const unlock = async () => {
    // Looking at a page counts as a gesture in it: its sound may run already.
    const running = desk.page.getByText('声音已启用').first();
    const begin = desk.page.getByRole('button', { name: '开始值班 / 启用声音' }).first();
    await running.or(begin).first().waitFor();
    if (!(await running.isVisible())) await begin.click();
    await running.waitFor();
  };

  beforeAll(async () => {
    gateway = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        called.push(JSON.parse(body));
        response.setHeader('content-type', 'application/json').end('{"code":0}');
      });
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const { port } = gateway.address() as AddressInfo;
    const config = join(folder, 'notify.yaml');
    const sms = { url: `http://127.0.0.1:${port}/send`, json: { to: '{{to}}', content: '{{content}}' } };
    writeFileSync(
      config,
      JSON.stringify({ sms: { ...sms, success: { status: [200], pointer: '/code', equals: [0] } } }),
    );
    [platform, browser] = await Promise.all([
      startPlatform({
        YANSHAO_CITY: 'linglan',
        YANSHAO_DEMO: 'off',
        YANSHAO_NOTIFY_CONFIG: config,
        YANSHAO_NOTIFY_HOSTS: '127.0.0.1',
      }),
      openBrowser(),
    ]);
    const put = {
      persons: [{ id: 'ann', name: '安', department: 'gasworks', phone: '000-0101', channels: [{ kind: 'sms' }] }],
      posts: [
        { id: 'watch', name: { zh: '值守', en: 'Watch' }, department: 'gasworks', duties: ['seat'], holders: ['ann'] },
      ],
      assignments: [{ id: 'a', match: { hazards: ['gas'] }, duty: 'seat', department: 'gasworks', post: 'watch' }],
    };
    const answer = await fetch(`${platform.url}/api/v1/duty/records`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${await platform.apiToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ put }),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
    desk = await openDesk(browser, platform.url, { width: 1600, height: 700 });
    const claim = { link: platform.link, name: '值班甲', password: 'geese that stay awake' };
    const claimed = await desk.context.request.post(`${platform.url}/api/v1/session/claim`, {
      data: claim,
      headers: { origin: platform.url },
    });
    expect(claimed.status(), await claimed.text()).toBeLessThan(300);
    await desk.page.goto('/');
    await unlock();
    await addDevice(platform, 'hearth-1', '--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}');
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    gateway?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is watched: the heartbeat of the alarm path comes round by the door of devices and this page', async () => {
    const metrics = async () => (await fetch(`${platform.url}/metrics`)).text();
    await until('a whole round', async () => /^yanshao_alarm_path_rounds_total [1-9]/m.test(await metrics()), {
      withinMs: 90_000,
    });
    const took = Number(/^yanshao_alarm_path_round_seconds (\S+)$/m.exec(await metrics())?.[1]);
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(30);
    expect(await seatAlarm()).toBeUndefined();
    const { items } = await platform.get<NoticesBody>('/api/v1/notices?open=false');
    expect(items.filter(({ subject }) => subject === 'heartbeat')).toEqual([]);
  }, 120_000);

  it('is left: a minute later it is an alarm of P1, and whoever is on duty has an SMS', async () => {
    await desk.page.close();
    const left = Date.now();
    const urgent = async () => (await seatAlarm())?.priority === 'P1' && (await seatAlarm());
    const alarm = await until('the seat of gas is an alarm', urgent, { withinMs: 90_000 });
    expect(alarm).toMatchObject({ active: true });
    await until('the gateway is called', () => called.length > 0, { withinMs: 15_000 });
    // A minute of grace, and the ladder at once; the rest is a slow machine.
    expect(Date.now() - left).toBeLessThan(100_000);
    expect(called[0]).toMatchObject({ to: '000-0101' });
    expect(called[0]!.content).toContain('席位无人值守');
  }, 150_000);

  it('is taken again: the alarm returns, and nobody else is called', async () => {
    const page = await desk.context.newPage();
    desk = { ...desk, page };
    await page.goto(platform.url);
    await unlock();
    await until('the alarm returns', async () => (await seatAlarm())?.active === false, { withinMs: 30_000 });
    await until('nobody is called any more', async () => {
      const { items } = await platform.get<NoticesBody>('/api/v1/notices');
      return items.every(({ subject }) => !subject.startsWith('alarm/seat:'));
    });
  }, 90_000);
});
