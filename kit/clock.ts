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
  if (!(time.speed > 0 && time.speed < Infinity)) {
    throw new Error(`demo clock speed ${time.speed}: give a finite number above 0`);
  }
  return clockOf(time);
}

function clockOf({ worldAt, demoAt, speed }: DemoTime): Clock {
  return clockFrom(() => Math.round(demoAt + (Date.now() - worldAt) * speed), speed);
}

/** A clock that shows what `now` says and whose waiting is that of timers, `speed` of its milliseconds to one of theirs. */
export function clockFrom(now: () => number, speed = 1): Clock {
  return {
    now,
    after: (ms, fn) => afterMs(ms / speed, fn),
    every(ms, fn) {
      checkInterval(ms);
      const everyMs = ms / speed;
      if (everyMs <= longestTimerMs) {
        const timer = setInterval(fn, everyMs);
        return () => clearInterval(timer);
      }
      let cancel: Cancel;
      const again = () => {
        cancel = afterMs(everyMs, again);
        fn();
      };
      cancel = afterMs(everyMs, again);
      return () => cancel();
    },
  };
}

/** Node runs a timer beyond this at once: 24.8 days, which a calibration date or an archive period exceeds. */
const longestTimerMs = 2 ** 31 - 1;

function afterMs(ms: number, fn: () => void): Cancel {
  const step = Math.min(ms, longestTimerMs);
  let timer = setTimeout(
    function due(left: number) {
      if (left <= 0) return fn();
      const next = Math.min(left, longestTimerMs);
      timer = setTimeout(due, next, left - next);
    },
    step,
    ms - step,
  );
  return () => clearTimeout(timer);
}

function checkInterval(ms: number): void {
  if (!(ms > 0)) throw new Error(`an interval of ${ms} ms never passes: give a number above 0`);
}

/** A clock that stands still until it is set: for tests and for replays. */
export interface HandClock extends Clock {
  /** Moves time forward to `at`, running what falls due on the way, in order. Throws for a time that has passed. */
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
    every(ms, fn) {
      checkInterval(ms);
      return add({ at: now + ms, everyMs: ms, fn });
    },
    pass: (ms) => clock.set(now + ms),
    set(at) {
      if (!(at >= now)) throw new Error(`the clock shows ${now} and cannot go back to ${at}`);
      for (;;) {
        const next = due.filter((entry) => entry.at <= at).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        // Something registered for a moment that has passed runs now; time never goes back.
        now = Math.max(now, next.at);
        if (next.everyMs === undefined) due.splice(due.indexOf(next), 1);
        else next.at += next.everyMs;
        next.fn();
      }
      // What ran may itself have moved the clock further.
      now = Math.max(now, at);
    },
  };
  return clock;
}
