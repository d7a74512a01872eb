import type { Notice } from '../../../devices/contract/notice.ts';
import type { PageNotice } from '../../../devices/contract/pages.ts';

/** A notice as this page has it. */
export interface Shown {
  readonly notice: Notice;
  /** The newest delivery of it; what it answers for. */
  readonly key: string;
  /** Every delivery that brought it: to a seat, to a person, and again. */
  readonly keys: readonly string[];
  readonly mayRepeat: boolean;
  /** Keys for which the page has answered so. */
  readonly delivered: readonly string[];
  readonly seen: readonly string[];
  /** Somebody put its card away; it stays open. */
  readonly putAway: boolean;
}

/** Takes in what the page was told: the same key twice is nothing, the same notice by another delivery is shown once. */
export function told(
  items: readonly Shown[],
  { key, notice, mayRepeat }: PageNotice,
): { readonly items: readonly Shown[]; readonly news: boolean } {
  const known = items.find((item) => item.notice.id === notice.id);
  if (!known) {
    const fresh: Shown = { notice, key, keys: [key], mayRepeat, delivered: [], seen: [], putAway: false };
    return { items: [...items, fresh], news: true };
  }
  if (known.keys.includes(key)) return { items, news: false };
  const again: Shown = { ...known, key, keys: [...known.keys, key], putAway: false };
  // Told anew after a while nobody acted: that may be heard again.
  return { items: items.map((item) => (item === known ? again : item)), news: true };
}

export const withoutSettled = (items: readonly Shown[], ids: readonly string[]): readonly Shown[] =>
  items.filter(({ notice }) => !ids.includes(notice.id));

/** True where the page shows the matter anyway: the alarm's row stands in the list of the duty desk. */
export const standsOnDesk = ({ subject }: Notice, onDesk: boolean, hasAlarm: (id: string) => boolean): boolean =>
  onDesk && subject.kind === 'alarm' && hasAlarm(subject.id);

/** So many cards at a time; the rest is counted. */
export const CARDS = 3;

/** What is shown as cards: most urgent first, then the newest; and how many stand behind them. */
export function cardsOf(
  items: readonly Shown[],
  onDesk: boolean,
  hasAlarm: (id: string) => boolean,
): { readonly cards: readonly Shown[]; readonly more: number } {
  const all = items
    .filter(({ notice, putAway }) => !putAway && !standsOnDesk(notice, onDesk, hasAlarm))
    .toSorted((a, b) => a.notice.priority.localeCompare(b.notice.priority) || b.notice.at - a.notice.at);
  return { cards: all.slice(0, CARDS), more: Math.max(0, all.length - CARDS) };
}

/** A page whose tab is hidden and whose sound is locked can hold a notice, and nobody will notice it. */
export const canBeNoticed = ({ visible, heard }: { readonly visible: boolean; readonly heard: boolean }): boolean =>
  visible || heard;
