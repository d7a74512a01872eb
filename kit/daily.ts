import type { Running } from './cleanups.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

const DAY = 86_400_000;

/**
 * Does `work` now and once a day, one run after the other. What fails is told and tried again the next day. `work` looks at
 * `stopped` between its pieces; stopping waits for the piece in hand.
 */
export function daily(
  name: string,
  work: (stopped: AbortSignal) => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Running {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const again = () => {
    running = running
      .then(() => (stop.signal.aborted ? undefined : work(stop.signal)))
      .catch((err: unknown) => {
        if (!stop.signal.aborted) log.warn({ err, work: name }, 'daily work failed; tomorrow again');
      });
  };
  again();
  const cancel = clock.every(DAY, again);
  return {
    async stop() {
      stop.abort();
      cancel();
      await running;
    },
  };
}
