import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { PushSubscriptionGiven } from '../../devices/contract/push.ts';
import type { RulesTables } from './migrations.ts';

/** Browsers a person may have subscribed; one more, and the oldest is forgotten. */
const mostBrowsers = 10;

/** By what a browser is known: the same subscription has the same id. */
export const browserId = (endpoint: string): string => createHash('sha256').update(endpoint).digest('hex').slice(0, 32);

/**
 * Keeps a browser of a person, and gives its id. The same browser again replaces itself, also under another person: it shows only
 * one's notices.
 * @param name what its owner calls it
 */
export async function addPushSubscription(
  trx: Transaction<RulesTables>,
  person: string,
  { endpoint, keys }: PushSubscriptionGiven,
  at: number,
  name = '',
): Promise<string> {
  const id = browserId(endpoint);
  const row = { id, person, at, endpoint, ...keys, name, gone_at: null, delivered_at: null, seen_at: null };
  await trx
    .insertInto('push_subscriptions')
    .values(row)
    .onConflict((c) => c.column('id').doUpdateSet(row))
    .execute();
  const kept = await trx
    .selectFrom('push_subscriptions')
    .select('id')
    .where('person', '=', person)
    .orderBy('at', 'desc')
    .orderBy('id')
    .execute();
  const over = kept.slice(mostBrowsers).map((one) => one.id);
  if (over.length > 0) await trx.deleteFrom('push_subscriptions').where('id', 'in', over).execute();
  return id;
}

/** Takes a browser from a person; false where this person has no such browser. */
export async function removePushSubscription(
  trx: Transaction<RulesTables>,
  person: string,
  id: string,
): Promise<boolean> {
  const gone = await trx
    .deleteFrom('push_subscriptions')
    .where('id', '=', id)
    .where('person', '=', person)
    .executeTakeFirst();
  return Number(gone.numDeletedRows) > 0;
}

/** Its push service knows it no longer: nothing is sent to it, and its owner sees that. */
export async function markGone(trx: Transaction<RulesTables>, id: string, at: number): Promise<void> {
  await trx.updateTable('push_subscriptions').set({ gone_at: at }).where('id', '=', id).execute();
}

/** A receipt came from a browser. */
export async function markReceived(
  trx: Transaction<RulesTables>,
  id: string,
  what: 'delivered' | 'seen',
  at: number,
): Promise<void> {
  // Whoever opened it had it before his eyes: it was delivered too.
  const times = what === 'seen' ? { seen_at: at, delivered_at: at } : { delivered_at: at };
  await trx.updateTable('push_subscriptions').set(times).where('id', '=', id).execute();
}

/** Browsers that can be told at an address, the newest first: all of a person, or one of them (`browserAddress`). */
export async function pushSubscriptionsOf(db: Kysely<RulesTables>, address: string) {
  const [person = '', browser] = address.split('#');
  const rows = await db
    .selectFrom('push_subscriptions')
    .selectAll()
    .where('person', '=', person)
    .where('gone_at', 'is', null)
    .$if(browser !== undefined, (q) => q.where('id', '=', browser!))
    .orderBy('at', 'desc')
    .execute();
  return rows.map(({ id, endpoint, p256dh, auth }) => ({ id, endpoint, keys: { p256dh, auth } }));
}

/** Everybody who has a browser that can be told. */
export async function peopleWithBrowsers(db: Kysely<RulesTables>): Promise<string[]> {
  const rows = await db
    .selectFrom('push_subscriptions')
    .select('person')
    .distinct()
    .where('gone_at', 'is', null)
    .execute();
  return rows.map(({ person }) => person);
}
