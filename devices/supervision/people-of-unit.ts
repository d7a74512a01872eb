import type { Person, Post } from '../contract/duty.ts';
import type { Unit } from '../contract/supervision.ts';
import { type DutyBook, holdsOn, ofPost, personsByAccount } from '../duty/duty-book.ts';
import { rosteredEver } from '../duty/roster-people.ts';

/** The person of the duty list behind an account; undefined where the list knows none. */
export const personBehind = (book: Pick<DutyBook, 'persons'>, account: string): Person | undefined =>
  book.persons.get(personsByAccount(book)(account) ?? '');

/** Everybody of a department on a local date. */
export const peopleOfDepartment = (
  { persons }: Pick<DutyBook, 'persons'>,
  department: string,
  date: string,
): Person[] => [...persons.values()].filter((person) => person.department === department && holdsOn(person, date));

/**
 * The people of a scored unit on a local date: everybody of its departments; of a unit that is areas only, whoever holds a post that
 * serves one of them and not the whole city.
 */
export function peopleOfUnit(book: DutyBook, { departments, areas = [] }: Unit, date: string): Person[] {
  if (departments) return departments.flatMap((one) => peopleOfDepartment(book, one, date));
  const posts = [...book.posts.values()].filter(
    (post) => holdsOn(post, date) && post.areas.length > 0 && post.areas.every((area) => areas.includes(area)),
  );
  const ids = new Set(posts.flatMap((post) => holdersEver(book, post)));
  return [...ids].flatMap((id) => book.persons.get(id) ?? []).filter((person) => holdsOn(person, date));
}

const holdersEver = ({ rostersOf }: DutyBook, { id, holders }: Post): string[] => [
  ...holders,
  ...(rostersOf.get(ofPost(id)) ?? []).flatMap(rosteredEver),
];
