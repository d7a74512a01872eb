/** Cancels what it was returned for; calling it twice does nothing. */
export type Cancel = () => void;

/**
 * The one source of time. Decisions never read a clock: time reaches them inside readings and ticks; a clock is handed
 * only to what waits, measures its own health, or stamps a receive time.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z on this platform's time, which in a demonstration may run faster. */
  now(): number;
  /** Runs `fn` once, `ms` of this clock's milliseconds from now. */
  after(ms: number, fn: () => void): Cancel;
  /** Runs `fn` every `ms` of this clock's milliseconds. */
  every(ms: number, fn: () => void): Cancel;
}

/** How a demonstration's time relates to the world's. All processes of one demonstration share one of these. */
export interface DemoTime {
  /** World time at which the demonstration's clock was set, ms. */
  readonly worldAt: number;
  /** What the demonstration's clock showed then, ms. */
  readonly demoAt: number;
  /** Demonstration seconds per world second; 1 is real time. */
  readonly speed: number;
}

/** The world's time. */
export const systemClock: Clock = clockOf({ worldAt: 0, demoAt: 0, speed: 1 });

/** A clock that runs `speed` times as fast as the world's, from a shared origin. Only a demonstration may have one. */
export function demoClock(time: DemoTime): Clock {
  if (!(time.speed > 0)) throw new Error(`demo clock speed ${time.speed}: give a number above 0`);
  return clockOf(time);
}

function clockOf({ worldAt, demoAt, speed }: DemoTime): Clock {
  return {
    now: () => Math.round(demoAt + (Date.now() - worldAt) * speed),
    after(ms, fn) {
      const timer = setTimeout(fn, ms / speed);
      return () => clearTimeout(timer);
    },
    every(ms, fn) {
      const timer = setInterval(fn, ms / speed);
      return () => clearInterval(timer);
    },
  };
}

/** A clock that stands still until it is set: for tests and for replays. */
export interface HandClock extends Clock {
  /** Moves time forward to `at`, running what falls due on the way, in order. */
  set(at: number): void;
  /** Moves time forward by `ms`. */
  pass(ms: number): void;
}

/** A {@link HandClock} that starts at `start` (ms). */
export function handClock(start: number): HandClock {
  let now = start;
  const due: { at: number; everyMs?: number; fn: () => void }[] = [];
  const add = (entry: (typeof due)[number]): Cancel => {
    due.push(entry);
    return () => {
      const index = due.indexOf(entry);
      if (index >= 0) due.splice(index, 1);
    };
  };
  const clock: HandClock = {
    now: () => now,
    after: (ms, fn) => add({ at: now + ms, fn }),
    every: (ms, fn) => add({ at: now + ms, everyMs: ms, fn }),
    pass: (ms) => clock.set(now + ms),
    set(at) {
      for (;;) {
        const next = due.filter((entry) => entry.at <= at).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = next.at;
        if (next.everyMs === undefined) due.splice(due.indexOf(next), 1);
        else next.at += next.everyMs;
        next.fn();
      }
      now = at;
    },
  };
  return clock;
}
