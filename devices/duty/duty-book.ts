import type { City } from '../contract/city.ts';
import type { Absence, Assignment, Deputy, DutyRecords, Person, Post, Roster, Shift, Swap } from '../contract/duty.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Bilingual } from '../model/device-type.ts';
import type { PersonOf } from './same-person.ts';

/** The records of responsibility, found by what is asked for. Made once for each state of the records; never changed. */
export interface DutyBook {
  readonly records: DutyRecords;
  readonly persons: ReadonlyMap<string, Person>;
  readonly posts: ReadonlyMap<string, Post>;
  readonly shifts: ReadonlyMap<string, Shift>;
  readonly rosters: ReadonlyMap<string, Roster>;
  /** By {@link ofPost} or {@link ofCrew}. */
  readonly rostersOf: ReadonlyMap<string, readonly Roster[]>;
  readonly swapsOn: ReadonlyMap<string, readonly Swap[]>;
  readonly absences: readonly Absence[];
  /** By {@link ofPost} or {@link ofPerson}, the first to ask first. */
  readonly deputiesOf: ReadonlyMap<string, readonly Deputy[]>;
  readonly membersOf: ReadonlyMap<string, readonly Person[]>;
  readonly postsOf: ReadonlyMap<string, readonly Post[]>;
  readonly assignmentsOf: ReadonlyMap<DutyKind, readonly Assignment[]>;
  /** The city's names for departments and areas; a code that it does not know is its own name. */
  readonly nameOf: (code: string) => Bilingual;
}

export const ofPost = (post: string): string => `post:${post}`;
export const ofCrew = (crew: string): string => `crew:${crew}`;
export const ofPerson = (person: string): string => `person:${person}`;

/** What a book takes from its city: the names that its reasons speak of. */
export type NamesOfCity = Pick<City, 'departments' | 'areas'>;

/** Records in any order give the same book: all lists inside it are in the order of ids. */
export function dutyBook(records: DutyRecords, city: NamesOfCity = { departments: [], areas: [] }): DutyBook {
  const names = new Map<string, Bilingual>([
    ...city.areas.map(({ code, name }) => [code, name] as const),
    ...city.departments.map(({ id, name }) => [id, name] as const),
  ]);
  const persons = byId(records.persons);
  return {
    records,
    persons: mapOf(persons),
    posts: mapOf(byId(records.posts)),
    shifts: mapOf(byId(records.shifts)),
    rosters: mapOf(byId(records.rosters)),
    rostersOf: grouped(byId(records.rosters), ({ post, crew }) => [post ? ofPost(post) : ofCrew(crew ?? '')]),
    swapsOn: grouped(byId(records.swaps), ({ date }) => [date]),
    absences: byId(records.absences),
    deputiesOf: grouped(
      byId(records.deputies).sort((a, b) => a.order - b.order),
      ({ post, person }) => [post ? ofPost(post) : ofPerson(person ?? '')],
    ),
    membersOf: grouped(persons, ({ crews }) => crews),
    postsOf: grouped(byId(records.posts), ({ department }) => [department]),
    assignmentsOf: grouped(byId(records.assignments), ({ duty }) => [duty]),
    nameOf: (code) => names.get(code) ?? { zh: code, en: code },
  };
}

const byId = <T extends { readonly id: string }>(records: readonly T[]): T[] =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

const mapOf = <T extends { readonly id: string }>(records: readonly T[]): ReadonlyMap<string, T> =>
  new Map(records.map((record) => [record.id, record]));

function grouped<T, K extends string>(records: readonly T[], keysOf: (record: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const record of records) {
    for (const key of keysOf(record)) {
      const group = groups.get(key);
      if (group) group.push(record);
      else groups.set(key, [record]);
    }
  }
  return groups;
}

/** Who of the list acts under an account; also under the further ones that a person names. */
export function personsByAccount({ persons }: Pick<DutyBook, 'persons'>): PersonOf {
  const accounts = new Map(
    [...persons.values()].flatMap(({ id, account, otherAccounts = [] }) =>
      [...(account ? [account] : []), ...otherAccounts].map((one) => [one, id] as const),
    ),
  );
  return (account) => accounts.get(account);
}

/** True where a record holds on a local date; both its days are included. */
export const holdsOn = ({ from, to }: { from?: string | undefined; to?: string | undefined }, date: string): boolean =>
  (from === undefined || from <= date) && (to === undefined || date <= to);
