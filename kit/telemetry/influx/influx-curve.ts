import type { Kind } from '../admission.ts';
import { BAD_FROM, emptyCurve, listedGaps, UNCERTAIN_FROM } from '../curve.ts';
import { type Resolution, widened } from '../rollups.ts';
import {
  type Curve,
  type CurveQuery,
  MOST_GAPS,
  type Sample,
  type SeriesQuery,
  type Value,
} from '../telemetry-store.ts';
import { bucketMs, thin } from '../thinning.ts';
import { type Influxql, identifier, literal, type QueryRow } from './influxql.ts';
import { QUALITY, storedField, storedName, storedType } from './line-protocol.ts';
import { rollupClasses, rollupField, rollupStatus } from './rollup-fields.ts';

/** All rows of one or more statements, in their order. */
export async function rowsOf(query: Influxql, statements: string): Promise<QueryRow[]> {
  const found: QueryRow[] = [];
  await query(statements, ({ values }) => {
    for (const row of values) found.push(row);
  });
  return found;
}

/** Where readings, or rollups of the policy named, of one device within a range stand. */
export const source = (
  { type, device, from, to }: Pick<SeriesQuery, 'type' | 'device' | 'from' | 'to'>,
  policy?: { readonly database: string; readonly name: string },
): string => {
  const place = policy ? `${identifier(policy.database)}.${identifier(policy.name)}.` : '';
  return `FROM ${place}${identifier(storedType(type))} WHERE "device" = ${literal(storedName(device))} AND time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`;
};

/** What a curve is told of besides its samples; `field` must not be null where a reading is. */
async function toldOf(query: Influxql, field: string, where: string, gapMs: number | undefined, width: number) {
  const one = async (statement: string) => (await rowsOf(query, statement))[0];
  const first = await one(`SELECT FIRST(${field}) ${where}`);
  if (!first) return undefined;
  const last = await one(`SELECT LAST(${field}) ${where}`);
  const gaps =
    gapMs === undefined
      ? []
      : await rowsOf(
          query,
          `SELECT "silent" FROM (SELECT ELAPSED(${field}, 1ms) AS "silent" ${where}) WHERE "silent" > ${Math.floor(gapMs) + width} LIMIT ${MOST_GAPS + 1}`,
        );
  return {
    first: Number(first[0]),
    last: Number(last?.[0]),
    ...listedGaps(gaps.map(([at, silent]) => [Number(at) - Number(silent) + width, Number(at)] as const)),
  };
}

/** A curve from the readings; `series` gives its samples. */
export async function rawCurve(
  query: Influxql,
  asked: CurveQuery,
  series: (query: SeriesQuery) => Promise<readonly Sample[]>,
): Promise<Curve> {
  const field = identifier(storedField(asked.measurement));
  const status = identifier(storedField(asked.measurement) + QUALITY);
  const where = source(asked);
  const told = await toldOf(query, field, where, asked.gapMs, 0);
  if (!told) return emptyCurve;
  const number = async (statement: string) => Number((await rowsOf(query, statement))[0]?.[1] ?? 0);
  const count = await number(`SELECT COUNT(${field}) ${where}`);
  const doubtful = await number(`SELECT COUNT(${status}) ${where} AND ${status} >= ${UNCERTAIN_FROM}`);
  const bad = doubtful === 0 ? 0 : await number(`SELECT COUNT(${status}) ${where} AND ${status} >= ${BAD_FROM}`);
  return {
    ...told,
    samples: await series(asked),
    resolutionMs: 0,
    count,
    quality: { good: count - doubtful, uncertain: doubtful - bad, bad },
  };
}

/** A curve from rollups. Lows and highs carry the last status of their rollup; how many readings were doubtful is gone. */
export async function rolledCurve(
  query: Influxql,
  database: string,
  asked: CurveQuery,
  kind: Kind,
  width: Exclude<Resolution, 0>,
): Promise<Curve> {
  const policy = rollupClasses.find(({ widthMs }) => widthMs === width)!;
  const range = { ...asked, ...widened(asked, width) };
  const where = source(range, { database, name: policy.name });
  const count = identifier(rollupField('count', asked.measurement));
  const told = await toldOf(query, count, where, asked.gapMs, width);
  if (!told) return { ...emptyCurve, resolutionMs: width };
  const status = identifier(rollupStatus(asked.measurement));
  const [sum] = await rowsOf(query, `SELECT SUM(${count}) ${where}`);
  return {
    ...told,
    samples:
      kind === 'number'
        ? await peaks(query, asked, { where, status, width })
        : thin(
            samplesOf(
              await rowsOf(query, `SELECT ${identifier(rollupField('last', asked.measurement))}, ${status} ${where}`),
            ),
            asked,
          ),
    resolutionMs: width,
    count: Number(sum?.[1] ?? 0),
    quality: null,
  };
}

/** BOTTOM and TOP keep the time of the rollup they find. A low and a high of one rollup are set half its width apart. */
async function peaks(
  query: Influxql,
  asked: CurveQuery,
  { where, status, width }: { where: string; status: string; width: number },
): Promise<Sample[]> {
  const every = `GROUP BY time(${Math.max(width, bucketMs(asked))}ms)`;
  const pick = async (what: 'BOTTOM' | 'TOP', of: 'min' | 'max') =>
    samplesOf(
      await rowsOf(
        query,
        `SELECT ${what}(${identifier(rollupField(of, asked.measurement))}, 1), ${status} ${where} ${every}`,
      ),
    );
  const byTime = new Map((await pick('BOTTOM', 'min')).map((sample) => [sample.at, sample]));
  for (const high of await pick('TOP', 'max')) {
    const low = byTime.get(high.at);
    if (low?.value === high.value) continue;
    const at = low ? high.at + width / 2 : high.at;
    byTime.set(at, { ...high, at });
  }
  return [...byTime.values()].sort((a, b) => a.at - b.at);
}

/** Rows of time, value, status as samples; a row without the value is another field's. */
export function samplesOf(rows: readonly QueryRow[]): Sample[] {
  const samples: Sample[] = [];
  for (const [at, value, quality] of rows) {
    if (value === null || value === undefined) continue;
    samples.push({ at: Number(at), value: value as Value, quality: Number(quality ?? 0) });
  }
  return samples;
}

/** Two curves of neighbouring ranges as one; `gapMs` decides whether the silence between them is a gap. */
export function joined(before: Curve, after: Curve, gapMs: number | undefined): Curve {
  if (after.count === 0) return before;
  if (before.count === 0) return { ...after, resolutionMs: before.resolutionMs };
  const from = before.last! + before.resolutionMs;
  const between = gapMs !== undefined && after.first! - from > gapMs ? [[from, after.first!] as const] : [];
  const gaps = listedGaps([...before.gaps, ...between, ...after.gaps]);
  return {
    samples: [...before.samples, ...after.samples],
    resolutionMs: before.resolutionMs,
    count: before.count + after.count,
    quality: null,
    first: before.first,
    last: after.last,
    gaps: gaps.gaps,
    moreGaps: gaps.moreGaps || before.moreGaps || after.moreGaps,
  };
}
