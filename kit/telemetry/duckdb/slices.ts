import type { DuckDBConnection } from '@duckdb/node-api';
import type { PageRow, Value } from '../telemetry-store.ts';
import { rowsOf } from './duckdb-reads.ts';

/** A group of a page query by its numbers in the file; places in the query follow from the order. */
export interface GroupIds {
  readonly group: number;
  readonly devices: readonly { readonly id: number; readonly place: number }[];
  readonly fields: readonly { readonly id: number; readonly place: number }[];
  /** They are all devices of the type: then the fields alone tell the rows. */
  readonly everyDevice: boolean;
}

/** Text of one slice at most, bytes: the answer has to fit into one message to another process. */
const MOST_TEXT = 4_000_000;

/** The rows of a short range, in the order of time; `too-many` when there are more than `limit`. */
export async function readSlice(
  connection: DuckDBConnection,
  groups: readonly GroupIds[],
  from: number,
  to: number,
  limit: number,
): Promise<readonly PageRow[] | 'too-many'> {
  const asked = groups.filter(({ devices, fields }) => devices.length > 0 && fields.length > 0).map(condition);
  if (asked.length === 0) return [];
  const where = `ms >= ${from} and ms < ${to} and (${asked.join(' or ')})`;
  const [size] = await rowsOf(
    connection,
    `select count(*) as n, coalesce(sum(strlen(txt)), 0)::bigint as text from samples where ${where}`,
  );
  if (Number(size?.n) > limit || (Number(size?.text) > MOST_TEXT && Number.isFinite(limit) && to - from > 1)) {
    return 'too-many';
  }
  if (Number(size?.n) === 0) return [];
  const found = await connection.runAndReadAll(
    `select device, field, ms::double, num, bool, txt, quality from samples where ${where}
     qualify row_number() over (partition by device, field, ms order by seq desc) = 1 order by ms`,
  );
  const devices = new Map(groups.flatMap(({ devices }) => devices.map(({ id, place }) => [id, place] as const)));
  const fields = new Map(
    groups.flatMap(({ group, fields }) => fields.map(({ id, place }) => [id, { group, place }] as const)),
  );
  const [device, field, ms, num, bool, txt, quality] = found.getColumns();
  return device!.map((id, i): PageRow => {
    const { group, place } = fields.get(Number(field![i]))!;
    const value = (num![i] ?? bool![i] ?? txt![i]) as Value;
    return [group, devices.get(Number(id))!, place, Number(ms![i]), value, Number(quality![i])];
  });
}

function condition({ devices, fields, everyDevice }: GroupIds): string {
  const list = (numbers: readonly { readonly id: number }[]) => numbers.map(({ id }) => id).join(', ');
  const ofFields = `field in (${list(fields)})`;
  return everyDevice ? ofFields : `(${ofFields} and device in (${list(devices)}))`;
}
