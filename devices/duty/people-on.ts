import type { Post, Roster } from '../contract/duty.ts';
import type { OnDutyPerson } from '../contract/duty-answers.ts';
import type { Bilingual } from '../model/device-type.ts';
import { type DutyBook, holdsOn, ofCrew, ofPerson, ofPost } from './duty-book.ts';
import { deputyOf, holderOf, inPlaceOf, memberOf, namedBy, notInOffice, onRoster, personName } from './duty-words.ts';
import { type DutyMoment, places, shiftDate } from './moment.ts';
import type { Responsibility } from './responsibility.ts';

/** Who of a responsibility is there, whom to ask after them, and why others are not. */
export interface Present {
  readonly on: readonly OnDutyPerson[];
  readonly next: readonly OnDutyPerson[];
  readonly notes: readonly Bilingual[];
}

interface Meant {
  readonly id: string;
  readonly as: OnDutyPerson['as'];
  readonly because: Bilingual;
}

/**
 * Who of a responsibility is there at the moment. Somebody away is never among them: their deputies stand in, in order; where
 * nobody is on, the post's deputies do.
 */
export function peopleOn(book: DutyBook, of: Responsibility, moment: DutyMoment): Present {
  const notes: Bilingual[] = [];
  const meant = meantBy(book, of, moment);
  const on = meant.flatMap((one) => present(book, one, moment, notes, new Set()));
  const postDeputies = of.posts.flatMap((post) => standIns(book, ofPost(post.id), post.name, moment, notes, new Set()));
  if (on.length === 0) return { on: postDeputies, next: [], notes };
  const behind = on.flatMap(({ person }) =>
    standIns(book, ofPerson(person.id), personName(person), moment, [], new Set([person.id])),
  );
  return { on, next: [...behind, ...postDeputies].map((one) => ({ ...one, as: 'next' as const })), notes };
}

function meantBy(book: DutyBook, { posts, crew, person, assignment }: Responsibility, moment: DutyMoment): Meant[] {
  if (person !== null) return [{ id: person, as: 'on-shift', because: namedBy(assignment) }];
  if (crew !== null) {
    const members = (book.membersOf.get(crew) ?? []).map(({ id }) => id);
    return onRosters(book, ofCrew(crew), moment) ?? always(members, memberOf(crew));
  }
  return posts.flatMap(
    (post: Post) => onRosters(book, ofPost(post.id), moment) ?? always(post.holders, holderOf(post)),
  );
}

const always = (ids: readonly string[], because: Bilingual): Meant[] =>
  ids.map((id) => ({ id, as: 'on-shift', because }));

/** Who the rosters of a post or crew name at the moment; undefined where no roster speaks of it at all. */
function onRosters(book: DutyBook, whose: string, moment: DutyMoment): Meant[] | undefined {
  const rosters = book.rostersOf.get(whose);
  return rosters?.flatMap((roster) => onRosterNow(book, roster, moment));
}

function onRosterNow(book: DutyBook, roster: Roster, moment: DutyMoment): Meant[] {
  const shift = book.shifts.get(roster.shift);
  const date = shift ? shiftDate(shift, moment) : null;
  if (!shift || date === null || !holdsOn(roster, date)) return [];
  const because = onRoster(roster, shift, date);
  return places(book, roster, date, moment.working).map(({ person, insteadOf }) =>
    insteadOf === null
      ? { id: person, as: 'on-shift', because }
      : {
          id: person,
          as: 'swapped-in',
          because: inPlaceOf(because, personName(book.persons.get(insteadOf), insteadOf)),
        },
  );
}

/** The person, or whoever stands in; `seen` ends deputies who are deputies of each other. */
function present(
  book: DutyBook,
  { id, as, because }: Meant,
  moment: DutyMoment,
  notes: Bilingual[],
  seen: Set<string>,
): OnDutyPerson[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const person = book.persons.get(id);
  const gone = moment.away.get(id);
  if (person && !gone && holdsOn(person, moment.date)) return [{ person, as, because }];
  notes.push(gone ?? notInOffice(person, id));
  return standIns(book, ofPerson(id), personName(person, id), moment, notes, seen);
}

function standIns(
  book: DutyBook,
  whose: string,
  name: Bilingual,
  moment: DutyMoment,
  notes: Bilingual[],
  seen: Set<string>,
): OnDutyPerson[] {
  return (book.deputiesOf.get(whose) ?? [])
    .filter((deputy) => holdsOn(deputy, moment.date))
    .flatMap(({ deputy }) => present(book, { id: deputy, as: 'deputy', because: deputyOf(name) }, moment, notes, seen));
}
