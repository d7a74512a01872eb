import type { Kysely } from 'kysely';
import { itemsOf } from '../../../devices/city/items-of.ts';
import { categoriesByType, seatsOf } from '../../../devices/city/seats.ts';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { KpiPoint, KpisBody } from '../../../devices/contract/api.ts';
import type { Catalogue } from '../../../devices/contract/catalogue.ts';
import type { City, Seat } from '../../../devices/contract/city.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import { TEN_MINUTES } from '../../../devices/kpi/figures.ts';
import { floodMeter, sliding } from '../../../devices/kpi/flood-meter.ts';
import type { Bilingual } from '../../../devices/model/device-type.ts';
import { byPriority, chattering, counts, type Point, type Scope, stale, times, topPoints } from './annunciations.ts';
import { standing } from './standing.ts';
import { DAY, HOUR, targets } from './targets.ts';

/** The state of a flood at the beginning of a period follows from what came before; so far back is looked. */
const RUN_UP_MS = DAY;
const TOP = 10;
/** Chattering points and stale alarms that are listed; all are counted. */
const LISTED = 100;
/** Columns of the picture at most. */
const COLUMNS = 144;

export interface KpiQuestion {
  /** Seat id; null for all. */
  readonly seat: string | null;
  readonly from: number;
  readonly to: number;
  /** The present, for what stands now. */
  readonly now: number;
}

export interface KpiSources {
  readonly db: Kysely<StateTables>;
  readonly city: Pick<City, 'seats'>;
  readonly catalogue: Catalogue;
}

/** The figures of a period, of one seat or of all; null where there is no such seat. The database does the counting. */
export async function kpis({ db, city, catalogue }: KpiSources, question: KpiQuestion): Promise<KpisBody | null> {
  const seats = seatsOf(city);
  const seat = question.seat === null ? null : (seats.find(({ id }) => id === question.seat) ?? undefined);
  if (seat === undefined) return null;
  const { from, to, now } = question;
  const scope: Scope = { seat: seat ?? everySeat(seats), from, to };
  const [rate, priorities, top, chatter, old, columns, open] = await Promise.all([
    fold(db, scope),
    byPriority(db, scope),
    topPoints(db, scope, TOP),
    chattering(db, scope, LISTED),
    stale(db, scope, LISTED),
    counts(db, scope, TEN_MINUTES),
    db.selectFrom('alarms').select('body').where('open', '=', 1).execute(),
  ]);
  const { peak } = rate.meter;
  const total = priorities.reduce((sum, { count }) => sum + count, 0);
  const share = (count: number): number => (total === 0 ? 0 : count / total);
  const named = await names(db, catalogue, [...top, ...chatter.items, ...old.items]);
  const toPoint = (point: Point): KpiPoint => ({ ...point, ...named(point.alarm), share: share(point.count) });
  const ofType = categoriesByType(catalogue);
  const alarms = open.map(({ body }) => JSON.parse(body) as Alarm).filter(({ drill }) => drill === undefined);
  return {
    from,
    to,
    seat: question.seat,
    seats: seats.map(({ id, name }) => ({ id, name })),
    targets,
    now: standing(alarms, scope.seat, (type) => ofType.get(type) ?? [], now),
    total,
    rate: {
      perTenMinutes: total / Math.max(1, (to - from) / TEN_MINUTES),
      perHour: total / Math.max(1 / 6, (to - from) / HOUR),
      peakTenMinutes: peak && { count: peak.count, at: peak.at },
      peakHour: rate.peakHour,
    },
    flood: {
      count: rate.meter.floods,
      ms: rate.meter.floodMs,
      share: to > from ? rate.meter.floodMs / (to - from) : 0,
      since: rate.meter.floodSince,
    },
    priorities: priorities.map(({ priority, count, acked, meanAckMs }) => ({
      priority: priority as Alarm['priority'],
      count,
      share: share(count),
      acknowledged: acked,
      meanAckMs,
    })),
    top: top.map(toPoint),
    topShare: share(top.reduce((sum, { count }) => sum + count, 0)),
    chattering: { count: chatter.count, items: chatter.items.map(toPoint) },
    stale: {
      count: old.count,
      items: old.items.map(({ alarm, at, until }) => ({ alarm, ...named(alarm), since: at, until })),
    },
    ...pictured(columns, from, to),
  };
}

/** What any seat hears: without the work orders that none does. */
const everySeat = (seats: readonly Seat[]): Seat => ({
  id: '*',
  name: { zh: '全部', en: 'All' },
  priorities: [...new Set(seats.flatMap(({ priorities }) => priorities))],
});

/** Rate and floods, folded over the moments at which alarms began to sound. */
async function fold(db: Kysely<StateTables>, scope: Scope) {
  const meter = floodMeter(scope.from);
  const hour = sliding(HOUR);
  let peakHour: { count: number; at: number } | null = null;
  for await (const page of times(db, { ...scope, from: scope.from - RUN_UP_MS })) {
    for (const { at, n } of page) {
      meter.add(at, n);
      if (at < scope.from) continue;
      hour.add(at, n);
      if (peakHour === null || hour.count > peakHour.count) peakHour = { count: hour.count, at };
    }
  }
  meter.passTo(scope.to);
  return { meter, peakHour };
}

/** Names of points, by an alarm of each. */
async function names(db: Kysely<StateTables>, catalogue: Catalogue, points: readonly { readonly alarm: string }[]) {
  const ids = [...new Set(points.map(({ alarm }) => alarm))];
  const bodies = new Map<string, Alarm>();
  for (let i = 0; i < ids.length; i += 500) {
    const rows = await db
      .selectFrom('alarms')
      .select(['id', 'body'])
      .where('id', 'in', ids.slice(i, i + 500))
      .execute();
    for (const { id, body } of rows) bodies.set(id, JSON.parse(body) as Alarm);
  }
  const titles = new Map(
    itemsOf(catalogue).flatMap(({ code, rules }) =>
      rules.map(({ id, title }): [string, Bilingual] => [`${code}.${id}`, title]),
    ),
  );
  return (id: string) => {
    const alarm = bodies.get(id);
    const [device = '', rule = ''] = id.split('/');
    return {
      device: alarm?.device ?? device,
      deviceName: alarm?.deviceName ?? device,
      rule: alarm?.rule ?? rule,
      title: titles.get(alarm?.rule ?? rule) ?? ownTitle(alarm) ?? { zh: rule, en: rule },
    };
  };
}

/** The platform's own alarms carry their title in the place of a clause. */
const ownTitle = (alarm: Alarm | undefined): Bilingual | undefined =>
  alarm?.clause.item === '' ? { zh: alarm.clause.name, en: alarm.clause.problem } : undefined;

/** At most so many columns, each the most in ten minutes that lies in it. */
function pictured(
  bins: readonly { at: number; count: number }[],
  from: number,
  to: number,
): Pick<KpisBody, 'columns' | 'columnMs'> {
  const columnMs = TEN_MINUTES * Math.max(1, Math.ceil((to - from) / TEN_MINUTES / COLUMNS));
  const columns = new Map<number, number>();
  for (const { at, count } of bins) {
    const begin = at - (at % columnMs);
    columns.set(begin, Math.max(columns.get(begin) ?? 0, count));
  }
  return { columns: [...columns], columnMs };
}
