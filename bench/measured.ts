import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** What a measured process says of itself; processor time counts from its start and over all of its threads. */
export interface Usage {
  readonly cpuUs: number;
  /** How late the event loop came to a timer since the last asking, ms: 99th percentile and worst. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  /** The most memory it ever held, bytes (resident). */
  readonly peakBytes: number;
}

/** One timer every so often, ms; a delay is what comes on top. */
const LOOP_MS = 10;

/**
 * The child's end of `startChild`: answers its questions. `ready` resolves when the process can be measured; `usage` is
 * answered here; `stop` ends what was started, and with the last handle the process.
 */
export function answering(
  ready: Promise<unknown>,
  handlers: Readonly<Record<string, (details: unknown) => Promise<unknown>>>,
): void {
  const delay = monitorEventLoopDelay({ resolution: LOOP_MS });
  delay.enable();
  const usage = (): Usage => {
    const { user, system } = process.cpuUsage();
    const over = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LOOP_MS);
    const loop = { loopP99Ms: over(delay.percentile(99)), loopMaxMs: over(delay.max) };
    const answer = { cpuUs: user + system, ...loop, peakBytes: process.resourceUsage().maxRSS * 1024 };
    delay.reset();
    return answer;
  };
  const answer = async (question: string, details: unknown): Promise<unknown> => {
    await ready;
    if (question === 'ready') return true;
    if (question === 'usage') return usage();
    const handler = handlers[question];
    if (!handler) throw new Error(`nobody here answers "${question}"`);
    return handler(details);
  };
  process.on('message', ({ id, question, details }: { id: number; question: string; details: unknown }) => {
    answer(question, details).then(
      (result) => process.send?.({ id, result }),
      (err: Error) => process.send?.({ id, error: err.stack ?? String(err) }),
    );
  });
  // Whoever measures is gone: nothing is left to be asked.
  process.on('disconnect', () => process.exit());
}

/** What the parent gave on the command line. */
export const given = <T>(): T => JSON.parse(process.argv[2] ?? 'null') as T;

/** Looks at most so often whether work has ended: on a busy machine there may be no quiet moment. */
export const LOOKS = 20;

/** Whether this process takes less than a twentieth of a core for a while: what is put off (tidying, garbage) is over too. */
export async function isQuiet(): Promise<boolean> {
  const began = process.cpuUsage();
  await pause(400);
  const { user, system } = process.cpuUsage(began);
  return user + system < 20_000;
}
