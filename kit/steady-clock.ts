import { type Clock, clockFrom } from './clock.ts';

/** A step of the world's clock that has been noticed and not followed yet. */
export interface Step {
  /** What the world's clock shows, less what this one shows, ms. */
  readonly byMs: number;
  /** When it was noticed, on this clock. */
  readonly since: number;
}

/** A clock that a step of the system's clock does not carry away. */
export interface SteadyClock extends Clock {
  /** The step that is held back now, or null. */
  step(): Step | null;
  /** Follows the held step at once: something else has shown that the system's clock is right. */
  adopt(): void;
  /** Holds it on for another full wait: something else has shown that the system's clock is wrong. */
  refute(): void;
}

export interface SteadyOptions {
  /** The system's clock, ms since 1970. */
  readonly wall?: () => number;
  /** A clock that only counts, ms. */
  readonly monotonic?: () => number;
  /** Corrections up to this size are followed as they come (NTP slewing, a leap second), ms. */
  readonly toleranceMs?: number;
  /** A step that nobody has confirmed is followed after this long, ms; Infinity: never. */
  readonly adoptAfterMs?: number;
  /** Told when a step is noticed (`held`), and when it is followed or has gone again. */
  readonly onStep?: (step: Step, what: 'held' | 'adopted' | 'gone') => void;
}

/**
 * Time that runs on evenly where the system's clock is stepped: by a wrong NTP server, a dead battery or a hand. A step back
 * would stop every timer of the rules for as long; a step forward would make every device silent. So a step is held back
 * until the devices' own clocks show that it is right ({@link SteadyClock.adopt}), or until it has lasted.
 */
export function steadyClock({
  wall = Date.now,
  monotonic = () => performance.now(),
  toleranceMs = 2_000,
  adoptAfterMs = 600_000,
  onStep,
}: SteadyOptions = {}): SteadyClock {
  /** What this clock shows when the monotonic one shows 0. */
  let origin = wall() - monotonic();
  let held: { byMs: number; noticed: number; until: number } | null = null;

  const said = (byMs: number, what: 'held' | 'adopted' | 'gone', noticed: number) =>
    onStep?.({ byMs, since: Math.round(origin + noticed) }, what);
  const follow = (byMs: number, noticed: number) => {
    held = null;
    said(byMs, 'adopted', noticed);
    origin += byMs;
  };
  const now = (): number => {
    const counted = monotonic();
    const off = wall() - (origin + counted);
    if (Math.abs(off) <= toleranceMs) {
      // Forward at once; back only as far as nobody sees it, so that two readings of this clock never swap.
      origin += off > 0 ? off : Math.max(off, -maxBackMs);
      if (held) {
        const gone = held;
        held = null;
        said(gone.byMs, 'gone', gone.noticed);
      }
      return Math.round(origin + counted);
    }
    if (!held || Math.abs(off - held.byMs) > toleranceMs) {
      held = { byMs: off, noticed: counted, until: counted + adoptAfterMs };
      said(off, 'held', counted);
    } else if (counted >= held.until) follow(off, held.noticed);
    return Math.round(origin + counted);
  };
  return {
    ...clockFrom(now),
    step() {
      now();
      return held && { byMs: Math.round(held.byMs), since: Math.round(origin + held.noticed) };
    },
    adopt() {
      if (held) follow(held.byMs, held.noticed);
    },
    refute() {
      if (held) held.until = monotonic() + adoptAfterMs;
    },
  };
}

/** Below the resolution of what the platform tells apart, ms. */
const maxBackMs = 0.5;
