import { DataType, type DataValue, type Variant, VariantArrayType } from 'node-opcua-client';
import type { Content } from '../normalise/data-changes.ts';

/** Whose clock a value's time is from. */
export type TimedBy = 'source' | 'server' | 'gateway';

/** The time of a value: its source's, or the server's where the source gave none, or `now`, and whose it is. */
export function timeOf(
  { sourceTimestamp, serverTimestamp }: Pick<DataValue, 'sourceTimestamp' | 'serverTimestamp'>,
  now: number,
): { readonly at: number; readonly timedBy: TimedBy } {
  // The least DateTime (1601) stands for none (OPC 10000-6 §5.2.2.5); so does 1970 with servers that lost their clock.
  const source = sourceTimestamp?.getTime() ?? 0;
  if (source > 0) return { at: source, timedBy: 'source' };
  const server = serverTimestamp?.getTime() ?? 0;
  if (server > 0) return { at: server, timedBy: 'server' };
  return { at: now, timedBy: 'gateway' };
}

/** What a variant holds, as far as a reading is concerned. */
export function contentOf({ value, dataType, arrayType }: Variant): Content {
  if (arrayType !== VariantArrayType.Scalar) return { kind: 'other', value };
  if (dataType === DataType.Int64) return { kind: 'int64', value };
  if (dataType === DataType.UInt64) return { kind: 'uint64', value };
  return { kind: 'scalar', value };
}
