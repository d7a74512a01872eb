import type { NoticeBody, NoticeDelivery } from '../devices/contract/api.ts';
import { reached } from '../devices/notices/reached.ts';

const words: Readonly<Record<ReturnType<typeof reached>, string>> = {
  due: '待发 / waiting',
  attempting: '发送中 / on its way',
  sent: '已发 / sent',
  delivered: '已送达 / delivered',
  seen: '已看到 / seen',
  accepted: '已接手 / taken up',
  failed: '失败 / failed',
  dropped: '已不需要 / no longer needed',
};

const time = (at: number): string => new Date(at).toISOString();

/** A notice as lines of text: what it says, who was told by what, and how far each step came. */
export function noticeLines(notice: NoticeBody): string[] {
  const { at, priority, subject, title, handledAt, handledBy, mark, to, deliveries } = notice;
  const name = new Map(to.map(({ id, name: called }) => [id, called]));
  const step = (one: NoticeDelivery): string => {
    const state = reached(one);
    const why = state === 'failed' && one.reason ? `：${one.reason}` : '';
    const when = one.accepted ?? one.seen ?? one.delivered ?? one.failed ?? one.sent ?? one.due;
    return `    ${time(when)}  ${name.get(one.person) ?? one.person}  ${one.channel}  ${words[state]}${why}`;
  };
  const handled = handledAt === null ? '无人处理 / not handled' : `${handledBy} 已处理 / handled ${time(handledAt)}`;
  return [
    `${time(at)}  ${priority}${mark ? ` [${mark}]` : ''}  ${title.zh} / ${title.en}  (${subject})`,
    ...deliveries.map(step),
    `    ${handled}`,
  ];
}
