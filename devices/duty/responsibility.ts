import type { Assignment, DutyMatch, Post } from '../contract/duty.ts';
import type { DutyPlace } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Bilingual } from '../model/device-type.ts';
import { type DutyBook, holdsOn } from './duty-book.ts';
import { dutyNames, matchWords } from './duty-words.ts';

/** What a question of duty takes from an item of the catalogue. */
export interface DutyItem {
  readonly code: string;
  readonly category: string;
  readonly domain: string;
  readonly leadDepartment: string;
  readonly hazard: string | null;
}

/** Whose a duty is, before it is asked who of them is there. */
export interface Responsibility {
  /** Where it is `dispatch` and something else was asked for, these are the last who are asked. */
  readonly duty: DutyKind;
  readonly department: string | null;
  /** Posts that answer together. */
  readonly posts: readonly Post[];
  readonly crew: string | null;
  readonly person: string | null;
  /** The assignment that names crew or person. */
  readonly assignment?: Assignment;
  readonly because: readonly Bilingual[];
}

/** Duties that the item's lead department has where nobody is assigned. */
const leadDuties: ReadonlySet<DutyKind> = new Set(['handle', 'dispatch', 'verify', 'recheck']);

/**
 * Whose `duty` at the item and place is on a local date, nearest first: the assignment's own post, crew or person, else the
 * department's posts of that duty in the area, then those of the whole city; after them the dispatchers.
 */
export function responsibilities(
  book: DutyBook,
  item: DutyItem,
  place: DutyPlace,
  duty: DutyKind,
  date: string,
): readonly Responsibility[] {
  const assignment = assignmentFor(book, item, place, duty, date);
  const own = assignment ? assigned(book, assignment, place, date) : unassigned(book, item, place, duty, date);
  if (duty === 'dispatch' || own.length === 0) return own;
  const { department } = own[0] as Responsibility;
  return [
    ...own,
    ...(department === null
      ? []
      : departmentPosts(book, department, place, 'dispatch', date, dispatcherOf(book, department))),
    ...responsibilities(book, item, place, 'dispatch', date),
  ];
}

const dispatcherOf = (book: DutyBook, department: string): Bilingual => {
  const name = book.nameOf(department);
  return { zh: `其后：${name.zh} 派遣岗`, en: `after them: dispatchers of ${name.en}` };
};

function assigned(book: DutyBook, assignment: Assignment, place: DutyPlace, date: string): Responsibility[] {
  const { id, department, duty, crew = null, person = null } = assignment;
  const about = matchWords(assignment, book.nameOf);
  const name = book.nameOf(department);
  const because = {
    zh: `责任分工 ${id}：${about.zh} 的${dutyNames[duty].zh}归 ${name.zh}`,
    en: `assignment ${id}: ${dutyNames[duty].en} of ${about.en} is with ${name.en}`,
  };
  const post = assignment.post === undefined ? undefined : book.posts.get(assignment.post);
  if (assignment.post === undefined && crew === null && person === null) {
    return ofDepartment(book, department, place, duty, date, because);
  }
  const posts = post && holdsOn(post, date) ? [post] : [];
  return [{ duty, department, posts, crew, person, assignment, because: [because] }];
}

function unassigned(book: DutyBook, item: DutyItem, place: DutyPlace, duty: DutyKind, date: string): Responsibility[] {
  if (!leadDuties.has(duty)) return [];
  const name = book.nameOf(item.leadDepartment);
  const because = {
    zh: `没有责任分工，${dutyNames[duty].zh}归牵头部门 ${name.zh}`,
    en: `no assignment: ${dutyNames[duty].en} is with the lead department ${name.en}`,
  };
  return ofDepartment(book, item.leadDepartment, place, duty, date, because);
}

/** A department's posts, or the department without any: the dispatchers after it are still asked. */
function ofDepartment(
  book: DutyBook,
  department: string,
  place: DutyPlace,
  duty: DutyKind,
  date: string,
  because: Bilingual,
): Responsibility[] {
  const posts = departmentPosts(book, department, place, duty, date, because);
  if (posts.length > 0) return posts;
  return [{ duty, department, posts: [], crew: null, person: null, because: [because] }];
}

/** A department's posts of a duty: first those of the area, then those of the whole city. */
function departmentPosts(
  book: DutyBook,
  department: string,
  { area }: DutyPlace,
  duty: DutyKind,
  date: string,
  because: Bilingual,
): Responsibility[] {
  const posts = (book.postsOf.get(department) ?? []).filter(
    (post) => post.duties.includes(duty) && holdsOn(post, date),
  );
  const ofArea = posts.filter(({ areas }) => area !== null && areas.includes(area));
  const ofCity = posts.filter(({ areas }) => areas.length === 0);
  return [ofArea, ofCity]
    .filter((group) => group.length > 0)
    .map((group) => ({
      duty,
      department,
      posts: group,
      crew: null,
      person: null,
      because: [because],
    }));
}

/** The nearest assignment that holds; of equals, which the check of records refuses, the first by id. */
export function assignmentFor(
  book: DutyBook,
  item: DutyItem,
  place: DutyPlace,
  duty: DutyKind,
  date: string,
): Assignment | null {
  let nearest: Assignment | null = null;
  let best = Number.NEGATIVE_INFINITY;
  for (const assignment of book.assignmentsOf.get(duty) ?? []) {
    if (!holdsOn(assignment, date)) continue;
    const rank = nearness(assignment.match, item, place);
    if (rank !== null && rank > best) {
      nearest = assignment;
      best = rank;
    }
  }
  return nearest;
}

/**
 * How near a match is: the matter counts before the place. Null where it does not fit. A grid with `*` is nearer the more of
 * the code it gives, and less near than the code itself.
 */
export function nearness(match: DutyMatch, item: DutyItem, place: DutyPlace): number | null {
  const matter = matterRank(match, item);
  const where = placeRank(match, place);
  return matter === null || where === null ? null : matter * 1000 + where;
}

function matterRank({ items, categories, hazards, domains }: DutyMatch, item: DutyItem): number | null {
  if (items) return items.includes(item.code) ? 4 : null;
  if (categories) return categories.includes(item.category) ? 3 : null;
  if (hazards) return hazards.some((hazard) => hazard === item.hazard) ? 2 : null;
  if (domains) return domains.includes(item.domain) ? 1 : null;
  return 0;
}

function placeRank({ grids, areas }: DutyMatch, { area, grid = null }: DutyPlace): number | null {
  if (areas) return area !== null && areas.includes(area) ? 1 : null;
  if (!grids) return 0;
  if (grid === null) return null;
  const ranks = grids.map((code) =>
    code === grid ? 999 : code.endsWith('*') && grid.startsWith(code.slice(0, -1)) ? 1 + code.length : 0,
  );
  const best = Math.max(...ranks);
  return best > 0 ? best : null;
}
