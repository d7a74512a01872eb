import type { Kysely } from 'kysely';
import type { NoticeBody, NoticeDelivery } from '../contract/api.ts';
import type { Notice } from '../contract/notice.ts';
import type { DeliveryRow, StateTables } from '../contract/state-tables.ts';

type NoticeTables = Pick<StateTables, 'notices' | 'deliveries'>;

export interface NoticesQuery {
  /** `<kind>/<id>` of what they are about; a ticket's include those of its duties. */
  readonly subject?: string | undefined;
  /** Only those on which nobody has acted. */
  readonly open?: boolean | undefined;
  readonly limit: number;
}

/** Notices with their deliveries, the newest first. Heartbeats are none: nobody is asked to do anything about them. */
export async function readNotices<DB extends NoticeTables>(
  of: Kysely<DB>,
  { subject, open, limit }: NoticesQuery,
): Promise<NoticeBody[]> {
  const db = of as unknown as Kysely<NoticeTables>;
  const rows = await db
    .selectFrom('notices')
    .select(['id', 'body', 'subject', 'handled_at', 'handled_by'])
    .where('id', 'not like', 'heartbeat/%')
    .$if(open === true, (q) => q.where('open', '=', 1))
    .$if(subject !== undefined, (q) =>
      q.where((e) =>
        e.or([
          e('subject', '=', subject!),
          e(e.fn('substr', ['subject', e.lit(1), e.lit(subject!.length + 1)]), '=', `${subject}#`),
        ]),
      ),
    )
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  const deliveries =
    ids.length === 0
      ? []
      : await db
          .selectFrom('deliveries')
          .selectAll()
          .where('notice', 'in', ids)
          .orderBy('due')
          .orderBy('key')
          .execute();
  const byNotice = Map.groupBy(deliveries, ({ notice }) => notice);
  return rows.map(({ id, body, subject: about, handled_at, handled_by }) => {
    const { at, priority, title, body: text, link, mark, to } = JSON.parse(body) as Notice;
    return {
      id,
      at,
      priority,
      subject: about,
      title,
      body: text,
      link,
      mark,
      handledAt: handled_at,
      handledBy: handled_by,
      to: to.map(({ id: person, kind, name, wave }) => ({ id: person, kind, name, wave })),
      deliveries: (byNotice.get(id) ?? []).map(deliveryBody),
    };
  });
}

const deliveryBody = (row: DeliveryRow): NoticeDelivery => ({
  key: row.key,
  person: row.person,
  channel: row.channel,
  round: row.round,
  state: row.state,
  due: row.due,
  sent: row.sent,
  delivered: row.delivered,
  seen: row.seen,
  accepted: row.accepted,
  failed: row.failed,
  reason: row.reason,
  attempts: row.attempts,
  mayRepeat: row.may_repeat === 1,
});
