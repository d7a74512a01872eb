import type { JournalEntry, Value } from '../../../devices/contract/entry.ts';
import type { DeviceState } from '../../../devices/contract/live.ts';

/** What is known of one device now. */
export interface Known {
  lastAt: number | null;
  stale: boolean;
  readonly values: Record<string, readonly [Value, number, number]>;
  attributes: Readonly<Record<string, unknown>>;
}

/**
 * The newest value of everything: a fold over the journal. Late data never replaces a newer value; staleness follows the
 * journal's ticks, not a clock.
 */
export interface Picture {
  take(entry: JournalEntry): void;
  device(id: string): Known;
  /** Forgets a removed device. */
  forget(id: string): void;
  /** Devices that changed since the last call, with only the values that changed. */
  changes(): DeviceState[];
  /** Everything, for a snapshot. */
  all(): DeviceState[];
  /** Devices whose stored form is out of date, for {@link restore} after a restart. */
  dirty(): { device: string; body: string }[];
  restore(device: string, body: string): void;
}

/** A picture; `silentAfterMs` says after how long without news a device is stale. */
export function picture(silentAfterMs: (device: string) => number, deviceIds: () => Iterable<string>): Picture {
  const known = new Map<string, Known>();
  const changed = new Map<string, Set<string>>();
  const unsaved = new Set<string>();
  let now = 0;

  const of = (id: string): Known => {
    let device = known.get(id);
    if (!device) {
      device = { lastAt: null, stale: true, values: {}, attributes: {} };
      known.set(id, device);
    }
    return device;
  };
  const touch = (id: string): Set<string> => {
    let names = changed.get(id);
    if (!names) {
      names = new Set();
      changed.set(id, names);
    }
    return names;
  };
  const stateOf = (id: string, device: Known, names: Iterable<string>): DeviceState => ({
    id,
    lastAt: device.lastAt,
    stale: device.stale,
    values: Object.fromEntries(
      [...names].flatMap((name) => (device.values[name] ? [[name, device.values[name]]] : [])),
    ),
  });

  return {
    take(entry) {
      switch (entry.kind) {
        case 'telemetry': {
          const device = of(entry.device);
          const names = touch(entry.device);
          unsaved.add(entry.device);
          // "Newest" is the smaller of source and receive time: no reading from the future can silence a device.
          const at = Math.min(entry.at, entry.received);
          for (const [name, value] of Object.entries(entry.values)) {
            const held = device.values[name];
            if (held && held[1] > at) continue;
            device.values[name] = [value, at, entry.quality?.[name] ?? 0];
            names.add(name);
          }
          // What the platform derived is not a sign of life of the device.
          if (entry.source !== 'derived' && (device.lastAt === null || at > device.lastAt)) {
            device.lastAt = at;
            device.stale = now - at > silentAfterMs(entry.device);
          }
          return;
        }
        case 'attributes': {
          const device = of(entry.device);
          device.attributes = { ...device.attributes, ...entry.values };
          unsaved.add(entry.device);
          return;
        }
        case 'tick':
          now = entry.at;
          for (const id of deviceIds()) {
            const device = of(id);
            const stale = device.lastAt === null || now - device.lastAt > silentAfterMs(id);
            if (stale !== device.stale) {
              device.stale = stale;
              touch(id);
            }
          }
          return;
        case 'connection':
        case 'registry':
          return;
      }
    },
    device: of,
    forget(id) {
      known.delete(id);
      changed.delete(id);
    },
    changes() {
      const out = [...changed].map(([id, names]) => stateOf(id, of(id), names));
      changed.clear();
      return out;
    },
    all: () => [...known].map(([id, device]) => stateOf(id, device, Object.keys(device.values))),
    dirty() {
      const rows = [...unsaved].map((device) => ({ device, body: JSON.stringify(of(device)) }));
      unsaved.clear();
      return rows;
    },
    restore(device, body) {
      known.set(device, JSON.parse(body) as Known);
    },
  };
}
