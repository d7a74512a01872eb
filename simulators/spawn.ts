import { type ChildProcess, fork } from 'node:child_process';
import type { Running } from '../kit/cleanups.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import type { ChildAnswer, SimulatorOrder, SimulatorsAt } from './child-words.ts';

/** Small before quick: the simulators make much short-lived rubbish, and would otherwise hold 100 MB more for it. */
const execArgv = ['--max-semi-space-size=2', '--max-old-space-size=256', '--optimize-for-size'];
const STOP_WITHIN_MS = 5_000;

/**
 * Runs the simulators in a process of their own and resolves when they listen. Should they end by themselves, `onExit` is
 * told; it is not called after `stop`. A port that is taken is a {@link Problem}.
 */
export async function spawnSimulators(
  order: SimulatorOrder,
  log: Log,
  onExit: (code: number | null) => void = () => undefined,
): Promise<Running & SimulatorsAt> {
  const child = fork(new URL('./child.ts', import.meta.url), [], { execArgv, serialization: 'advanced' });
  let stopping = false;
  child.once('exit', (code) => {
    if (stopping) return;
    log.error({ code }, 'the simulators ended by themselves');
    onExit(code);
  });
  const said = await firstAnswer(child, order);
  if ('failed' in said) {
    stopping = true;
    // A start that fails leaves nothing behind: not even a child that is about to end by itself.
    await ended(child);
    throw new Problem(said.failed);
  }
  return {
    ...said.running,
    stop() {
      stopping = true;
      return ended(child);
    },
  };
}

function firstAnswer(child: ChildProcess, order: SimulatorOrder): Promise<ChildAnswer> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as ChildAnswer));
    child.once('error', (err) => resolve({ failed: `the simulators cannot be started: ${err.message}` }));
    child.once('exit', (code) =>
      resolve({ failed: `the simulators ended with code ${code} before they were running` }),
    );
    child.send(order);
  });
}

/** Closing the channel is the request to end; what does not follow is ended. */
function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(patience);
      resolve();
    });
    if (child.connected) child.disconnect();
    else child.kill('SIGTERM');
  });
}
