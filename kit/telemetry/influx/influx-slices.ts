import { columnsOf, type DeviceNumbers, type ScanColumns, type ScanRow } from '../scanning.ts';
import type { PageQuery, PageRow, ScanQuery, Value } from '../telemetry-store.ts';
import { type Influxql, identifier, literal } from './influxql.ts';
import { originalName, QUALITY, storedField, storedName, storedType } from './line-protocol.ts';

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
    const places = new Map(group.devices.map((device, at) => [device, at]));
    const lines = await readGroup(query, group, { from, to, limit }, (device, m, at, value, quality) => {
      const found = places.get(device);
      if (found !== undefined) rows.push([place, found, m, at, value, quality]);
    });
    if (lines > limit || rows.length > limit) return 'too-many';
  }
  return groups.length > 1 ? rows.sort((a, b) => a[3] - b[3]) : rows;
}

/** The readings of a short range as columns; `too-many` when there are more than `limit`. */
export async function scanSlice(
  query: Influxql,
  { type, measurements, devices }: ScanQuery,
  numbers: DeviceNumbers,
  { from, to, limit }: Range,
): Promise<ScanColumns | 'too-many'> {
  const rows: ScanRow[] = [];
  const wanted = devices && new Set(devices);
  if (measurements.length === 0 || wanted?.size === 0) return columnsOf(rows);
  const lines = await readGroup(query, { type, measurements, devices }, { from, to, limit }, (device, ...reading) => {
    if (!wanted || wanted.has(device)) rows.push([numbers.numberOf(type, device), ...reading]);
  });
  return lines > limit || rows.length > limit ? 'too-many' : columnsOf(rows);
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

type TakeReading = (device: string, measurement: number, at: number, value: Value, quality: number) => void;

/** Hands over the readings of one device type; resolves with how many lines the server had, at most one above the limit. */
async function readGroup(
  query: Influxql,
  {
    type,
    devices,
    measurements,
  }: {
    readonly type: string;
    readonly devices?: readonly string[] | undefined;
    readonly measurements: readonly string[];
  },
  { from, to, limit }: Range,
  take: TakeReading,
): Promise<number> {
  const fields = measurements.flatMap((name) => {
    const field = storedField(name);
    return [identifier(field), identifier(field + QUALITY)];
  });
  const named =
    devices && devices.length <= MOST_NAMED
      ? ` AND (${devices.map((device) => `"device" = ${literal(storedName(device))}`).join(' OR ')})`
      : '';
  const most = Number.isSafeInteger(limit + 1) ? ` LIMIT ${limit + 1}` : '';
  let lines = 0;
  await query(
    `SELECT "device", ${fields.join(', ')} FROM ${identifier(storedType(type))} WHERE time >= ${from}ms AND time < ${to}ms${named}${most}`,
    ({ values }) => {
      lines += values.length;
      for (const [at, name, ...cells] of values) {
        const device = originalName(String(name));
        for (let m = 0; m < measurements.length; m++) {
          const value = cells[2 * m];
          if (value === null || value === undefined) continue;
          take(device, m, Number(at), value as Value, Number(cells[2 * m + 1] ?? 0));
        }
      }
    },
  );
  return lines;
}
