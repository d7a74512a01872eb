import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { writeParquet } from '../../kit/parquet/parquet-file.ts';
import { pagesOf } from '../../kit/telemetry/paging.ts';
import type { PageQuery, PageRow, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { csvHeader, csvLines, type RowNames } from './csv.ts';

export interface ExportParts {
  readonly store: Pick<TelemetryStore, 'page'>;
  readonly query: PageQuery;
  readonly names: Omit<RowNames, 'groups'>;
  /** Ends the work at once: whoever asked has gone. */
  readonly signal?: AbortSignal;
}

/** What an export comes to, once it has been read to its end. */
export interface ExportCount {
  rows: number;
}

/** Lines made before others may work. */
const LINES_A_TURN = 2048;
const BOM = '\uFEFF';

/** Readings as CSV, part by part: only a page of them is held, and the next is read when the last was taken. */
export async function* csvExport(
  { store, query, names, signal }: ExportParts,
  { bom, count }: { readonly bom: boolean; readonly count?: ExportCount },
): AsyncGenerator<string> {
  const lines = csvLines({ ...names, groups: query.groups });
  let head = `${bom ? BOM : ''}${csvHeader}`;
  for await (const rows of pagesOf(store, query, signal)) {
    for (let at = 0; at < rows.length && !signal?.aborted; at += LINES_A_TURN) {
      yield head + lines(rows.slice(at, at + LINES_A_TURN));
      head = '';
      await turn();
    }
    if (count) count.rows += rows.length;
  }
  if (head !== '' && !signal?.aborted) yield head;
}

/** Readings as a Parquet file in `file`; resolves with the number of rows. Its rows go through a file beside it, not through memory. */
export function parquetExport({ store, query, names, signal }: ExportParts, file: string): Promise<number> {
  const { groups } = query;
  return writeParquet(
    file,
    {
      groups: groups.map(({ type, devices, measurements }) => ({
        devices,
        measurements,
        units: measurements.map((name) => names.unitOf(type, name)),
      })),
      rows: pagesOf(store, query, signal) as AsyncIterable<readonly PageRow[]>,
    },
    signal,
  );
}

/** Readings as Parquet bytes: the file has to be whole before its first byte can go. */
export async function* parquetBytes(parts: ExportParts): AsyncGenerator<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-export-'));
  try {
    const file = join(folder, 'readings.parquet');
    await parquetExport(parts, file);
    if (!parts.signal?.aborted) yield* createReadStream(file) as AsyncIterable<Buffer>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
