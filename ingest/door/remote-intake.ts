import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import type { Admission } from '../admission/admission.ts';
import type { Intake } from '../intake.ts';
import { type JudgedMessage, toJudged, weightOf } from './judged-message.ts';

export interface RemoteIntakeParts {
  readonly admission: Pick<Admission, 'admit' | 'durable'>;
  /** Makes judged messages durable at the ingest that owns the journal. */
  readonly settle: (messages: readonly JudgedMessage[]) => Promise<void>;
  readonly log: Log;
  readonly wait?: Wait;
}

/** Bytes of JSON and messages in one call: small enough that the other process never stalls over it. */
const mostBytes = 1_000_000;
const mostMessages = 1000;

interface Waiting {
  readonly judged: JudgedMessage;
  readonly done: (err: Error | null) => void;
}

/**
 * The intake of a door: what it judges is made durable by another process. Messages of one turn, and those that come while
 * a call is under way, share the next call; there is one at a time, so that order is kept. A call that fails is made
 * again until it succeeds: entries that arrive twice have the same key.
 */
export function remoteIntake({
  admission,
  settle: call,
  log,
  wait: pause = wait,
}: RemoteIntakeParts): Pick<Intake, 'take' | 'settle'> & Running & { readonly pending: number } {
  const stopping = new AbortController();
  const queue: Waiting[] = [];
  let underWay = 0;
  let busy = false;

  const next = (): Waiting[] => {
    let bytes = 0;
    let count = 0;
    while (count < queue.length && count < mostMessages) {
      bytes += weightOf((queue[count] as Waiting).judged);
      if (count > 0 && bytes > mostBytes) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const persistently = async (messages: readonly JudgedMessage[]): Promise<void> => {
    let told = false;
    for (const delay of retryDelays(100, 2000)) {
      try {
        return await call(messages);
      } catch (err) {
        if (stopping.signal.aborted) throw err;
        if (!told)
          log.warn(
            { err },
            'ingest does not take what this door has judged; nothing is acknowledged, it is tried again',
          );
        told = true;
        await pause(delay, stopping.signal);
      }
    }
  };

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = next();
      underWay = batch.length;
      let failure: Error | null = null;
      try {
        if (stopping.signal.aborted) throw new Error('this door is stopping');
        await persistently(batch.map(({ judged }) => judged));
      } catch (err) {
        failure = err as Error;
      }
      underWay = 0;
      for (const { done } of batch) done(failure);
    }
    busy = false;
  };

  const settle: Intake['settle'] = (message, size, admitted, done) => {
    const settled = (err: Error | null): void => {
      if (!err) admission.durable(admitted);
      done(err, admitted);
    };
    if (admitted.entries.length + admitted.refusals.length === 0) {
      setImmediate(settled, null);
      return;
    }
    const parts = toJudged(message, size, admitted);
    let failure: Error | null = null;
    for (const [i, judged] of parts.entries()) {
      const last = i === parts.length - 1;
      const partDone = (err: Error | null): void => {
        failure ??= err;
        if (last) settled(failure);
      };
      queue.push({ judged, done: partDone });
    }
    if (busy) return;
    busy = true;
    setImmediate(drain);
  };

  return {
    get pending() {
      return queue.length + underWay;
    },
    settle,
    take: (message, done) => settle(message, message.payload.length, admission.admit(message), done),
    // What is not durable stays with the broker.
    stop: () => stopping.abort(),
  };
}
