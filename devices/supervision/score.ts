import {
  type CallIn,
  coverageOfRanking,
  type EarlierResult,
  type ScoreBasis,
  type ScoreLine,
  type ScoreNumber,
  type ScoreResult,
  type ShownNumber,
} from '../contract/score.ts';
import type { CallInRule, Indicator, RankedCycle, Unit, UnitClass } from '../contract/supervision.ts';
import { comesTo } from './measures.ts';

/** Facts that an appeal took out of a number, by {@link keyOf}. */
export type LeftOut = ReadonlyMap<string, ReadonlySet<string>>;
export const keyOf = (unit: string, indicator: string): string => `${unit}/${indicator}`;

/**
 * Scores, ranks, lists and call-ins of one period. Pure: the same numbers give the same result, in whatever order they come.
 * What was not observed is no good mark: an indicator without facts carries no weight, and a unit of which too little is
 * observed, or too little of its weights has facts, is shown without a rank.
 */
export function resultOf(
  cycle: RankedCycle,
  basis: ScoreBasis,
  numbers: readonly ScoreNumber[],
  leftOut: LeftOut = new Map(),
): ScoreResult {
  const byKey = new Map(numbers.map((one) => [keyOf(one.unit, one.indicator), one]));
  const before = basis.earlier[0];
  const lines = basis.classes.flatMap((group) => {
    const scored = group.units.map((unit) => lineOf(basis, group, unit, byKey, leftOut));
    return listed(cycle, ranked(scored)).map((line) => ({ ...line, earlier: earlierOf(before, line) }));
  });
  return { lines, callIns: callInsOf(cycle, lines, basis.earlier) };
}

/** 100 at `full` and better, 0 at `zero` and worse, in a straight line between. */
export const pointsOf = ({ full, zero }: Pick<Indicator, 'full' | 'zero'>, value: number): number =>
  100 * Math.min(1, Math.max(0, (value - zero) / (full - zero)));

type Scored = Omit<ScoreLine, 'rank' | 'list' | 'earlier'>;

function lineOf(
  { indicators, weights, ranking }: ScoreBasis,
  group: UnitClass,
  unit: Unit,
  numbers: ReadonlyMap<string, ScoreNumber>,
  leftOut: LeftOut,
): Scored {
  const weight = weights[group.id] ?? {};
  const shown = indicators
    .filter(({ id }) => (weight[id] ?? 0) > 0)
    .map((one) => shownNumber(one, weight[one.id]!, unit.id, numbers, leftOut));
  const counted = shown.filter(({ points }) => points !== null);
  const evidence = counted.reduce((sum, one) => sum + one.weight, 0) / 100;
  const coverage = coverageIn(unit.id, numbers, leftOut);
  const score =
    evidence === 0
      ? null
      : oneDecimal(counted.reduce((sum, { points, weight }) => sum + points! * weight, 0) / (100 * evidence));
  const unranked =
    (coverage.share ?? 0) < ranking.coverageFloor
      ? ('coverage' as const)
      : evidence < ranking.evidenceFloor
        ? ('evidence' as const)
        : null;
  return { unit: unit.id, class: group.id, name: unit.name, score, unranked, coverage, evidence, numbers: shown };
}

const oneDecimal = (value: number): number => Math.round(value * 10 + 1e-9) / 10;

function shownNumber(
  indicator: Indicator,
  weight: number,
  unit: string,
  numbers: ReadonlyMap<string, ScoreNumber>,
  leftOut: LeftOut,
): ShownNumber {
  const number = numbers.get(keyOf(unit, indicator.id));
  const out = leftOut.get(keyOf(unit, indicator.id));
  const facts = number?.facts.filter(({ id }) => !out?.has(id)) ?? [];
  const value = out ? comesTo(indicator.measure, facts) : (number?.value ?? null);
  return {
    indicator: indicator.id,
    value,
    before: out ? (number?.value ?? null) : null,
    appealed: out !== undefined,
    kind: number?.kind ?? 'ticket',
    count: facts.length,
    points: value === null ? null : pointsOf(indicator, value),
    weight,
  };
}

function coverageIn(unit: string, numbers: ReadonlyMap<string, ScoreNumber>, leftOut: LeftOut): ScoreLine['coverage'] {
  const key = keyOf(unit, coverageOfRanking);
  const facts = numbers.get(key)?.facts.filter(({ id }) => !leftOut.get(key)?.has(id)) ?? [];
  const observed = facts.reduce((sum, { value }) => sum + value, 0);
  return { observed, of: facts.length, share: facts.length === 0 ? null : observed / facts.length };
}

/** Best first; equal scores share a place, and the next place is left free. Those without a rank come last, by id. */
function ranked(lines: readonly Scored[]): (Scored & { rank: number | null })[] {
  const inRanks = lines.filter(({ unranked, score }) => unranked === null && score !== null);
  const placed = lines.map((line) => ({
    ...line,
    rank: inRanks.includes(line) ? 1 + inRanks.filter(({ score }) => score! > line.score!).length : null,
  }));
  return placed.sort(
    (a, b) => (a.rank ?? Number.POSITIVE_INFINITY) - (b.rank ?? Number.POSITIVE_INFINITY) || (a.unit < b.unit ? -1 : 1),
  );
}

/** Places from the end: 1 is last. Where all are equal nobody is. */
function placeFromEnd(line: { score: number | null; rank: number | null }, all: readonly (typeof line)[]): number {
  const inRanks = all.filter(({ rank }) => rank !== null);
  if (line.rank === null || inRanks.every(({ score }) => score === line.score)) return Number.POSITIVE_INFINITY;
  return 1 + inRanks.filter(({ score }) => score! < line.score!).length;
}

function listed<T extends Scored & { rank: number | null }>(
  { lists: { red, black } }: RankedCycle,
  lines: readonly T[],
): (T & { list: ScoreLine['list'] })[] {
  return lines.map((line) => {
    if (line.rank === null) return { ...line, list: null };
    const good = line.rank <= (red?.top ?? 0) || line.score! >= (red?.atLeast ?? Number.POSITIVE_INFINITY);
    const bad = placeFromEnd(line, lines) <= (black?.bottom ?? 0) || line.score! < (black?.below ?? 0);
    // A class may be so small that both fit: whoever stands on the black list is not praised.
    return { ...line, list: bad ? 'black' : good ? 'red' : null };
  });
}

function earlierOf(before: EarlierResult | undefined, { unit }: { unit: string }): ScoreLine['earlier'] {
  const line = before?.lines.find((one) => one.unit === unit);
  return line ? { score: line.score, rank: line.rank } : null;
}

/** 约谈 by the city's own rules: so many periods in a row, this one the newest. */
function callInsOf(cycle: RankedCycle, lines: readonly ScoreLine[], earlier: readonly EarlierResult[]): CallIn[] {
  return cycle.callIn.flatMap((rule) =>
    lines.flatMap((line) => {
      const past = earlier.slice(0, rule.times - 1);
      if (past.length < rule.times - 1 || !isBad(rule, line, lines)) return [];
      const always = past.every(({ lines: then }) => {
        const one = then.find(({ unit }) => unit === line.unit);
        return one !== undefined && isBad(rule, one, then);
      });
      if (!always) return [];
      return [{ unit: line.unit, class: line.class, rule, periods: past.map(({ period }) => period) }];
    }),
  );
}

type Judged = EarlierResult['lines'][number];
function isBad(rule: CallInRule, line: Judged, all: readonly Judged[]): boolean {
  switch (rule.kind) {
    case 'last':
      return (
        placeFromEnd(
          line,
          all.filter((one) => one.class === line.class),
        ) <= rule.places
      );
    case 'below':
      return line.rank !== null && line.score! < rule.score;
    case 'unranked':
      return line.unranked !== null;
  }
}
