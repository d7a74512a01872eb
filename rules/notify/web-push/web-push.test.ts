import { createECDH } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, farSide } from '../../../test/support/far-side.ts';
import { pushBrowser, vapidClaims } from '../../../test/support/push-browser.ts';
import { loopbackPost, message, within, worldNow } from '../message-bench.ts';
import { isProven } from './receipt-proof.ts';
import { vapidKeys } from './vapid.ts';
import { type PushSubscription, webPushChannel } from './web-push-channel.ts';

let far: FarSide;
let folder: string;
beforeEach(async () => {
  far = await farSide({ status: 201 });
  folder = mkdtempSync(join(tmpdir(), 'yanshao-push-'));
});
afterEach(async () => {
  await far.stop();
  rmSync(folder, { recursive: true });
});

/** A browser that a person subscribed under this id. */
function browser(id: string, path = `/push/${id}`) {
  const { subscription, reads } = pushBrowser(`${far.url}${path}`);
  return { subscription: { id, ...subscription } satisfies PushSubscription, reads };
}

const pushTo = async (...browsers: PushSubscription[]) => {
  const removed: string[] = [];
  const channel = webPushChannel({
    subscriptions: {
      of: async (person) => (person === 'mira' ? browsers : []),
      async gone(id) {
        removed.push(id);
      },
    },
    vapid: await vapidKeys(folder),
    contact: 'mailto:duty@example.com',
    post: loopbackPost,
    worldNow,
  });
  return {
    removed,
    send: (over = {}) => channel.send(message({ channel: 'web-push', address: 'mira', ...over }), within(5000)),
  };
};

describe('web push', () => {
  it('tells every browser of a person, encrypted so that only it can read', async () => {
    const [desk, phone] = [browser('desk'), browser('phone')];
    const { send } = await pushTo(desk.subscription, phone.subscription);
    expect(await send()).toEqual({ kind: 'sent' });
    expect(far.heard.map(({ path }) => path).sort()).toEqual(['/push/desk', '/push/phone']);
    const toDesk = far.heard.find(({ path }) => path === '/push/desk')!;
    expect(toDesk.headers).toMatchObject({ ttl: '300', urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(toDesk.body.toString('latin1')).not.toContain('LEL');
    expect(desk.reads(toDesk)).toMatchObject({
      title: 'P1 燃气浓度达到二级',
      priority: 'P1',
      key: 'k1/raised/mira/sms/1',
      path: '/alarms/k1',
      language: 'zh',
      mark: null,
    });
  });

  it('holds what the browser answers with, and nobody else can', async () => {
    const [desk, phone] = [browser('desk'), browser('phone')];
    const { send } = await pushTo(desk.subscription, phone.subscription);
    await send();
    const keys = await vapidKeys(folder);
    const answer = (one: typeof desk, as = '') => {
      const request = far.heard.find(({ path }) => one.subscription.endpoint.endsWith(path))!;
      const { key, receipt } = one.reads(request);
      return isProven(keys, { key, ...receipt, ...(as && { browser: as }), what: 'delivered' });
    };
    expect([answer(desk), answer(phone), answer(desk, 'phone')]).toEqual([true, true, false]);
  });

  it('signs with the key that browsers subscribed with (VAPID)', async () => {
    const { send } = await pushTo(browser('desk').subscription);
    await send();
    const { publicKey } = await vapidKeys(folder);
    expect(vapidClaims(far.heard[0]!, publicKey)).toMatchObject({ aud: far.url, sub: 'mailto:duty@example.com' });
    const another = createECDH('prime256v1');
    another.generateKeys();
    expect(vapidClaims(far.heard[0]!, another.getPublicKey('base64url'))).toBeNull();
  });

  it('gives a message that is tried again the same topic, so that it takes the place of the first', async () => {
    const { send } = await pushTo(browser('desk').subscription);
    await send();
    await send({ mayRepeat: true });
    await send({ key: 'another' });
    const topics = far.heard.map(({ headers }) => headers.topic);
    expect(topics[1]).toBe(topics[0]);
    expect(topics[2]).not.toBe(topics[0]);
  });

  it.each([404, 410])('forgets a browser that is gone (%i), and one that is left is enough', async (status) => {
    far.answers(({ path }) => ({ status: path === '/push/old' ? status : 201 }));
    const { send, removed } = await pushTo(browser('old').subscription, browser('desk').subscription);
    expect(await send()).toEqual({ kind: 'sent' });
    expect(removed).toEqual(['old']);
  });

  it.each([
    ['all browsers are gone', 410, { kind: 'refused', whose: 'address' }],
    ['the service fails', 502, { kind: 'trouble', uncertain: true }],
    ['the service limits', 429, { kind: 'limited', afterMs: 60_000 }],
    ['the service does not know our key', 403, { kind: 'refused', whose: 'channel' }],
  ])('when %s, says so', async (_, status, expected) => {
    far.answers({ status });
    const { send } = await pushTo(browser('desk').subscription);
    expect(await send()).toMatchObject(expected);
  });

  it('to nobody’s browser, or one with broken keys, is refused', async () => {
    expect(await (await pushTo()).send()).toMatchObject({ kind: 'refused', whose: 'address' });
    const broken = { ...browser('desk').subscription, keys: { p256dh: 'x', auth: 'y' } };
    expect(await (await pushTo(broken)).send()).toMatchObject({ kind: 'refused', whose: 'address' });
  });

  it('does not go where a browser’s subscription must not lead', async () => {
    const inside = { ...browser('desk').subscription, endpoint: 'https://169.254.169.254/latest/meta-data' };
    expect(await (await pushTo(inside)).send()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('169.254.169.254'),
    });
  });

  it('cuts a text that no push service would take', async () => {
    const desk = browser('desk');
    const { send } = await pushTo(desk.subscription);
    await send({ text: '漏'.repeat(3000) });
    expect(far.heard[0]!.body.length).toBeLessThanOrEqual(4096);
    expect(desk.reads(far.heard[0]!).text).toMatch(/漏…$/);
  });
});

describe('the keys of web push', () => {
  it('are made once, for the owner alone, and stay', async () => {
    const first = await vapidKeys(folder);
    expect(await vapidKeys(folder)).toEqual(first);
    expect(statSync(join(folder, 'vapid.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(folder, 'vapid.json'), 'utf8'))).toEqual(first);
  });

  it.each(['', '{}', 'nonsense'])('are never replaced by themselves where the file holds “%s”', async (text) => {
    writeFileSync(join(folder, 'vapid.json'), text);
    await expect(vapidKeys(folder)).rejects.toThrow(/vapid\.json holds no pair of keys/);
  });
});
