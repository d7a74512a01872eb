import { nextSlice } from './paging.ts';
import {
  SCAN_ROWS,
  type ScanBatch,
  type ScanQuery,
  StoreUnavailable,
  type TelemetryStore,
  type Value,
} from './telemetry-store.ts';

/** Readings of a scan as columns, before it is known where the next batch begins. */
export type ScanColumns = Pick<ScanBatch, 'length' | 'device' | 'measurement' | 'at' | 'value' | 'quality' | 'words'>;

/** Reads the columns of [from, to), or says that there are more than `limit` readings. */
export type ReadColumns = (from: number, to: number, limit: number) => Promise<ScanColumns | 'too-many'>;

/** One reading of a scan: number of the device, place of the measurement, source time, value, status. */
export type ScanRow = readonly [device: number, measurement: number, at: number, value: Value, quality: number];

/** One batch of a scan, by slices of time. `names` are those of the devices that the query does not know yet. */
export async function scanBySlices(
  query: ScanQuery,
  read: ReadColumns,
  named: () => Pick<ScanBatch, 'numbering' | 'names'>,
): Promise<ScanBatch> {
  const { found, next, spanMs } = await nextSlice(query, SCAN_ROWS, read);
  return { ...named(), ...(found ?? noColumns(0)), next, spanMs };
}

/** Room for `length` readings. */
export const noColumns = (length: number): ScanColumns => ({
  length,
  device: new Uint32Array(length),
  measurement: new Uint8Array(length),
  at: new Float64Array(length),
  value: new Float64Array(length),
  quality: new Uint32Array(length),
  words: [],
});

/** Rows as columns, in the order a scan promises; for engines that answer row by row. */
export function columnsOf(rows: readonly ScanRow[]): ScanColumns {
  const inOrder = rows.toSorted((a, b) => a[2] - b[2] || a[0] - b[0] || a[1] - b[1]);
  const columns = noColumns(rows.length);
  const words = new Map<string, number>();
  for (const [i, [device, measurement, at, value, quality]] of inOrder.entries()) {
    columns.device[i] = device;
    columns.measurement[i] = measurement;
    columns.at[i] = at;
    columns.value[i] = typeof value === 'string' ? placeIn(words, value) : Number(value);
    columns.quality[i] = quality;
  }
  return { ...columns, words: [...words.keys()] };
}

/** The place of a word among those met, which it is added to. */
export function placeIn(words: Map<string, number>, word: string): number {
  const held = words.get(word);
  if (held !== undefined) return held;
  words.set(word, words.size);
  return words.size - 1;
}

/** Numbers for devices of an engine that has none of its own, from 1 on, for as long as the store is open. */
export interface DeviceNumbers {
  numberOf(type: string, device: string): number;
  /** The devices of a type above a number. */
  named(type: string, above: number): Pick<ScanBatch, 'numbering' | 'names'>;
}

export function deviceNumbers(): DeviceNumbers {
  const numbering = crypto.randomUUID();
  const types = new Map<string, Map<string, number>>();
  const ofType = (type: string): Map<string, number> => {
    const held = types.get(type) ?? new Map<string, number>();
    types.set(type, held);
    return held;
  };
  return {
    numberOf: (type, device) => placeIn(ofType(type), device) + 1,
    named: (type, above) => ({
      numbering,
      names: [...ofType(type).keys()].slice(above).map((device, i) => [above + i + 1, device] as const),
    }),
  };
}

/**
 * All batches of a scan. The next one is read while the last is worked on, and no further ahead. Ends early when `signal` is
 * aborted; rejects with {@link StoreUnavailable} when the store was opened anew meanwhile.
 */
export async function* batchesOf(
  store: Pick<TelemetryStore, 'scan'>,
  query: ScanQuery,
  signal?: AbortSignal,
): AsyncGenerator<ScanBatch> {
  let numbering: string | undefined;
  let named = query.named ?? 0;
  let coming: Promise<ScanBatch> | null = store.scan(query);
  while (coming && !signal?.aborted) {
    const batch: ScanBatch = await coming;
    numbering ??= batch.numbering;
    if (batch.numbering !== numbering) throw new StoreUnavailable('the store was opened anew during the scan');
    named = batch.names.reduce((highest, [number]) => Math.max(highest, number), named);
    const { next, spanMs } = batch;
    coming = next === null ? null : store.scan({ ...query, from: next, named, spanMs });
    // Whoever stops taking batches never looks at the one that was read ahead.
    coming?.catch(() => undefined);
    yield batch;
  }
}

/**
 * All batches of several scans of one period, each with the place of its query. Next comes the one of the scan that is least
 * far, so that whoever merges them by time holds one batch of each.
 */
export async function* batchesInStep(
  store: Pick<TelemetryStore, 'scan'>,
  queries: readonly ScanQuery[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly scan: number; readonly batch: ScanBatch }> {
  const batches = queries.map((query) => batchesOf(store, query, signal));
  const readTo = queries.map(({ from }) => from);
  for (;;) {
    const least = Math.min(...readTo);
    if (least === Number.POSITIVE_INFINITY) return;
    const scan = readTo.indexOf(least);
    const { value: batch, done } = await batches[scan]!.next();
    if (done) return;
    readTo[scan] = batch.next ?? Number.POSITIVE_INFINITY;
    yield { scan, batch };
  }
}

/** A batch as it crosses to another process: columns as base64, which costs a tenth of what numbers as text do. */
export type PackedBatch = Omit<ScanBatch, (typeof columnNames)[number]> & {
  readonly [K in (typeof columnNames)[number]]: string;
};

const columnNames = ['device', 'measurement', 'at', 'value', 'quality'] as const;

/** Packs a batch for kit/rpc. */
export function packBatch(batch: ScanBatch): PackedBatch {
  const text = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  const { device, measurement, at, value, quality, ...rest } = batch;
  return {
    ...rest,
    device: text(device),
    measurement: text(measurement),
    at: text(at),
    value: text(value),
    quality: text(quality),
  };
}

/** The batch that was packed. */
export function unpackBatch({ device, measurement, at, value, quality, ...rest }: PackedBatch): ScanBatch {
  return {
    ...rest,
    device: new Uint32Array(bytesOf(device)),
    measurement: new Uint8Array(bytesOf(measurement)),
    at: new Float64Array(bytesOf(at)),
    value: new Float64Array(bytesOf(value)),
    quality: new Uint32Array(bytesOf(quality)),
  };
}

/** Bytes in memory of their own, so that numbers of any width may lie in them. */
function bytesOf(text: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}
