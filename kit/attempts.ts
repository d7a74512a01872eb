const failuresBeforeLock = 5;
const lockMs = 5 * 60_000;
/** Pairs remembered; beyond that the oldest are forgotten, so that nobody can fill the memory. */
const mostPairs = 10_000;

/**
 * Wrong passwords, counted for an account name together with the address they came from: somebody who guesses locks
 * nobody out but himself, least of all the duty seat. Names that do not exist lock the same way, so that a lock tells
 * nothing. Kept in memory: a restart forgives.
 */
export interface Attempts {
  /** Counts an attempt as failed until {@link succeeded}; gives how long this pair is locked yet, ms, or 0. */
  begin(name: string, address: string): number;
  succeeded(name: string, address: string): void;
}

/** Nobody has failed yet. `now` is the world's time, ms. */
export function attempts(now: () => number): Attempts {
  const pairs = new Map<string, { failures: number; lockedUntil: number }>();
  const keyOf = (name: string, address: string) => `${address} ${name}`;
  return {
    begin(name, address) {
      const key = keyOf(name, address);
      const held = pairs.get(key);
      const lockedFor = (held?.lockedUntil ?? 0) - now();
      if (lockedFor > 0) return lockedFor;
      // Counted before the password is looked at: many attempts at once count as many.
      const failures = (held?.failures ?? 0) + 1;
      const locks = failures >= failuresBeforeLock;
      pairs.delete(key);
      pairs.set(key, { failures: locks ? 0 : failures, lockedUntil: locks ? now() + lockMs : 0 });
      if (pairs.size > mostPairs) pairs.delete(pairs.keys().next().value as string);
      return 0;
    },
    succeeded: (name, address) => void pairs.delete(keyOf(name, address)),
  };
}
