import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, zoneOf } from '../../kit/local-time.ts';
import { dutyRecordsSchema } from '../contract/duty.ts';
import { dutyKinds } from '../contract/duty-kinds.ts';
import { coverOf, gridOf } from './cover.ts';
import { leak, workingHours } from './duty-bench.ts';
import { dutyBook } from './duty-book.ts';
import { dutyMoment, places, shiftDate } from './moment.ts';
import { whoIsOn } from './who-is-on.ts';

const ids = ['ann', 'bo', 'cy', 'dee', 'eve'];
const person = fc.constantFrom(...ids);
const persons = fc.uniqueArray(person, { maxLength: 2 });
const clock = fc.constantFrom('00:00', '02:30', '08:00', '16:00', '20:00');
const day = (n: number) => addDays('2026-03-27', n);
/** Around the nights on which Berlin and Santiago set their clocks. */
const date = fc.integer({ min: 0, max: 10 }).map(day);
const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe'];

const list = <T extends object>(prefix: string, one: fc.Arbitrary<T>, maxLength = 4) =>
  fc.array(one, { maxLength }).map((all) => all.map((record, n) => ({ id: `${prefix}${n}`, ...record })));

const pattern = fc.oneof(
  fc.record({
    kind: fc.constant('cycle'),
    anchor: date,
    everyDays: fc.integer({ min: 1, max: 3 }),
    turns: fc.array(persons, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('week'), days: fc.dictionary(fc.constantFrom('1', '5', '6', '7'), persons) }),
);
const records = fc
  .record({
    shifts: list('s', fc.record({ name: fc.constant({ zh: '班', en: 'shift' }), from: clock, to: clock })),
    rosters: list('r', fc.record({ post: fc.constantFrom('p0', 'p1'), shift: fc.constantFrom('s0', 's1'), pattern })),
    swaps: list(
      'w',
      fc.record({ roster: fc.constantFrom('r0', 'r1'), date, out: person, in: person, reason: fc.constant('family') }),
    ),
    absences: list(
      'l',
      fc.record({ person, from: date, to: fc.constantFrom(day(5), `${day(4)}T02:30`), reason: fc.constant('leave') }),
    ),
    deputies: list(
      'd',
      fc.oneof(fc.record({ person, deputy: person }), fc.record({ post: fc.constantFrom('p0', 'p1'), deputy: person })),
    ),
    assignments: list(
      'a',
      fc.record({
        match: fc.constantFrom({}, { areas: ['north'] }, { items: ['G05-14'] }),
        duty: fc.constantFrom(...dutyKinds),
        department: fc.constant('gas'),
        post: fc.constantFrom('p0', 'p1', undefined),
      }),
    ),
    posts: fc
      .tuple(fc.boolean(), persons)
      .map(([desk, holders]) => [
        ...[0, 1].map((n) => ({ id: `p${n}`, name: { zh: '岗', en: 'post' }, department: 'gas', duties: ['handle'] })),
        ...(desk
          ? [{ id: 'desk', name: { zh: '调度', en: 'desk' }, department: 'gas', duties: ['dispatch'], holders }]
          : []),
      ]),
  })
  .map((drawn) =>
    dutyRecordsSchema.parse({ ...drawn, persons: ids.map((id) => ({ id, name: id, department: 'gas' })) }),
  );

const asked = fc.record({
  records,
  at: fc.integer({ min: 0, max: 10 * 96 }).map((quarter) => Date.parse('2026-03-27T00:00:00Z') + quarter * 900_000),
  duty: fc.constantFrom(...dutyKinds),
  timeZone: fc.constantFrom(...zones),
  area: fc.constantFrom('north', 'south', null),
});

describe('whoever is answered', () => {
  it('is there: never on leave, never swapped out of a shift they are not back in by another swap', () => {
    fc.assert(
      fc.property(asked, ({ records, at, duty, timeZone, area }) => {
        const book = dutyBook(records);
        const local = zoneOf(timeZone).local(at);
        const now = `${local.date}T${String(local.hour).padStart(2, '0')}:${String(local.minute).padStart(2, '0')}`;
        const answer = whoIsOn(book, { item: leak, area, duty, at }, { timeZone, working: workingHours });
        for (const {
          person: { id },
        } of answer.persons) {
          for (const { person, from, to } of records.absences) {
            const gone = person === id && from <= now && (to.length > 10 ? now < to : local.date <= to);
            expect(gone).toBe(false);
          }
          const moment = dutyMoment(book, at, { timeZone, working: workingHours });
          const shiftsNow = records.rosters.flatMap((roster) => {
            const shift = book.shifts.get(roster.shift);
            const began = shift ? shiftDate(shift, moment) : null;
            return began === null ? [] : [{ roster, began, filled: places(book, roster, began, workingHours) }];
          });
          const out = shiftsNow.some(({ roster, began }) =>
            records.swaps.some((swap) => swap.roster === roster.id && swap.date === began && swap.out === id),
          );
          if (out) expect(shiftsNow.some(({ filled }) => filled.some(({ person }) => person === id))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stands in the roster now, where they are said to be on shift by one', () => {
    fc.assert(
      fc.property(asked, ({ records, at, duty, timeZone, area }) => {
        const book = dutyBook(records);
        const moment = dutyMoment(book, at, { timeZone, working: workingHours });
        const answer = whoIsOn(book, { item: leak, area, duty, at }, { timeZone, working: workingHours });
        for (const { person, as, because } of answer.persons) {
          const named = /^roster (r\d)/.exec(because.en)?.[1];
          if (named === undefined || as === 'deputy') continue;
          const roster = book.rosters.get(named)!;
          const began = shiftDate(book.shifts.get(roster.shift)!, moment)!;
          expect(places(book, roster, began, workingHours).map((place) => place.person)).toContain(person.id);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is somebody, each person once, or the answer is a hole: never both and never neither', () => {
    fc.assert(
      fc.property(asked, ({ records, at, duty, timeZone, area }) => {
        const answer = whoIsOn(dutyBook(records), { item: leak, area, duty, at }, { timeZone, working: workingHours });
        expect(answer.hole === null).toBe(answer.persons.length > 0);
        expect(new Set(answer.persons.map(({ person: { id } }) => id)).size).toBe(answer.persons.length);
        expect(answer.because.length + (answer.hole ? 1 : 0)).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whatever order the records came in', () => {
    fc.assert(
      fc.property(asked, ({ records, at, duty, timeZone, area }) => {
        const turned = dutyRecordsSchema.parse(
          Object.fromEntries(Object.entries(records).map(([kind, all]) => [kind, [...all].reverse()])),
        );
        const ask = { item: leak, area, duty, at };
        const calendar = { timeZone, working: workingHours };
        expect(whoIsOn(dutyBook(turned), ask, calendar)).toEqual(whoIsOn(dutyBook(records), ask, calendar));
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with the search for holes at every hour', () => {
    fc.assert(
      fc.property(asked, ({ records, at, duty, timeZone, area }) => {
        const book = dutyBook(records);
        const { date, minuteOfDay } = zoneOf(timeZone).local(at);
        const grid = gridOf(book, date, 1);
        const slot = grid.minutes.findLastIndex((minute) => minute <= minuteOfDay);
        const sign = coverOf(book, grid, workingHours)(leak, { area }, duty)[slot];
        const answer = whoIsOn(book, { item: leak, area, duty, at }, { timeZone, working: workingHours });
        expect(sign === '2').toBe(answer.hole !== null);
      }),
      { numRuns: 500 },
    );
  });
});
