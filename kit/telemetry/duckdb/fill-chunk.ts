import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Columns } from './columns.ts';

/** The columns of `samples`, in their order. */
const place = { device: 0, field: 1, ms: 2, num: 3, bool: 4, txt: 5, quality: 6, seq: 7 } as const;
const HIGH = 2 ** 32;

/**
 * Fills a chunk with the values `from` up to `to` of a batch; `after` is the last `seq` given before the batch.
 *
 * Whole columns are copied as they lie in memory, and a column's NULLs are marked by one bit each: node-api's own setters
 * go value by value and cost more processor time than all the rest of a write.
 */
export function fillChunk(chunk: DuckDBDataChunk, c: Columns, from: number, to: number, after: number): void {
  const vector = (column: number) => duckdb.data_chunk_get_vector(chunk.chunk, column);
  const whole = (column: number, data: Int32Array | Uint32Array | Float64Array | Uint8Array) =>
    duckdb.copy_data_to_vector(vector(column), 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  whole(place.device, c.device.subarray(from, to));
  whole(place.field, c.field.subarray(from, to));
  whole(place.quality, c.quality.subarray(from, to));
  whole(place.num, c.num.subarray(from, to));
  const rows = to - from;
  const ms = new Uint32Array(rows * 2);
  const seq = new Uint32Array(rows * 2);
  const flags = new Uint8Array(rows);
  const valid = [bits(rows), bits(rows), bits(rows)] as const;
  const texts = vector(place.txt);
  for (let row = 0; row < rows; row++) {
    const i = from + row;
    const kind = c.kind[i]!;
    putInt64(ms, row, c.at[i]!);
    putInt64(seq, row, after + i + 1);
    valid[kind]![row >> 5]! |= 1 << (row & 31);
    if (kind === 1) flags[row] = c.num[i]!;
    else if (kind === 2) duckdb.vector_assign_string_element_len(texts, row, Buffer.from(c.texts[c.num[i]!]!));
  }
  whole(place.ms, ms);
  whole(place.seq, seq);
  whole(place.bool, flags);
  for (const [kind, column] of [place.num, place.bool, place.txt].entries()) mark(vector(column), valid[kind]!);
}

/** Room for one bit a row, in DuckDB's words of 64: 1 is a value, 0 is NULL. */
const bits = (rows: number): Uint32Array<ArrayBuffer> => new Uint32Array(Math.ceil(rows / 64) * 2);

function mark(vector: duckdb.Vector, valid: Uint32Array<ArrayBuffer>): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
}

/** A whole number as two's complement, low half first: every machine that DuckDB runs on is little-endian. */
function putInt64(into: Uint32Array, index: number, value: number): void {
  const high = Math.floor(value / HIGH);
  into[index * 2] = value - high * HIGH;
  into[index * 2 + 1] = high;
}
