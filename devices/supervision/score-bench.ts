import type { Period, ScoreBasis, ScoreNumber } from '../contract/score.ts';
import type { Indicator, RankedCycle, Unit } from '../contract/supervision.ts';
import type { CellFact, Facts, TicketFact } from './facts.ts';
import { coverageOf, numberOf } from './measures.ts';

/** The fourth quarter of 2026, UTC. */
export const quarter: Period = { key: '2026-Q4', from: Date.UTC(2026, 9, 1), to: Date.UTC(2027, 0, 1) };
/** `10-05 08:00` of 2026, ms. */
export const on = (text: string): number => Date.parse(`2026-${text.replace(' ', 'T')}:00Z`);

/** A ticket of the streets office in the north, opened and closed within its day, with nothing to say against it. */
export const ticket = (id: string, said: Partial<TicketFact> = {}): TicketFact => ({
  id,
  department: 'streets',
  area: 'north',
  priority: 'P3',
  hazard: null,
  openedAt: on('10-05 08:00'),
  closedAt: on('10-05 16:00'),
  clocks: [{ kind: 'close', due: on('10-06 08:00'), metAt: on('10-05 16:00') }],
  returned: [],
  failedAt: [],
  reopenedAt: [],
  rechecks: [],
  satisfaction: [],
  ...said,
});
/** Its close came after its deadline. */
export const late = (id: string, said: Partial<TicketFact> = {}): TicketFact =>
  ticket(id, {
    closedAt: on('10-09 16:00'),
    clocks: [{ kind: 'close', due: on('10-06 08:00'), metAt: on('10-09 16:00') }],
    ...said,
  });
/** Nobody has closed it, and its deadline is long past. */
export const stuck = (id: string, said: Partial<TicketFact> = {}): TicketFact =>
  ticket(id, { closedAt: null, clocks: [{ kind: 'close', due: on('10-06 08:00'), metAt: null }], ...said });

export const noFacts: Facts = { tickets: [], alarms: [], hazards: [], visits: [], cells: [], sites: [], devices: [] };

/** So many items in an area, the first `observed` of them watched. */
export const cells = (area: string, of: number, observed: number): CellFact[] =>
  Array.from({ length: of }, (_, n) => ({
    id: `I${n}@${area}`,
    department: 'streets',
    area,
    observed: n < observed,
  }));

export const areaUnit = (id: string): Unit => ({ id, name: { zh: id, en: id }, areas: [id] });

export const closedInTime: Indicator = {
  id: 'in-time',
  name: { zh: '按时', en: 'In time' },
  measure: { kind: 'on-time', clocks: ['close'] },
  full: 1,
  zero: 0.5,
};

/** A quarter that scores areas by one indicator unless others are given. */
export function board(
  areas: readonly string[],
  facts: Partial<Facts>,
  indicators: readonly Indicator[] = [closedInTime],
): { basis: ScoreBasis; numbers: ScoreNumber[] } {
  const units = areas.map(areaUnit);
  const weights = { areas: Object.fromEntries(indicators.map(({ id }) => [id, 100 / indicators.length])) };
  const all = { ...noFacts, ...facts };
  return {
    basis: {
      classes: [{ id: 'areas', name: { zh: '区', en: 'Areas' }, units }],
      indicators,
      weights,
      ranking: { coverageFloor: 0.2, evidenceFloor: 0.5 },
      earlier: [],
    },
    numbers: units.flatMap((unit) => [
      ...indicators.map((one) => numberOf(one, unit, all, quarter)),
      coverageOf(unit, all, quarter),
    ]),
  };
}

export const assessment = (said: Partial<RankedCycle> = {}): RankedCycle =>
  ({
    id: 'quarter',
    name: { zh: '季考核', en: 'Quarterly' },
    kind: 'score',
    every: 'quarter',
    lists: { red: { top: 1 }, black: { bottom: 1 } },
    callIn: [],
    appealDays: 10,
    ...said,
  }) as RankedCycle;
