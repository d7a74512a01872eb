import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarlierResult, ScoreLine } from '../contract/score.ts';
import type { TicketFact } from './facts.ts';
import { keyOf, pointsOf, resultOf } from './score.ts';
import { assessment, board, cells, closedInTime, late, ticket } from './score-bench.ts';

/** So many tickets of an area, the first `good` of them in time. */
const tickets = (area: string, of: number, good: number): TicketFact[] =>
  Array.from({ length: of }, (_, n) => (n < good ? ticket(`${area}-${n}`, { area }) : late(`${area}-${n}`, { area })));
const seen = (...areas: string[]) => areas.flatMap((area) => cells(area, 10, 5));
const shown = (lines: readonly ScoreLine[]) =>
  lines.map(({ unit, score, rank, list, unranked }) => [unit, score, rank, list ?? unranked]);
const earlier = (period: string, lines: readonly [string, number | null, number | null][]): EarlierResult => ({
  run: `quarter_${period}_1`,
  period,
  lines: lines.map(([unit, score, rank]) => ({
    unit,
    class: 'areas',
    score,
    rank,
    unranked: rank === null ? 'coverage' : null,
    coverage: { observed: 5, of: 10, share: 0.5 },
  })),
});

describe('points', () => {
  it.each([
    [1, 0.5, 1, 100],
    [1, 0.5, 0.75, 50],
    [1, 0.5, 0.4, 0],
    [0, 20, 5, 75],
    [0, 20, 30, 0],
    [60, 600, 33, 100],
  ])('full at %d, none at %d: %d is worth %d', (full, zero, value, points) => {
    expect(pointsOf({ full, zero }, value)).toBe(points);
  });
});

describe('a quarter', () => {
  it('ranks by score; equal scores share a place and the next one is left free', () => {
    const { basis, numbers } = board(['a', 'b', 'c', 'd'], {
      tickets: [...tickets('a', 4, 3), ...tickets('b', 4, 4), ...tickets('c', 8, 6), ...tickets('d', 2, 1)],
      cells: seen('a', 'b', 'c', 'd'),
    });
    expect(shown(resultOf(assessment(), basis, numbers).lines)).toEqual([
      ['b', 100, 1, 'red'],
      ['a', 50, 2, null],
      ['c', 50, 2, null],
      ['d', 0, 4, 'black'],
    ]);
  });

  it('shows a unit that is hardly observed without a rank, however good its few figures', () => {
    const { basis, numbers } = board(['a', 'blind', 'c'], {
      tickets: [...tickets('a', 4, 3), ...tickets('blind', 1, 1), ...tickets('c', 4, 2)],
      cells: [...seen('a', 'c'), ...cells('blind', 10, 1)],
    });
    const { lines } = resultOf(assessment(), basis, numbers);
    expect(shown(lines)).toEqual([
      ['a', 50, 1, 'red'],
      ['c', 0, 2, 'black'],
      ['blind', 100, null, 'coverage'],
    ]);
    expect(lines[2]!.coverage).toEqual({ observed: 1, of: 10, share: 0.1 });
  });

  it('an indicator without facts carries no weight; too few with facts, and there is no rank', () => {
    const recheck = { ...closedInTime, id: 'recheck', measure: { kind: 'recheck' as const } };
    const visits = { ...closedInTime, id: 'visits', measure: { kind: 'sample' as const } };
    const facts = { tickets: tickets('a', 4, 3), cells: seen('a') };
    const half = board(['a'], facts, [closedInTime, recheck]);
    expect(resultOf(assessment(), half.basis, half.numbers).lines[0]).toMatchObject({
      score: 50,
      evidence: 0.5,
      rank: 1,
    });
    const third = board(['a'], facts, [closedInTime, recheck, visits]);
    const line = resultOf(assessment(), third.basis, third.numbers).lines[0]!;
    expect(line).toMatchObject({ score: 50, rank: null, unranked: 'evidence' });
    expect(line.numbers.map(({ points }) => points)).toEqual([50, null, null]);
  });

  it('a fact that an appeal took out no longer counts, and the number shows both', () => {
    const { basis, numbers } = board(['a'], { tickets: tickets('a', 4, 3), cells: seen('a') });
    const out = new Map([[keyOf('a', 'in-time'), new Set(['a-3'])]]);
    const [line] = resultOf(assessment(), basis, numbers, out).lines;
    expect(line!.score).toBe(100);
    expect(line!.numbers[0]).toMatchObject({ value: 1, before: 0.75, appealed: true, count: 3 });
  });

  it('nobody is last where all are equal', () => {
    const { basis, numbers } = board(['a', 'b'], {
      tickets: [...tickets('a', 2, 2), ...tickets('b', 2, 2)],
      cells: seen('a', 'b'),
    });
    const called = resultOf(assessment({ callIn: [{ kind: 'last', places: 1, times: 1 }] }), basis, numbers);
    expect(shown(called.lines)).toEqual([
      ['a', 100, 1, 'red'],
      ['b', 100, 1, 'red'],
    ]);
    expect(called.callIns).toEqual([]);
  });
});

describe('who is called in', () => {
  const quarterOf = (past: readonly EarlierResult[]) => {
    const { basis, numbers } = board(['a', 'b'], {
      tickets: [...tickets('a', 4, 4), ...tickets('b', 4, 2)],
      cells: seen('a', 'b'),
    });
    return { basis: { ...basis, earlier: past }, numbers };
  };
  const twice = assessment({ callIn: [{ kind: 'last', places: 1, times: 2 }] });
  it.each<[string, readonly EarlierResult[], string[]]>([
    [
      'last twice in a row',
      [
        earlier('2026-Q3', [
          ['a', 80, 1],
          ['b', 70, 2],
        ]),
      ],
      ['b'],
    ],
    [
      'last for the first time',
      [
        earlier('2026-Q3', [
          ['a', 70, 2],
          ['b', 80, 1],
        ]),
      ],
      [],
    ],
    ['nothing was published before', [], []],
    [
      'it was not ranked then',
      [
        earlier('2026-Q3', [
          ['a', 80, 1],
          ['b', null, null],
        ]),
      ],
      [],
    ],
  ])('%s', (_, past, called) => {
    const { basis, numbers } = quarterOf(past);
    expect(resultOf(twice, basis, numbers).callIns.map(({ unit }) => unit)).toEqual(called);
  });

  it('under 60 three times in a row, where a city asks for that', () => {
    const rule = assessment({ callIn: [{ kind: 'below', score: 60, times: 3 }] });
    const past = ['2026-Q3', '2026-Q2'].map((period) =>
      earlier(period, [
        ['a', 90, 1],
        ['b', 50, 2],
      ]),
    );
    const { basis, numbers } = quarterOf(past);
    expect(resultOf(rule, basis, numbers).callIns).toEqual([
      { unit: 'b', class: 'areas', rule: rule.callIn[0], periods: ['2026-Q3', '2026-Q2'] },
    ]);
    const shorter = quarterOf(past.slice(0, 1));
    expect(resultOf(rule, shorter.basis, shorter.numbers).callIns).toEqual([]);
  });
});

describe('whatever the figures', () => {
  const areas = ['a', 'b', 'c', 'd', 'e'];
  const anything = fc.record({
    good: fc.array(fc.nat(6), { minLength: 5, maxLength: 5 }),
    of: fc.array(fc.nat(6), { minLength: 5, maxLength: 5 }),
    observed: fc.array(fc.nat(10), { minLength: 5, maxLength: 5 }),
  });
  const factsOf = ({ good, of, observed }: { good: number[]; of: number[]; observed: number[] }) => ({
    tickets: areas.flatMap((area, n) => tickets(area, of[n]!, good[n]!)),
    cells: areas.flatMap((area, n) => cells(area, 10, observed[n]!)),
  });
  const turned = <T>(all: readonly T[], by: number): T[] => {
    const at = all.length === 0 ? 0 : by % all.length;
    return [...all.slice(at), ...all.slice(0, at)].reverse();
  };

  it('the order of rows changes neither score nor rank', () => {
    fc.assert(
      fc.property(anything, fc.nat(50), (drawn, by) => {
        const facts = factsOf(drawn);
        const one = board(areas, facts);
        const other = board(turned(areas, by), { tickets: turned(facts.tickets, by), cells: turned(facts.cells, by) });
        const result = resultOf(assessment(), one.basis, one.numbers);
        expect(resultOf(assessment(), other.basis, turned(other.numbers, by))).toEqual(result);
      }),
    );
  });

  it('who is not observed is on no list and in no place, and a unit with facts of which nothing is seen neither', () => {
    fc.assert(
      fc.property(anything, fc.nat(4), (drawn, n) => {
        const observed = drawn.observed.map((one, at) => (at === n ? 0 : one));
        const { basis, numbers } = board(areas, factsOf({ ...drawn, observed }));
        const line = resultOf(assessment(), basis, numbers).lines.find(({ unit }) => unit === areas[n])!;
        expect([line.rank, line.list]).toEqual([null, null]);
      }),
    );
  });
});
