import { type Kysely, sql, type Transaction } from 'kysely';
import type { Delivery, Notice, NoticeSubject, Receipt } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import type { DeliveryRow, NoticeRow } from '../../devices/contract/state-tables.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables>;
type Trx = Transaction<RulesTables>;

export const subjectKey = (subject: NoticeSubject): string =>
  subject.kind === 'heartbeat' ? 'heartbeat' : `${subject.kind}/${subject.id}`;

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

const noticeRow = (notice: Notice): NoticeRow => ({
  id: notice.id,
  at: notice.at,
  priority: notice.priority,
  area: notice.area,
  categories: `,${notice.categories.join(',')},`,
  subject: subjectKey(notice.subject),
  open: notice.handledAt === null ? 1 : 0,
  look_at: notice.handledAt === null ? notice.at : null,
  held: 0,
  unreachable: 0,
  handled_at: notice.handledAt,
  handled_by: notice.handledBy,
  body: JSON.stringify(notice),
});

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
  await close(
    trx,
    found.map(({ id }) => id),
    at,
    by,
  );
}

async function close(trx: Trx, ids: readonly string[], at: number, by: string): Promise<void> {
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

const parseNotice = (row: Pick<NoticeRow, 'body' | 'handled_at' | 'handled_by'>): Notice => ({
  ...(JSON.parse(row.body) as Notice),
  handledAt: row.handled_at,
  handledBy: row.handled_by,
});

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

/** Deliveries of open notices that wait for their turn on one channel, most urgent first, each with its notice. */
export async function deliveriesDue(
  db: Db,
  channel: ChannelKind,
  now: number,
  most: number,
): Promise<{ delivery: Delivery; notice: Notice }[]> {
  const rows = await db
    .selectFrom('deliveries as d')
    .innerJoin('notices as n', 'n.id', 'd.notice')
    .selectAll('d')
    .select(['n.body', 'n.handled_at', 'n.handled_by'])
    .where('d.channel', '=', channel)
    .where('d.state', '=', 'due')
    .where('d.next_at', '<=', now)
    .where('n.open', '=', 1)
    .orderBy('d.priority')
    .orderBy('d.due')
    .limit(most)
    .execute();
  const notices = new Map<string, Notice>();
  return rows.map((row) => {
    const notice = notices.get(row.notice) ?? parseNotice(row);
    notices.set(row.notice, notice);
    return { delivery: parseDelivery(row), notice };
  });
}

/** Marks a message as on its way; gives the keys that were still waiting. Only these may be sent. */
export async function startAttempt(trx: Trx, keys: readonly string[], message: string, now: number): Promise<string[]> {
  const started: string[] = [];
  for (const part of chunks(keys)) {
    const rows = await trx
      .updateTable('deliveries')
      .set(({ eb }) => ({
        state: 'attempting',
        message,
        attempted_at: now,
        attempts: eb('attempts', '+', 1),
        next_at: null,
      }))
      .where('key', 'in', part)
      .where('state', '=', 'due')
      .where('notice', 'in', (e) => e.selectFrom('notices').select('id').where('open', '=', 1))
      .returning('key')
      .execute();
    started.push(...rows.map(({ key }) => key));
  }
  return started;
}

/** Keeps what became of attempts. What nobody needs any longer is not tried again; receipts that came first stay. */
export async function writeAttempts(trx: Trx, settled: readonly Delivery[], now: number): Promise<void> {
  for (const [{ delivered, failed, reason, ...columns }, keys] of alike(settled, attemptColumns)) {
    for (const part of chunks(keys)) {
      await trx
        .updateTable('deliveries')
        .set({
          ...columns,
          delivered: sql`coalesce(delivered, cast(${delivered} as bigint))`,
          failed: sql`coalesce(failed, cast(${failed} as bigint))`,
          reason: sql`coalesce(cast(${reason} as text), reason)`,
        })
        .where('key', 'in', part)
        .execute();
    }
  }
  const unsent = settled.filter(({ state }) => state === 'due').map(({ key }) => key);
  for (const part of chunks(unsent)) {
    await trx
      .updateTable('deliveries')
      .set({ state: 'dropped', next_at: null })
      .where('key', 'in', part)
      .where('notice', 'in', (e) => e.selectFrom('notices').select('id').where('open', '=', 0))
      .execute();
  }
  await lookAgain(
    trx,
    settled.map(({ notice }) => notice),
    now,
  );
}

const attemptColumns = (one: Delivery) =>
  [
    {
      state: one.state,
      sent: one.sent,
      delivered: one.delivered,
      failed: one.failed,
      reason: one.reason,
      troubled_at: one.troubledAt,
      next_at: one.retryAt,
      may_repeat: one.mayRepeat ? 1 : 0,
      message: one.message,
      far_id: one.farId,
    },
    one.key,
  ] as const;

/** Keys by what is to be written for them: a thousand that went in one message are one statement, and alarms do not wait behind it. */
function alike<T, C extends object>(all: readonly T[], of: (one: T) => readonly [C, string]): [C, string[]][] {
  const groups = new Map<string, [C, string[]]>();
  for (const one of all) {
    const [columns, key] = of(one);
    const text = JSON.stringify(columns);
    const group = groups.get(text);
    if (group) group[1].push(key);
    else groups.set(text, [columns, [key]]);
  }
  return [...groups.values()];
}

/** The ladder of these notices is looked at next: something happened to a step of it. */
async function lookAgain(trx: Trx, notices: readonly string[], now: number): Promise<void> {
  for (const part of chunks([...new Set(notices)])) {
    await trx.updateTable('notices').set({ look_at: now }).where('id', 'in', part).where('open', '=', 1).execute();
  }
}

/**
 * At a start: whatever a process that died had on its way may have arrived or not. It goes again as the same message, and says that
 * it may be a repeat. Gives how many there were.
 */
export async function releaseAttempts(trx: Trx, now: number): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('deliveries')
    .set({ state: 'due', next_at: now, may_repeat: 1 })
    .where('state', '=', 'attempting')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** When messages left for each address since `since`: one row a message. */
export async function recentMessages(db: Db, since: number) {
  const rows = await db
    .selectFrom('deliveries as d')
    .innerJoin('notices as n', 'n.id', 'd.notice')
    .select([
      'd.channel',
      'd.person',
      'd.reach',
      'd.message',
      'd.attempted_at',
      'n.body',
      'n.handled_at',
      'n.handled_by',
    ])
    .where('d.attempted_at', '>', since)
    .execute();
  const byMessage = new Map(rows.map((row) => [`${row.channel} ${row.message} ${row.attempted_at}`, row]));
  return [...byMessage.values()].map((row) => ({
    channel: row.channel,
    address: parseNotice(row).to.find(({ id }) => id === row.person)?.reach[row.reach]?.address ?? '',
    at: row.attempted_at!,
  }));
}

/** Which deliveries a receipt speaks of: one by its key, or all of a message by our key, or by what the far side calls it. */
export type ReceiptOf =
  | { readonly delivery: string }
  | { readonly message: string }
  | { readonly channel: ChannelKind; readonly farId: string };

/**
 * Keeps a receipt, the first of each kind; true where it speaks of something known. Accepting is acting: it closes the notice.
 * A receipt may be ahead of the note that the message was sent.
 */
export async function writeReceipt(
  trx: Trx,
  of: ReceiptOf,
  what: Receipt,
  at: number,
  reason?: string,
): Promise<boolean> {
  const rows = await trx
    .selectFrom('deliveries')
    .selectAll()
    .where((e) => {
      if ('delivery' in of) return e('key', '=', of.delivery);
      if ('message' in of) return e('message', '=', of.message);
      return e.and([
        e('channel', '=', of.channel),
        // A gateway may send our own key back instead of its id.
        e.or([e('far_id', '=', of.farId), e('message', '=', of.farId)]),
      ]);
    })
    .execute();
  for (const row of rows) {
    await trx
      .updateTable('deliveries')
      .set(receiptColumns(row, what, at, reason))
      .where('key', '=', row.key)
      .execute();
  }
  const notices = rows.map(({ notice }) => notice);
  if (what === 'accepted') for (const row of rows) await close(trx, [row.notice], at, row.person);
  else await lookAgain(trx, notices, at);
  return rows.length > 0;
}

/** What was seen was delivered, and what was accepted was seen. */
function receiptColumns(row: DeliveryRow, what: Receipt, at: number, reason = 'the far side could not deliver it') {
  if (what === 'failed') return row.delivered === null ? { failed: row.failed ?? at, reason } : { failed: row.failed };
  return {
    delivered: row.delivered ?? at,
    ...(what !== 'delivered' && { seen: row.seen ?? at }),
    ...(what === 'accepted' && { accepted: row.accepted ?? at }),
  };
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

const deliveryRow = (one: Delivery, priority: string): DeliveryRow => ({
  key: one.key,
  notice: one.notice,
  person: one.person,
  channel: one.channel,
  priority,
  reach: one.reach,
  round: one.round,
  rung: one.rung,
  step: one.step,
  state: one.state,
  due: one.due,
  sent: one.sent,
  delivered: one.delivered,
  seen: one.seen,
  accepted: one.accepted,
  failed: one.failed,
  reason: one.reason,
  attempts: one.attempts,
  attempted_at: null,
  troubled_at: one.troubledAt,
  next_at: one.retryAt,
  may_repeat: one.mayRepeat ? 1 : 0,
  message: one.message,
  far_id: one.farId,
});

export const parseDelivery = (row: DeliveryRow): Delivery => ({
  key: row.key,
  notice: row.notice,
  person: row.person,
  channel: row.channel,
  reach: row.reach,
  round: row.round,
  rung: row.rung,
  step: row.step,
  state: row.state,
  due: row.due,
  sent: row.sent,
  delivered: row.delivered,
  seen: row.seen,
  accepted: row.accepted,
  failed: row.failed,
  reason: row.reason,
  attempts: row.attempts,
  troubledAt: row.troubled_at,
  retryAt: row.next_at,
  mayRepeat: row.may_repeat === 1,
  message: row.message,
  farId: row.far_id,
});
