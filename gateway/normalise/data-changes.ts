import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { UplinkRow } from '../row.ts';

/** One OPC UA value as a subscription delivered it. */
export interface DataChange {
  readonly device: string;
  readonly measurement: string;
  /** Source time; server or receive time where the server gave none, ms. */
  readonly at: number;
  readonly value: Value;
  /** The full 32-bit status code. */
  readonly status: number;
  /** Nobody gave a time: `at` is the gateway's own. */
  readonly untimed?: true;
  /** The node it came from, for whoever keeps count of what became durable. */
  readonly node?: string;
}

/** What an OPC UA variant holds, as far as a reading is concerned. */
export interface Content {
  readonly kind: 'scalar' | 'int64' | 'uint64' | 'other';
  readonly value: unknown;
}

/** Bad_WaitingForInitialData: the server has not heard of the source yet, and what it shows is made up. */
export const WAITING_FOR_INITIAL_DATA = 0x80320000;

/** InfoType DataValue with its Overflow bit: the server's queue was full and older values of the item are gone (OPC 10000-4 §7.39.1). */
export const overflowed = (status: number): boolean => (status & 0x0c80) === 0x0480;

/**
 * The reading in a variant. `null`: there is none and the status says why (nothing was measured yet, the line is down): the
 * silence that follows is judged by rules. Refused: there is something that can never be a reading, and somebody should look.
 */
export function readingIn(
  { kind, value }: Content,
  status: number,
  scale = 1,
  convert: (scaled: number) => number = (scaled) => scaled,
): Value | null | { readonly refused: string } {
  if (status >>> 0 === WAITING_FOR_INITIAL_DATA || value === null || value === undefined) return null;
  const plain = kind === 'scalar' ? value : wide(kind, value);
  if (typeof plain === 'boolean' || typeof plain === 'string') return plain;
  if (typeof plain !== 'number') return { refused: 'an array, a structure or a date is not a reading' };
  const scaled = convert(plain * scale);
  return Number.isFinite(scaled) ? scaled : { refused: `${plain} is not a reading: the sensor has failed` };
}

/** 64-bit integers arrive as two halves, the high one first. */
function wide(kind: Content['kind'], value: unknown): unknown {
  if (kind === 'other' || !Array.isArray(value)) return undefined;
  const [high, low] = value as [number, number];
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return Number(kind === 'int64' ? BigInt.asIntN(64, bits) : bits);
}

/**
 * Changes as rows: those of one device and one moment travel together, apart from those whose moment is only the gateway's; of
 * two for the same measurement the later counts.
 */
export function rowsOf(changes: readonly DataChange[]): UplinkRow[] {
  const rows = new Map<
    string,
    { device: string; ts: number; untimed?: true; values: Record<string, Value>; quality: Record<string, number> }
  >();
  for (const { device, measurement, at, value, status, untimed } of changes) {
    const key = `${device}\n${at}\n${untimed ?? ''}`;
    let row = rows.get(key);
    if (!row) {
      row = { device, ts: at, ...(untimed && { untimed }), values: {}, quality: {} };
      rows.set(key, row);
    }
    row.values[measurement] = value;
    if (status === 0) delete row.quality[measurement];
    else row.quality[measurement] = status;
  }
  return [...rows.values()].map(({ quality, ...row }) => (Object.keys(quality).length > 0 ? { ...row, quality } : row));
}
