import { create } from 'zustand';
import type { PageNotice } from '../../../devices/contract/pages.ts';
import { type Shown, told, withoutSettled } from './shown.ts';

interface NoticesState {
  /** What this page was told and nobody has acted on, oldest first. */
  readonly items: readonly Shown[];
  /** When the heartbeat of the alarm path was here last, or when the page began to listen, on its own monotonic clock; null before. */
  readonly beatAt: number | null;
}

/** What people at this page must hear of. Only this file writes it. */
export const useNotices = create<NoticesState>(() => ({ items: [], beatAt: null }));

/** Without a heartbeat for so long the page calls for itself, ms: two beats may be late, a third is no accident. */
export const PATH_SILENT_MS = 180_000;

export const heardBeat = (): void => useNotices.setState({ beatAt: performance.now() });
export const startsListening = (): void =>
  useNotices.setState(({ beatAt }) => ({ beatAt: beatAt ?? performance.now() }));

export function pathIsSilent(): boolean {
  const { beatAt } = useNotices.getState();
  return beatAt !== null && performance.now() - beatAt >= PATH_SILENT_MS;
}

/** Takes what it was told; true where it is news and not the same again. */
export function takeNotice(notice: PageNotice): boolean {
  const { items } = useNotices.getState();
  const next = told(items, notice);
  useNotices.setState({ items: next.items });
  return next.news;
}

export const settle = (ids: readonly string[]): void =>
  useNotices.setState(({ items }) => ({ items: withoutSettled(items, ids) }));

/** Marks how far a notice came on this page. */
export const mark = (id: string, patch: Partial<Pick<Shown, 'delivered' | 'seen' | 'putAway'>>): void =>
  useNotices.setState(({ items }) => ({
    items: items.map((item) => (item.notice.id === id ? { ...item, ...patch } : item)),
  }));
