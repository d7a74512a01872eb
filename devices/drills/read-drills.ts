import type { Kysely, Transaction } from 'kysely';
import type { Alarm } from '../contract/alarm.ts';
import type { City } from '../contract/city.ts';
import type { Drill, DrillBody, DrillReport, DrillRow, PlayedDrill } from '../contract/drill.ts';
import { notifyPolicySchema } from '../contract/notify-policy.ts';
import type { StateTables } from '../contract/state-tables.ts';
import type { Ticket, TicketStep } from '../contract/ticket.ts';
import { type DrillTraces, type Reached, reportOf } from './hand-offs.ts';

type Tables = Pick<
  StateTables,
  'drills' | 'alarms' | 'alarm_events' | 'tickets' | 'ticket_alarms' | 'ticket_steps' | 'notices' | 'deliveries'
>;
type Db = Kysely<Tables> | Transaction<Tables>;
/** Any handle whose database has these tables beside its own. */
type Of<DB extends Tables> = Kysely<DB> | Transaction<DB>;
const tables = <DB extends Tables>(db: Of<DB>): Db => db as unknown as Db;
const asDrill = ({ body }: Pick<DrillRow, 'body'>): Drill => JSON.parse(body) as Drill;

/** The drills that run now, the oldest first. */
export async function runningDrills<DB extends Tables>(db: Of<DB>): Promise<readonly Drill[]> {
  const rows = await tables(db)
    .selectFrom('drills')
    .select('body')
    .where('over_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(asDrill);
}

/** A drill by its number. */
export async function drillOf<DB extends Tables>(db: Of<DB>, id: string): Promise<Drill | null> {
  const row = await tables(db).selectFrom('drills').select('body').where('id', '=', id).executeTakeFirst();
  return row ? asDrill(row) : null;
}

/** What whoever drives the detectors needs: the drills that run, and what each of them reads now. */
export async function playedDrills<DB extends Tables>(db: Of<DB>): Promise<readonly PlayedDrill[]> {
  const played: PlayedDrill[] = [];
  for (const drill of await runningDrills(db)) {
    const { steps } = await ticketsOf(tables(db), drill);
    const safe = steps.some(({ kind }) => kind === 'make-safe');
    played.push({ drill, reads: safe ? drill.play.calm : drill.play.over });
  }
  return played;
}

/** Drills with their reports, newest first; `before` goes on from the start of the last one seen, ms. */
export async function readDrills<DB extends Tables>(
  db: Of<DB>,
  city: Pick<City, 'notify'>,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
  now: number,
): Promise<readonly DrillBody[]> {
  let query = tables(db).selectFrom('drills').select('body');
  if (before !== undefined) query = query.where('started_at', '<', before);
  const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  const bodies: DrillBody[] = [];
  for (const drill of rows.map(asDrill)) bodies.push({ drill, report: await measured(db, city, drill, now) });
  return bodies;
}

/** What a drill has measured at `now` (ms); of one that is over, what was frozen then. */
export async function measured<DB extends Tables>(
  db: Of<DB>,
  city: Pick<City, 'notify'>,
  drill: Drill,
  now: number,
): Promise<DrillReport> {
  return drill.report ?? reportOf(await tracesOf(tables(db), city, drill), now);
}

async function tracesOf(db: Db, { notify }: Pick<City, 'notify'>, drill: Drill): Promise<DrillTraces> {
  const rows = await db.selectFrom('alarms').select('body').where('device', '=', drill.id).orderBy('seq').execute();
  const alarms = rows.map(({ body }) => JSON.parse(body) as Alarm);
  const policy = notify ?? notifyPolicySchema.parse({});
  return {
    ...{ drill, alarms, ...(await ticketsOf(db, drill)) },
    acknowledged: await acknowledged(db, alarms),
    shownAt: await shownAt(db, alarms),
    shownWithinMs: policy[drill.play.priority].silentS * 1000,
  };
}

async function acknowledged(db: Db, alarms: readonly Alarm[]): Promise<Reached[]> {
  if (alarms.length === 0) return [];
  const ids = alarms.map(({ id }) => id);
  const rows = await db
    .selectFrom('alarm_events')
    .select(['at', 'actor'])
    .where('alarm', 'in', ids)
    .where('kind', '=', 'acknowledged')
    .orderBy('seq')
    .execute();
  return rows.map(({ at, actor }) => ({ at: Number(at), by: actor }));
}

/** When pages answered that they show an alarm. */
async function shownAt(db: Db, alarms: readonly Alarm[]): Promise<number[]> {
  if (alarms.length === 0) return [];
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('notices', 'notices.id', 'deliveries.notice')
    .select(['deliveries.delivered', 'deliveries.seen'])
    .where(
      'notices.subject',
      'in',
      alarms.map(({ id }) => `alarm/${id}`),
    )
    .where('deliveries.channel', '=', 'page')
    .execute();
  return rows.flatMap(({ delivered, seen }) => {
    const at = delivered ?? seen;
    return at === null ? [] : [Number(at)];
  });
}

async function ticketsOf(db: Db, { id }: Drill): Promise<Pick<DrillTraces, 'tickets' | 'steps'>> {
  const rows = await db
    .selectFrom('tickets')
    .select('body')
    .where('id', 'in', (q) =>
      q
        .selectFrom('ticket_alarms')
        .innerJoin('alarms', 'alarms.id', 'ticket_alarms.alarm')
        .select('ticket_alarms.ticket')
        .where('alarms.device', '=', id),
    )
    .execute();
  const tickets = rows.map(({ body }) => JSON.parse(body) as Ticket);
  if (tickets.length === 0) return { tickets: [], steps: [] };
  const ids = tickets.map((ticket) => ticket.id);
  const steps = await db.selectFrom('ticket_steps').select('body').where('ticket', 'in', ids).orderBy('seq').execute();
  return { tickets, steps: steps.map(({ body }) => JSON.parse(body) as TicketStep) };
}
