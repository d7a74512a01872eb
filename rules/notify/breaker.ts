/** How a line stands: after some failures in a row it rests, and one message tries it when the rest is over. */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** It is not tried before this, ms. */
  readonly restsUntil: number;
  /** The last thing that went wrong, in words; null while it works. */
  readonly reason: string | null;
  /** When the first of these failures was, ms. */
  readonly since: number | null;
}

export const whole: Breaker = { failures: 0, restsUntil: 0, reason: null, since: null };

const failuresBeforeRest = 5;
const firstRestMs = 30_000;
const longestRestMs = 300_000;

/** After a failure. @param random 0 to 1, so that many lines do not return as one */
export function afterFailure(before: Breaker, reason: string, now: number, random: number): Breaker {
  const failures = before.failures + 1;
  const over = failures - failuresBeforeRest;
  const rest = over < 0 ? 0 : Math.min(longestRestMs, firstRestMs * 2 ** over) * (1 - random / 4);
  return { failures, restsUntil: over < 0 ? 0 : Math.round(now + rest), reason, since: before.since ?? now };
}

/** True while the line is known not to work: that is an alarm. */
export const isStuck = ({ failures }: Breaker): boolean => failures >= failuresBeforeRest;

/** True while it must be left alone. A rest longer than there is, is one before the clock was set back. */
export const rests = ({ restsUntil }: Breaker, now: number): boolean =>
  now < restsUntil && restsUntil - now <= longestRestMs;
