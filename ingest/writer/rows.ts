import type { JournalEntry } from '../../devices/contract/entry.ts';
import { HEARTBEAT_DEVICE } from '../../devices/heartbeat/heartbeat-device.ts';
import type { Block } from '../../kit/journal/journal.ts';
import type { TelemetryRow } from '../../kit/telemetry/telemetry-store.ts';

/** Rows for the store, and what could not become one. */
export interface Rows {
  readonly batches: readonly (readonly TelemetryRow[])[];
  /** Telemetry of devices whose type nobody knows any more. */
  readonly typeless: readonly { readonly device: string; readonly at: number; readonly values: unknown }[];
  /** Receive times of the first and the last entry, ms; null when there was none. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** Turns journal blocks into store batches of about `batchValues` values, in journal order. Entries that are no telemetry give no rows. */
export function rowsOf(
  blocks: readonly Block<JournalEntry>[],
  typeOf: (device: string) => string | undefined,
  batchValues: number,
): Rows {
  const batches: TelemetryRow[][] = [];
  const typeless: Rows['typeless'][number][] = [];
  let batch: TelemetryRow[] = [];
  let values = 0;
  let oldest: number | null = null;
  let newest: number | null = null;
  for (const { entries } of blocks) {
    for (const entry of entries) {
      newest = timeOf(entry);
      oldest ??= newest;
      if (entry.kind !== 'telemetry' || entry.device === HEARTBEAT_DEVICE) continue;
      const type = typeOf(entry.device);
      if (type === undefined) {
        typeless.push({ device: entry.device, at: entry.at, values: entry.values });
        continue;
      }
      if (values >= batchValues) {
        batches.push(batch);
        batch = [];
        values = 0;
      }
      batch.push({ type, device: entry.device, at: entry.at, values: entry.values, quality: entry.quality });
      for (const _ in entry.values) values++;
    }
  }
  if (batch.length > 0) batches.push(batch);
  return { batches, typeless, oldest, newest };
}

/** When an entry came to be, on the platform's clock. */
function timeOf(entry: JournalEntry): number {
  switch (entry.kind) {
    case 'telemetry':
    case 'attributes':
      return entry.received;
    case 'tick':
    case 'connection':
    case 'condition':
    case 'standards':
      return entry.at;
    case 'edge-alarm':
      return entry.raisedAt;
    case 'registry':
      return entry.change.at;
  }
}
