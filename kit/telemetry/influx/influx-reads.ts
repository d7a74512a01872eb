import type { Kind } from '../admission.ts';
import type { Sample, SeriesQuery, TelemetryStore } from '../telemetry-store.ts';
import { bucketMs, thin } from '../thinning.ts';
import { rowsOf, source, samplesOf as toSamples } from './influx-curve.ts';
import { type Influxql, identifier, literal } from './influxql.ts';
import { originalName, QUALITY, storedField, storedName, storedType } from './line-protocol.ts';

/** What the server holds of one device type. */
export interface HeldType {
  readonly kinds: Map<string, { kind: Kind }>;
  /** Measurements that have had a status other than good. */
  readonly doubted: Set<string>;
}

/** The reading half of the store. */
export interface InfluxReads extends Pick<TelemetryStore, 'series' | 'count'> {
  typeAsHeld(type: string): Promise<HeldType>;
}

const kindsOfInflux: Readonly<Record<string, Kind>> = {
  float: 'number',
  integer: 'number',
  unsigned: 'number',
  boolean: 'boolean',
  string: 'text',
};

/** Reads by InfluxQL. Every name is quoted, so no device id can end a statement. */
export function influxReads(query: Influxql): InfluxReads {
  const rows = (statements: string) => rowsOf(query, statements);
  return {
    async typeAsHeld(type) {
      const held: HeldType = { kinds: new Map(), doubted: new Set() };
      for (const [field, influxType] of await rows(`SHOW FIELD KEYS FROM ${identifier(storedType(type))}`)) {
        const name = String(field);
        const kind = kindsOfInflux[String(influxType)];
        if (name.endsWith(QUALITY)) held.doubted.add(originalName(name.slice(0, -QUALITY.length)));
        else if (kind) held.kinds.set(originalName(name), { kind });
      }
      return held;
    },
    async series(seriesQuery) {
      const { maxSamples } = seriesQuery;
      if (maxSamples === undefined) return toSamples(await rows(whole(seriesQuery)));
      const few = toSamples(await rows(`${whole(seriesQuery)} LIMIT ${maxSamples + 1}`));
      if (few.length <= maxSamples) return few;
      if (typeof few[0]?.value === 'number') return inOrder(toSamples(await rows(peaks(seriesQuery))));
      return thin(toSamples(await rows(whole(seriesQuery))), seriesQuery);
    },
    async count(type, device) {
      let n = 0;
      const all = `SELECT * FROM ${identifier(storedType(type))} WHERE "device" = ${literal(storedName(device))}`;
      await query(all, ({ values }) => {
        n += values.length;
      });
      return n;
    },
  };
}

const fieldOf = (query: SeriesQuery) => identifier(storedField(query.measurement));
const statusOf = (query: SeriesQuery) => identifier(storedField(query.measurement) + QUALITY);
const whole = (query: SeriesQuery): string => `SELECT ${fieldOf(query)}, ${statusOf(query)} ${source(query)}`;

/** BOTTOM and TOP keep the time of the sample they find, where MIN and MAX would give the start of the bucket. */
const peaks = (query: SeriesQuery): string =>
  ['BOTTOM', 'TOP']
    .map(
      (pick) =>
        `SELECT ${pick}(${fieldOf(query)}, 1), ${statusOf(query)} ${source(query)} GROUP BY time(${bucketMs(query)}ms)`,
    )
    .join('; ');

/** Lows and highs as one series; a bucket's only sample is both. */
function inOrder(samples: readonly Sample[]): Sample[] {
  return [...new Map(samples.map((sample) => [sample.at, sample])).values()].sort((a, b) => a.at - b.at);
}
