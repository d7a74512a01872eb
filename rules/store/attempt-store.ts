import { type Kysely, sql, type Transaction } from 'kysely';
import type { Delivery, Notice } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import { alike } from './alike.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';
import { parseDelivery, parseNotice } from './notice-rows.ts';
import { lookAgain } from './notice-store.ts';

type Db = Kysely<RulesTables>;
type Trx = Transaction<RulesTables>;

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
