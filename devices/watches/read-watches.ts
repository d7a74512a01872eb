import type { Kysely, Transaction } from 'kysely';
import { seatsOf } from '../city/seats.ts';
import type { City } from '../contract/city.ts';
import type { Handover, HandoverRow, SeatWatch, Watch, WatchRow, WatchTables } from '../contract/watch.ts';
import { mustBeStaffed } from './staffed.ts';

type Db = Kysely<WatchTables> | Transaction<WatchTables>;

const asWatch = ({ body }: Pick<WatchRow, 'body'>): Watch => JSON.parse(body) as Watch;
const asHandover = ({ body }: Pick<HandoverRow, 'body'>): Handover => JSON.parse(body) as Handover;

/** Who is on watch now, one a seat at most. */
export async function openWatches(db: Db): Promise<readonly Watch[]> {
  const rows = await db.selectFrom('watches').select('body').where('until', 'is', null).orderBy('since').execute();
  return rows.map(asWatch);
}

/** The hand-overs that wait for the second signature, one a seat at most. */
export async function offeredHandovers(db: Db): Promise<readonly Handover[]> {
  const rows = await db.selectFrom('handovers').select('body').where('state', '=', 'offered').execute();
  return rows.map(asHandover);
}

/** A hand-over by its id. */
export async function handoverOf(db: Db, id: string): Promise<Handover | null> {
  const row = await db.selectFrom('handovers').select('body').where('id', '=', id).executeTakeFirst();
  return row ? asHandover(row) : null;
}

/** Hand-overs of a seat, or of all, newest first; `before` goes on from the moment of signing of the last one seen, ms. */
export async function handovers(
  db: Db,
  { seat, before, limit }: { seat?: string | undefined; before?: number | undefined; limit: number },
): Promise<readonly Handover[]> {
  let query = db.selectFrom('handovers').select('body').where('state', '!=', 'withdrawn');
  if (seat !== undefined) query = query.where('seat', '=', seat);
  if (before !== undefined) query = query.where('signed_at', '<', before);
  return (await query.orderBy('signed_at', 'desc').orderBy('id').limit(limit).execute()).map(asHandover);
}

/** The last hand-over of a seat with both signatures. */
export async function lastTaken(db: Db, seat: string): Promise<Handover | null> {
  const row = await db
    .selectFrom('handovers')
    .select('body')
    .where('seat', '=', seat)
    .where('state', '=', 'taken')
    .orderBy('taken_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? asHandover(row) : null;
}

/** Every seat of the city as it is staffed at `at`, ms. */
export async function seatWatches(
  db: Db,
  city: Pick<City, 'seats' | 'timeZone'>,
  at: number,
): Promise<readonly SeatWatch[]> {
  const watches = new Map((await openWatches(db)).map((watch) => [watch.seat, watch]));
  const offered = new Map((await offeredHandovers(db)).map((one) => [one.seat, one]));
  const ends = await db
    .selectFrom('watches')
    .select(({ fn }) => ['seat', fn.max('until').as('until')])
    .groupBy('seat')
    .execute();
  const ended = new Map(ends.map(({ seat, until }) => [seat, until === null ? null : Number(until)]));
  return seatsOf(city).map((seat) => {
    const watch = watches.get(seat.id) ?? null;
    const offer = offered.get(seat.id);
    return {
      seat: seat.id,
      name: seat.name,
      watch,
      offered: offer ? { id: offer.id, from: offer.from, signedAt: offer.signedAt } : null,
      mustBeStaffed: mustBeStaffed(seat, at, city.timeZone),
      emptySince: watch ? null : (ended.get(seat.id) ?? null),
    };
  });
}
