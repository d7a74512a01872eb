import { describe, expect, it } from 'vitest';
import { noDutyRecords } from '../contract/duty.ts';
import { dutyBench, leak, workingHours } from './duty-bench.ts';
import { dutyBook } from './duty-book.ts';
import { dutyGaps } from './duty-gaps.ts';

const area = (code: string, name: string) => ({ code, name: { zh: name, en: name }, urban: false });
const city = {
  areas: [area('north', 'North'), area('south', 'South')],
  working: workingHours,
};
const lamp = { code: 'G01-01', category: 'G01', domain: 'G', leadDepartment: 'gas', hazard: null };
const december = { from: '2026-12-01', days: 31 };
const said = (bench: ReturnType<typeof dutyBench>, items = [lamp], period = december) =>
  dutyGaps(dutyBook(bench.records, { departments: [], areas: city.areas }), items, city, period).map(({ en }) => en);

const always = (id: string, duties: string[], areas: string[] = []) => ({
  posts: [{ id, name: { zh: id, en: id }, department: 'gas', duties, areas, holders: ['eve'] }],
});

describe('holes in a roster', () => {
  it('are said of hours, days and places: only the dispatcher has what the day roster leaves out', () => {
    const verified = dutyBench(always('checks', ['verify']));
    expect(said(verified, [lamp], { from: '2026-12-01', days: 3 })).toEqual([
      '1 item has only the dispatcher for handling between 08:00 and 20:00 in the whole city (2026-12-02 to 2026-12-03): G01-01',
    ]);
  });
  it('count the items that share them', () => {
    const items = ['G01-01', 'G01-02', 'G01-03'].map((code) => ({ ...lamp, code }));
    expect(
      said(
        dutyBench({
          rosters: [
            {
              id: 'more',
              post: 'leaks',
              shift: 'day',
              pattern: { kind: 'cycle', anchor: '2026-12-01', turns: [['eve']] },
            },
          ],
        }),
        items,
      ),
    ).toEqual([
      '3 items have only the dispatcher for verification at any hour in the whole city (2026-12-01 to 2026-12-31): G01-01, G01-02, G01-03',
    ]);
  });
  it('over midnight are one', () => {
    const items = [{ ...lamp, leadDepartment: 'lamps' }];
    const post = { ...always('lamps', ['handle', 'dispatch', 'verify']).posts[0], department: 'lamps', holders: [] };
    const roster = {
      id: 'l',
      post: 'lamps',
      shift: 'day',
      pattern: { kind: 'cycle', anchor: '2026-12-01', turns: [['eve']] },
    };
    expect(said(dutyBench({ posts: [post], rosters: [roster] }), items)).toEqual(
      ['handling', 'dispatch', 'verification'].map(
        (duty) =>
          `1 item has nobody for ${duty} between 20:00 and 08:00 in the whole city (2026-12-01 to 2026-12-31): G01-01`,
      ),
    );
  });
  it('of one area name it', () => {
    const items = [{ ...lamp, leadDepartment: 'lamps' }];
    const post = { ...always('lamps', ['handle', 'dispatch', 'verify'], ['north']).posts[0], department: 'lamps' };
    expect(said(dutyBench({ posts: [post] }), items)[0]).toBe(
      '1 item has nobody for handling at any hour in South, places outside all areas (2026-12-01 to 2026-12-31): G01-01',
    );
  });
  it('ask three duties more, and the report upward, of what is gas', () => {
    const duties = dutyGaps(dutyBench(always('checks', ['verify'])).book, [leak], city, {
      from: '2026-12-01',
      days: 1,
    });
    expect(duties.map(({ duty, code, hazard }) => `${duty} ${code} ${hazard}`)).toEqual(
      ['local', 'supervise', 'company', 'upward'].map((duty) => `${duty} nobody true`),
    );
  });
  it('of a place without any record are everything, at any hour', () => {
    const gaps = dutyGaps(dutyBook(noDutyRecords), [lamp, leak], city, december);
    expect(gaps).toHaveLength(7);
    expect(gaps.every(({ from, to, dates, places }) => from === to && dates.length === 31 && places.length === 0)).toBe(
      true,
    );
  });
  it('are found for a month of a city within a second', () => {
    const items = Array.from({ length: 60 }, (_, n) => ({ ...leak, code: `G05-${String(n).padStart(2, '0')}` }));
    const areas = Array.from({ length: 12 }, (_, n) => ({ code: `a${n}`, name: { zh: `区${n}`, en: `area ${n}` } }));
    const bench = dutyBench({
      assignments: areas.flatMap(({ code }) =>
        ['handle', 'local', 'company'].map((duty) => ({
          id: `${duty}-${code}`,
          match: { categories: ['G05'], areas: [code] },
          duty,
          department: 'gas',
          post: 'leaks',
        })),
      ),
      shifts: Array.from({ length: 6 }, (_, n) => ({
        id: `s${n}`,
        name: { zh: '班', en: 'shift' },
        from: `0${n}:30`,
        to: `1${n}:30`,
      })),
    });
    const began = performance.now();
    expect(dutyGaps(bench.book, items, { ...city, areas }, december).length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
