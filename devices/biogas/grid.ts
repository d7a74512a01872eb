import type { Series } from './evidence.ts';

/** Curves are compared on slots this wide, ms. */
export const SLOT_MS = 15 * 60_000;
/** Slots in an hour. */
export const PER_HOUR = 3_600_000 / SLOT_MS;
/** A silence up to this long is bridged by a straight line, ms; more where the device reports less often. */
const BRIDGED_MS = 3_600_000;
/** A device may be late by so many of its own intervals before it counts as silent. */
const LATE = 3;

/** A curve on even slots: the mean of each; NaN where nothing was heard for too long. */
export type Grid = Float64Array;

/** The slot that holds a moment. */
export const slotAt = (at: number, from: number): number => Math.floor((at - from) / SLOT_MS);

/** A series on the slots of `from` (inclusive) to `to` (exclusive), short silences bridged. */
export function gridOf(series: Series, from: number, to: number): Grid {
  const slots = Math.max(0, Math.ceil((to - from) / SLOT_MS));
  const grid = new Float64Array(slots).fill(Number.NaN);
  const count = new Uint32Array(slots);
  for (const { at, value } of series) {
    if (at < from || at >= to) continue;
    const slot = slotAt(at, from);
    const n = ++count[slot]!;
    grid[slot] = n === 1 ? value : grid[slot]! + (value - grid[slot]!) / n;
  }
  bridge(grid, Math.ceil(Math.max(BRIDGED_MS, LATE * usualInterval(series)) / SLOT_MS));
  return grid;
}

/** The middle of the times between neighbouring points, ms; 0 for fewer than two. */
function usualInterval(series: Series): number {
  const between = series.slice(1).map(({ at }, i) => at - series[i]!.at);
  return between.sort((a, b) => a - b)[between.length >> 1] ?? 0;
}

function bridge(grid: Grid, most: number): void {
  let before = -1;
  for (let slot = 0; slot < grid.length; slot++) {
    if (Number.isNaN(grid[slot]!)) continue;
    const hole = slot - before - 1;
    if (before >= 0 && hole > 0 && hole <= most) {
      const step = (grid[slot]! - grid[before]!) / (hole + 1);
      for (let n = 1; n <= hole; n++) grid[before + n] = grid[before]! + n * step;
    }
    before = slot;
  }
}

/** How much of a curve was heard between its first and its last value. */
export interface Coverage {
  readonly hours: number;
  /** Silences too long to be bridged. */
  readonly gaps: number;
  readonly gapHours: number;
}

/** What a grid holds and lacks. Silence before the first value is no gap, for the device may be new; nor is that after the last. */
export function coverageOf(grid: Grid): Coverage {
  const first = grid.findIndex((value) => !Number.isNaN(value));
  const last = grid.findLastIndex((value) => !Number.isNaN(value));
  if (first < 0) return { hours: 0, gaps: 0, gapHours: 0 };
  let [heard, missed, gaps] = [0, 0, 0];
  for (let slot = first; slot <= last; slot++) {
    if (!Number.isNaN(grid[slot]!)) heard += 1;
    else {
      missed += 1;
      if (!Number.isNaN(grid[slot - 1]!)) gaps += 1;
    }
  }
  return { hours: heard / PER_HOUR, gaps, gapHours: missed / PER_HOUR };
}

/** The values that were heard between two slots. */
export const heardIn = (grid: Grid, from: number, to: number): number[] =>
  [...grid.subarray(Math.max(0, from), Math.max(0, to))].filter((value) => !Number.isNaN(value));

/** The mean of numbers; NaN of none. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value below which the share `p` of the numbers lies; NaN of none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}
