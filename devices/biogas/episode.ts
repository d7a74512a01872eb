import { type Grid, heardIn, PER_HOUR } from './grid.ts';

/** The build-up that is looked at: the last one that ends in the highest value of the last day. */
export interface Episode {
  /** Highest and lowest value, %VOL. */
  readonly top: number;
  readonly floor: number;
  /** Slots: the last at or below a fifth of the way up, and the first at or above nine tenths. */
  readonly low: number;
  readonly high: number;
  /** From one to the other, hours; at least one slot. */
  readonly riseHours: number;
  /** False where the curve begins above a fifth: the rise took at least so long. */
  readonly seenWhole: boolean;
}

/** Rises smaller than this are noise of the instrument, %VOL. */
const LEAST_RISE = 0.1;

/** The present build-up in a methane curve; null for a curve without one. */
export function episodeOf(methane: Grid): Episode | null {
  const begin = Math.max(0, methane.length - 24 * PER_HOUR);
  const peak = highest(methane, begin);
  if (peak < 0) return null;
  const top = methane[peak]!;
  const floor = Math.min(...heardIn(methane, 0, peak + 1));
  if (top - floor < LEAST_RISE) return null;
  const low = lastAtOrBelow(methane, peak, floor + 0.2 * (top - floor));
  const high = firstAtOrAbove(methane, low, floor + 0.9 * (top - floor));
  return { top, floor, low, high, riseHours: Math.max(1, high - low) / PER_HOUR, seenWhole: low > 0 };
}

function highest(grid: Grid, from: number): number {
  let best = -1;
  for (let slot = from; slot < grid.length; slot++) {
    if (!Number.isNaN(grid[slot]!) && (best < 0 || grid[slot]! > grid[best]!)) best = slot;
  }
  return best;
}

function lastAtOrBelow(grid: Grid, from: number, level: number): number {
  for (let slot = from; slot >= 0; slot--) if (grid[slot]! <= level) return slot;
  return 0;
}

function firstAtOrAbove(grid: Grid, from: number, level: number): number {
  for (let slot = from; slot < grid.length; slot++) if (grid[slot]! >= level) return slot;
  return grid.length - 1;
}

/** A sudden fall: the space was opened, aired or flushed. */
export interface Airing {
  /** The slot after the fall. */
  readonly slot: number;
  readonly before: number;
  readonly after: number;
  /** Until 60 % of the fall was made good, hours; null while it was not. */
  readonly backAfterHours: number | null;
  /** Watched since, hours. */
  readonly watchedHours: number;
}

/** Below this nothing is said of falls, %VOL. */
const WORTH_AIRING = 0.4;

/** The last sudden fall to less than half, told by the curve alone or near one of the `opened` slots. */
export function airingOf(methane: Grid, opened: readonly number[]): Airing | null {
  for (let slot = methane.length - 1; slot >= 2; slot--) {
    const [before, after] = [methane[slot - 2]!, methane[slot]!];
    if (!(before >= WORTH_AIRING)) continue;
    const known = opened.some((at) => at >= slot - 3 && at <= slot);
    if (after <= (known ? 0.75 : 0.45) * before) return returnOf(methane, slot, before, after);
  }
  return null;
}

function returnOf(methane: Grid, fallen: number, before: number, after: number): Airing {
  let [slot, lowest] = [fallen, after];
  // The fall may go on for a while: the way back begins at its lowest.
  while (methane[slot + 1]! < lowest) lowest = methane[++slot]!;
  const wanted = lowest + 0.6 * (before - lowest);
  for (let next = slot + 1; next < methane.length; next++) {
    if (methane[next]! >= wanted) {
      return {
        slot,
        before,
        after: lowest,
        backAfterHours: (next - slot) / PER_HOUR,
        watchedHours: (next - slot) / PER_HOUR,
      };
    }
  }
  return { slot, before, after: lowest, backAfterHours: null, watchedHours: (methane.length - 1 - slot) / PER_HOUR };
}
