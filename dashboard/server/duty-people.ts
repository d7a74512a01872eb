import type { WhomBody } from '../../devices/contract/api.ts';
import type { City } from '../../devices/contract/city.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import type { Unit } from '../../devices/contract/supervision.ts';
import type { Ticket } from '../../devices/contract/ticket.ts';
import { type DutyBook, dutyBook, personsByAccount } from '../../devices/duty/duty-book.ts';
import { dutyItemOf } from '../../devices/duty/duty-items.ts';
import { dutyVersion, keptDuty } from '../../devices/duty/read-duty.ts';
import type { PersonOf } from '../../devices/duty/same-person.ts';
import { whoIsOn } from '../../devices/duty/who-is-on.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import { peopleOfUnit } from '../../devices/supervision/people-of-unit.ts';
import { zoneOf } from '../../kit/local-time.ts';
import type { Sql } from '../../kit/sql/sql.ts';

/** What the dashboard asks of the duty list about a ticket. */
export interface DutyPeople {
  /** The person behind an account; undefined where the list knows none. */
  personOf(account: string): Promise<string | undefined>;
  /** The same for many, as the list is now. */
  persons(): Promise<PersonOf>;
  /** Which of these units the person behind an account is of, at `at` (ms); null where the list names nobody. */
  unitsOf(account: string, units: readonly Unit[], at: number): Promise<readonly string[] | null>;
  /** Names of persons, posts and crews; an id that the list does not know is left out. */
  namesOf(ids: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Whom a ticket may be sent to: who the list answers at `at` (ms), and everybody else. */
  whom(ticket: Ticket, at: number): Promise<WhomBody>;
}

/** Reads the duty list that `rules` keeps, anew only where it changed. */
export function dutyPeople({ db }: Sql<StateTables>, city: City, registry: Pick<RegistryCache, 'beside'>): DutyPeople {
  let held: { readonly version: number; readonly book: DutyBook } | null = null;
  const book = async (): Promise<DutyBook> => {
    const version = await dutyVersion(db);
    if (held?.version !== version) held = { version, book: dutyBook((await keptDuty(db)).records, city) };
    return held.book;
  };
  return {
    personOf: async (account) => personsByAccount(await book())(account),
    persons: async () => personsByAccount(await book()),
    async unitsOf(account, units, at) {
      const known = await book();
      if (known.persons.size === 0) return null;
      const { date } = zoneOf(city.timeZone).local(at);
      const person = personsByAccount(known)(account);
      const isOne = (unit: Unit) => peopleOfUnit(known, unit, date).some(({ id }) => id === person);
      return units.filter(isOne).map(({ id }) => id);
    },
    async namesOf(ids) {
      const { persons, posts } = await book();
      const named = [...new Set(ids)].map(
        (id) =>
          [id, persons.get(id)?.name ?? posts.get(id)?.name.zh ?? registry.beside.of('crew').get(id)?.name] as const,
      );
      return Object.fromEntries(named.filter((one): one is readonly [string, string] => one[1] !== undefined));
    },
    async whom({ clause, hazard, area, grid }, at) {
      const known = await book();
      const item = dutyItemOf(clause.item, clause.department, hazard);
      const { persons, ...answer } = whoIsOn(known, { item, area, grid: grid ?? null, duty: 'handle', at }, city);
      const crews = [...registry.beside.of('crew').values()].map(({ id, name, department }) => ({
        kind: 'crew' as const,
        id,
        name,
        department,
      }));
      return {
        answer: { ...answer, persons: persons.map(({ person }) => ({ id: person.id, name: person.name })) },
        posts: [...known.posts.values()].map(({ id, name, department }) => ({
          kind: 'post',
          id,
          name: name.zh,
          department,
        })),
        crews,
        persons: [...known.persons.values()].map(({ id, name, department }) => ({
          kind: 'person',
          id,
          name,
          department,
        })),
      };
    },
  };
}
