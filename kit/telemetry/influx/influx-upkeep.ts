import { type Held, HOUR_MS, keepAll, keptSince } from '../rollups.ts';
import {
  type Retention,
  StoreMisconfigured,
  type StoreStatus,
  type StoreStep,
  type TelemetryRow,
  type Upkeep,
} from '../telemetry-store.ts';
import { arrange, bucketDays, extentOf, type Policy, policiesOf } from './influx-arrange.ts';
import { rowsOf } from './influx-curve.ts';
import type { InfluxOptions } from './influx-options.ts';
import { influxApi, type ServerVersion, serverVersion } from './influx-server.ts';
import type { Influxql } from './influxql.ts';
import { rollupClasses, rollupFlux, rollupStatement } from './rollup-fields.ts';

/** Readings of the last hours are taken themselves: their rollups may not be made yet. */
const UNROLLED_MS = 3 * HOUR_MS;
/** Hours of which nobody knows after a start whether late readings reached them: a gateway's outbox holds three days. */
const RECENT_HOURS = 74;

/** The parts of the store that look after rollups, retention and the number of series. */
export interface InfluxUpkeep {
  /** These rows are durable: the rollups of their hours are to be made anew. */
  wrote(rows: readonly TelemetryRow[]): void;
  /** Rollups tell everything before this, ms; undefined while none are known of. */
  rolledUntil(): number | undefined;
  held(): Held;
  /** Ends a round under way at its next hour. */
  close(): void;
  round(now: number): Promise<Upkeep>;
  status(): Promise<StoreStatus>;
  arrange(retention: Retention, options: { readonly dryRun: boolean }): Promise<readonly StoreStep[]>;
}

interface Parts {
  readonly options: InfluxOptions;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Influxql;
}

export function influxUpkeep({ options, headers, query }: Parts): InfluxUpkeep {
  const api = influxApi(options, headers);
  const database = options.bucket;
  const touched = new Set<number>();
  let rolledUntil: number | undefined;
  let now: number | undefined;
  let started = false;
  let closed = false;

  /** Policies by name; on 2.x the mapped buckets. */
  const policies = async (): Promise<readonly Policy[]> => (await policiesOf(query, database)) ?? [];
  const rawOf = (held: readonly Policy[]) => held.find(({ isDefault }) => isDefault)?.name ?? 'autogen';
  const hasRollups = (held: readonly Policy[]) =>
    rollupClasses.every(({ name }) => held.some((policy) => policy.name === name));

  const roll = async (server: ServerVersion, raw: string, hour: number): Promise<void> => {
    const [from, to] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    for (const rollup of rollupClasses) {
      if (server.generation === 1) {
        const where = ` WHERE time >= ${from}ms AND time < ${to}ms`;
        await query(rollupStatement(database, raw, rollup, where), () => undefined);
      } else {
        const org = options.org ?? '';
        const range = { start: new Date(from).toISOString(), stop: new Date(to).toISOString() };
        const flux = rollupFlux(database, org, rollup, range);
        await api('POST', `/api/v2/query?org=${encodeURIComponent(org)}`, { query: flux, type: 'flux' });
      }
    }
  };

  /** Makes the rollups of hours that are over and were written to, oldest first. */
  const rollTouched = async (server: ServerVersion, held: readonly Policy[], at: number): Promise<number> => {
    const settled = Math.floor((at - UNROLLED_MS) / HOUR_MS);
    if (!started) for (let hour = settled - RECENT_HOURS; hour <= settled; hour++) touched.add(hour);
    started = true;
    const since = keptSince(at, options.retention?.rawDays ?? 0);
    let rolled = 0;
    for (const hour of [...touched].sort((a, b) => a - b)) {
      if (hour > settled || closed) break;
      if (hour * HOUR_MS >= since) await roll(server, rawOf(held), hour);
      // Not before: when it fails, the next round tries again.
      touched.delete(hour);
      rolled += 1;
    }
    rolledUntil = (settled + 1) * HOUR_MS;
    return rolled;
  };

  return {
    wrote(rows) {
      for (const { at } of rows) touched.add(Math.floor(at / HOUR_MS));
    },
    rolledUntil: () => rolledUntil,
    close() {
      closed = true;
    },
    held() {
      const { rawDays, minuteDays } = options.retention ?? keepAll;
      const at = now ?? Number.NEGATIVE_INFINITY;
      return { raw: keptSince(at, rawDays), minute: keptSince(at, minuteDays) };
    },
    async round(at) {
      now = at;
      const server = await serverVersion(options, headers);
      const held = server.generation === 3 ? [] : await policies();
      const rolls = hasRollups(held);
      if (!rolls) {
        rolledUntil = undefined;
        touched.clear();
      }
      const rolledHours = rolls ? await rollTouched(server, held, at) : 0;
      const { series, seriesLimit } = await seriesOf(query, server);
      return { series, seriesLimit, dropped: 0, rolledHours };
    },
    async status() {
      const server = await serverVersion(options, headers);
      const held = await policies().catch(() => []);
      const raw = rawOf(held);
      const days = async (name: string) => {
        const policy = held.find((policy) => policy.name === name);
        if (!policy || server.generation !== 2) return policy?.days ?? null;
        // 2.x shows every mapped bucket as kept for ever: the buckets themselves know better.
        return bucketDays(api, name === raw ? database : `${database}_${name}`);
      };
      const extent = await extentOf(query, database, raw).catch(() => undefined);
      const rolls = hasRollups(held);
      return {
        engine: 'influxdb',
        version: server.version,
        bytes: server.generation === 1 ? await bytesOf(query, database) : null,
        ...(await seriesOf(query, server)),
        oldest: extent?.oldest ?? null,
        newest: extent?.newest ?? null,
        retention: { raw: await days(raw), minute: await days('minute'), hour: await days('hour') },
        rolledTo: { minute: rolls ? (rolledUntil ?? null) : null, hour: rolls ? (rolledUntil ?? null) : null },
      };
    },
    async arrange(retention, { dryRun }) {
      const server = await serverVersion(options, headers);
      return arrange({ options, query, api, retention, dryRun }, server);
    },
  };
}

type SeriesCount = Pick<Upkeep, 'series' | 'seriesLimit'>;

/**
 * Series of the database and their limit. 1.x refuses new ones at `max-series-per-database`, and new devices of a type at
 * `max-values-per-tag`; whichever is nearer counts. 2.x and 3 have no such limit, and 3 no series.
 */
async function seriesOf(query: Influxql, { generation }: ServerVersion): Promise<SeriesCount> {
  if (generation !== 1) return { series: null, seriesLimit: null };
  const series = Number((await rowsOf(query, 'SHOW SERIES CARDINALITY'))[0]?.[0] ?? 0);
  let mostDevices = 0;
  for (const [count] of await rowsOf(query, 'SHOW TAG VALUES EXACT CARDINALITY WITH KEY = "device"')) {
    mostDevices = Math.max(mostDevices, Number(count));
  }
  const limits = await limitsOf(query);
  const near = [
    { series, seriesLimit: limits.series },
    { series: mostDevices, seriesLimit: limits.values },
  ].filter(({ seriesLimit }) => seriesLimit > 0);
  const share = (one: { series: number; seriesLimit: number }) => one.series / one.seriesLimit;
  return near.sort((a, b) => share(b) - share(a))[0] ?? { series, seriesLimit: null };
}

/** The limits of the server, or the ones it is delivered with where only an administrator may ask. 0 is none. */
async function limitsOf(query: Influxql): Promise<{ series: number; values: number }> {
  const limits = { series: 1_000_000, values: 100_000 };
  try {
    await query('SHOW DIAGNOSTICS', ({ name, columns, values }) => {
      if (name !== 'config-data') return;
      const at = (column: string) => values[0]?.[columns.indexOf(column)];
      limits.series = Number(at('max-series-per-database') ?? limits.series);
      limits.values = Number(at('max-values-per-tag') ?? limits.values);
    });
  } catch (err) {
    if (!(err instanceof StoreMisconfigured)) throw err;
  }
  return limits;
}

/** Bytes on disk of the shards of a database. */
async function bytesOf(query: Influxql, database: string): Promise<number | null> {
  let bytes: number | null = null;
  try {
    await query(`SHOW STATS FOR 'shard'`, ({ tags, columns, values }) => {
      if (tags?.database !== database) return;
      bytes = (bytes ?? 0) + Number(values[0]?.[columns.indexOf('diskBytes')] ?? 0);
    });
  } catch (err) {
    if (!(err instanceof StoreMisconfigured)) throw err;
  }
  return bytes;
}
