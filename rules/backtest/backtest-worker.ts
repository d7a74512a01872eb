import { parentPort, workerData } from 'node:worker_threads';
import { deviceTypes } from '../../devices/types/registry.ts';
import { stepBehind } from '../../kit/low-priority.ts';
import { type BacktestInput, backtest } from './backtest.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** A back-test's thread: judges what it is given, behind everything else that the machine does. */
const port = parentPort!;
const tell = (message: FromWorker): void => port.postMessage(message);

stepBehind();
const began = performance.now();
const test = backtest(workerData as BacktestInput, deviceTypes);
tell({ kind: 'reading', queries: test.queries });
port.on('message', (message: ToWorker) => {
  if (message.kind === 'batch')
    tell({ kind: 'judged', ...test.take(message.scan, message.batch), isFull: test.isFull });
  else {
    tell({ kind: 'report', report: test.report(performance.now() - began) });
    port.close();
  }
});
