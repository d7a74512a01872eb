import { createHash } from 'node:crypto';
import type {
  Appeal,
  EarlierResult,
  Period,
  ResultChange,
  ScoreBasis,
  ScoreNumber,
  ScoreResult,
  ScoreRun,
} from '../contract/score.ts';
import type { Indicator, RankedCycle, Supervision, UnitClass, Weights } from '../contract/supervision.ts';
import { canonicalJson } from '../registry/canonical-json.ts';
import type { Facts } from './facts.ts';
import { coverageOf, numberOf, reviewNumbers } from './measures.ts';
import { keyOf, type LeftOut, resultOf } from './score.ts';

/** The classes a cycle scores. */
export const classesOf = (policy: Supervision, { classes }: RankedCycle): UnitClass[] =>
  policy.classes.filter(({ id }) => classes?.includes(id) ?? true);

/** The one indicator of a review: the mean of the scores of the cycles it looks back on. */
export const reviewIndicator = (policy: Supervision, of: string): Indicator => ({
  id: 'scores',
  name: policy.cycles.find(({ id }) => id === of)?.name ?? { zh: of, en: of },
  measure: { kind: 'scores' },
  full: 100,
  zero: 0,
});

/** By what a cycle is scored: frozen with the run. */
export function basisOf(
  policy: Supervision,
  cycle: RankedCycle,
  weights: Readonly<Record<string, Weights>>,
  earlier: readonly EarlierResult[],
): ScoreBasis {
  const classes = classesOf(policy, cycle);
  const { ranking } = policy;
  if (cycle.kind === 'score') return { classes, indicators: policy.indicators, weights, ranking, earlier };
  const all = Object.fromEntries(classes.map(({ id }) => [id, { scores: 100 }]));
  return { classes, indicators: [reviewIndicator(policy, cycle.of)], weights: all, ranking, earlier };
}

/**
 * Every number of a period, one by one: each indicator that carries a weight, and the coverage that ranking rests on. Whoever has
 * other things to do does them between two numbers.
 */
export function* scoreNumbers(
  { classes, indicators, weights }: ScoreBasis,
  facts: Facts,
  period: Period,
): Generator<ScoreNumber> {
  for (const { id, units } of classes) {
    const weighted = indicators.filter((one) => (weights[id]?.[one.id] ?? 0) > 0);
    for (const unit of units) {
      for (const one of weighted) yield numberOf(one, unit, facts, period);
      yield coverageOf(unit, facts, period);
    }
  }
}

/** Every number of a review, out of the published results of its period. */
export const numbersOfReview = ({ classes }: ScoreBasis, results: readonly EarlierResult[]): ScoreNumber[] =>
  classes.flatMap(({ units }) => units.flatMap(({ id }) => reviewNumbers('scores', id, results)));

/** What upheld appeals took out, by number. */
export function leftOutBy(appeals: readonly Appeal[]): LeftOut {
  const out = new Map<string, Set<string>>();
  for (const { unit, indicator, decided } of appeals) {
    if (!decided?.upheld) continue;
    const key = keyOf(unit, indicator);
    out.set(key, new Set([...(out.get(key) ?? []), ...decided.leftOut]));
  }
  return out;
}

/** The result of a run as its appeals stand; null for a list or a sample. */
export function resultOfRun(
  { cycle, content }: Pick<ScoreRun, 'cycle' | 'content'>,
  numbers: readonly ScoreNumber[],
  appeals: readonly Appeal[],
): ScoreResult | null {
  if (content.kind !== 'score' && content.kind !== 'review') return null;
  return resultOf(cycle as RankedCycle, content.basis, numbers, leftOutBy(appeals));
}

/** SHA-256 of what would be published: the run with its basis, every fact behind every number, and the result. */
export const contentHash = (run: ScoreRun, numbers: readonly ScoreNumber[], result: ScoreResult): string =>
  createHash('sha256')
    .update(canonicalJson({ run, numbers: [...numbers].sort(byKey), result }))
    .digest('hex');
const byKey = (a: ScoreNumber, b: ScoreNumber): number =>
  keyOf(a.unit, a.indicator) < keyOf(b.unit, b.indicator) ? -1 : 1;

/** What a later revision says otherwise. */
export function changesBetween(before: ScoreResult, after: ScoreResult): ResultChange[] {
  const units = [...new Set([...before.lines, ...after.lines].map(({ unit }) => unit))].sort();
  return units.flatMap((unit) => {
    const was = flat(before, unit);
    const is = flat(after, unit);
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((what) => was.get(what) !== is.get(what))
      .map((what) => ({ unit, what, before: was.get(what) ?? null, after: is.get(what) ?? null }));
  });
}

function flat({ lines, callIns }: ScoreResult, unit: string): Map<string, string> {
  const line = lines.find((one) => one.unit === unit);
  const said: [string, unknown][] = line
    ? [
        ['score', line.score],
        ['rank', line.rank],
        ['list', line.list],
        ['coverage', line.coverage.share],
        ['call-in', callIns.some((one) => one.unit === unit) || null],
        ...line.numbers.map(({ indicator, value }): [string, unknown] => [indicator, value]),
      ]
    : [];
  return new Map(said.flatMap(([what, value]) => (value === null ? [] : [[what, String(value)]])));
}
