import type { Assignment, DutyMatch, DutyRecords, Person, Roster } from '../contract/duty.ts';
import { type DutyRecordKind, dutyLists, dutyRecordKinds } from '../contract/duty-kinds.ts';
import { suggestion } from '../registry/did-you-mean.ts';
import { type Fault, fault } from '../registry/fault.ts';
import type { DutyItem } from './responsibility.ts';
import { rosteredEver } from './roster-people.ts';

/** What records of responsibility are held against. */
export interface DutyWorld {
  readonly departments: readonly string[];
  readonly areas: readonly string[];
  readonly items: readonly DutyItem[];
  /** Ids of the registry's crews; left out where there is no registry at hand. */
  readonly crews?: readonly string[];
}

type Say = (field: string, value: unknown, zh: string, en: string) => void;
/** What a field may name: its word in both languages, and what there is. */
interface Known {
  readonly zh: string;
  readonly en: string;
  readonly ids: ReadonlySet<string>;
}

/**
 * Everything that is wrong with the records as a whole: ids that stand twice, names of what is not there, days the wrong way
 * round, swaps that no shift has, and assignments between which nobody could decide. `where` is `<kind> <id>`.
 */
export function checkDuty(records: DutyRecords, world: DutyWorld): Fault[] {
  const faults: Fault[] = [];
  const at =
    (kind: DutyRecordKind, id: string): Say =>
    (field, value, zh, en) =>
      faults.push(fault(`${kind} ${id}`, field, value, zh, en));
  for (const kind of dutyRecordKinds) checkIds(records[dutyLists[kind]], (id) => at(kind, id));
  const known = knownOf(records, world);
  checkPeople(records, known, at);
  checkRosters(records, known, at);
  checkStandIns(records, known, at);
  checkAssignments(records, known, at);
  return faults;
}

type At = (kind: DutyRecordKind, id: string) => Say;
type KnownSets = ReturnType<typeof knownOf>;

function knownOf(records: DutyRecords, { departments, areas, items, crews }: DutyWorld) {
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id));
  const distinct = (of: (item: DutyItem) => string) => new Set(items.map(of));
  return {
    person: { zh: '人员', en: 'person', ids: ids(records.persons) },
    post: { zh: '岗位', en: 'post', ids: ids(records.posts) },
    shift: { zh: '班次', en: 'shift', ids: ids(records.shifts) },
    roster: { zh: '排班', en: 'roster', ids: ids(records.rosters) },
    crew: crews && { zh: '队伍', en: 'crew', ids: new Set(crews) },
    department: { zh: '部门', en: 'department', ids: new Set(departments) },
    area: { zh: '区域', en: 'area', ids: new Set(areas) },
    item: { zh: '事项', en: 'item', ids: distinct(({ code }) => code) },
    category: { zh: '大类', en: 'category', ids: distinct(({ category }) => category) },
    domain: { zh: '领域', en: 'domain', ids: distinct(({ domain }) => domain) },
  };
}

function checkIds(list: readonly { readonly id: string }[], say: (id: string) => Say): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) say(id)('id', id, '编号重复', 'the id is there twice: each record needs its own');
    seen.add(id);
  }
}

/** Says which of `named` are not there, with the one that was meant. */
function refer(say: Say, field: string, known: Known | undefined, named: string | readonly string[] | undefined): void {
  if (!known || named === undefined) return;
  for (const id of typeof named === 'string' ? [named] : named) {
    if (known.ids.has(id)) continue;
    const meant = suggestion(id, known.ids);
    say(field, id, `没有${known.zh} "${id}"${meant.zh}`, `there is no ${known.en} "${id}"${meant.en}`);
  }
}

function checkDays(say: Say, { from, to }: { from?: string | undefined; to?: string | undefined }): void {
  if (from === undefined || to === undefined || from.slice(0, 10) < to.slice(0, 10) || from <= to) return;
  say('to', to, `结束早于开始 ${from}`, `it ends before it begins, ${from}`);
}

function checkPeople({ persons, posts }: DutyRecords, known: KnownSets, at: At): void {
  const accounts = new Map<string, string>();
  for (const person of persons) {
    const say = at('person', person.id);
    checkDays(say, person);
    refer(say, 'department', known.department, person.department);
    refer(say, 'crews', known.crew, person.crews);
    for (const [field, account] of accountsOf(person)) {
      const other = accounts.get(account);
      if (other !== undefined) {
        say(field, account, `账号已属于 ${other}`, `the account is already that of ${other}`);
      }
      accounts.set(account, person.id);
    }
  }
  for (const post of posts) {
    const say = at('post', post.id);
    checkDays(say, post);
    refer(say, 'department', known.department, post.department);
    refer(say, 'areas', known.area, post.areas);
    refer(say, 'holders', known.person, post.holders);
  }
}

const accountsOf = ({ account, otherAccounts = [] }: Person): (readonly [string, string])[] => [
  ...(account === undefined ? [] : [['account', account] as const]),
  ...otherAccounts.map((other) => ['otherAccounts', other] as const),
];

function checkRosters({ rosters, swaps }: DutyRecords, known: KnownSets, at: At): void {
  for (const roster of rosters) {
    const say = at('roster', roster.id);
    checkDays(say, roster);
    refer(say, 'post', known.post, roster.post);
    refer(say, 'crew', known.crew, roster.crew);
    refer(say, 'shift', known.shift, roster.shift);
    refer(say, 'pattern', known.person, rosteredEver(roster));
  }
  const byId = new Map(rosters.map((roster) => [roster.id, roster]));
  for (const swap of swaps) {
    const say = at('swap', swap.id);
    refer(say, 'roster', known.roster, swap.roster);
    refer(say, 'out', known.person, swap.out);
    refer(say, 'in', known.person, swap.in);
    if (swap.out === swap.in) say('in', swap.in, '换入与换出是同一人', 'the same person cannot stand in for themself');
    checkSwapped(
      say,
      swap.out,
      byId.get(swap.roster),
      swaps.filter(({ roster, date, id }) => roster === swap.roster && date === swap.date && id < swap.id),
    );
  }
}

/** Whoever is swapped out must be in the roster, or have come into the shift by an earlier swap. */
function checkSwapped(
  say: Say,
  out: string,
  roster: Roster | undefined,
  before: readonly { readonly in: string }[],
): void {
  if (!roster || rosteredEver(roster).includes(out) || before.some((swap) => swap.in === out)) return;
  say('out', out, `${out} 不在排班 ${roster.id} 中`, `${out} is not on the roster ${roster.id}`);
}

function checkStandIns({ absences, deputies }: DutyRecords, known: KnownSets, at: At): void {
  for (const absence of absences) {
    const say = at('absence', absence.id);
    refer(say, 'person', known.person, absence.person);
    checkDays(say, absence);
  }
  for (const deputy of deputies) {
    const say = at('deputy', deputy.id);
    checkDays(say, deputy);
    refer(say, 'person', known.person, deputy.person);
    refer(say, 'post', known.post, deputy.post);
    refer(say, 'deputy', known.person, deputy.deputy);
    if (deputy.person === deputy.deputy)
      say('deputy', deputy.deputy, '不能做自己的代理', 'nobody is a deputy of themself');
  }
}

function checkAssignments({ assignments }: DutyRecords, known: KnownSets, at: At): void {
  for (const assignment of assignments) {
    const say = at('assignment', assignment.id);
    checkDays(say, assignment);
    refer(say, 'department', known.department, assignment.department);
    refer(say, 'post', known.post, assignment.post);
    refer(say, 'crew', known.crew, assignment.crew);
    refer(say, 'person', known.person, assignment.person);
    refer(say, 'match.items', known.item, assignment.match.items);
    refer(say, 'match.categories', known.category, assignment.match.categories);
    refer(say, 'match.domains', known.domain, assignment.match.domains);
    refer(say, 'match.areas', known.area, assignment.match.areas);
  }
  checkEqual(assignments, at);
}

/** What is as near and holds on the same days cannot be decided between. */
function checkEqual(assignments: readonly Assignment[], at: At): void {
  const byKey = new Map<string, Assignment[]>();
  const told = new Set<string>();
  for (const assignment of assignments) {
    for (const key of keysOf(assignment)) {
      const others = byKey.get(key) ?? [];
      byKey.set(key, [...others, assignment]);
      const equal = others.find((other) => overlap(other, assignment));
      if (!equal || told.has(`${equal.id} ${assignment.id}`)) continue;
      told.add(`${equal.id} ${assignment.id}`);
      at('assignment', assignment.id)(
        'match',
        assignment.match,
        `与责任分工 ${equal.id} 同样具体，且时间重叠：无法判断归谁；请改得更具体，或错开起止日期`,
        `it fits as closely as ${equal.id}, on the same days: nobody could say whose it is. Make one more specific, or set their days apart`,
      );
    }
  }
}

const keysOf = ({ duty, match }: Assignment): string[] =>
  matterKeys(match).flatMap((matter) => placeKeys(match).map((place) => `${duty} ${matter} ${place}`));

function matterKeys({ items, categories, hazards, domains }: DutyMatch): string[] {
  const kinds = { items, categories, hazards, domains };
  const keys = Object.entries(kinds).flatMap(([kind, codes]) => (codes ?? []).map((code) => `${kind}:${code}`));
  return keys.length > 0 ? keys : ['*'];
}

function placeKeys({ areas, grids }: DutyMatch): string[] {
  const keys = [...(areas ?? []).map((code) => `area:${code}`), ...(grids ?? []).map((code) => `grid:${code}`)];
  return keys.length > 0 ? keys : ['*'];
}

const overlap = (a: Assignment, b: Assignment): boolean =>
  (a.from ?? '') <= (b.to ?? '9999') && (b.from ?? '') <= (a.to ?? '9999');
