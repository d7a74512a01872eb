/**
 * How long to wait before each further attempt, ms: doubling from `firstMs` to `mostMs`, each less up to half of itself
 * at random so that many waiters do not return as one. Endless: what is durable in the journal is never given up.
 */
export function* retryDelays(
  firstMs: number,
  mostMs: number,
  random: () => number = Math.random,
): Generator<number, never> {
  for (let delay = firstMs; ; delay = Math.min(delay * 2, mostMs)) {
    yield Math.round(delay * (1 - random() / 2));
  }
}

/** Waits, or ends early (without an error) when `signal` is aborted. World time: this is patience, not judgement. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const wait: Wait = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
