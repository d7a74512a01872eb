import { type ChildProcess, fork } from 'node:child_process';
import module from 'node:module';
import { dirname } from 'node:path';
import type { Running } from '../kit/cleanups.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import type { ChildAnswer, DoorOpen, SimulatorOrder, SimulatorsAt } from './child-words.ts';

/** Small before quick: the simulators make much short-lived rubbish, and would otherwise hold 100 MB more for it. */
const execArgv = ['--max-semi-space-size=2', '--max-old-space-size=256', '--optimize-for-size'];
const STOP_WITHIN_MS = 5_000;

/** A process that has loaded the simulators and waits for its order. */
export interface WaitingSimulators extends Running {
  /** Opens what needs no platform; once, before `run`. */
  prepare(order: SimulatorOrder): void;
  /** Connects the devices and resolves when all listen. A port that is taken is a {@link Problem}. */
  run(door: DoorOpen): Promise<SimulatorsAt>;
}

/**
 * Starts a process for the simulators: it loads what they need while its parent is busy with its own start. Should it end by
 * itself, `onExit` is told; it is not called after `stop`.
 */
export function forkSimulators(log: Log, onExit: (code: number | null) => void = () => undefined): WaitingSimulators {
  const cache = module.getCompileCacheDir?.();
  const child = fork(new URL('./child.ts', import.meta.url), [], {
    execArgv,
    serialization: 'advanced',
    env: { ...process.env, ...(cache && { NODE_COMPILE_CACHE: dirname(cache) }) },
  });
  let stopping = false;
  let answer: Promise<ChildAnswer> = Promise.resolve({
    failed: 'the simulators were told to run before they were prepared',
  });
  child.once('exit', (code) => {
    if (stopping) return;
    log.error({ code }, 'the simulators ended by themselves');
    onExit(code);
  });
  const stop = () => {
    stopping = true;
    return ended(child);
  };
  return {
    stop,
    prepare(order) {
      answer = firstAnswer(child);
      child.send(order);
    },
    async run(door) {
      if (child.connected) child.send(door);
      const said = await answer;
      if ('running' in said) return said.running;
      // A start that fails leaves nothing behind: not even a child that is about to end by itself.
      await stop();
      throw new Problem(said.failed);
    },
  };
}

function firstAnswer(child: ChildProcess): Promise<ChildAnswer> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as ChildAnswer));
    child.once('error', (err) => resolve({ failed: `the simulators cannot be started: ${err.message}` }));
    child.once('exit', (code) =>
      resolve({ failed: `the simulators ended with code ${code} before they were running` }),
    );
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
