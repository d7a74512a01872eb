import type { Delivery, Notice, NoticeSubject } from '../../devices/contract/notice.ts';
import type { DeliveryRow, NoticeRow } from '../../devices/contract/state-tables.ts';

export const subjectKey = (subject: NoticeSubject): string =>
  subject.kind === 'heartbeat' ? 'heartbeat' : `${subject.kind}/${subject.id}`;

export const noticeRow = (notice: Notice): NoticeRow => ({
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

export const parseNotice = (row: Pick<NoticeRow, 'body' | 'handled_at' | 'handled_by'>): Notice => ({
  ...(JSON.parse(row.body) as Notice),
  handledAt: row.handled_at,
  handledBy: row.handled_by,
});

export const deliveryRow = (one: Delivery, priority: string): DeliveryRow => ({
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
