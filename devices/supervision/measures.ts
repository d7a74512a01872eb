import type { Hazard, Priority } from '../contract/alarm.ts';
import type { EarlierResult, FactKind, NumberFact, Period, ScoreNumber } from '../contract/score.ts';
import { coverageOfRanking } from '../contract/score.ts';
import type { Indicator, Measure, Unit } from '../contract/supervision.ts';
import type { AlarmFact, DeviceFact, Facts, TicketFact } from './facts.ts';

/** Whether a matter of a department in an area is the unit's. What lies in no area is no area's. */
export const isOf = (
  { departments, areas }: Pick<Unit, 'departments' | 'areas'>,
  { department, area }: { readonly department: string; readonly area: string | null },
): boolean => isDepartmentOf({ departments }, [department]) && isAreaOf({ areas }, area);

const isDepartmentOf = ({ departments }: Pick<Unit, 'departments'>, some: readonly string[]): boolean =>
  departments === undefined || some.some((one) => departments.includes(one));
const isAreaOf = ({ areas }: Pick<Unit, 'areas'>, area: string | null): boolean =>
  areas === undefined || (area !== null && areas.includes(area));

/** One figure of a unit in a period: the facts it is made of, and what they come to. */
export function numberOf(
  { id, measure }: Pick<Indicator, 'id' | 'measure'>,
  unit: Unit,
  facts: Facts,
  period: Period,
): ScoreNumber {
  const made = factsOf(measure, unit, facts, period).sort(byId);
  return { unit: unit.id, indicator: id, value: comesTo(measure, made), kind: kindOf[measure.kind], facts: made };
}

/** How much of a unit's items × places is observed: what ranking rests on. */
export const coverageOf = (unit: Unit, facts: Facts, period: Period): ScoreNumber =>
  numberOf({ id: coverageOfRanking, measure: { kind: 'coverage' } }, unit, facts, period);

/** What a number of a review is made of: the unit's scores in the published results of the period, those that were ranked. */
export function reviewNumbers(indicator: string, unit: string, results: readonly EarlierResult[]): ScoreNumber[] {
  const lines = results.flatMap(({ run, lines }) => {
    const line = lines.find((one) => one.unit === unit);
    return line ? [{ run, line }] : [];
  });
  const scores = lines.flatMap(({ run, line }) =>
    line.rank !== null && line.score !== null ? [{ id: run, value: line.score }] : [],
  );
  const covered = lines.map(({ run, line }) => ({ id: run, value: line.coverage.share ?? 0 }));
  return [
    { unit, indicator, value: comesTo({ kind: 'scores' }, scores), kind: 'run', facts: scores.sort(byId) },
    {
      unit,
      indicator: coverageOfRanking,
      value: comesTo({ kind: 'scores' }, covered),
      kind: 'run',
      facts: covered.sort(byId),
    },
  ];
}

const kindOf: Readonly<Record<Measure['kind'], FactKind>> = {
  'on-time': 'ticket',
  closed: 'ticket',
  overdue: 'ticket',
  returns: 'ticket',
  'first-time': 'ticket',
  recheck: 'ticket',
  reopened: 'ticket',
  satisfaction: 'ticket',
  'ack-time': 'alarm',
  hazards: 'hazard',
  sample: 'visit',
  coverage: 'cell',
  'site-coverage': 'site',
  devices: 'device',
  scores: 'run',
};

/**
 * What the facts come to; null where there are none. Shares and means are the mean of the facts, counts their sum (or so many
 * for `per` tickets), times a percentile.
 */
export function comesTo(measure: Measure, facts: readonly NumberFact[]): number | null {
  if (facts.length === 0) return null;
  const sum = facts.reduce((all, { value }) => all + value, 0);
  switch (measure.kind) {
    case 'overdue':
    case 'returns':
      return measure.per === undefined ? sum : (sum / facts.length) * measure.per;
    case 'ack-time': {
      // The nearest rank: the lowest figure that so many of 100 do not exceed.
      const sorted = facts.map(({ value }) => value).sort((a, b) => a - b);
      return sorted[Math.ceil((measure.percentile / 100) * sorted.length) - 1]!;
    }
    default:
      return sum / facts.length;
  }
}

/** The one place that says which facts each figure takes. Long, and straight: a row a measure. */
function factsOf(measure: Measure, unit: Unit, facts: Facts, period: Period): NumberFact[] {
  const inside = (at: number): boolean => at >= period.from && at < period.to;
  const ours = <T extends { department: string; area: string | null }>(all: readonly T[]): T[] =>
    all.filter((one) => isOf(unit, one));
  const tickets = (): TicketFact[] => ours(facts.tickets).filter((one) => fits(measure, one));
  switch (measure.kind) {
    case 'on-time':
      return tickets().flatMap(({ id, clocks }) => {
        const due = clocks.filter((one) => measure.clocks.some((kind) => kind === one.kind) && inside(decidedAt(one)));
        return due.length === 0
          ? []
          : [
              fact(
                id,
                due.every(({ due, metAt }) => metAt !== null && metAt <= due),
              ),
            ];
      });
    case 'closed':
      return tickets().flatMap((one) => {
        if (!inside(one.openedAt)) return [];
        const done = closedBy(one, period.to);
        const due = one.clocks.find(({ kind }) => kind === 'close')?.due ?? period.from;
        return done || due < period.to ? [fact(one.id, done)] : [];
      });
    case 'overdue':
      return tickets()
        .filter((one) => underWay(one, period))
        .map((one) => fact(one.id, !closedBy(one, period.to) && missed(one, period.to)));
    case 'returns':
      return returnsOf(measure, unit, facts.tickets, period);
    case 'first-time':
      return tickets()
        .filter(({ closedAt }) => closedAt !== null && inside(closedAt))
        .map(({ id, failedAt, reopenedAt }) => fact(id, failedAt.length + reopenedAt.length === 0));
    case 'recheck':
      return tickets().flatMap(({ id, rechecks }) => {
        const done = rechecks.filter(({ at }) => inside(at));
        return done.length === 0
          ? []
          : [
              fact(
                id,
                done.every(({ passed }) => passed),
              ),
            ];
      });
    case 'reopened':
      return tickets()
        .filter(({ closedAt, reopenedAt }) => (closedAt !== null && inside(closedAt)) || reopenedAt.some(inside))
        .map(({ id, reopenedAt }) => fact(id, reopenedAt.some(inside)));
    case 'satisfaction':
      return tickets().flatMap(({ id, closedAt, satisfaction }) =>
        closedAt !== null && inside(closedAt) && satisfaction.length > 0
          ? [{ id, value: satisfaction.reduce((sum, one) => sum + one, 0) / satisfaction.length }]
          : [],
      );
    case 'ack-time':
      return ours(facts.alarms)
        .filter((one) => fits(measure, one) && inside(one.raisedAt))
        .map(({ id, raisedAt, ackedAt }) => ({
          id,
          value: (Math.min(ackedAt ?? period.to, period.to) - raisedAt) / 1000,
        }));
    case 'hazards':
      return ours(facts.hazards)
        .filter(({ due }) => inside(due))
        .map(({ id, due, putRightAt }) => fact(id, putRightAt !== null && putRightAt <= due));
    case 'sample':
      return facts.visits
        .filter((one) => isAnyOf(unit, one) && one.unannounced && inside(one.at))
        .map(({ id, findings }) => fact(id, findings === 0));
    case 'coverage':
      return ours(facts.cells).map(({ id, observed }) => fact(id, observed));
    case 'site-coverage':
      return facts.sites
        .filter(({ kind, area }) => kind === measure.site && isAreaOf(unit, area))
        .map(({ id, types }) =>
          fact(
            id,
            types.some((type) => measure.types.includes(type)),
          ),
        );
    case 'devices':
      return facts.devices.filter((one) => isAnyOf(unit, one)).map(({ id, inService }) => fact(id, inService));
    case 'scores':
      return [];
  }
}

const fact = (id: string, holds: boolean): NumberFact => ({ id, value: holds ? 1 : 0 });
const byId = (a: NumberFact, b: NumberFact): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Whether several departments' matter is the unit's: a device watches items of many, a visit looks at a whole category. */
const isAnyOf = (unit: Unit, { departments, area }: Pick<DeviceFact, 'departments' | 'area'>): boolean =>
  isDepartmentOf(unit, departments) && isAreaOf(unit, area);

/** Measures of everything have neither list. */
interface Only {
  readonly kind: Measure['kind'];
  readonly priorities?: readonly Priority[] | undefined;
  readonly hazards?: readonly Hazard[] | undefined;
}
const fits = ({ priorities, hazards }: Only, one: TicketFact | AlarmFact): boolean =>
  (priorities?.includes(one.priority) ?? true) &&
  (hazards === undefined || (one.hazard !== null && hazards.includes(one.hazard)));

/** A clock is decided when it was met, and at its deadline where it was not met by then: in one period, whichever. */
const decidedAt = ({ due, metAt }: TicketFact['clocks'][number]): number => Math.min(due, metAt ?? due);

/** Open at some moment of the period. */
const underWay = ({ openedAt, closedAt }: TicketFact, { from, to }: Period): boolean =>
  openedAt < to && (closedAt === null || closedAt >= from);
const closedBy = ({ closedAt }: TicketFact, to: number): boolean => closedAt !== null && closedAt < to;
const missed = ({ clocks }: TicketFact, to: number): boolean =>
  clocks.some(({ due, metAt }) => due < to && (metAt === null || metAt >= to));

/** Every ticket that the unit had in its hands, with how often it gave it back; in an area, how often anybody did. */
function returnsOf(
  measure: Extract<Measure, { kind: 'returns' }>,
  unit: Unit,
  tickets: readonly TicketFact[],
  period: Period,
): NumberFact[] {
  const inside = (at: number): boolean => at >= period.from && at < period.to;
  return tickets.flatMap((one) => {
    if (!fits(measure, one) || !isAreaOf(unit, one.area)) return [];
    const given = one.returned.filter(({ at, from }) => inside(at) && isDepartmentOf(unit, [from])).length;
    const has = isDepartmentOf(unit, [one.department]) && underWay(one, period);
    return given > 0 || has ? [{ id: one.id, value: given }] : [];
  });
}
