import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every tenth of a second until `ready` says yes; after `waitMs` calls `late`, which throws. */
export async function waitFor(
  ready: () => Promise<boolean> | boolean,
  waitMs: number,
  late: () => never,
): Promise<void> {
  const until = performance.now() + waitMs;
  while (!(await ready())) {
    if (performance.now() >= until) late();
    await sleep(Math.min(100, waitMs));
  }
}
