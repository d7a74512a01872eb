import { Problem } from '../../problem.ts';
import { admitRows, type Kind, settle } from '../admission.ts';
import { curveOf } from '../curve.ts';
import { pageBySlices } from '../paging.ts';
import { columnsOf, deviceNumbers, type ScanRow, scanBySlices } from '../scanning.ts';
import type { PageQuery, PageRow, Sample, ScanQuery, SeriesQuery, TelemetryStore } from '../telemetry-store.ts';
import { thin } from '../thinning.ts';

/** Keeps readings in this process and forgets them on exit: for tests and the first day of a feature. */
export function memoryTelemetryStore(): TelemetryStore {
  /** type → measurement → kind. */
  const fields = new Map<string, Map<string, { kind: Kind }>>();
  /** type and device → measurement → time → sample. */
  const devices = new Map<string, Map<string, Map<number, Sample>>>();
  const key = (type: string, device: string) => JSON.stringify([type, device]);
  const whole = ({ type, device, measurement, from, to }: SeriesQuery): Sample[] =>
    [...(devices.get(key(type, device))?.get(measurement)?.values() ?? [])]
      .filter(({ at }) => at >= from && at < to)
      .sort((a, b) => a.at - b.at);
  const slice = ({ groups }: PageQuery, from: number, to: number): PageRow[] =>
    groups
      .flatMap(({ type, devices: names, measurements }, group) =>
        names.flatMap((device, place) =>
          measurements.flatMap((measurement, m) =>
            whole({ type, device, measurement, from, to }).map(
              ({ at, value, quality }): PageRow => [group, place, m, at, value, quality],
            ),
          ),
        ),
      )
      .sort((a, b) => a[3] - b[3]);
  const numbers = deviceNumbers();
  const scanned = ({ type, measurements, devices: only }: ScanQuery, from: number, to: number): ScanRow[] =>
    [...devices.keys()].flatMap((held) => {
      const [ofType, device] = JSON.parse(held) as [string, string];
      if (ofType !== type || (only && !only.includes(device))) return [];
      const number = numbers.numberOf(type, device);
      return measurements.flatMap((measurement, place) =>
        whole({ type, device, measurement, from, to }).map(
          ({ at, value, quality }): ScanRow => [number, place, at, value, quality],
        ),
      );
    });
  const times = () => [...devices.values()].flatMap((series) => [...series.values()].flatMap((one) => [...one.keys()]));
  const seriesHeld = () => [...devices.values()].reduce((sum, series) => sum + series.size, 0);
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
    series: async (query) => thin(whole(query), query),
    curve: async (query) => curveOf(whole(query), query),
    page: (query) =>
      pageBySlices(query, async (from, to, limit) => {
        const rows = slice(query, from, to);
        return rows.length > limit ? 'too-many' : rows;
      }),
    scan: (query) =>
      scanBySlices(
        query,
        async (from, to, limit) => {
          const rows = scanned(query, from, to);
          return rows.length > limit ? 'too-many' : columnsOf(rows);
        },
        () => numbers.named(query.type, query.named ?? 0),
      ),
    async count(type, device) {
      const series = devices.get(key(type, device))?.values() ?? [];
      return new Set([...series].flatMap((samples) => [...samples.keys()])).size;
    },
    async status() {
      const held = times();
      return {
        engine: 'memory',
        version: null,
        bytes: null,
        series: seriesHeld(),
        seriesLimit: null,
        oldest: held.length > 0 ? held.reduce((a, b) => Math.min(a, b)) : null,
        newest: held.length > 0 ? held.reduce((a, b) => Math.max(a, b)) : null,
        retention: { raw: 0, minute: null, hour: null },
        rolledTo: { minute: null, hour: null },
      };
    },
    // Nothing here outlives the process: there is nothing to arrange, to delete or to roll up.
    arrange: async () => [],
    upkeep: async () => ({ series: seriesHeld(), seriesLimit: null, dropped: 0, rolledHours: 0 }),
    backup: async () => {
      throw new Problem('a store in memory has nothing to back up / 内存存储没有可备份的内容');
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
