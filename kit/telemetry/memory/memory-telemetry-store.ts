import { admitRows, type Kind, settle } from '../admission.ts';
import type { Sample, TelemetryStore } from '../telemetry-store.ts';
import { thin } from '../thinning.ts';

/** Keeps readings in this process and forgets them on exit: for tests and the first day of a feature. */
export function memoryTelemetryStore(): TelemetryStore {
  /** type → measurement → kind. */
  const fields = new Map<string, Map<string, { kind: Kind }>>();
  /** type and device → measurement → time → sample. */
  const devices = new Map<string, Map<string, Map<number, Sample>>>();
  const key = (type: string, device: string) => JSON.stringify([type, device]);
  return {
    engine: 'memory',
    async write(rows) {
      const { taken, refused, learned } = admitRows(rows, fields);
      for (const { type, measurement, kind } of learned)
        entry(fields, type, newMap<string, { kind: Kind }>).set(measurement, { kind });
      for (const row of taken) {
        const series = entry(devices, key(row.type, row.device), newMap<string, Map<number, Sample>>);
        for (const [measurement, value] of Object.entries(row.values)) {
          const quality = row.quality?.[measurement] ?? 0;
          entry(series, measurement, newMap<number, Sample>).set(row.at, { at: row.at, value, quality });
        }
      }
      settle(refused);
    },
    async series(query) {
      const samples = devices.get(key(query.type, query.device))?.get(query.measurement)?.values() ?? [];
      const inRange = [...samples].filter(({ at }) => at >= query.from && at < query.to);
      return thin(
        inRange.sort((a, b) => a.at - b.at),
        query,
      );
    },
    async count(type, device) {
      const series = devices.get(key(type, device))?.values() ?? [];
      return new Set([...series].flatMap((samples) => [...samples.keys()])).size;
    },
    async close() {},
  };
}

const newMap = <K, V>() => new Map<K, V>();

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = make();
  map.set(key, made);
  return made;
}
