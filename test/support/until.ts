import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `condition` gives something true and hands it back. Tests wait for conditions, never for durations; the time
 * limit only ends a test that has failed, saying what never came.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 20 }: { withinMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const end = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found) return found as NonNullable<T>;
      last = found;
    } catch (err) {
      last = err;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms; at last: ${String(last)}`);
    await pause(everyMs);
  }
}
