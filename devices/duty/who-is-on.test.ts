import { describe, expect, it } from 'vitest';
import { dutyBench as duty, leak } from './duty-bench.ts';

const person = (id: string, more = {}) => ({ id, name: `${id}（示例）`, department: 'gas', ...more });

describe('who gets a leak', () => {
  it('at 03:00 on Sunday is the night shift that began on Saturday, then the dispatcher', () => {
    expect(duty().at('2026-12-06T03:00')).toEqual(['bo on-shift', 'fay next']);
  });
  it('says each step of the way', () => {
    const { because, persons, department, post, hole } = duty().answer('2026-12-06T03:00');
    expect({ department, post, hole }).toEqual({ department: 'gas', post: 'leaks', hole: null });
    expect(because[0]?.en).toBe('no assignment: handling is with the lead department gas');
    expect(persons[0]?.because.en).toBe('roster leaks-night: Night shift of 2026-12-05 (20:00–08:00)');
  });
  it.each([
    ['the rota turns', '2026-12-06T21:00', ['cy on-shift', 'fay next']],
    ['the rota also ran before its anchor', '2026-12-04T21:00', ['cy on-shift', 'fay next']],
    ['a weekday without anybody falls to the dispatcher', '2026-12-09T10:00', ['fay next']],
    ['a holiday has people of its own', '2026-10-01T21:00', ['dee on-shift', 'fay next']],
    ['their night goes on into the day after', '2026-10-02T03:00', ['dee on-shift', 'fay next']],
    ['so has a working day that makes up for it', '2026-10-10T21:00', ['eve on-shift', 'fay next']],
  ])('%s', (_, at, persons) => expect(duty().at(at)).toEqual(persons));

  it('goes to whoever stands in by a swap, never to whoever was swapped out', () => {
    const swapped = duty({
      swaps: [{ id: 's', roster: 'leaks-night', date: '2026-12-05', out: 'bo', in: 'dee', reason: 'family' }],
      deputies: [{ id: 'd', post: 'leaks', deputy: 'bo' }],
    });
    expect(swapped.at('2026-12-06T03:00')).toEqual(['dee swapped-in', 'fay next']);
    expect(swapped.at('2026-12-06T08:00')).toEqual(['bo deputy', 'fay next']);
  });
  it('goes to the deputy while somebody is on leave, and to the deputy of an absent deputy', () => {
    const leave = { id: 'l', person: 'bo', from: '2026-12-05', to: '2026-12-06', reason: 'annual leave' };
    const deputies = [
      { id: 'd1', person: 'bo', deputy: 'cy' },
      { id: 'd2', person: 'cy', deputy: 'dee' },
    ];
    expect(duty({ absences: [leave], deputies }).at('2026-12-06T03:00')).toEqual(['cy deputy', 'dee next', 'fay next']);
    const both = [leave, { ...leave, id: 'm', person: 'cy', to: '2026-12-06T03:00' }];
    expect(duty({ absences: both, deputies }).at('2026-12-06T02:59')).toEqual(['dee deputy', 'fay next']);
    expect(duty({ absences: both, deputies }).at('2026-12-06T03:00')).toEqual(['cy deputy', 'dee next', 'fay next']);
  });
  it('is a hole that names what is missing when nobody at all is there', () => {
    const nobody = duty({
      absences: [{ id: 'l', person: 'fay', from: '2026-12-09', to: '2026-12-09', reason: 'ill' }],
    });
    const { persons, hole } = nobody.answer('2026-12-09T10:00');
    expect(persons).toEqual([]);
    expect(hole).toMatchObject({ code: 'nobody-there', en: expect.stringContaining('Leaks of gas: nobody is on') });
  });
});

describe('an assignment', () => {
  const to = (id: string, match: object, more = {}) => ({ id, match, department: 'gas', person: id, ...more });
  const all = ['city', 'domain', 'hazard', 'category', 'category-north', 'item', 'item-north'];
  const assigned = (...ids: string[]) =>
    duty({
      persons: all.map((id) => person(id)),
      assignments: [
        to('city', {}),
        to('domain', { domains: ['G'] }),
        to('hazard', { hazards: ['gas'] }),
        to('category', { categories: ['G05'] }),
        to('category-north', { categories: ['G05'], areas: ['north'] }),
        to('item', { items: ['G05-14'] }),
        to('item-north', { items: ['G05-14'], areas: ['north'] }),
      ].filter(({ id }) => ids.includes(id)),
    });
  it.each(all.map((id, index) => [id, all.slice(0, index + 1)] as const))(
    'for %s counts before all that is wider',
    (id, ids) => {
      expect(assigned(...ids).at('2026-12-06T03:00')[0]).toBe(`${id} on-shift`);
    },
  );
  it('of an area says nothing elsewhere', () => {
    expect(assigned('category', 'category-north').at('2026-12-06T03:00', 'handle', { area: 'south' })[0]).toBe(
      'category on-shift',
    );
  });
  it('holds on its days, the last included', () => {
    const book = duty({ assignments: [to('ann', {}, { from: '2026-12-01', to: '2026-12-05' })] });
    expect(book.at('2026-12-05T23:59')[0]).toBe('ann on-shift');
    expect(book.at('2026-12-06T00:00')[0]).toBe('bo on-shift');
  });
  it('to a crew asks its members, by the roster of the crew where there is one', () => {
    const records = {
      persons: [person('gus', { crews: ['c1'] }), person('hal', { crews: ['c1'] })],
      assignments: [{ id: 'a', match: {}, department: 'gas', crew: 'c1' }],
    };
    expect(duty(records).at('2026-12-06T03:00')).toEqual(['gus on-shift', 'hal on-shift', 'fay next']);
    const rosters = [
      {
        id: 'c1-night',
        crew: 'c1',
        shift: 'night',
        pattern: { kind: 'cycle', anchor: '2026-12-05', turns: [['hal']] },
      },
    ];
    expect(duty({ ...records, rosters }).at('2026-12-06T03:00')).toEqual(['hal on-shift', 'fay next']);
  });
  it('of a grid counts before one of an area, and the longer beginning before the shorter', () => {
    const book = duty({
      persons: ['area', 'wide', 'narrow', 'grid'].map((id) => person(id)),
      assignments: [
        to('area', { areas: ['north'] }),
        to('wide', { grids: ['n-*'] }),
        to('narrow', { grids: ['n-1*'] }),
        to('grid', { grids: ['n-17'] }),
      ],
    });
    const first = (grid: string | null) => book.at('2026-12-06T03:00', 'handle', { area: 'north', grid })[0];
    expect(['n-17', 'n-18', 'n-2', null].map(first)).toEqual([
      'grid on-shift',
      'narrow on-shift',
      'wide on-shift',
      'area on-shift',
    ]);
  });
  it('to a department alone goes to its posts of that duty, those of the area before those of the city', () => {
    const post = (id: string, areas: string[]) => ({
      ...{ id, areas, holders: [id], duties: ['local'], department: 'street', name: { zh: id, en: id } },
    });
    const book = duty({
      persons: [person('town'), person('north-street')],
      posts: [post('town', []), post('north-street', ['north'])],
      assignments: [{ id: 'l', match: { hazards: ['gas'] }, duty: 'local', department: 'street' }],
    });
    expect(book.at('2026-12-06T03:00', 'local')).toEqual(['north-street on-shift', 'town next', 'fay next']);
    expect(book.at('2026-12-06T03:00', 'local', { area: 'south' })).toEqual(['town on-shift', 'fay next']);
  });
  it('is needed for what no lead department has of itself', () => {
    expect(duty().answer('2026-12-06T03:00', 'local').persons).toEqual([]);
    expect(duty().answer('2026-12-06T03:00', 'local').hole?.code).toBe('no-assignment');
    expect(duty().answer('2026-12-06T03:00', 'handle', { area: null }, leak).hole).toBeNull();
  });
});
