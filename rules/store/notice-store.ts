import { type Kysely, sql, type Transaction } from 'kysely';
import type { Delivery, Notice, NoticeSubject } from '../../devices/contract/notice.ts';
import { alike } from './alike.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';
import { deliveryRow, noticeRow, parseDelivery, parseNotice, subjectKey } from './notice-rows.ts';

type Db = Kysely<RulesTables>;
type Trx = Transaction<RulesTables>;

/**
 * Keeps what people must hear, inside the transaction of whatever caused it: either both stand or neither. A notice whose id is
 * known stays as it was.
 */
export async function writeNotices(trx: Trx, notices: readonly Notice[]): Promise<void> {
  for (const part of chunks(notices)) {
    await trx
      .insertInto('notices')
      .values(part.map(noticeRow))
      .onConflict((c) => c.column('id').doNothing())
      .execute();
  }
}

/** Which notices somebody acted on: one, or all about a subject. */
export type ActedOn = { readonly notice: string } | { readonly subject: NoticeSubject };

/**
 * Somebody acted: nobody else is told, and what has not left yet is dropped. Inside the transaction of what was done. Acting again
 * changes nothing.
 * @param by the name that is shown
 */
export async function actOnNotices(trx: Trx, which: ActedOn, at: number, by: string): Promise<void> {
  const found = await trx
    .selectFrom('notices')
    .select('id')
    .where('open', '=', 1)
    .where((e) => ('notice' in which ? e('id', '=', which.notice) : e('subject', '=', subjectKey(which.subject))))
    .execute();
  await closeNotices(
    trx,
    found.map(({ id }) => id),
    at,
    by,
  );
}

/** Ends these notices: nobody else is told, and what has not left yet is dropped. */
export async function closeNotices(trx: Trx, ids: readonly string[], at: number, by: string): Promise<void> {
  for (const part of chunks(ids)) {
    await trx
      .updateTable('notices')
      .set({ open: 0, look_at: null, held: 0, handled_at: at, handled_by: by })
      .where('id', 'in', part)
      .where('open', '=', 1)
      .execute();
    await trx
      .updateTable('deliveries')
      .set({ state: 'dropped', next_at: null })
      .where('notice', 'in', part)
      .where('state', '=', 'due')
      .execute();
  }
}

/** The ladder of these notices is looked at next: something happened to a step of it. */
export async function lookAgain(trx: Trx, notices: readonly string[], now: number): Promise<void> {
  for (const part of chunks([...new Set(notices)])) {
    await trx.updateTable('notices').set({ look_at: now }).where('id', 'in', part).where('open', '=', 1).execute();
  }
}

/** A notice as it stands, and its deliveries in the order of their steps. */
export interface Climbing {
  readonly notice: Notice;
  readonly deliveries: readonly Delivery[];
}

/** Open notices whose ladder is to be looked at, most urgent first. */
export async function noticesToLookAt(db: Db, now: number, most: number): Promise<Climbing[]> {
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .where('open', '=', 1)
    .where('look_at', '<=', now)
    .orderBy('priority')
    .orderBy('at')
    .limit(most)
    .execute();
  const byNotice = Map.groupBy(
    await deliveriesOf(
      db,
      rows.map(({ id }) => id),
    ),
    ({ notice }) => notice,
  );
  return rows.map((row) => ({ notice: parseNotice(row), deliveries: byNotice.get(row.id) ?? [] }));
}

/** All deliveries of these notices, by person in the order of their steps. */
export async function deliveriesOf(db: Db, notices: readonly string[]): Promise<Delivery[]> {
  const found: Delivery[] = [];
  for (const part of chunks(notices)) {
    const rows = await db
      .selectFrom('deliveries')
      .selectAll()
      .where('notice', 'in', part)
      .orderBy('notice')
      .orderBy('person')
      .orderBy('step')
      .execute();
    found.push(...rows.map(parseDelivery));
  }
  return found;
}

/** What the ladder of one notice asked for, as it is kept. */
export interface Climbed {
  readonly notice: Notice;
  readonly send: readonly Delivery[];
  readonly lookAt: number | null;
  readonly held: number;
  readonly unreachable: number;
}

/** Keeps new steps and when to look again. Steps that are there already stay; what an earlier round still waited for is given up. */
export async function writeClimbed(trx: Trx, climbed: readonly Climbed[], now: number): Promise<void> {
  for (const [looks, ids] of alike(climbed, ({ lookAt, held, unreachable, notice }) => [
    { look_at: lookAt, held, unreachable },
    notice.id,
  ])) {
    for (const part of chunks(ids))
      await trx.updateTable('notices').set(looks).where('id', 'in', part).where('open', '=', 1).execute();
  }
  for (const { notice, send } of climbed) {
    for (const { person, round } of send.filter((one) => one.round > 0 && one.rung === 0)) {
      await trx
        .updateTable('deliveries')
        .set({ state: 'failed', failed: now, next_at: null, reason: sql`coalesce(reason, 'its round was over')` })
        .where('notice', '=', notice.id)
        .where('person', '=', person)
        .where('round', '<', round)
        .where('state', '=', 'due')
        .execute();
    }
  }
  const rows = climbed.flatMap(({ notice, send }) => send.map((one) => deliveryRow(one, notice.priority)));
  for (const part of chunks(rows)) {
    await trx
      .insertInto('deliveries')
      .values(part)
      .onConflict((c) => c.column('key').doNothing())
      .execute();
  }
}

/** How many open notices have come to an end of their ladder without a single step: nobody has an address. */
export async function untold(db: Db): Promise<number> {
  const found = await db
    .selectFrom('notices')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('open', '=', 1)
    .where('look_at', 'is', null)
    .where('unreachable', '>', 0)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deliveries').select('key').whereRef('deliveries.notice', '=', 'notices.id'))),
    )
    .executeTakeFirstOrThrow();
  return Number(found.count);
}

/** Lets go of heartbeats of the alarm path that came about before `before`, ms. */
export async function forgetBeats(trx: Trx, before: number): Promise<void> {
  const old = await trx
    .selectFrom('notices')
    .select('id')
    .where('subject', '=', 'heartbeat')
    .where('at', '<', before)
    .execute();
  for (const part of chunks(old.map(({ id }) => id))) {
    await trx.deleteFrom('deliveries').where('notice', 'in', part).execute();
    await trx.deleteFrom('notices').where('id', 'in', part).execute();
  }
}

/** How many notices and deliveries stand where, for stats and lists. */
export async function noticeCounts(db: Db) {
  const notices = await db
    .selectFrom('notices')
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('open'),
      fn.sum<number>('held').as('held'),
      fn.sum<number>('unreachable').as('unreachable'),
      fn.sum<number>(eb.case().when('look_at', 'is', null).then(1).else(0).end()).as('ended'),
    ])
    .where('open', '=', 1)
    .executeTakeFirstOrThrow();
  const waiting = await db
    .selectFrom('deliveries')
    .select(({ fn }) => ['channel', fn.countAll<number>().as('count'), fn.min('due').as('oldest')])
    .where('state', 'in', ['due', 'attempting'])
    .groupBy('channel')
    .execute();
  return {
    open: Number(notices.open),
    held: Number(notices.held ?? 0),
    unreachable: Number(notices.unreachable ?? 0),
    ended: Number(notices.ended ?? 0),
    waiting: waiting.map(({ channel, count, oldest }) => ({ channel, count: Number(count), oldest: Number(oldest) })),
  };
}
