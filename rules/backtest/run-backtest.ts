import { Worker } from 'node:worker_threads';
import type { BacktestReport } from '../../devices/contract/backtest.ts';
import { batchesInStep } from '../../kit/telemetry/scanning.ts';
import type { ScanBatch, ScanQuery, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import type { BacktestInput, Progress } from './backtest.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/**
 * Runs a back-test in a thread of its own: this one only hands the store's batches on, one while the thread judges the one
 * before. Rejects when the store fails, or with the signal's reason when it is aborted.
 */
export async function runBacktest(
  input: BacktestInput,
  store: Pick<TelemetryStore, 'scan'>,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<BacktestReport> {
  const thread = judgingThread(input, signal);
  try {
    let judging: Promise<FromWorker> | null = null;
    const told = async (): Promise<boolean> => {
      const answer = await judging;
      if (answer?.kind === 'judged') onProgress(answer);
      return answer?.kind === 'judged' && answer.isFull;
    };
    for await (const { scan, batch } of batchesInStep(store, await thread.queries(), signal)) {
      if (await told()) break;
      judging = thread.ask({ kind: 'batch', scan, batch }, buffersOf(batch));
    }
    await told();
    signal.throwIfAborted();
    const last = await thread.ask({ kind: 'end' });
    if (last.kind !== 'report') throw new Error(`the thread of a back-test answered "${last.kind}" at its end`);
    return last.report;
  } finally {
    await thread.end();
  }
}

/** The thread as a function that answers each message with one; it fails when the thread does or `signal` is aborted. */
function judgingThread(input: BacktestInput, signal: AbortSignal) {
  const worker = new Worker(new URL('./backtest-worker.ts', import.meta.url), { workerData: input });
  const answers: FromWorker[] = [];
  let failed: unknown;
  let waiting: PromiseWithResolvers<FromWorker> | null = null;
  const fail = (err: unknown): void => {
    failed ??= err;
    waiting?.reject(failed);
    waiting = null;
  };
  worker.on('message', (message: FromWorker) => {
    if (waiting) waiting.resolve(message);
    else answers.push(message);
    waiting = null;
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the thread of a back-test ended with ${code}`)));
  const stop = (): void => fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const answer = (): Promise<FromWorker> => {
    const ready = answers.shift();
    if (ready) return Promise.resolve(ready);
    if (failed !== undefined) return Promise.reject(failed);
    waiting = Promise.withResolvers();
    // Whoever gave up does not look at it any more.
    waiting.promise.catch(() => undefined);
    return waiting.promise;
  };
  return {
    async queries(): Promise<readonly ScanQuery[]> {
      const first = await answer();
      if (first.kind !== 'reading') throw new Error(`the thread of a back-test began with "${first.kind}"`);
      return first.queries;
    },
    ask(message: ToWorker, transfer: ArrayBuffer[] = []): Promise<FromWorker> {
      worker.postMessage(message, transfer);
      return answer();
    },
    async end(): Promise<void> {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    },
  };
}

const buffersOf = ({ device, measurement, at, value, quality }: ScanBatch): ArrayBuffer[] =>
  [device, measurement, at, value, quality].map(({ buffer }) => buffer);
