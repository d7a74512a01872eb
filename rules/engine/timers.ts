/**
 * Timers on the engine's own time axis, by the second. A timer is a number that the engine understands; it is only a
 * reminder to look: whether something is due is decided by who is asked, so an outdated reminder does no harm.
 */
export interface Timers {
  /** Reminds of `what` at `due` (ms), rounded up to the second. Infinity reminds never. */
  at(due: number, what: number): void;
  /** Calls `fire` for everything reminded of up to `now`, oldest second first, in the order it was asked for. */
  fire(now: number, fire: (what: number) => void): void;
  readonly size: number;
}

export function timers(): Timers {
  const seconds = new Map<number, number[]>();
  let size = 0;
  /** The first second that has not been fired. */
  let next = Number.NaN;
  return {
    at(due, what) {
      if (!Number.isFinite(due)) return;
      const second = Math.max(Math.ceil(due / 1000), Number.isNaN(next) ? Number.NEGATIVE_INFINITY : next);
      const there = seconds.get(second);
      if (there) there.push(what);
      else seconds.set(second, [what]);
      size++;
    },
    fire(now, fire) {
      const upTo = Math.floor(now / 1000);
      if (Number.isNaN(next)) next = Math.min(upTo, smallest(seconds));
      // After a long pause it is cheaper to look at what exists than to walk every second.
      const due =
        upTo - next > 4 * seconds.size ? [...seconds.keys()].filter((s) => s <= upTo).sort((a, b) => a - b) : null;
      const run = (second: number) => {
        const there = seconds.get(second);
        if (!there) return;
        seconds.delete(second);
        size -= there.length;
        for (const what of there) fire(what);
      };
      if (due) {
        next = upTo + 1;
        for (const second of due) run(second);
      } else {
        for (let second = next; second <= upTo; second++) {
          next = second + 1;
          run(second);
        }
      }
    },
    get size() {
      return size;
    },
  };
}

function smallest(seconds: ReadonlyMap<number, unknown>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const second of seconds.keys()) if (second < found) found = second;
  return found;
}
