import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that is measured from outside, so that making the load costs it nothing. */
export interface Child {
  /** Asks and waits for the answer. A child that dies or fails rejects every question, with what it said. */
  ask<T>(question: string, details?: unknown): Promise<T>;
  /** Asks it to stop and waits until it is gone. */
  stop(): Promise<void>;
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

/** Starts a TypeScript module as a process of its own and resolves when it says that it is ready. */
export async function startChild(module: URL, start: unknown, nodeFlags: readonly string[] = []): Promise<Child> {
  const child = fork(module, [JSON.stringify(start)], {
    execArgv: [...nodeFlags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const open = new Map<number, { resolve: (result: unknown) => void; reject: (err: Error) => void }>();
  let next = 1;
  let gone: Error | undefined;
  child.on('message', (answer: Answer) => {
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result);
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    gone = new Error(`the measured process ${module.pathname} ended (${signal ?? `exit code ${code}`})`);
    for (const { reject } of open.values()) reject(gone);
    open.clear();
  });
  const ask = <T>(question: string, details?: unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone);
      open.set(next, { resolve: resolve as (result: unknown) => void, reject });
      child.send({ id: next++, question, details });
    });
  await ask('ready').catch(async (err: Error) => {
    child.kill();
    await exited;
    throw err;
  });
  return {
    ask,
    async stop() {
      if (!gone) await ask('stop').catch(() => undefined);
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
