/** What the table shows while a hand is on it. */
export interface Held {
  readonly ids: readonly string[];
  /** Wanted rows that wait outside until the hand is gone, in their wanted order. */
  readonly waiting: readonly string[];
}

/**
 * Rows never move under a hand: while it is on the table (hover or keyboard focus) the rows stay as they are, also those
 * that have left, and new ones wait and are counted. Without a hand the wanted order is shown at once.
 */
export function hold(shown: readonly string[], wanted: readonly string[], handOn: boolean): Held {
  if (!handOn || shown.length === 0) return { ids: wanted, waiting: [] };
  const there = new Set(shown);
  return { ids: shown, waiting: wanted.filter((id) => !there.has(id)) };
}

/** The id that J or K leads to: the next or previous row, the first when nothing (or a row that left) is selected. */
export function step(ids: readonly string[], selected: string | null, by: 1 | -1): string | null {
  if (ids.length === 0) return null;
  const at = selected === null ? -1 : ids.indexOf(selected);
  if (at === -1) return ids[0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null;
}
