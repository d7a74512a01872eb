import type { JournalEntry, TelemetryEntry, Value } from '../../../devices/contract/entry.ts';
import type { DeviceState } from '../../../devices/contract/live.ts';
import { mergedAttributes } from './attributes.ts';
import { dueTimes } from './due-times.ts';

/** What is known of one device now. */
export interface Known {
  lastAt: number | null;
  stale: boolean;
  readonly values: Record<string, readonly [Value, number, number]>;
  attributes: Readonly<Record<string, unknown>>;
}

/** A device as it is kept over a restart; null once it was removed. */
export interface KeptDevice {
  readonly device: string;
  readonly body: string | null;
}

/** Which devices there are: only these are shown. */
export interface Registered {
  has(id: string): boolean;
  ids(): Iterable<string>;
}

/**
 * The newest value of everything: a fold over the journal. Late data never replaces a newer value; staleness follows the
 * journal's ticks, not a clock.
 */
export interface Picture {
  take(entry: JournalEntry): void;
  /** What is known of a device; one that was never heard is stale and empty. */
  device(id: string): Readonly<Known>;
  /** A device was registered or its record changed: it is shown from now on. */
  registered(id: string): void;
  /** Forgets a removed device. */
  forget(id: string): void;
  /** Registered devices that changed since the last call, with only the values that changed. */
  changes(): DeviceState[];
  /** Nobody listens: what changed so far need not be told. */
  dropChanges(): void;
  /** Every registered device. */
  ids(): string[];
  /** Those of these devices that are registered, with all their values. */
  states(ids: readonly string[]): DeviceState[];
  readonly unsaved: number;
  /** At most `most` devices whose kept form is out of date, oldest change first; they count as kept from now on. */
  takeUnsaved(most: number): KeptDevice[];
  /** Keeping them failed: they are out of date again. */
  putBack(rows: readonly KeptDevice[]): void;
  restore(device: string, body: string): void;
}

const neverHeard: Readonly<Known> = { lastAt: null, stale: true, values: {}, attributes: {} };
const noNames: ReadonlySet<string> = new Set();

/** An empty picture; `silentAfterMs` says after how long without news a device is stale. */
export function picture(silentAfterMs: (device: string) => number, registry: Registered): Picture {
  const known = new Map<string, Known>();
  const changed = new Map<string, Set<string>>();
  const unsaved = new Set<string>();
  const due = dueTimes();
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
  /** Says whether a device is stale now; a fresh one is looked at again when its silence would have lasted too long. */
  const watch = (id: string, device: Known): void => {
    const staleAfter = device.lastAt === null ? Number.NEGATIVE_INFINITY : device.lastAt + silentAfterMs(id);
    const stale = now > staleAfter;
    if (!stale) due.put(id, staleAfter);
    if (stale === device.stale) return;
    device.stale = stale;
    touch(id);
  };

  const takeTelemetry = (entry: TelemetryEntry): void => {
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
    if (entry.source === 'derived' || (device.lastAt !== null && at <= device.lastAt)) return;
    device.lastAt = at;
    watch(entry.device, device);
  };

  const takeTick = (at: number): void => {
    const wentBack = at < now;
    now = at;
    if (wentBack) {
      // The platform's clock was set back: moments that had passed are to come again.
      due.clear();
      for (const [id, device] of known) watch(id, device);
      return;
    }
    for (const id of due.take(now)) {
      const device = known.get(id);
      if (device) watch(id, device);
    }
  };

  return {
    take(entry) {
      switch (entry.kind) {
        case 'telemetry':
          return takeTelemetry(entry);
        case 'attributes': {
          const device = of(entry.device);
          device.attributes = mergedAttributes(device.attributes, entry.values);
          unsaved.add(entry.device);
          return;
        }
        case 'tick':
          return takeTick(entry.at);
        case 'connection':
        case 'registry':
          return;
      }
    },
    device: (id) => known.get(id) ?? neverHeard,
    registered(id) {
      touch(id);
    },
    forget(id) {
      known.delete(id);
      changed.delete(id);
      due.forget(id);
      unsaved.add(id);
    },
    changes() {
      const out: DeviceState[] = [];
      for (const [id, names] of changed) {
        if (registry.has(id)) out.push(stateOf(id, known.get(id) ?? neverHeard, names));
      }
      changed.clear();
      return out;
    },
    dropChanges: () => changed.clear(),
    ids: () => [...registry.ids()],
    states(ids) {
      const out: DeviceState[] = [];
      for (const id of ids) {
        if (!registry.has(id)) continue;
        const { lastAt, stale, values } = known.get(id) ?? neverHeard;
        out.push({ id, lastAt, stale, values });
      }
      return out;
    },
    get unsaved() {
      return unsaved.size;
    },
    takeUnsaved(most) {
      const rows: KeptDevice[] = [];
      for (const device of unsaved) {
        if (rows.length >= most) break;
        unsaved.delete(device);
        const held = known.get(device);
        rows.push({ device, body: held ? JSON.stringify(held) : null });
      }
      return rows;
    },
    putBack(rows) {
      for (const { device } of rows) unsaved.add(device);
    },
    restore(id, body) {
      const device = JSON.parse(body) as Known;
      known.set(id, device);
      if (device.lastAt !== null) due.put(id, device.lastAt + silentAfterMs(id));
    },
  };
}

function stateOf(
  id: string,
  { lastAt, stale, values }: Readonly<Known>,
  names: ReadonlySet<string> = noNames,
): DeviceState {
  const some: Record<string, readonly [Value, number, number]> = {};
  for (const name of names) {
    const value = values[name];
    if (value) some[name] = value;
  }
  return { id, lastAt, stale, values: some };
}
