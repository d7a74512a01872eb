import type { Zone } from '../../kit/local-time.ts';
import type { Period } from '../contract/score.ts';
import type { Cycle } from '../contract/supervision.ts';
import { periodAt, periodBefore } from './period.ts';

/** A period of a cycle, and the moment (ms) at which it is worked out by itself. */
export interface CycleEnd {
  readonly cycle: Cycle;
  readonly period: Period;
  readonly due: number;
}

/** What is to be done about a cycle at a moment. */
export interface CycleDue {
  /** Came due and is to be worked out now, the oldest first. */
  readonly work: readonly CycleEnd[];
  /** Came due while nobody was there, and can be made up for no more: a list is of what is open now, a lot of visits to come. */
  readonly passed: readonly CycleEnd[];
}

const HOUR = 3_600_000;
/** A city that stood still for longer than this is not made up for to its beginning. */
const MOST = 60;

/** Scores and reviews are of a period that has ended; lists and samples of the one that runs. */
export const looksBack = ({ kind }: Pick<Cycle, 'kind'>): boolean => kind === 'score' || kind === 'review';

/** When a period of a cycle comes due, ms; only where the city says that the cycle runs by itself. */
const dueOf = (cycle: Cycle, { from, to }: Period): number =>
  (looksBack(cycle) ? to : from) + (cycle.byItself?.afterH ?? 0) * HOUR;

const endOf = (cycle: Cycle, period: Period): CycleEnd => ({ cycle, period, due: dueOf(cycle, period) });

/** The newest period of a cycle that has come due at a moment; null where the cycle does not run by itself. */
export function lastDue(cycle: Cycle, at: number, zone: Zone): CycleEnd | null {
  if (!cycle.byItself) return null;
  const reached = periodAt(cycle.every, at - cycle.byItself.afterH * HOUR, zone);
  return endOf(cycle, looksBack(cycle) ? periodBefore(cycle.every, reached, zone) : reached);
}

const before = ({ cycle, period }: CycleEnd, zone: Zone): CycleEnd =>
  endOf(cycle, periodBefore(cycle.every, period, zone));

/** When the period after another comes due, ms. */
export const nextDue = ({ cycle, period }: CycleEnd, zone: Zone): number =>
  dueOf(cycle, periodAt(cycle.every, period.to, zone));

/**
 * What came due of a cycle up to `last` since the period that began at `since` (ms) was dealt with. Every ended period is made up
 * for after a stop; of lists and samples only the one that runs at `at` (ms).
 */
export function dueSince(last: CycleEnd, since: number, at: number, zone: Zone): CycleDue {
  const { cycle } = last;
  const ends: CycleEnd[] = [];
  for (let one = last; one.period.from > since && ends.length < MOST; one = before(one, zone)) ends.unshift(one);
  const isStillDue = ({ period }: CycleEnd): boolean => looksBack(cycle) || (period === last.period && period.to > at);
  return { work: ends.filter(isStillDue), passed: ends.filter((one) => !isStillDue(one)) };
}
