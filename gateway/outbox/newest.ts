import type { Position } from '../../kit/journal/journal.ts';
import type { UplinkRow } from '../row.ts';
import type { RowClass } from './safety.ts';

/** A row of the backlog that holds the newest value of some measurement of its device. */
export interface Newest {
  readonly row: UplinkRow;
  readonly kind: RowClass;
  readonly position: Position;
  /** Its place in its block. */
  readonly index: number;
}

/** Which rows of the backlog make the map true: for every device, those with the newest value of each of its measurements. */
export interface NewestRows {
  add(kind: RowClass, position: Position, rows: readonly UplinkRow[]): void;
  /** Each once, safety first, else in order of their blocks. */
  rows(): Newest[];
  /** The backlog is gone. */
  clear(): void;
}

/** Devices remembered: ids come from the field, and a gateway has a few hundred. */
const mostDevices = 20_000;

/** An empty {@link NewestRows}. */
export function newestRows(): NewestRows {
  const devices = new Map<string, Map<string, Newest>>();
  return {
    add(kind, position, rows) {
      for (const [index, row] of rows.entries()) {
        if (row.unreadable !== undefined) continue;
        let device = devices.get(row.device);
        if (!device) {
          if (devices.size >= mostDevices) continue;
          device = new Map();
          devices.set(row.device, device);
        }
        let here: Newest | undefined;
        for (const name in row.values) {
          const before = device.get(name);
          if (before && before.row.ts > row.ts) continue;
          here ??= { row, kind, position, index };
          device.set(name, here);
        }
      }
    },
    rows() {
      const each = new Set<Newest>();
      for (const device of devices.values()) for (const newest of device.values()) each.add(newest);
      const rank = ({ kind }: Newest) => (kind === 'safety' ? 0 : 1);
      return [...each].sort((a, b) => rank(a) - rank(b) || a.position - b.position || a.index - b.index);
    },
    clear: () => devices.clear(),
  };
}
