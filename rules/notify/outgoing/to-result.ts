import type { SendResult } from '../channel.ts';
import type { Outcome } from './post.ts';

type Answer = Extract<Outcome, { kind: 'answer' }>;

const limitedMs = 60_000;
const longestMs = 3_600_000;

/**
 * What an outcome means for a message, where HTTP alone tells; an answer of 2xx goes to `judge`. A redirect is a refusal: elsewhere is
 * not where the settings said.
 * @param now world time, ms, for a Retry-After that names a date
 */
export function toResult(
  outcome: Outcome,
  host: string,
  now: number,
  judge: (answer: Answer) => SendResult,
): SendResult {
  switch (outcome.kind) {
    case 'refused':
      return { kind: 'refused', reason: outcome.reason, whose: 'channel' };
    case 'failed':
      return { kind: 'trouble', reason: outcome.reason, uncertain: outcome.uncertain };
    case 'answer':
      return fromStatus(outcome, host, now) ?? judge(outcome);
  }
}

/** RFC 9110 §15; null for 2xx. */
function fromStatus({ status, headers }: Answer, host: string, now: number): SendResult | null {
  if (status >= 200 && status < 300) return null;
  const reason = `${host}: HTTP ${status}`;
  const afterMs = retryAfterMs(headers, now);
  if (status === 429) return { kind: 'limited', reason, afterMs: afterMs ?? limitedMs };
  // A server that failed may have passed the message on before; one that is not available has not looked at it.
  if (status >= 500 || status === 408) return { kind: 'trouble', reason, uncertain: status !== 503, afterMs };
  if (status >= 300 && status < 400)
    return { kind: 'refused', reason: `${reason}，不跟随重定向 / redirects are not followed`, whose: 'channel' };
  const ofChannel = [401, 403, 404, 405, 410].includes(status);
  return { kind: 'refused', reason, whose: ofChannel ? 'channel' : 'address' };
}

/** RFC 9110 §10.2.3: seconds or a date; 飞书 says it in a header of its own. Never longer than an hour. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const said = headers.get('retry-after') ?? headers.get('x-ogw-ratelimit-reset');
  if (said === null) return undefined;
  const ms = /^\d+$/.test(said.trim()) ? Number(said) * 1000 : Date.parse(said) - now;
  return Number.isFinite(ms) ? Math.min(longestMs, Math.max(0, ms)) : undefined;
}

/** An answer that should be an object in JSON; undefined where it is not. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The far side answered, but not what it promises to answer: it may have taken the message. */
export const strangeAnswer = (host: string): SendResult => ({
  kind: 'trouble',
  reason: `${host}: 无法理解的应答 / an answer that makes no sense`,
  uncertain: true,
});
