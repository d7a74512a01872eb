import type { Block, Position } from '../../kit/journal/journal.ts';
import type { UplinkRow } from '../row.ts';

/** Rows that travel as one message, and the blocks they came from, in whole or in part. */
export interface Parcel {
  readonly rows: readonly UplinkRow[];
  readonly positions: readonly Position[];
}

/** Well below the smallest packet limit a platform has (YANSHAO_MQTT_MAX_PACKET_BYTES, 256 KB unless set). */
export const parcelLimits = { rows: 100, bytes: 64 * 1024 };

/**
 * Packs blocks into messages, in order: small blocks together, a large one over several. A row larger than the limit travels
 * alone; the platform says what it thinks of it.
 */
export function parcelsOf(blocks: readonly Block<UplinkRow>[], limits = parcelLimits): Parcel[] {
  const parcels: Parcel[] = [];
  let rows: UplinkRow[] = [];
  let positions: Position[] = [];
  let bytes = 0;
  const close = () => {
    if (positions.length > 0) parcels.push({ rows, positions });
    rows = [];
    positions = [];
    bytes = 0;
  };
  for (const { position, entries } of blocks) {
    for (const row of entries) {
      const size = Buffer.byteLength(JSON.stringify(row));
      if (rows.length > 0 && (rows.length >= limits.rows || bytes + size > limits.bytes)) close();
      rows.push(row);
      bytes += size;
      if (positions.at(-1) !== position) positions.push(position);
    }
  }
  close();
  return parcels;
}
