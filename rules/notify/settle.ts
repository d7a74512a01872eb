import type { Delivery } from '../../devices/contract/notice.ts';
import { retryDelays } from '../../kit/retry.ts';
import type { SendResult } from './channel.ts';

const firstRetryMs = 5000;
const longestRetryMs = 300_000;

/** How long to wait after so many attempts, ms, by the far side's wish where it has one. */
export function waitAfter(attempts: number, random: () => number): number {
  const delays = retryDelays(firstRetryMs, longestRetryMs, random);
  let delay = delays.next().value;
  for (let i = 1; i < attempts; i++) delay = delays.next().value;
  return delay;
}

/**
 * A delivery after an attempt. What the far side took is never tried again; what it refused is given up; trouble is tried again
 * until a round's time has passed, while the ladder goes on to the next rung.
 * @param giveUpMs how long after it was due trying ends
 * @param waitMs how long to wait before the next attempt
 */
export function settle(one: Delivery, result: SendResult, now: number, giveUpMs: number, waitMs: number): Delivery {
  switch (result.kind) {
    case 'sent':
      return {
        ...one,
        state: 'sent',
        sent: now,
        delivered: one.delivered ?? (result.delivered ? now : null),
        retryAt: null,
        farId: result.farId ?? null,
      };
    case 'refused':
      return { ...one, state: 'failed', failed: now, reason: result.reason, retryAt: null };
    case 'limited':
    case 'trouble': {
      const retryAt = now + Math.max(result.afterMs ?? 0, waitMs);
      const tried = { ...one, reason: result.reason, troubledAt: one.troubledAt ?? now };
      if (retryAt - one.due > giveUpMs) return { ...tried, state: 'failed', failed: now, retryAt: null };
      const uncertain = result.kind === 'trouble' && result.uncertain;
      // What may have arrived goes again as the same message; what has not may be gathered anew.
      const mayRepeat = one.mayRepeat || uncertain;
      return { ...tried, state: 'due', retryAt, mayRepeat, message: mayRepeat ? one.message : null };
    }
  }
}
