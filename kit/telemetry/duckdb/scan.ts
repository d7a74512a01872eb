import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Kind } from '../admission.ts';
import { noColumns, placeIn, type ScanColumns } from '../scanning.ts';

/** What a scan asks of the file, by its numbers; the places of fields are those of the query. */
export interface ScanIds {
  readonly fields: readonly { readonly id: number; readonly place: number; readonly kind: Kind }[];
  /** Absent where every device that has these fields is wanted. */
  readonly devices?: readonly number[] | undefined;
}

/** Columns of the answer, in the order selected. */
const selected = { device: 0, field: 1, ms: 2, value: 3, quality: 4, txt: 5 } as const;

/**
 * The readings of a short range as columns; `too-many` when there are more than `limit`.
 *
 * Columns are copied as they lie in DuckDB's memory: node-api's own way, a value at a time, costs ten times the rest of the
 * scan. Values written twice come out next to each other with the greatest `seq` last, and only that one is kept.
 */
export async function scanSlice(
  connection: DuckDBConnection,
  { fields, devices }: ScanIds,
  from: number,
  to: number,
  limit: number,
): Promise<ScanColumns | 'too-many'> {
  if (fields.length === 0 || devices?.length === 0) return noColumns(0);
  const has = (kind: Kind) => fields.some((field) => field.kind === kind);
  const value = has('boolean') ? 'coalesce(num, bool::int::double, 0)' : 'coalesce(num, 0)';
  const most = limit < Number.MAX_SAFE_INTEGER ? ` limit ${limit + 1}` : '';
  const result = await connection.run(
    `select device, field, ms::double, ${value}, quality${has('text') ? ', txt' : ''} from samples
     where ms >= ${from} and ms < ${to} and field in (${fields.map(({ id }) => id).join(', ')})
     ${devices ? `and device in (${devices.join(', ')})` : ''} order by ms, device, field, seq${most}`,
  );
  const chunks: DuckDBDataChunk[] = [];
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    chunks.push(chunk);
  }
  const rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  return rows > limit ? 'too-many' : gathered(chunks, rows, fields);
}

/** Chunks as one set of columns, overwritten values left out. */
function gathered(chunks: readonly DuckDBDataChunk[], rows: number, fields: ScanIds['fields']): ScanColumns {
  const all = noColumns(rows);
  const places = new Map(fields.map(({ id, place, kind }) => [id, { place, isText: kind === 'text' }]));
  const words = new Map<string, number>();
  let n = 0;
  for (const chunk of chunks) {
    const { rowCount: count } = chunk;
    const device = new Uint32Array(bytes(chunk, selected.device, 4 * count));
    const field = new Uint32Array(bytes(chunk, selected.field, 4 * count));
    const at = new Float64Array(bytes(chunk, selected.ms, 8 * count));
    const value = new Float64Array(bytes(chunk, selected.value, 8 * count));
    const quality = new Uint32Array(bytes(chunk, selected.quality, 4 * count));
    const texts = chunk.columnCount > selected.txt ? chunk.getColumnVector(selected.txt) : null;
    for (let i = 0; i < count; i++) {
      const { place, isText } = places.get(field[i]!)!;
      const again = n > 0 && all.at[n - 1] === at[i] && all.device[n - 1] === device[i];
      if (again && all.measurement[n - 1] === place) n--;
      all.device[n] = device[i]!;
      all.measurement[n] = place;
      all.at[n] = at[i]!;
      all.value[n] = isText ? placeIn(words, String(texts?.getItem(i))) : value[i]!;
      all.quality[n] = quality[i]!;
      n++;
    }
  }
  return cutTo({ ...all, words: [...words.keys()] }, n);
}

/** A column of a chunk, copied out of DuckDB's memory, which goes with the chunk. */
function bytes(chunk: DuckDBDataChunk, column: number, length: number): ArrayBuffer {
  const held = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, column), length);
  return (held.buffer as ArrayBuffer).slice(held.byteOffset, held.byteOffset + length);
}

function cutTo(columns: ScanColumns, length: number): ScanColumns {
  if (length === columns.length) return columns;
  return {
    length,
    device: columns.device.slice(0, length),
    measurement: columns.measurement.slice(0, length),
    at: columns.at.slice(0, length),
    value: columns.value.slice(0, length),
    quality: columns.quality.slice(0, length),
    words: columns.words,
  };
}
