import { describe, expect, it } from 'vitest';
import type { PushBody, PushBrowser, PushMessage } from '../../../devices/contract/push.ts';
import { type BrowserSide, browserName, canSwitchOn, pushState } from './push-state.ts';
import { shownPush } from './shown-push.ts';

const browser: PushBrowser = { id: 'b1', name: 'x', since: 1, deliveredAt: null, seenAt: null, goneAt: null };
const told = (over: Partial<PushBody> = {}): PushBody => ({
  key: 'k',
  person: { id: 'mira', name: '米拉' },
  browsers: [browser],
  ...over,
});
const here = (over: Partial<BrowserSide> = {}): BrowserSide => ({
  secure: true,
  supported: true,
  permission: 'granted',
  subscribed: { id: 'b1', key: 'k' },
  ...over,
});

describe('web push in a browser', () => {
  it.each([
    ['is on', told(), here(), 'on', false],
    ['was never switched on', told({ browsers: [] }), here({ subscribed: null }), 'off', true],
    ['was ended elsewhere', told({ browsers: [] }), here(), 'off', true],
    ['lost its permission to a question that was never answered', told(), here({ permission: 'default' }), 'off', true],
    ['was dropped by its push service', told({ browsers: [{ ...browser, goneAt: 9 }] }), here(), 'gone', true],
    ['was made for other keys', told(), here({ subscribed: { id: 'b1', key: 'old' } }), 'other-key', true],
    ['is blocked by the person', told(), here({ permission: 'denied' }), 'denied', false],
    ['is reached without https', told(), here({ secure: false, supported: false }), 'insecure', false],
    ['knows no push', told(), here({ supported: false }), 'unsupported', false],
    ['belongs to nobody in the duty list', told({ person: null }), here(), 'nobody', false],
    [
      'has a platform that sends none',
      told({ key: null, person: null }),
      here({ secure: false }),
      'not-offered',
      false,
    ],
  ] as const)('that %s says so', (_, body, side, kind, switchable) => {
    const state = pushState(body, side);
    expect(state.kind).toBe(kind);
    expect(canSwitchOn(state)).toBe(switchable);
  });

  it.each([
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge · Windows'],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1', 'Safari · iOS'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
    ['something else', 'Browser'],
  ])('%s is called %s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});

describe('a message that comes', () => {
  const message = (over: Partial<PushMessage> = {}): PushMessage => ({
    ...{ key: 'k1', title: '【演练】P1 一号厨房：浓度达到二级', text: '46 %LEL', priority: 'P1', language: 'zh' },
    ...{ mark: 'drill', mayRepeat: false, count: 1, path: '/?alarm=a', receipt: { browser: 'b1', proof: 'p' } },
    ...over,
  });

  it('is shown by its title, in the reader’s language, and leads where it is acted upon', () => {
    expect(shownPush(message())).toMatchObject({
      title: '【演练】P1 一号厨房：浓度达到二级',
      options: { body: '46 %LEL', lang: 'zh-CN', data: { path: '/?alarm=a', key: 'k1', receipt: { proof: 'p' } } },
    });
    expect(shownPush(message({ language: 'en' })).options.lang).toBe('en');
  });

  it('takes its own place when it comes again, and disturbs nobody twice', () => {
    const [first, again] = [shownPush(message()), shownPush(message({ mayRepeat: true }))];
    expect(again.options.tag).toBe(first.options.tag);
    expect(again.options.renotify).toBe(false);
  });

  it.each([
    ['P1', true],
    ['P2', true],
    ['P3', false],
  ] as const)('of %s stays until somebody looks: %s', (priority, stays) => {
    expect(shownPush(message({ priority })).options.requireInteraction).toBe(stays);
  });
});
