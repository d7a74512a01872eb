import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { UplinkRow } from '../row.ts';

/** One OPC UA value as a subscription delivered it. */
export interface DataChange {
  readonly device: string;
  readonly measurement: string;
  /** Source time; server or receive time where the server gave none, ms. */
  readonly at: number;
  readonly value: Value | null;
  /** The full 32-bit status code. */
  readonly status: number;
}

/**
 * Changes as rows: those of one device and one moment travel together. A value without content says only that there is none
 * (Bad_WaitingForInitialData, a lost link): it carries no reading, and the silence that follows is judged by rules.
 */
export function rowsOf(changes: readonly DataChange[]): UplinkRow[] {
  const rows = new Map<
    string,
    { device: string; ts: number; values: Record<string, Value>; quality: Record<string, number> }
  >();
  for (const { device, measurement, at, value, status } of changes) {
    if (value === null) continue;
    const key = `${device}\n${at}`;
    let row = rows.get(key);
    if (!row) {
      row = { device, ts: at, values: {}, quality: {} };
      rows.set(key, row);
    }
    row.values[measurement] = value;
    if (status !== 0) row.quality[measurement] = status;
  }
  return [...rows.values()].map(({ quality, ...row }) => (Object.keys(quality).length > 0 ? { ...row, quality } : row));
}
