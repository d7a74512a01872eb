import type { Clock } from '../../kit/clock.ts';

/** One question to the platform and its answer, on the clock that only counts, ms. */
export interface TimeAnswer {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The platform's clock when it answered, ms since 1970. */
  readonly serverTime: number;
}

export interface ClockState {
  /** What the platform's clock shows, less what this machine's shows, ms; null until it was measured. */
  readonly offsetMs: number | null;
  /** Round trip of the answer that counts, ms: the offset is known to half of it. */
  readonly rttMs: number | null;
  /** Steps of this machine's clock since the start. */
  readonly steps: number;
  readonly lastStepMs: number | null;
}

/** The platform's time as this gateway knows it. */
export interface PlatformClock extends Pick<Clock, 'now'> {
  /** Ms since 1970 by the platform's clock; by this machine's own until the platform has been asked. */
  now(): number;
  /** Whether {@link now} is the platform's. */
  readonly known: boolean;
  answered(answer: TimeAnswer): void;
  /** Looks whether this machine's clock was stepped; the size of the step, ms, or null. */
  look(): number | null;
  state(): ClockState;
}

export interface PlatformClockParts {
  /** What time it is until the platform says so. */
  readonly local: () => number;
  /** This machine's clock as it is, steps and all. */
  readonly wall: () => number;
  /** A clock that only counts, ms. */
  readonly monotonic: () => number;
}

/** Answers that are compared; one of a short round trip among them says most (RFC 5905 §10 chooses so). */
const remembered = 8;
/** An oscillator drifts by some 50 millionths: what is older says less than a longer round trip, ms. */
const oldMs = 15 * 60_000;
const stepMs = 2_000;

/**
 * Keeps the platform's time as an offset to a clock that only counts, so that a step of this machine's clock (a wrong time
 * server, a dead battery, a hand) changes nothing once the platform has answered.
 */
export function platformClock({ local, wall, monotonic }: PlatformClockParts): PlatformClock {
  let answers: { readonly at: number; readonly origin: number; readonly rtt: number }[] = [];
  let origin: number | null = null;
  let rttMs: number | null = null;
  let steps = 0;
  let lastStepMs: number | null = null;
  let last = wall() - monotonic();
  return {
    now: () => (origin === null ? local() : Math.round(origin + monotonic())),
    get known() {
      return origin !== null;
    },
    answered({ askedAt, answeredAt, serverTime }) {
      const rtt = Math.max(0, answeredAt - askedAt);
      answers.push({ at: answeredAt, origin: serverTime - (askedAt + rtt / 2), rtt });
      answers = answers.filter(({ at }) => answeredAt - at < oldMs).slice(-remembered);
      const best = answers.reduce((a, b) => (b.rtt <= a.rtt ? b : a));
      const newest = answers.at(-1);
      // The platform's own clock was set: what it said before counts no more.
      const moved = newest && Math.abs(newest.origin - best.origin) > (newest.rtt + best.rtt) / 2 + stepMs;
      if (moved) answers = [newest];
      const chosen = moved ? newest : best;
      origin = chosen.origin;
      rttMs = chosen.rtt;
    },
    look() {
      const now = wall() - monotonic();
      const by = now - last;
      last = now;
      if (Math.abs(by) < stepMs) return null;
      steps += 1;
      lastStepMs = Math.round(by);
      return lastStepMs;
    },
    state: () => ({
      offsetMs: origin === null ? null : Math.round(origin + monotonic() - wall()),
      rttMs: rttMs === null ? null : Math.round(rttMs),
      steps,
      lastStepMs,
    }),
  };
}
