import type { Transaction } from 'kysely';
import type { Receipt } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';
import type { DeliveryRow } from '../../devices/contract/state-tables.ts';
import type { RulesTables } from './migrations.ts';
import { closeNotices, lookAgain } from './notice-store.ts';

type Trx = Transaction<RulesTables>;

/** Which deliveries a receipt speaks of: one by its key, or all of a message by our key, or by what the far side calls it. */
export type ReceiptOf =
  | { readonly delivery: string }
  | { readonly message: string }
  | { readonly channel: ChannelKind; readonly farId: string };

/** What a receipt may say beside. */
export interface ReceiptMore {
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Name of whoever accepted; the recipient's id where it is not known. */
  readonly by?: string | undefined;
}

/**
 * Keeps a receipt, the first of each kind; true where it speaks of something known. Accepting is acting: it closes the notice.
 * A receipt may be ahead of the note that the message was sent.
 */
export async function writeReceipt(
  trx: Trx,
  of: ReceiptOf,
  what: Receipt,
  at: number,
  { reason, by }: ReceiptMore = {},
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
  if (what === 'accepted') for (const row of rows) await closeNotices(trx, [row.notice], at, by ?? row.person);
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
