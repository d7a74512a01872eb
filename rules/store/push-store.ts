import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { RulesTables } from './migrations.ts';

/** What a browser gives when a person subscribes to web push (`PushSubscription.toJSON()`, W3C Push API §8). */
export const pushSubscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(1000),
  keys: z.object({
    /** An uncompressed point on P-256. */
    p256dh: z.string().regex(/^[\w-]{86,88}$/),
    /** 16 bytes. */
    auth: z.string().regex(/^[\w-]{22,24}$/),
  }),
});
export type PushSubscriptionGiven = z.infer<typeof pushSubscriptionSchema>;

/** Browsers a person may have subscribed; one more, and the oldest is forgotten. */
const mostBrowsers = 10;

/** Keeps a browser of a person. The same browser again replaces itself, also under another person: it shows only one's notices. */
export async function addPushSubscription(
  trx: Transaction<RulesTables>,
  person: string,
  { endpoint, keys }: PushSubscriptionGiven,
  at: number,
): Promise<void> {
  const id = createHash('sha256').update(endpoint).digest('hex').slice(0, 32);
  const row = { id, person, at, endpoint, ...keys };
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
}

export async function removePushSubscription(trx: Transaction<RulesTables>, id: string): Promise<void> {
  await trx.deleteFrom('push_subscriptions').where('id', '=', id).execute();
}

/** All browsers of a person, the newest first. */
export async function pushSubscriptionsOf(db: Kysely<RulesTables>, person: string) {
  const rows = await db
    .selectFrom('push_subscriptions')
    .selectAll()
    .where('person', '=', person)
    .orderBy('at', 'desc')
    .execute();
  return rows.map(({ id, endpoint, p256dh, auth }) => ({ id, endpoint, keys: { p256dh, auth } }));
}
