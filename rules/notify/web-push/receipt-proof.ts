import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PushReceipt } from '../../../devices/contract/push.ts';
import type { VapidKeys } from './vapid.ts';

/**
 * What a browser shows when it answers for a message. A worker has no session, and the one of its page may have ended: only whoever
 * could read the message, which is encrypted for this browser alone, knows this.
 */
export function receiptProof({ privateKey }: Pick<VapidKeys, 'privateKey'>, key: string, browser: string): string {
  return createHmac('sha256', privateKey).update(`yanshao receipt\n${browser}\n${key}`).digest('base64url');
}

/** True where a receipt comes from a browser that could read the message. */
export function isProven(keys: Pick<VapidKeys, 'privateKey'>, { key, browser, proof }: PushReceipt): boolean {
  const [mine, theirs] = [Buffer.from(receiptProof(keys, key, browser)), Buffer.from(proof)];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}
