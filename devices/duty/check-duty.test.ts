import { describe, expect, it } from 'vitest';
import { checkDuty } from './check-duty.ts';
import { dutyBench, leak } from './duty-bench.ts';
import { usedBy } from './used-by.ts';

const world = { departments: ['gas'], areas: ['north', 'south'], items: [leak], crews: ['c1'] };
const faults = (more: Readonly<Record<string, readonly object[]>>) =>
  checkDuty(dutyBench(more).records, world).map(({ where, field, en }) => `${where} ${field}: ${en}`);
const assigned = (id: string, match: object, more = {}) => ({ id, match, department: 'gas', post: 'leaks', ...more });
const swap = { id: 's', roster: 'leaks-night', date: '2026-12-05', out: 'bo', in: 'eve', reason: 'family' };

describe('records of responsibility', () => {
  it('hold as they are', () => expect(faults({})).toEqual([]));

  it.each<[string, Readonly<Record<string, readonly object[]>>, string]>([
    [
      'an id that stands twice',
      { shifts: [{ id: 'day', name: { zh: '班', en: 'x' }, from: '01:00', to: '02:00' }] },
      'shift day id: the id is there twice',
    ],
    [
      'a department the city does not have',
      { posts: [{ id: 'p', name: { zh: '岗', en: 'P' }, department: 'gaz', duties: ['handle'] }] },
      'post p department: there is no department "gaz"; did you mean "gas"?',
    ],
    [
      'a person in a roster who is not there',
      { rosters: [{ id: 'r', post: 'leaks', shift: 'day', pattern: { kind: 'week', days: { 3: ['ana'] } } }] },
      'roster r pattern: there is no person "ana"; did you mean "ann"?',
    ],
    [
      'a crew the registry does not have',
      { persons: [{ id: 'x', name: 'x', department: 'gas', crews: ['c9'] }] },
      'person x crews: there is no crew "c9"',
    ],
    [
      'an item the catalogue does not have',
      { assignments: [assigned('a', { items: ['G05-99'] })] },
      'assignment a match.items: there is no item "G05-99"',
    ],
    [
      'an area the city does not have',
      { assignments: [assigned('a', { areas: ['nord'] })] },
      'assignment a match.areas: there is no area "nord"',
    ],
    [
      'days the wrong way round',
      { absences: [{ id: 'l', person: 'bo', from: '2026-12-05', to: '2026-12-04', reason: 'ill' }] },
      'absence l to: it ends before it begins',
    ],
    [
      'somebody swapped out who is not on the roster',
      { swaps: [{ ...swap, out: 'ann' }] },
      'swap s out: ann is not on the roster leaks-night',
    ],
    [
      'somebody who stands in for themself',
      { deputies: [{ id: 'd', person: 'bo', deputy: 'bo' }] },
      'deputy d deputy: nobody is a deputy of themself',
    ],
    [
      'an account of two persons',
      { persons: ['x', 'y'].map((id) => ({ id, name: id, department: 'gas', account: 'desk' })) },
      'person y account: the account is already that of x',
    ],
    [
      'two assignments as near as each other',
      { assignments: [assigned('a', { items: ['G05-14'] }), assigned('b', { items: ['G05-14'] })] },
      'assignment b match: it fits as closely as a',
    ],
    [
      'two of a grid that overlap in one code',
      { assignments: [assigned('a', { grids: ['n-1*', 'n-2*'] }), assigned('b', { grids: ['n-2*'] })] },
      'assignment b match: it fits as closely as a',
    ],
  ])('refuse %s', (_, more, fault) => {
    const said = faults(more);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(fault);
  });

  it.each<[string, object, object]>([
    ['different duties', { duty: 'verify' }, {}],
    ['days apart', { to: '2026-12-05' }, { from: '2026-12-06' }],
    ['one more specific', { match: { categories: ['G05'] } }, {}],
    [
      'places apart',
      { match: { items: ['G05-14'], areas: ['north'] } },
      { match: { items: ['G05-14'], areas: ['south'] } },
    ],
  ])('take two assignments with %s', (_, a, b) => {
    const match = { items: ['G05-14'] };
    expect(faults({ assignments: [assigned('a', match, a), assigned('b', match, b)] })).toEqual([]);
  });

  it('take a second swap of a shift, of whoever came in by the first', () => {
    expect(faults({ swaps: [swap, { ...swap, id: 's2', out: 'eve', in: 'dee' }] })).toEqual([]);
  });

  it('know what names a person, a post, a shift or a roster', () => {
    const { records } = dutyBench({ swaps: [swap], deputies: [{ id: 'd', post: 'leaks', deputy: 'dee' }] });
    expect(usedBy(records, 'person', 'dee')).toEqual(['roster leaks-night', 'deputy d']);
    expect(usedBy(records, 'person', 'fay')).toEqual(['post desk']);
    expect(usedBy(records, 'post', 'leaks')).toEqual(['roster leaks-day', 'roster leaks-night', 'deputy d']);
    expect(usedBy(records, 'shift', 'night')).toEqual(['roster leaks-night']);
    expect(usedBy(records, 'roster', 'leaks-night')).toEqual(['swap s']);
    expect(usedBy(records, 'swap', 's')).toEqual([]);
  });
});
