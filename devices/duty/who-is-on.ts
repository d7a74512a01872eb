import type { DutyHole, DutyPlace, OnDuty, OnDutyPerson } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Bilingual } from '../model/device-type.ts';
import type { DutyBook } from './duty-book.ts';
import { dutyNames } from './duty-words.ts';
import { type Calendar, type DutyMoment, dutyMoment } from './moment.ts';
import { peopleOn } from './people-on.ts';
import { type DutyItem, type Responsibility, responsibilities } from './responsibility.ts';

/** Who would get this, then and there? */
export interface DutyAsk extends DutyPlace {
  readonly item: DutyItem;
  readonly duty: DutyKind;
  /** ms. */
  readonly at: number;
}

/**
 * Who is responsible for a duty at an item and place, and there at the moment. The nearest assignment decides; without one the
 * item's lead department handles, dispatches, verifies and rechecks by its posts of that duty. Nobody on shift: deputies, then
 * the dispatchers of the department and of the item, else a hole. Whoever is on leave or swapped out is never answered.
 */
export function whoIsOn(book: DutyBook, ask: DutyAsk, calendar: Calendar): OnDuty {
  const moment = dutyMoment(book, ask.at, calendar);
  return whoIsOnAt(book, responsibilities(book, ask.item, ask, ask.duty, moment.date), ask, moment);
}

/** The same for a chain of responsibilities and a moment that are known already. */
export function whoIsOnAt(
  book: DutyBook,
  chain: readonly Responsibility[],
  ask: Pick<DutyAsk, 'item' | 'duty' | 'area'>,
  moment: DutyMoment,
): OnDuty {
  const persons: OnDutyPerson[] = [];
  const seen = new Set<string>();
  const because: Bilingual[] = [];
  const add = (found: readonly OnDutyPerson[], as?: 'next') => {
    for (const one of found) {
      if (seen.has(one.person.id)) continue;
      seen.add(one.person.id);
      persons.push(as ? { ...one, as } : one);
    }
  };
  chain.forEach((link, index) => {
    const { on, next, notes } = peopleOn(book, link, moment);
    because.push(...link.because, ...notes);
    add(on, index === 0 ? undefined : 'next');
    add(next, 'next');
  });
  const first = chain[0];
  return {
    department: first?.department ?? null,
    post: first?.posts[0]?.id ?? null,
    crew: first?.crew ?? null,
    persons,
    because: distinct(because),
    hole: persons.length > 0 ? null : holeOf(book, chain, ask),
  };
}

const distinct = (texts: readonly Bilingual[]): Bilingual[] =>
  texts.filter((text, index) => texts.findIndex(({ zh }) => zh === text.zh) === index);

function holeOf(
  book: DutyBook,
  [first]: readonly Responsibility[],
  { item, duty, area }: Pick<DutyAsk, 'item' | 'duty' | 'area'>,
): DutyHole {
  const place = area === null ? { zh: '全市', en: 'the city' } : book.nameOf(area);
  const what = {
    zh: `${item.code} 在${place.zh}的${dutyNames[duty].zh}`,
    en: `${dutyNames[duty].en} of ${item.code} in ${place.en}`,
  };
  if (!first) {
    return {
      code: 'no-assignment',
      zh: `${what.zh}没有责任分工，也没有可用的岗位`,
      en: `${what.en} is assigned to nobody, and no post has it`,
    };
  }
  const { posts, crew, person, department } = first;
  const name = book.nameOf(department ?? '');
  if (posts.length === 0 && crew === null && person === null) {
    return {
      code: 'no-post',
      zh: `${what.zh}归 ${name.zh}，但该部门没有这项职责的岗位`,
      en: `${what.en} is with ${name.en}, which has no post of that duty`,
    };
  }
  const whom = posts[0]?.name ?? { zh: `${crew ?? person}`, en: `${crew ?? person}` };
  return {
    code: 'nobody-there',
    zh: `${what.zh}归 ${name.zh} ${whom.zh}，此时无人在岗，也没有代理和派遣员`,
    en: `${what.en} is with ${whom.en} of ${name.en}: nobody is on, no deputy and no dispatcher either`,
  };
}
