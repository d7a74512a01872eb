import { type Verdict, verdict } from './compare.ts';

/** How far one rule of one device has got. A byte, because most of a city is normal most of the time. */
export const phase = {
  normal: 0,
  /** Abnormal, waiting out the on-delay. */
  pending: 1,
  active: 2,
  /** Back to normal, waiting out the off-delay. */
  returning: 3,
  /** The comparison holds, the rule's condition does not: looked at again as time passes. */
  held: 4,
} as const;
export type Phase = (typeof phase)[keyof typeof phase];

/** What stands behind a phase other than normal. Exists only while there is something to remember. */
export interface Episode {
  /** Source time of the first abnormal sample, ms: part of the alarm's identity. */
  since: number;
  /** Source time of the first sample of the return, ms; 0 while not returning. */
  turned: number;
  /** Time of the engine's own axis at which a delay runs out, ms; Infinity when nothing waits. */
  due: number;
}

/** Phases of many rules, one byte each, and the episodes of those that are not normal, by the same index. */
export interface Evaluations {
  phases: Uint8Array;
  readonly episodes: Map<number, Episode>;
}

/** The delays of a rule, ms. P1 gas and fire act on one sample: their on-delay is 0. */
export interface Delays {
  readonly onDelayMs: number;
  readonly offDelayMs: number;
}

/** What a step did to an alarm. */
export const change = { none: 0, raised: 1, returned: 2 } as const;
export type Change = (typeof change)[keyof typeof change];

/** How often a held rule is looked at again, ms. */
export const HELD_RECHECK_MS = 60_000;

/**
 * Takes one verdict about one rule.
 *
 * `at` is the time at which the sample counts, `now` the engine's own time: a delay has passed when the samples span it, or
 * when so much engine time went by without a sample against it. `since` is what the sample's own clock says, where that is
 * another time: it names an episode that begins. Allocates nothing while the rule stays normal.
 */
export function step(
  all: Evaluations,
  index: number,
  rule: Delays,
  found: Verdict,
  at: number,
  now: number,
  since = at,
): Change {
  const was = all.phases[index] as Phase;
  if (found === verdict.unsure) return change.none;
  if (was === phase.normal) {
    if (found === verdict.normal || found === verdict.between) return change.none;
    return found === verdict.held ? hold(all, index, now) : begin(all, index, rule, since, now);
  }
  const episode = all.episodes.get(index)!;
  switch (was) {
    case phase.held:
      if (found === verdict.held) return change.none;
      if (found === verdict.abnormal) return begin(all, index, rule, since, now);
      forget(all, index);
      return change.none;
    case phase.pending:
      if (found === verdict.held) return hold(all, index, now);
      if (found !== verdict.abnormal) {
        // Between limit and deadband the on-delay starts anew too: only what is abnormal counts towards it.
        forget(all, index);
        return change.none;
      }
      return at - episode.since >= rule.onDelayMs ? activate(all, index, episode) : change.none;
    case phase.active:
      if (found === verdict.abnormal || found === verdict.between) return change.none;
      if (rule.offDelayMs === 0) return finish(all, index, found, now);
      all.phases[index] = phase.returning;
      episode.turned = at;
      episode.due = now + rule.offDelayMs;
      return change.none;
    default: // returning
      if (found === verdict.abnormal || found === verdict.between) {
        activate(all, index, episode);
        return change.none;
      }
      return at - episode.turned >= rule.offDelayMs ? finish(all, index, found, now) : change.none;
  }
}

/** Lets engine time pass for one rule: an on-delay or off-delay that has run out without a sample against it takes effect. */
export function expire(all: Evaluations, index: number, now: number): Change {
  const episode = all.episodes.get(index);
  if (!episode || episode.due > now) return change.none;
  if (all.phases[index] === phase.pending) return activate(all, index, episode);
  if (all.phases[index] === phase.returning) return finish(all, index, verdict.normal, now);
  return change.none;
}

function begin(all: Evaluations, index: number, rule: Delays, since: number, now: number): Change {
  const episode: Episode = { since, turned: 0, due: now + rule.onDelayMs };
  all.episodes.set(index, episode);
  all.phases[index] = phase.pending;
  return rule.onDelayMs === 0 ? activate(all, index, episode) : change.none;
}

function hold(all: Evaluations, index: number, now: number): Change {
  all.phases[index] = phase.held;
  all.episodes.set(index, { since: 0, turned: 0, due: now + HELD_RECHECK_MS });
  return change.none;
}

function activate(all: Evaluations, index: number, episode: Episode): Change {
  all.phases[index] = phase.active;
  episode.turned = 0;
  episode.due = Number.POSITIVE_INFINITY;
  return change.raised;
}

function finish(all: Evaluations, index: number, found: Verdict, now: number): Change {
  if (found === verdict.held) hold(all, index, now);
  else forget(all, index);
  return change.returned;
}

/** Back to normal, with nothing to remember. */
export function forget(all: Evaluations, index: number): void {
  all.phases[index] = phase.normal;
  all.episodes.delete(index);
}

/** An empty set of evaluations with room for `size` rules. */
export function evaluations(size: number): Evaluations {
  return { phases: new Uint8Array(size), episodes: new Map() };
}
