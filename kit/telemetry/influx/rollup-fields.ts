import { identifier } from './influxql.ts';
import { QUALITY, storedField } from './line-protocol.ts';

/** Names of the rollups: retention policies of 1.x, buckets `<bucket>_<name>` of 2.x that are mapped to the same names. */
export const rollupClasses = [
  { name: 'minute', width: '1m', widthMs: 60_000 },
  { name: 'hour', width: '1h', widthMs: 3_600_000 },
] as const;
export type RollupClass = (typeof rollupClasses)[number];

/** Fields of a rollup, by what was made of the measurement. `last_<name>_q` is the last status that was written. */
export const rollupField = (what: 'min' | 'max' | 'mean' | 'count' | 'last', measurement: string): string =>
  `${what}_${storedField(measurement)}`;
export const rollupStatus = (measurement: string): string => `last_${storedField(measurement)}${QUALITY}`;

/**
 * The statement that rolls up raw readings: of every number its lowest, highest, mean and count, of every field (also
 * texts, true/false and statuses) its last. Statuses get needless lows and highs of their own with it: 1.x cannot leave
 * fields out of a `*`. `raw` is the retention policy that readings are written to.
 */
export function rollupStatement(database: string, raw: string, { name, width }: RollupClass, where = ''): string {
  const into = `${identifier(database)}.${identifier(name)}.:MEASUREMENT`;
  const from = `${identifier(database)}.${identifier(raw)}./.*/`;
  return `SELECT min(*), max(*), mean(*), count(*), last(*) INTO ${into} FROM ${from}${where} GROUP BY time(${width}), "device"`;
}

/** The same as a Flux program over [start, stop), for 2.x; `option` stands before the first statement. */
export function rollupFlux(
  bucket: string,
  org: string,
  { name, width }: RollupClass,
  { start, stop, option = '' }: { readonly start: string; readonly stop: string; readonly option?: string },
): string {
  const into = `to(bucket: ${JSON.stringify(`${bucket}_${name}`)}, org: ${JSON.stringify(org)})`;
  return `import "date"
import "types"
${option}
roll = (tables=<-, fn, prefix) => tables
  |> aggregateWindow(every: ${width}, fn: fn, createEmpty: false, timeSrc: "_start")
  |> map(fn: (r) => ({r with _field: prefix + r._field}))
  |> ${into}
  |> keep(columns: ["_measurement"])
  |> limit(n: 1)
raw = from(bucket: ${JSON.stringify(bucket)}) |> range(start: ${start}, stop: ${stop})
numbers = raw |> filter(fn: (r) => types.isType(v: r._value, type: "float"))
numbers |> roll(fn: min, prefix: "min_") |> yield(name: "min")
numbers |> roll(fn: max, prefix: "max_") |> yield(name: "max")
numbers |> roll(fn: mean, prefix: "mean_") |> yield(name: "mean")
raw |> roll(fn: count, prefix: "count_") |> yield(name: "count")
raw |> roll(fn: last, prefix: "last_") |> yield(name: "last")
`;
}
