import { createHmac } from 'node:crypto';
import { http, https } from '../../kit/http.ts';
import type { LocalEpisode } from './local-judge.ts';

/** Where a gateway tells of its alarms while the platform cannot: one address, named in its file, and no other. */
export interface WebhookOptions {
  readonly url: string;
  /** Signs what is sent: `x-yanshao-signature: sha256=<hex of HMAC-SHA256 over the body>`. */
  readonly secret?: string | undefined;
}

/** What is told: an urgent alarm that this gateway raised alone, or its end. */
export interface Told {
  readonly event: 'raised' | 'returned';
  readonly gateway: string;
  readonly episode: LocalEpisode;
}

/**
 * Tells one thing; resolves when it was taken (a 2xx answer), rejects otherwise. At least once: a gateway that dies before it has
 * noted the answer tells it again, under the same alarm id.
 */
export type Webhook = (told: Told, signal: AbortSignal) => Promise<void>;

const withinMs = 10_000;

export function webhook({ url, secret }: WebhookOptions): Webhook {
  return async ({ event, gateway, episode }, signal) => {
    const { site, ...alarm } = episode;
    const { deviceName, priority, measurement, op, limit, unit, title, text } = site;
    const body = JSON.stringify({
      event,
      gateway,
      ...alarm,
      deviceName,
      priority,
      measurement,
      op,
      limit,
      unit,
      title,
      text,
    });
    const status = await post(new URL(url), body, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]), {
      'content-type': 'application/json',
      ...(secret && { 'x-yanshao-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }),
    });
    // A redirect is no answer: elsewhere is not where the file said.
    if (status < 200 || status > 299) throw new Error(`${url} answered ${status}`);
  };
}

/** The status of the answer. */
const post = (url: URL, body: string, signal: AbortSignal, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    // Each on its own connection: there may be days between two alarms.
    request(url, { method: 'POST', agent: false, headers, signal }, (answer) => {
      answer.resume().on('error', reject);
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end(body);
  });
