import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { PageRow } from '../telemetry/telemetry-store.ts';
import type { ParquetGroups, ParquetReply, ParquetStart, ParquetTask } from './messages.ts';

/** Readings on their way into a file; a row names its group, device and measurement by their places here. */
export interface ParquetReadings {
  readonly groups: ParquetGroups;
  readonly rows: AsyncIterable<readonly PageRow[]>;
}

/**
 * Writes readings into a Parquet file: `time` (UTC), `device`, `measurement`, `unit`, `number`, `boolean`, `text` (one of
 * the three is filled), `status` (OPC UA). Resolves with the number of rows; when aborted or failed no file is left.
 *
 * DuckDB collects the rows in a file of its own beside it, in a worker, and writes them from there: neither memory nor this
 * thread's time grows with their number.
 */
export async function writeParquet(file: string, readings: ParquetReadings, signal?: AbortSignal): Promise<number> {
  const start: ParquetStart = { file, groups: readings.groups };
  const worker = new Worker(new URL('./parquet-worker.ts', import.meta.url), { workerData: start });
  const gone = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the worker that writes Parquet has ended')));
  });
  gone.catch(() => undefined);
  const carryOut = (task: ParquetTask): Promise<void> => {
    const answered = new Promise<void>((resolve, reject) => {
      worker.once('message', (reply: ParquetReply) => {
        if ('error' in reply) reject(new Error(`the Parquet file cannot be written: ${reply.error}`));
        else resolve();
      });
    });
    worker.postMessage(task);
    return Promise.race([answered, gone]);
  };
  let rows = 0;
  let whole = false;
  try {
    for await (const page of readings.rows) {
      await carryOut(page);
      rows += page.length;
    }
    if (!signal?.aborted) {
      await carryOut('finish');
      whole = true;
    }
    return rows;
  } finally {
    // It closes its file and ends by itself: a thread that is ended inside the engine takes the process with it.
    if (!whole) await carryOut('drop').catch(() => undefined);
    await gone.catch(() => undefined);
    for (const left of [`${file}.rows`, `${file}.rows.wal`, ...(whole ? [] : [file])]) rmSync(left, { force: true });
  }
}
