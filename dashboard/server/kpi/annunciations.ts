import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Seat } from '../../../devices/contract/city.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import { CHATTER } from '../../../devices/kpi/figures.ts';
import { STALE_MS } from './targets.ts';

/** A stretch of time and whose alarms are counted; `seat` null means all. `to` is not part of it, ms. */
export interface Scope {
  readonly seat: Seat | null;
  readonly from: number;
  readonly to: number;
}

type Db = Kysely<StateTables>;

/** Times read at once. */
const PAGE = 20_000;

/** True for rows that concern the seat: the same answer as `concerns` of devices/city/seats, given by the database. */
function atSeat(seat: Seat | null): Expression<SqlBool> {
  if (!seat) return sql<SqlBool>`1 = 1`;
  const wanted = [...(seat.domains ?? []), ...(seat.categories ?? [])];
  const subjects = ['*', ...wanted].map((code) => sql`categories like ${`%,${code}%`}`);
  const subject = wanted.length === 0 ? sql`1 = 1` : sql`(${sql.join(subjects, sql` or `)})`;
  const area = seat.areas ? sql`(area is null or area in (${sql.join(seat.areas)}))` : sql`1 = 1`;
  return sql<SqlBool>`${subject} and ${area} and priority in (${sql.join(seat.priorities)})`;
}

const within = (db: Db, { seat, from, to }: Scope) =>
  db.selectFrom('annunciations').where('at', '>=', from).where('at', '<', to).where(atSeat(seat));

/** When alarms began to sound, in order, those of one moment together. Read in pages: a period may hold millions. */
export async function* times(db: Db, scope: Scope): AsyncGenerator<readonly { at: number; n: number }[]> {
  for (let from = scope.from; ; ) {
    const page = await within(db, { ...scope, from })
      .select((e) => ['at', e.fn.countAll<number>().as('n')] as const)
      .groupBy('at')
      .orderBy('at')
      .limit(PAGE)
      .execute();
    if (page.length > 0) yield page.map(({ at, n }) => ({ at, n: Number(n) }));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = last.at + 1;
  }
}

export interface ByPriority {
  readonly priority: string;
  readonly count: number;
  readonly acked: number;
  /** Mean time to acknowledge of those that were, ms. */
  readonly meanAckMs: number | null;
}

export async function byPriority(db: Db, scope: Scope): Promise<ByPriority[]> {
  const rows = await within(db, scope)
    .select((e) => [
      'priority',
      e.fn.countAll<number>().as('count'),
      e.fn.count<number>('acked_at').as('acked'),
      sql<number | null>`avg(acked_at - at)`.as('mean'),
    ])
    .groupBy('priority')
    .orderBy('priority')
    .execute();
  return rows.map(({ priority, count, acked, mean }) => ({
    priority,
    count: Number(count),
    acked: Number(acked),
    meanAckMs: mean === null ? null : Number(mean),
  }));
}

/** A point of the plant (device and rule), how often it sounded, and one of its alarms to name it by. */
export interface Point {
  readonly device: string;
  readonly rule: string;
  readonly count: number;
  readonly alarm: string;
}

type PointRow = { device: string; rule: string; count: number; alarm: string };
const toPoint = (row: PointRow): Point => ({ ...row, count: Number(row.count) });

/** The points that sounded most. */
export async function topPoints(db: Db, scope: Scope, limit: number): Promise<Point[]> {
  const rows = await within(db, scope)
    .select((e) => ['device', 'rule', e.fn.countAll<number>().as('count'), e.fn.max('alarm').as('alarm')] as const)
    .groupBy(['device', 'rule'])
    .orderBy('count', 'desc')
    .orderBy('device')
    .orderBy('rule')
    .limit(limit)
    .execute();
  return rows.map(toPoint);
}

/** The first of a list, and how long the whole list is. */
export interface First<T> {
  readonly count: number;
  readonly items: readonly T[];
}

/** Points that sounded three times within a minute, the worst first; `count` of each says how often that came true. */
export async function chattering(db: Db, scope: Scope, limit: number): Promise<First<Point>> {
  const before = CHATTER.times - 1;
  const rows = await db
    .selectFrom(
      within(db, scope)
        .select([
          'device',
          'rule',
          'alarm',
          sql<number>`at - lag(at, ${sql.lit(before)}) over (partition by device, rule order by at, seq)`.as('span'),
        ])
        .as('t'),
    )
    .where('span', '<=', CHATTER.withinMs)
    .select((e) => [
      'device',
      'rule',
      e.fn.countAll<number>().as('count'),
      e.fn.max('alarm').as('alarm'),
      sql<number>`count(*) over ()`.as('points'),
    ])
    .groupBy(['device', 'rule'])
    .orderBy('count', 'desc')
    .orderBy('device')
    .orderBy('rule')
    .limit(limit)
    .execute();
  const items = rows.map(({ points: _, ...row }) => toPoint(row));
  return { count: Number(rows[0]?.points ?? 0), items };
}

/** An alarm that stood for longer than a day; `until` is null while it stands. */
export interface Stale {
  readonly alarm: string;
  readonly at: number;
  readonly until: number | null;
}

/** Alarms that stood for longer than a day within the period, oldest first; those that began before it too. */
export async function stale(db: Db, { seat, from, to }: Scope, limit: number): Promise<First<Stale>> {
  const rows = await db
    .selectFrom('annunciations')
    .where('at', '<', to - STALE_MS)
    .where((e) => e.or([e('returned_at', 'is', null), e('returned_at', '>', from)]))
    .where(atSeat(seat))
    .where((e) => e.or([e('returned_at', 'is', null), e(sql<number>`returned_at - at`, '>', STALE_MS)]))
    .select((e) => [
      'alarm',
      e.fn.min('at').as('at'),
      // One that stands still has no end, whatever happened to it before.
      sql<number | null>`case when count(*) > count(returned_at) then null else max(returned_at) end`.as('until'),
      sql<number>`count(*) over ()`.as('alarms'),
    ])
    .groupBy('alarm')
    .orderBy('at')
    .limit(limit)
    .execute();
  const items = rows.map(({ alarm, at, until }) => ({
    alarm,
    at: Number(at),
    until: until === null ? null : Number(until),
  }));
  return { count: Number(rows[0]?.alarms ?? 0), items };
}

/** How many began to sound in each stretch of `stepMs`, by its beginning; empty ones are left out. */
export async function counts(db: Db, scope: Scope, stepMs: number): Promise<{ at: number; count: number }[]> {
  const step = sql.lit(stepMs);
  const start = sql<number>`at - at % ${step}`;
  const rows = await within(db, scope)
    .select((e) => [start.as('start'), e.fn.countAll<number>().as('count')])
    .groupBy(start)
    .orderBy(start)
    .execute();
  return rows.map(({ start, count }) => ({ at: Number(start), count: Number(count) }));
}

/** What began to sound after event `seq`, for the live figures. */
export const since = (db: Db, seq: number, from: number) =>
  db
    .selectFrom('annunciations')
    .select(['seq', 'at', 'categories', 'area', 'priority'])
    .where('seq', '>', seq)
    .where('at', '>=', from)
    .orderBy('seq')
    .limit(PAGE)
    .execute();
