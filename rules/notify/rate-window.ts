import type { Limit } from './channel.ts';

/** A limit with a share that only P1 may use. */
export interface SharedLimit extends Limit {
  readonly keptForP1: number;
}

/**
 * When the next message may go, ms; `now` when at once. Any span of a limit's length holds at most its count, so that the far
 * side, wherever its own minute begins, counts no more than that.
 * @param times when earlier messages went, ms
 * @param urgent a P1 is among what it carries
 */
export function freeAt(times: readonly number[], limits: readonly SharedLimit[], urgent: boolean, now: number): number {
  return Math.max(
    now,
    ...limits.map(({ count, perMs, keptForP1 }) => {
      const allowed = urgent ? count : Math.max(1, count - keptForP1);
      // A time that has not come yet is one before the clock was set back: it counts as now.
      const within = times
        .map((time) => Math.min(time, now))
        .filter((time) => time > now - perMs)
        .sort((a, b) => a - b);
      return within.length < allowed ? now : within[within.length - allowed]! + perMs;
    }),
  );
}
