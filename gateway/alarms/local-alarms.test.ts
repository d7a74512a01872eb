import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteBundle } from '../../devices/contract/site-bundle.ts';
import { silentLog } from '../../kit/log.ts';
import { until } from '../../test/support/until.ts';
import { type LocalAlarms, openLocalAlarms } from './local-alarms.ts';
import { webhook } from './webhook.ts';

const site: SiteBundle = {
  version: 'v1',
  catalogueVersion: '1',
  rules: [
    {
      device: 'k1',
      deviceName: '一号厨房',
      rule: 'G05-14.com-l2',
      ladder: null,
      priority: 'P1',
      measurement: 'alarm.ch4',
      op: '>=',
      limit: 40,
      returnLimit: 35,
      onDelayMs: 0,
      offDelayMs: 0,
      unit: '%{LEL}',
      title: { zh: '二级报警', en: 'Level 2' },
      text: '…',
    },
  ],
};

let folder: string;
const opened: LocalAlarms[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-local-alarms-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody on site who is called by webhook; refuses while `deaf`. */
async function duty() {
  const heard: { event: string; alarm: string; toldBy?: string }[] = [];
  const signatures: (string | undefined)[] = [];
  const ear = { deaf: false };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      response.statusCode = ear.deaf ? 503 : 200;
      response.end();
      if (ear.deaf) return;
      heard.push(JSON.parse(body));
      signatures.push(request.headers['x-yanshao-signature'] as string);
    });
  }).listen(0, '127.0.0.1');
  await until('it listens', () => server.listening);
  const { port } = server.address() as { port: number };
  return { heard, signatures, ear, url: `http://127.0.0.1:${port}/call`, close: () => server.close() };
}

const at = { now: 1_000_000, reachable: false, waitingSince: 0 as number | null };
async function alarms(url: string): Promise<LocalAlarms> {
  const one = await openLocalAlarms({
    gateway: 'gw-1',
    folder,
    webhook: () => webhook({ url, secret: 's3cret' }),
    now: () => at.now,
    reachable: () => at.reachable,
    waitingSince: () => at.waitingSince,
    log: silentLog,
  });
  opened.push(one);
  return one;
}
const reading = (value: number) => {
  at.now += 100;
  return [{ device: 'k1', ts: at.now, values: { 'alarm.ch4': value } }];
};

describe('a gateway that cannot reach the platform', () => {
  beforeEach(() => Object.assign(at, { now: 1_000_000, reachable: false, waitingSince: 0 }));

  it('calls by webhook, signed, and again when it is over', async () => {
    const one = await duty();
    const local = await alarms(one.url);
    await local.use(site);
    local.take(reading(45));
    await until('it was called', () => one.heard.length === 1);
    await until('the call is noted', () => local.state().alarms[0]?.toldAt !== null);
    local.take(reading(2));
    await until('it heard the end', () => one.heard.length === 2);
    expect(one.heard.map(({ event, alarm }) => [event, alarm])).toEqual([
      ['raised', 'k1/G05-14.com-l2/1000100'],
      ['returned', 'k1/G05-14.com-l2/1000100'],
    ]);
    expect(one.heard[0]).toMatchObject({
      deviceName: '一号厨房',
      value: 45,
      limit: 40,
      unit: '%{LEL}',
      gateway: 'gw-1',
    });
    expect(one.signatures[0]).toMatch(/^sha256=[0-9a-f]{64}$/);
    one.close();
  });

  it('tells the platform, when it is back, what it raised and whether it was told', async () => {
    const one = await duty();
    const local = await alarms(one.url);
    await local.use(site);
    local.take(reading(45));
    await until('the call is noted', () => local.state().alarms[0]?.toldAt !== null);
    const told: object[] = [];
    at.reachable = true;
    local.reach(async (events) => void told.push(...events));
    await until('the platform knows', () => told.length === 1);
    expect(told[0]).toMatchObject({
      alarm: 'k1/G05-14.com-l2/1000100',
      returnedAt: null,
      value: 45,
      toldAt: expect.any(Number),
    });
    expect(Object.keys(told[0] ?? {})).not.toContain('site');
    local.take(reading(2));
    expect(local.state().alarms).toEqual([]);
    one.close();
  });

  it('goes on after a restart: neither forgotten nor told twice', async () => {
    const one = await duty();
    one.ear.deaf = true;
    const first = await alarms(one.url);
    await first.use(site);
    first.take(reading(45));
    await until('the webhook has failed', () => first.state().problem !== null);
    await first.stop();
    one.ear.deaf = false;
    const second = await alarms(one.url);
    expect(second.version).toBe('v1');
    await until('it was called', () => one.heard.length === 1);
    await until('the call is noted', () => second.state().alarms[0]?.toldAt !== null);
    await second.stop();
    const third = await alarms(one.url);
    third.take(reading(46));
    expect(third.state().alarms).toHaveLength(1);
    expect(one.heard).toHaveLength(1);
    one.close();
  });
});

describe('a gateway whose disk is full', () => {
  it('judges and calls all the same', async () => {
    const one = await duty();
    Object.assign(at, { now: 1_000_000, reachable: false, waitingSince: 0 });
    // Nothing can be written below what is a file.
    writeFileSync(join(folder, 'a-file'), '');
    const local = await openLocalAlarms({
      gateway: 'gw-1',
      folder: join(folder, 'a-file', 'alarms'),
      webhook: () => webhook({ url: one.url }),
      now: () => at.now,
      reachable: () => at.reachable,
      waitingSince: () => at.waitingSince,
      log: silentLog,
    });
    opened.push(local);
    await local.use(site);
    local.take(reading(45));
    await until('it was called', () => one.heard.length === 1);
    one.close();
  });
});

describe('a gateway whose platform answers', () => {
  beforeEach(() => Object.assign(at, { now: 1_000_000, reachable: true, waitingSince: null }));

  it('leaves the alarm to it once it has the reading', async () => {
    const one = await duty();
    const local = await alarms(one.url);
    await local.use(site);
    local.take(reading(45));
    at.now += 2000;
    await until('it is the platform’s', () => local.state().alarms.length === 0);
    expect(one.heard).toEqual([]);
    one.close();
  });

  it('calls itself when the reading does not get through in time', async () => {
    const one = await duty();
    const local = await alarms(one.url);
    await local.use(site);
    at.waitingSince = at.now;
    local.take(reading(45));
    at.now += 5000;
    expect(local.state().alarms[0]?.alone).toBe(false);
    at.now += 6000;
    await until('it was called', () => one.heard.length === 1);
    one.close();
  });
});
