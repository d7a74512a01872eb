import type { Absence, Assignment, Person, Post, Roster, Shift, Swap } from '../contract/duty.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Bilingual } from '../model/device-type.ts';

/** The field's words for each duty. */
export const dutyNames: Readonly<Record<DutyKind, Bilingual>> = {
  handle: { zh: '处置', en: 'handling' },
  local: { zh: '属地', en: 'local government' },
  supervise: { zh: '监管', en: 'supervision' },
  company: { zh: '主体', en: 'company' },
  dispatch: { zh: '派遣', en: 'dispatch' },
  verify: { zh: '核查', en: 'verification' },
  recheck: { zh: '回头看', en: 'recheck' },
  seat: { zh: '值守', en: 'watch' },
  upward: { zh: '报信', en: 'upward report' },
};

/** A person's name in both languages. */
export const personName = (person: Person | undefined, id = ''): Bilingual =>
  person ? { zh: person.name, en: person.nameEn ?? person.name } : { zh: id, en: id };

export const away = (person: Person | undefined, { person: id, reason, to }: Absence): Bilingual => {
  const name = personName(person, id);
  return { zh: `${name.zh} 不在岗至 ${to}：${reason}`, en: `${name.en} is away until ${to}: ${reason}` };
};

export const swappedOutWords = (person: Person | undefined, { out, date, reason }: Swap): Bilingual => {
  const name = personName(person, out);
  return {
    zh: `${name.zh} 已换出 ${date} 的班：${reason}`,
    en: `${name.en} is swapped out of the shift of ${date}: ${reason}`,
  };
};

export const notInOffice = (person: Person | undefined, id: string): Bilingual => {
  const name = personName(person, id);
  return { zh: `${name.zh} 不在任期内`, en: `${name.en} does not hold office on this day` };
};

/** `night shift of 2026-12-05 (22:00–06:00)`. */
export const shiftWords = ({ name, from, to }: Shift, date: string): Bilingual => ({
  zh: `${date} ${name.zh}（${from}–${to}）`,
  en: `${name.en} of ${date} (${from}–${to})`,
});

export const onRoster = (roster: Roster, shift: Shift, date: string): Bilingual => {
  const when = shiftWords(shift, date);
  return { zh: `排班 ${roster.id}：${when.zh}`, en: `roster ${roster.id}: ${when.en}` };
};

export const inPlaceOf = (because: Bilingual, name: Bilingual): Bilingual => ({
  zh: `${because.zh}，顶 ${name.zh} 的班`,
  en: `${because.en}, in place of ${name.en}`,
});

export const deputyOf = (name: Bilingual): Bilingual => ({ zh: `${name.zh} 的代理`, en: `deputy of ${name.en}` });

export const holderOf = ({ name }: Post): Bilingual => ({ zh: `${name.zh} 任职者`, en: `holds ${name.en}` });

export const memberOf = (crew: string): Bilingual => ({ zh: `队伍 ${crew} 成员`, en: `member of crew ${crew}` });

export const namedBy = (assignment: Assignment | undefined): Bilingual =>
  assignment
    ? { zh: `责任分工 ${assignment.id} 指定`, en: `named by assignment ${assignment.id}` }
    : { zh: '直接指定', en: 'named as a person' };

const listOf = (codes: readonly string[] | undefined): string => (codes ?? []).join('、');

/** What an assignment is about, in words. */
export function matchWords({ match }: Assignment, nameOf: (code: string) => Bilingual): Bilingual {
  const matter = match.items ?? match.categories ?? match.hazards ?? match.domains;
  const areas = match.areas?.map(nameOf);
  const grids = match.grids && { zh: `网格 ${listOf(match.grids)}`, en: `grids ${match.grids.join(', ')}` };
  const place =
    grids ?? (areas && { zh: areas.map((area) => area.zh).join('、'), en: areas.map(({ en }) => en).join(', ') });
  return {
    zh: `${matter ? listOf(matter) : '全部事项'} × ${place?.zh ?? '全市'}`,
    en: `${matter?.join(', ') ?? 'all items'} × ${place?.en ?? 'the whole city'}`,
  };
}
