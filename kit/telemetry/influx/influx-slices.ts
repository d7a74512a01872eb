import type { PageQuery, PageRow, Value } from '../telemetry-store.ts';
import { type Influxql, identifier, literal } from './influxql.ts';
import { originalName, QUALITY, storedField, storedName, storedType } from './line-protocol.ts';

type Group = PageQuery['groups'][number];

/** Beyond this many devices the server is asked for all of the type and the others are left out here. */
const MOST_NAMED = 200;

/** The readings of a short range, in the order of time; `too-many` when there are more than `limit`. */
export async function readSlice(
  query: Influxql,
  groups: PageQuery['groups'],
  from: number,
  to: number,
  limit: number,
): Promise<readonly PageRow[] | 'too-many'> {
  const rows: PageRow[] = [];
  for (const [place, group] of groups.entries()) {
    if (group.devices.length === 0 || group.measurements.length === 0) continue;
    const complete = await readGroup(query, group, place, { from, to, limit }, rows);
    if (!complete || rows.length > limit) return 'too-many';
  }
  return groups.length > 1 ? rows.sort((a, b) => a[3] - b[3]) : rows;
}

/** Adds the rows of one device type; false when the server had more than was asked for. */
async function readGroup(
  query: Influxql,
  group: Group,
  place: number,
  { from, to, limit }: { from: number; to: number; limit: number },
  into: PageRow[],
): Promise<boolean> {
  const places = new Map(group.devices.map((device, at) => [device, at]));
  const fields = group.measurements.flatMap((name) => {
    const field = storedField(name);
    return [identifier(field), identifier(field + QUALITY)];
  });
  const named =
    group.devices.length <= MOST_NAMED
      ? ` AND (${group.devices.map((device) => `"device" = ${literal(storedName(device))}`).join(' OR ')})`
      : '';
  const most = Number.isSafeInteger(limit + 1) ? ` LIMIT ${limit + 1}` : '';
  let lines = 0;
  await query(
    `SELECT "device", ${fields.join(', ')} FROM ${identifier(storedType(group.type))} WHERE time >= ${from}ms AND time < ${to}ms${named}${most}`,
    ({ values }) => {
      lines += values.length;
      for (const [at, name, ...cells] of values) {
        const device = places.get(originalName(String(name)));
        if (device === undefined) continue;
        for (let m = 0; m < group.measurements.length; m++) {
          const value = cells[2 * m];
          if (value === null || value === undefined) continue;
          into.push([place, device, m, Number(at), value as Value, Number(cells[2 * m + 1] ?? 0)]);
        }
      }
    },
  );
  return lines <= limit;
}
