import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Kind } from '../admission.ts';
import { BAD_FROM, UNCERTAIN_FROM } from '../curve.ts';
import { HOUR_MS, MINUTE_MS, type Resolution, widened } from '../rollups.ts';
import {
  type Curve,
  type CurveQuery,
  MOST_GAPS,
  type Sample,
  type SeriesQuery,
  type Value,
} from '../telemetry-store.ts';
import { bucketMs } from '../thinning.ts';
import { counted, rolling } from './hour-rollups.ts';

/** A series by its numbers in the file. */
export interface SeriesIds {
  readonly device: number;
  readonly field: number;
  readonly kind: Kind;
}

const newestOfEach = `select ms, arg_max({num: num, bool: bool, txt: txt, quality: quality}, seq) as v
  from samples where device = $1 and field = $2 and ms >= $3 and ms < $4 group by ms`;
const whole = `select ms, v.num as num, v.bool as bool, v.txt as txt, v.quality as quality from (${newestOfEach}) order by ms`;
/** Structs compare by their first member: the lowest and highest number; for other kinds `num` is null and time decides. */
const thinned = `
with newest as (${newestOfEach}),
  buckets as (
    select min({num: v.num, ms: ms, v: v}) as lo, max({num: v.num, ms: ms, v: v}) as hi from newest group by ms // $5),
  kept as (select lo as s from buckets union select hi as s from buckets)
select s.ms as ms, s.v.num as num, s.v.bool as bool, s.v.txt as txt, s.v.quality as quality from kept order by ms`;
const howMany = `select count(distinct ms) as n from samples where device = $1 and field = $2 and ms >= $3 and ms < $4`;

/** One series from the samples themselves. */
export async function series(
  connection: DuckDBConnection,
  query: SeriesQuery,
  ids: SeriesIds,
): Promise<readonly Sample[]> {
  const range = rangeOf(query, ids);
  const { maxSamples } = query;
  const tooMany = maxSamples !== undefined && Number((await rowsOf(connection, howMany, range))[0]?.n) > maxSamples;
  const rows = tooMany
    ? await rowsOf(connection, thinned, [...range, BigInt(bucketMs(query))])
    : await rowsOf(connection, whole, range);
  return rows.map((row) => ({
    at: Number(row.ms),
    value: (row.num ?? row.bool ?? row.txt) as Value,
    quality: Number(row.quality),
  }));
}

const rangeOf = (query: SeriesQuery, ids: SeriesIds): DuckDBValue[] => [
  ids.device,
  ids.field,
  BigInt(Math.ceil(query.from)),
  BigInt(Math.ceil(query.to)),
];

const told = `count(*) as n, count(*) filter (v.quality >= ${UNCERTAIN_FROM} and v.quality < ${BAD_FROM}) as uncertain,
  count(*) filter (v.quality >= ${BAD_FROM}) as bad, min(ms) as first, max(ms) as last`;

/** A curve from the samples themselves. */
export async function rawCurve(connection: DuckDBConnection, query: CurveQuery, ids: SeriesIds): Promise<Curve> {
  const range = rangeOf(query, ids);
  const [summary] = await rowsOf(connection, `select ${told} from (${newestOfEach})`, range);
  const { gapMs } = query;
  const gaps =
    gapMs === undefined
      ? []
      : await rowsOf(
          connection,
          `select ms, next from (select ms, lead(ms) over (order by ms) as next from
             (select distinct ms from samples where device = $1 and field = $2 and ms >= $3 and ms < $4))
           where next - ms > $5 order by ms limit ${MOST_GAPS + 1}`,
          [...range, BigInt(Math.ceil(gapMs))],
        );
  return { ...summarised(summary, gaps), samples: await series(connection, query, ids), resolutionMs: 0 };
}

/** Hours as ranges of milliseconds, neighbours joined, within [from, to). */
export function hourRanges(hours: Iterable<number>, from: number, to: number): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const [begin, end] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    if (end <= from || begin >= to) continue;
    const last = ranges.at(-1);
    if (last?.to === begin) last.to = end;
    else ranges.push({ from: begin, to: end });
  }
  return ranges;
}

/** A curve from rollups; hours whose rollups are behind (`stale`) are rolled up from their samples on the way. */
export async function rolledCurve(
  connection: DuckDBConnection,
  query: CurveQuery,
  ids: SeriesIds,
  width: Exclude<Resolution, 0>,
  stale: Iterable<number>,
): Promise<Curve> {
  const { from, to } = widened(query, width);
  const ranges = hourRanges(stale, from, to);
  const within = ranges.map((range) => `(ms >= ${range.from} and ms < ${range.to})`).join(' or ');
  const mine = `device = ${ids.device} and field = ${ids.field} and ms >= ${from} and ms < ${to}`;
  const columns = 'ms, n, low, low_ms, high, high_ms, txt, quality, uncertain, bad';
  const table = width === MINUTE_MS ? 'minutes' : 'hours';
  const rolled = `select ${columns} from ${table} where ${mine}${within && ` and not (${within})`}`;
  const fresh = `select ${columns.replace('ms', 'm as ms')} from (${rolling(width)} from (${counted(`${mine} and (${within})`)}) group by device, field, m)`;
  const part = `with part as (${within ? `${rolled} union all ${fresh}` : rolled})`;

  const [summary] = await rowsOf(
    connection,
    `${part} select sum(n)::bigint as n, sum(uncertain)::bigint as uncertain, sum(bad)::bigint as bad,
       min(coalesce(least(low_ms, high_ms), ms)) as first, max(coalesce(greatest(low_ms, high_ms), ms)) as last from part`,
  );
  const buckets = await rowsOf(
    connection,
    `${part}, buckets as (select min({v: low, ms: low_ms, q: quality}) as lo, max({v: high, ms: high_ms, q: quality}) as hi,
         arg_max(txt, ms) as txt, max(ms) as last, arg_max(quality, ms) as q from part group by ms // ${Math.max(width, bucketMs(query))})
     select lo.v as low, lo.ms as low_ms, lo.q as low_q, hi.v as high, hi.ms as high_ms, hi.q as high_q, txt, last, q from buckets order by last`,
  );
  const gaps =
    query.gapMs === undefined
      ? []
      : await rowsOf(
          connection,
          `${part} select since as ms, next from (select ms + ${width} as since, lead(ms) over (order by ms) as next from part)
           where next - since > ${Math.ceil(query.gapMs)} order by since limit ${MOST_GAPS + 1}`,
        );
  return {
    ...summarised(summary, gaps),
    samples: buckets.flatMap((bucket) => samplesOf(bucket, ids.kind)),
    resolutionMs: width,
  };
}

type Row = Record<string, DuckDBValue>;

function samplesOf(bucket: Row, kind: Kind): Sample[] {
  if (kind === 'text') return [{ at: Number(bucket.last), value: String(bucket.txt), quality: Number(bucket.q) }];
  const sample = (
    value: DuckDBValue | undefined,
    at: DuckDBValue | undefined,
    quality: DuckDBValue | undefined,
  ): Sample => ({
    at: Number(at),
    value: kind === 'boolean' ? value === 1 : Number(value),
    quality: Number(quality),
  });
  const low = sample(bucket.low, bucket.low_ms, bucket.low_q);
  const high = sample(bucket.high, bucket.high_ms, bucket.high_q);
  if (low.at === high.at) return [low];
  return low.at < high.at ? [low, high] : [high, low];
}

function summarised(summary: Row | undefined, gaps: readonly Row[]): Omit<Curve, 'samples' | 'resolutionMs'> {
  const n = Number(summary?.n ?? 0);
  const [uncertain, bad] = [Number(summary?.uncertain ?? 0), Number(summary?.bad ?? 0)];
  const time = (value: DuckDBValue | undefined) => (value === null || value === undefined ? null : Number(value));
  return {
    count: n,
    quality: { good: n - uncertain - bad, uncertain, bad },
    first: time(summary?.first),
    last: time(summary?.last),
    gaps: gaps.slice(0, MOST_GAPS).map(({ ms, next }) => [Number(ms), Number(next)] as const),
    moreGaps: gaps.length > MOST_GAPS,
  };
}

/** Rows of a statement as objects. */
export async function rowsOf(connection: DuckDBConnection, sql: string, values: DuckDBValue[] = []): Promise<Row[]> {
  return (await connection.runAndReadAll(sql, values)).getRowObjects();
}
