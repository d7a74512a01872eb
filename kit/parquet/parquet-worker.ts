import { parentPort, workerData } from 'node:worker_threads';
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampMillisecondsValue,
  TIMESTAMP_MS,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { PageRow } from '../telemetry/telemetry-store.ts';
import type { ParquetReply, ParquetStart, ParquetTask } from './messages.ts';

/** The thread that collects rows in a file and writes them as Parquet. */
const port = parentPort!;
const { file, groups } = workerData as ParquetStart;
const types = [TIMESTAMP_MS, VARCHAR, VARCHAR, VARCHAR, DOUBLE, BOOLEAN, VARCHAR, UINTEGER] as const;
/** Rows of one chunk: DuckDB's vector size. */
const CHUNK = 2048;

async function open() {
  const instance = await DuckDBInstance.create(`${file}.rows`, { memory_limit: '96MB', threads: '1' });
  const connection = await instance.connect();
  // Times are UTC: a machine's own zone must not shift them.
  await connection.run(`set timezone = 'UTC'`);
  await connection.run(
    'create table readings (time timestamp_ms, device varchar, measurement varchar, unit varchar, number double, boolean boolean, text varchar, status uinteger)',
  );
  return { instance, connection };
}

async function take(connection: DuckDBConnection, rows: readonly PageRow[]): Promise<void> {
  const appender = await connection.createAppender('readings');
  for (let from = 0; from < rows.length; from += CHUNK) {
    const some = rows.slice(from, from + CHUNK);
    const chunk = DuckDBDataChunk.create(types, some.length);
    chunk.setRows(some.map(cells));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function cells([group, device, measurement, at, value, status]: PageRow) {
  const { devices, measurements, units } = groups[group]!;
  return [
    new DuckDBTimestampMillisecondsValue(BigInt(at)),
    devices[device]!,
    measurements[measurement]!,
    units[measurement]!,
    typeof value === 'number' ? value : null,
    typeof value === 'boolean' ? value : null,
    typeof value === 'string' ? value : null,
    status,
  ];
}

const opened = open();

async function carryOut(task: ParquetTask): Promise<void> {
  const { connection, instance } = await opened;
  if (typeof task !== 'string') return take(connection, task);
  try {
    if (task === 'finish') {
      await connection.run(
        `copy (select time::timestamptz as time, * exclude (time) from readings) to '${file.replaceAll("'", "''")}' (format parquet, compression zstd)`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

port.on('message', async (task: ParquetTask) => {
  let reply: ParquetReply = { done: true };
  try {
    await carryOut(task);
  } catch (err) {
    reply = { error: String((err as Error).message) };
  }
  port.postMessage(reply);
  if (typeof task === 'string') port.close();
});
