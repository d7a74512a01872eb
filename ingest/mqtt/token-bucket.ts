/** How much of something is let through: so many a second, and so many at once after a quiet time. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A bucket of tokens that may go into debt: what has arrived is never turned away, its sender only waits until the debt
 * is paid. Quiet time is counted when the bucket runs dry, so that taking costs no look at the clock.
 */
export interface TokenBucket {
  /** Takes `count` and returns how long the taker should wait before more, ms; 0 while nothing is owed. */
  take(count: number): number;
  /** How long until nothing is owed, ms. */
  owedMs(): number;
  /** Less than a second's worth is left. */
  scarce(): boolean;
  /** Nothing has been taken for so long that forgetting it changes nothing. */
  full(): boolean;
}

/** A full bucket. `now` is a clock that only goes forward, ms. */
export function tokenBucket({ perSecond, burst }: Pace, now: () => number): TokenBucket {
  let tokens = burst;
  let counted = now();
  const refill = (): void => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - counted) / 1000) * perSecond);
    counted = at;
  };
  const owedMs = (): number => {
    if (tokens >= 0) return 0;
    refill();
    return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
  };
  return {
    take(count) {
      tokens -= count;
      return tokens >= 0 ? 0 : owedMs();
    },
    owedMs,
    scarce() {
      if (tokens >= perSecond) return false;
      refill();
      return tokens < perSecond;
    },
    full() {
      refill();
      return tokens >= burst;
    },
  };
}
