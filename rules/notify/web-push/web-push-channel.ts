import { createHash } from 'node:crypto';
import webPush from 'web-push';
import type { PushMessage } from '../../../devices/contract/push.ts';
import type { Channel, Message, SendResult } from '../channel.ts';
import type { Outgoing, Post } from '../outgoing/post.ts';
import { cut } from '../outgoing/robot.ts';
import { toResult } from '../outgoing/to-result.ts';
import { receiptProof } from './receipt-proof.ts';
import type { VapidKeys } from './vapid.ts';

/** One browser that a person subscribed. */
export interface PushSubscription {
  readonly id: string;
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushSubscriptions {
  /** All browsers of a person, or the one that the address names. */
  of(address: string): Promise<readonly PushSubscription[]>;
  /** The browser is gone. */
  gone(id: string): Promise<void>;
}

export interface WebPushOptions {
  readonly subscriptions: PushSubscriptions;
  readonly vapid: VapidKeys;
  /** Whom a push service may write to: `mailto:…` or `https://…` (RFC 8292 §2.1). */
  readonly contact: string;
  readonly post: Post;
  readonly worldNow: () => number;
}

/** So long a push service keeps what it cannot deliver, s: older, the next round has come. */
const keptS = 300;
/** A push service takes 4,096 bytes, encrypted (RFC 8030 §7.2); the text is what may be long. */
const textBytes = 2000;

/**
 * Web push (RFC 8030, encrypted by RFC 8291, signed by RFC 8292) to all browsers of a person; one that takes it is enough. A browser
 * that is gone (404, 410) is forgotten. The `Topic` is made of the key, so that the same message tried again takes the place of the
 * first while that waits. Does not reach Android telephones in mainland China.
 */
export function webPushChannel(options: WebPushOptions): Channel {
  const { subscriptions, post, worldNow } = options;
  const sendOne = async (one: PushSubscription, message: Message, signal: AbortSignal): Promise<SendResult> => {
    const request = toRequest(one, message, options);
    if (!request) return { kind: 'refused', reason: '该浏览器的订阅已损坏 / its keys are broken', whose: 'address' };
    const outcome = await post(request, signal);
    const gone = outcome.kind === 'answer' && (outcome.status === 404 || outcome.status === 410);
    if (!gone) return toResult(outcome, new URL(one.endpoint).host, worldNow(), () => ({ kind: 'sent' }));
    await subscriptions.gone(one.id);
    return { kind: 'refused', reason: '该浏览器的订阅已失效 / the browser is gone', whose: 'address' };
  };
  return {
    kind: 'web-push',
    gathers: true,
    line: () => 'web-push',
    limits: () => [],
    async send(message, signal) {
      const browsers = await subscriptions.of(message.address);
      if (browsers.length === 0)
        return { kind: 'refused', reason: '没有订阅推送的浏览器 / no browser is subscribed', whose: 'address' };
      return best(await Promise.all(browsers.map((one) => sendOne(one, message, signal))));
    },
  };
}

/** One browser that took it is enough; else what leaves most hope. */
function best(results: readonly SendResult[]): SendResult {
  const order: readonly SendResult['kind'][] = ['sent', 'limited', 'trouble', 'refused'];
  return results.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0]!;
}

/** What the browser shows, and answers with. One matter opens where it is acted upon; several open the duty desk. */
function payloadOf(message: Message, receipt: PushMessage['receipt']): PushMessage {
  const { key, title, text, priority, language, mayRepeat, carries } = message;
  const about = new Set(carries.map(({ notice }) => notice.id));
  const { link, mark } = carries[0]!.notice;
  return {
    ...{ key, title, text: cut(text, textBytes), priority, language, mayRepeat, receipt },
    mark: carries.every(({ notice }) => notice.mark !== null) ? mark : null,
    count: carries.length,
    path: about.size === 1 ? link : '/',
  };
}

function toRequest(
  { id, endpoint, keys }: PushSubscription,
  message: Message,
  { vapid, contact }: WebPushOptions,
): Outgoing | undefined {
  const { key, priority } = message;
  const payload = payloadOf(message, { browser: id, proof: receiptProof(vapid, key, id) });
  try {
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys }, JSON.stringify(payload), {
      vapidDetails: { subject: contact, ...vapid },
      TTL: keptS,
      urgency: priority === 'P1' || priority === 'P2' ? 'high' : 'normal',
      topic: createHash('sha256').update(key).digest('base64url').slice(0, 32),
    });
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return { method: 'POST', url: endpoint, headers: plain, body };
  } catch {
    // A subscription comes from a browser: its keys may be anything.
    return undefined;
  }
}
