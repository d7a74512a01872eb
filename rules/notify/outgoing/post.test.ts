import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, farSide } from '../../../test/support/far-side.ts';
import { within } from '../message-bench.ts';
import { allowedHosts, wellKnownHosts } from './allowed-hosts.ts';
import { poster } from './post.ts';
import { retryAfterMs } from './to-result.ts';

let far: FarSide;
beforeEach(async () => {
  far = await farSide({ body: 'ok' });
});
afterEach(() => far.stop());
const get = (url: string, ...listed: string[]) =>
  poster(allowedHosts(listed))({ method: 'GET', url, headers: {} }, within(5000));
const named = (host: string) => far.url.replace('127.0.0.1', host);

describe('hosts that are allowed', () => {
  const allowed = allowedHosts(['sms.example.com', '*.push.example.com', '10.1.0.0/16', '10.9.9.9', 'fd00:1::/32']);
  it.each([
    ['sms.example.com', true],
    ['SMS.example.com.', true],
    ['evil-sms.example.com', false],
    ['sms.example.com.evil.org', false],
    ['web.push.example.com', true],
    ['push.example.com', false],
    ['10.1.2.3', true],
    ['10.2.2.3', false],
    ['10.9.9.9', true],
    ['[fd00:1::5]', true],
    ['[fd00:2::5]', false],
    ['[::ffff:10.1.2.3]', true],
    ['[::ffff:a02:203]', false],
  ])('%s: %s', (host, fits) => {
    expect(allowed.refusal(host) === null).toBe(fits);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0.0.0.0',
  ])('%s is private: a listed name that stands for it is refused', (address) => {
    expect(allowed.addressRefusal('sms.example.com', address)).toContain(address);
  });

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '203.0.113.9', '2001:db8::1'])('%s is listed or public', (address) => {
    expect(allowed.addressRefusal('sms.example.com', address)).toBeNull();
  });

  it('are those of robots and browsers, and no other, unless the settings name it', () => {
    const first = allowedHosts(wellKnownHosts);
    expect(first.refusal('qyapi.weixin.qq.com')).toBeNull();
    expect(first.refusal('web.push.apple.com')).toBeNull();
    expect(first.refusal('sms.example.com')).toMatch(
      /sms\.example\.com is not among the hosts allowed by YANSHAO_NOTIFY_HOSTS/,
    );
  });
});

describe('asking a far side', () => {
  it('reaches one that is listed by its address', async () => {
    expect(await get(far.url, '127.0.0.1')).toMatchObject({ kind: 'answer', status: 200, body: 'ok' });
  });

  it.each([
    ['one that is not listed', () => far.url, [], '127.0.0.1 is not among the hosts allowed'],
    [
      'a listed name that stands for this machine',
      () => named('localhost'),
      ['localhost'],
      'localhost stands for the private address',
    ],
    ['something that is no http', () => 'file:///etc/passwd', ['127.0.0.1'], 'not http(s)'],
    ['no address at all', () => 'sms', ['127.0.0.1'], 'not http(s)'],
    ['a public host without TLS', () => 'http://203.0.113.9/', ['203.0.113.9'], 'needs https'],
  ])('never reaches %s', async (_, url, listed, reason) => {
    expect(await get(url(), ...listed)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(far.heard).toHaveLength(0);
  });

  it('reaches a name whose private address is listed too', async () => {
    expect(await get(named('localhost'), 'localhost', '127.0.0.1', '::1')).toMatchObject({ kind: 'answer' });
  });

  it('does not follow where it is sent', async () => {
    const elsewhere = await farSide();
    far.answers({ status: 307, headers: { location: elsewhere.url } });
    expect(await get(far.url, '127.0.0.1')).toMatchObject({ kind: 'answer', status: 307 });
    expect(elsewhere.heard).toHaveLength(0);
    await elsewhere.stop();
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 30);
  it.each([
    ['7', 7000],
    ['Mon, 30 Nov 2026 00:01:00 GMT', 60_000],
    ['Sun, 29 Nov 2026 00:00:00 GMT', 0],
    ['864000', 3_600_000],
    ['soon', undefined],
  ])('%s', (said, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': said }), now)).toBe(ms);
  });
});
