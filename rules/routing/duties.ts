import { type DutyBook, personsByAccount } from '../../devices/duty/duty-book.ts';
import { type Calendar, dutyMoment } from '../../devices/duty/moment.ts';
import { peopleOn } from '../../devices/duty/people-on.ts';
import { whoIsOn } from '../../devices/duty/who-is-on.ts';
import type { Duties } from '../tickets/duties.ts';

/** The duty list as tickets ask it: by an item's code and department, for ids of persons. */
export function dutiesOf(book: DutyBook, calendar: Calendar): Duties {
  const personOf = personsByAccount(book);
  return {
    who({ item, department, hazard, area, grid = null }, duty, at) {
      const asked = {
        code: item,
        category: item.slice(0, 3),
        domain: item.slice(0, 1),
        leadDepartment: department,
        hazard,
      };
      const found = whoIsOn(book, { item: asked, area, grid, duty, at }, calendar);
      return { ...found, persons: found.persons.map(({ person }) => person.id) };
    },
    personOf,
    personsOf({ post, crew, person }, at) {
      const named = post === undefined ? undefined : book.posts.get(post);
      const posts = named ? [named] : [];
      const of = {
        duty: 'handle' as const,
        department: null,
        posts,
        crew: crew ?? null,
        person: person ?? null,
        because: [],
      };
      const { on, next } = peopleOn(book, of, dutyMoment(book, at, calendar));
      const behind = person === undefined ? next : [];
      return [...new Set([...on, ...behind].map((one) => one.person.id))];
    },
    departmentOf({ post, crew, person }) {
      if (post !== undefined) return book.posts.get(post)?.department;
      if (person !== undefined) return book.persons.get(person)?.department;
      return crew === undefined ? undefined : book.membersOf.get(crew)?.[0]?.department;
    },
  };
}
