import { FLOOD, TEN_MINUTES } from './figures.ts';

/** Counts what happened in the stretch of time that ends now. */
export interface Sliding {
  /** Takes `n` that happened at `at`; times only rise. */
  add(at: number, n?: number): void;
  /** Lets time pass; tells each moment at which something left, and how many are left. */
  passTo(at: number, left?: (at: number, count: number) => void): void;
  readonly count: number;
  /** When the oldest of them happened; NaN where there is none. */
  readonly oldest: number;
}

/** A count over the last `windowMs`: what happened exactly so long ago has left. */
export function sliding(windowMs: number): Sliding {
  let queue: { readonly at: number; readonly n: number }[] = [];
  let head = 0;
  let count = 0;
  const meter: Sliding = {
    add(at, n = 1) {
      meter.passTo(at);
      queue.push({ at, n });
      count += n;
    },
    passTo(at, left) {
      while (head < queue.length && queue[head]!.at + windowMs <= at) {
        const gone = queue[head++]!;
        count -= gone.n;
        left?.(gone.at + windowMs, count);
      }
      // Freed in pieces, so that each step costs the same.
      if (head > 1024 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
    },
    get count() {
      return count;
    },
    get oldest() {
      return queue[head]?.at ?? Number.NaN;
    },
  };
  return meter;
}

/** Rate and flood state of one seat, as its alarms begin to sound. Folds a period as well as it follows the present. */
export interface FloodMeter {
  /** Takes `n` alarms that began to sound at `at`, ms; times only rise. */
  add(at: number, n?: number): void;
  passTo(at: number): void;
  readonly inTenMinutes: number;
  /** Since when it floods, ms; null while it does not. */
  readonly floodSince: number | null;
  /** Time in flood so far that lies after `from`, ms, and how many floods began after it. */
  readonly floodMs: number;
  readonly floods: number;
  /** The most in ten minutes after `from`: how many, when the last of them came, and when the first. */
  readonly peak: { readonly count: number; readonly at: number; readonly from: number } | null;
}

/** @param from what lies before it sets the state and is not counted, ms. */
export function floodMeter(from = Number.NEGATIVE_INFINITY): FloodMeter {
  const ten = sliding(TEN_MINUTES);
  let since: number | null = null;
  let floodMs = 0;
  let floods = 0;
  let peak: FloodMeter['peak'] = null;
  let now = from;
  const passTo = (at: number): void => {
    ten.passTo(at, (moment, count) => {
      if (since === null || count >= FLOOD.below) return;
      floodMs += Math.max(0, moment - Math.max(since, from));
      since = null;
    });
    now = Math.max(now, at);
  };
  return {
    add(at, n = 1) {
      passTo(at);
      ten.add(at, n);
      if (at >= from && (peak === null || ten.count > peak.count)) peak = { count: ten.count, at, from: ten.oldest };
      if (since !== null || ten.count < FLOOD.from) return;
      since = at;
      if (at >= from) floods++;
    },
    passTo,
    get inTenMinutes() {
      return ten.count;
    },
    get floodSince() {
      return since;
    },
    get floodMs() {
      return floodMs + (since === null ? 0 : Math.max(0, now - Math.max(since, from)));
    },
    get floods() {
      return floods;
    },
    get peak() {
      return peak;
    },
  };
}
