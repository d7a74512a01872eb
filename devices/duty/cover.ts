import { addDays, minuteOf } from '../../kit/local-time.ts';
import type { WorkingHours } from '../city/working-day.ts';
import type { DutyPlace } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { DutyBook } from './duty-book.ts';
import { type DutyMoment, momentAt } from './moment.ts';
import { peopleOn } from './people-on.ts';
import { type DutyItem, type Responsibility, responsibilities } from './responsibility.ts';

/** The days that are looked at, and the minutes of a day at which somebody may come or go. */
export interface Grid {
  readonly dates: readonly string[];
  readonly minutes: readonly number[];
}

/** Days, and the minutes at which a shift or a leave begins or ends: between two of them nobody comes or goes. */
export function gridOf({ records }: DutyBook, from: string, days: number): Grid {
  const shifts = records.shifts.flatMap((shift) => [shift.from, shift.to]);
  const leaves = records.absences.flatMap((one) => [one.from, one.to]).flatMap((text) => text.slice(11) || []);
  const minutes = [...new Set([0, ...[...shifts, ...leaves].map(minuteOf)])].sort((a, b) => a - b);
  return { dates: Array.from({ length: days }, (_, day) => addDays(from, day)), minutes };
}

/**
 * Who has a duty over a grid, as one character for each date and minute, dates outermost: `0` somebody is there, `1` only
 * dispatchers are, `2` nobody. What many items share is worked out once.
 */
export type Cover = (item: DutyItem, place: DutyPlace, duty: DutyKind) => string;

/** A stretch of days in which assignments and posts stay the same. */
interface Stretch {
  readonly date: string;
  readonly moments: readonly DutyMoment[];
}

export function coverOf(book: DutyBook, grid: Grid, working: WorkingHours): Cover {
  const stretches = stretchesOf(book, grid, working);
  const known = stretches.map(() => new Map<string, string>());
  const remembered = (stretch: number, key: string, work: () => string): string => {
    const found = known[stretch]?.get(key);
    if (found !== undefined) return found;
    const made = work();
    known[stretch]?.set(key, made);
    return made;
  };
  const present = (index: number, link: Responsibility): string =>
    remembered(index, keyOf(link), () =>
      (stretches[index] as Stretch).moments.map((at) => (peopleOn(book, link, at).on.length > 0 ? '1' : '0')).join(''),
    );
  return (item, place, duty) =>
    stretches
      .map(({ date, moments }, index) => {
        const chain = responsibilities(book, item, place, duty, date);
        return remembered(index, `${duty}>${chain.map(keyOf).join('>')}`, () => {
          const own = chain.filter((link) => link.duty === duty).map((link) => present(index, link));
          const others = chain.filter((link) => link.duty !== duty).map((link) => present(index, link));
          const is = (texts: readonly string[], at: number) => texts.some((text) => text[at] === '1');
          return moments.map((_, at) => (is(own, at) ? '0' : is(others, at) ? '1' : '2')).join('');
        });
      })
      .join('');
}

const keyOf = ({ duty, department, posts, crew, person }: Responsibility): string =>
  `${duty}|${department}|${posts.map(({ id }) => id).join(',')}|${crew}|${person}`;

function stretchesOf(book: DutyBook, { dates, minutes }: Grid, working: WorkingHours): Stretch[] {
  const { assignments, posts } = book.records;
  const changes = new Set(
    [...assignments, ...posts].flatMap(({ from, to }) => [from ?? '', to === undefined ? '' : addDays(to, 1)]),
  );
  const stretches: { date: string; moments: DutyMoment[] }[] = [];
  for (const date of dates) {
    if (stretches.length === 0 || changes.has(date)) stretches.push({ date, moments: [] });
    stretches.at(-1)?.moments.push(...minutes.map((minute) => momentAt(book, date, minute, working)));
  }
  return stretches;
}
