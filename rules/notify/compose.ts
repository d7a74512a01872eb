import { createHash } from 'node:crypto';
import type { Priority } from '../../devices/contract/alarm.ts';
import type { Delivery, Notice, Recipient } from '../../devices/contract/notice.ts';
import type { Message } from './channel.ts';

/** A delivery with what it is about and whom it is for. */
export interface Waiting {
  readonly delivery: Delivery;
  readonly notice: Notice;
  readonly to: Recipient;
}

const priorities: readonly Priority[] = ['P1', 'P2', 'P3', 'P4'];
/** So many of what was gathered are named one by one; the rest is counted. */
const named = 5;

/** Most urgent first, then the older. */
export const byUrgency = (a: Waiting, b: Waiting): number =>
  a.notice.priority.localeCompare(b.notice.priority) ||
  a.notice.at - b.notice.at ||
  (a.delivery.key < b.delivery.key ? -1 : 1);

/** The key of what goes together: of one delivery its own. */
export function messageKey(deliveries: readonly Pick<Delivery, 'key'>[]): string {
  const keys = deliveries.map(({ key }) => key).sort();
  return keys.length === 1 ? keys[0]! : `gathered/${hash(keys.join('\n')).slice(0, 32)}`;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const words = {
  zh: {
    marks: { demo: '【模拟】', drill: '【演练】' },
    repeat: '（可能重复）',
    gathered: (count: number, counts: string) => `${count} 项待处理（${counts}）`,
    more: (count: number) => `……另有 ${count} 项，请打开值班台`,
    key: (short: string) => `编号 ${short}`,
  },
  en: {
    marks: { demo: '[SIMULATED] ', drill: '[DRILL] ' },
    repeat: '(may repeat) ',
    gathered: (count: number, counts: string) => `${count} matters wait (${counts})`,
    more: (count: number) => `… and ${count} more: open the duty desk`,
    key: (short: string) => `No. ${short}`,
  },
} as const;

/**
 * The message for what waits at one address, in the language of its first recipient. A simulated or drilled matter says so first;
 * what may have arrived before says that too; several are one message that counts, P1 first.
 * @param key of the message, {@link messageKey}
 * @param origin the platform's own address, for links
 */
export function compose(waiting: readonly Waiting[], key: string, origin: string): Message {
  const all = waiting.toSorted(byUrgency);
  const { delivery, notice, to } = all[0]!;
  const { language } = to;
  const say = words[language];
  const short = hash(key).slice(0, 8);
  const mayRepeat = all.some((one) => one.delivery.mayRepeat);
  const about = distinct(all);
  const head = about.length === 1 ? titleOf(notice, language) : gatheredTitle(about, language);
  const lines =
    about.length === 1
      ? [notice.body[language]]
      : [
          ...about.slice(0, named).map((one) => titleOf(one, language)),
          ...(about.length > named ? [say.more(about.length - named)] : []),
        ];
  const reach = all.map((one) => one.to.reach[one.delivery.reach]!);
  return {
    key,
    short,
    mayRepeat,
    channel: delivery.channel,
    address: reach[0]!.address,
    mentions: [...new Set(reach.flatMap(({ mention }) => mention ?? []))],
    language,
    priority: notice.priority,
    title: `${mayRepeat ? say.repeat : ''}${head}`,
    text: [...lines, say.key(short)].join('\n'),
    link: wholeLink(about.length === 1 ? notice.link : '/', origin),
    carries: all.map((one) => ({ delivery: one.delivery.key, notice: one.notice })),
  };
}

/** Notices in their order, each once: a robot's message may call several people about the same. */
const distinct = (all: readonly Waiting[]): Notice[] => [
  ...new Map(all.map(({ notice }) => [notice.id, notice])).values(),
];

function titleOf({ mark, priority, title }: Notice, language: 'zh' | 'en'): string {
  return `${mark ? words[language].marks[mark] : ''}${priority} ${title[language]}`;
}

function gatheredTitle(about: readonly Notice[], language: 'zh' | 'en'): string {
  const say = words[language];
  const counts = priorities
    .map((priority) => ({ priority, count: about.filter((one) => one.priority === priority).length }))
    .filter(({ count }) => count > 0)
    .map(({ priority, count }) => `${priority} ${count}`)
    .join(language === 'zh' ? '，' : ', ');
  // Only where all of it is unreal may the whole say so.
  const mark = about.every((one) => one.mark !== null) ? about[0]!.mark : null;
  return `${mark ? say.marks[mark] : ''}${say.gathered(about.length, counts)}`;
}

const wholeLink = (link: string, origin: string): string => {
  if (/^https?:\/\//.test(link)) return link;
  return origin === '' ? '' : new URL(link, origin).href;
};
