import { describe, expect, it } from 'vitest';
import type { Measure } from '../contract/supervision.ts';
import type { Facts } from './facts.ts';
import { numberOf } from './measures.ts';
import { areaUnit, cells, late, noFacts, on, quarter, stuck, ticket } from './score-bench.ts';

const north = areaUnit('north');
const figure = (measure: Measure, facts: Partial<Facts>, unit = north) => {
  const { value, facts: made } = numberOf({ id: 'x', measure }, unit, { ...noFacts, ...facts }, quarter);
  return { value, of: made.map(({ id }) => id) };
};

/** A quarter by hand: three closed in time, one late, one stuck, one elsewhere, one of the quarter before. */
const tickets = [
  ticket('a', { satisfaction: [5, 4] }),
  ticket('b', { rechecks: [{ at: on('11-01 09:00'), passed: true }], satisfaction: [3] }),
  ticket('c', { failedAt: [on('10-05 12:00')], rechecks: [{ at: on('11-02 09:00'), passed: true }] }),
  late('d', { rechecks: [{ at: on('11-03 09:00'), passed: false }], reopenedAt: [on('11-03 09:00')] }),
  stuck('e', {
    returned: [
      { at: on('10-05 09:00'), from: 'streets' },
      { at: on('10-05 10:00'), from: 'homes' },
    ],
  }),
  ticket('south', { area: 'south' }),
  ticket('before', {
    openedAt: on('09-20 08:00'),
    closedAt: on('09-20 16:00'),
    clocks: [{ kind: 'close', due: on('09-21 08:00'), metAt: on('09-20 16:00') }],
  }),
];

describe('a figure of a quarter', () => {
  it.each<[string, Measure, number | null, string[]]>([
    [
      'closed in time: 3 of 5 whose deadline fell in it',
      { kind: 'on-time', clocks: ['close'] },
      0.6,
      ['a', 'b', 'c', 'd', 'e'],
    ],
    ['closed at all: 4 of 5 opened in it', { kind: 'closed' }, 0.8, ['a', 'b', 'c', 'd', 'e']],
    ['overdue and open: one', { kind: 'overdue' }, 1, ['a', 'b', 'c', 'd', 'e']],
    ['overdue of 100: 20', { kind: 'overdue', per: 100 }, 20, ['a', 'b', 'c', 'd', 'e']],
    ['returned: twice', { kind: 'returns' }, 2, ['a', 'b', 'c', 'd', 'e']],
    ['right the first time: 2 of 4 closed', { kind: 'first-time' }, 0.5, ['a', 'b', 'c', 'd']],
    ['rechecks passed: 2 of 3', { kind: 'recheck' }, 2 / 3, ['b', 'c', 'd']],
    ['opened again: 1 of 4', { kind: 'reopened' }, 0.25, ['a', 'b', 'c', 'd']],
    ['satisfaction: the mean of 4.5 and 3', { kind: 'satisfaction' }, 3.75, ['a', 'b']],
    ['of gas there was nothing', { kind: 'closed', hazards: ['gas'] }, null, []],
  ])('%s', (_, measure, value, of) => {
    const found = figure(measure, { tickets });
    expect(found.value).toBe(value);
    expect(found.of).toEqual(of);
  });

  it('a department answers for its own returns only', () => {
    const streets = { id: 'streets', name: north.name, departments: ['streets'] };
    expect(figure({ kind: 'returns' }, { tickets }, streets).value).toBe(1);
    const homes = { id: 'homes', name: north.name, departments: ['homes'] };
    expect(figure({ kind: 'returns' }, { tickets }, homes)).toEqual({ value: 1, of: ['e'] });
  });

  it('a ticket that is not due yet says nothing about closing, one without a deadline does', () => {
    const young = stuck('young', { clocks: [{ kind: 'close', due: quarter.to + 1, metAt: null }] });
    expect(figure({ kind: 'closed' }, { tickets: [young] }).value).toBeNull();
    expect(figure({ kind: 'closed' }, { tickets: [stuck('endless', { clocks: [] })] }).value).toBe(0);
  });

  it('what is closed after the quarter was open in it', () => {
    const after = late('after', {
      closedAt: quarter.to + 5,
      clocks: [{ kind: 'close', due: on('10-06 08:00'), metAt: quarter.to + 5 }],
    });
    expect(figure({ kind: 'overdue' }, { tickets: [after] }).value).toBe(1);
    expect(figure({ kind: 'closed' }, { tickets: [after] }).value).toBe(0);
  });

  it('nine of ten alarms were acknowledged within the figure; one that nobody acknowledged waits to the end', () => {
    const raisedAt = on('10-05 08:00');
    const base = { department: 'streets', area: 'north', priority: 'P1' as const, hazard: 'gas' as const, raisedAt };
    const alarms = Array.from({ length: 10 }, (_, n) => ({
      ...base,
      id: `${n}`,
      ackedAt: raisedAt + (n + 1) * 10_000,
    }));
    expect(figure({ kind: 'ack-time', percentile: 90 }, { alarms }).value).toBe(90);
    expect(figure({ kind: 'ack-time', percentile: 50 }, { alarms }).value).toBe(50);
    const nobody = [{ ...base, id: 'nobody', ackedAt: null }];
    expect(figure({ kind: 'ack-time', percentile: 90 }, { alarms: nobody }).value).toBe((quarter.to - raisedAt) / 1000);
  });

  it('hazards, visits, cells, sites and devices each give their share', () => {
    const place = { department: 'streets', area: 'north' };
    const due = on('11-01 00:00');
    const hazards = [
      { ...place, id: 'in time', due, putRightAt: due },
      { ...place, id: 'late', due, putRightAt: due + 1 },
      { ...place, id: 'never', due, putRightAt: null },
      { ...place, id: 'next quarter', due: quarter.to, putRightAt: null },
    ];
    expect(figure({ kind: 'hazards' }, { hazards }).value).toBe(1 / 3);
    const visit = { area: place.area, departments: [place.department], at: due, item: null, unannounced: true };
    const visits = [
      { ...visit, id: 'clean', findings: 0 },
      { ...visit, id: 'dirty', findings: 2 },
      { ...visit, id: 'announced', findings: 0, unannounced: false },
    ];
    expect(figure({ kind: 'sample' }, { visits }).value).toBe(0.5);
    expect(figure({ kind: 'coverage' }, { cells: cells('north', 4, 1) }).value).toBe(0.25);
    const sites = [
      { ...place, id: 'k1', kind: 'restaurant', types: ['gas-alarm-commercial'] },
      { ...place, id: 'k2', kind: 'restaurant', types: ['waste-bin'] },
      { ...place, id: 'school', kind: 'school', types: [] },
    ];
    const covered = figure({ kind: 'site-coverage', site: 'restaurant', types: ['gas-alarm-commercial'] }, { sites });
    expect(covered).toEqual({ value: 0.5, of: ['k1', 'k2'] });
    const devices = [
      { id: 'd1', departments: ['streets'], area: 'north', inService: true },
      { id: 'd2', departments: ['homes'], area: 'north', inService: false },
    ];
    expect(figure({ kind: 'devices' }, { devices }).value).toBe(0.5);
  });
});
