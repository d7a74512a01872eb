import { zoneOf } from '../../kit/local-time.ts';
import { type DutyRecords, dutyRecordsSchema } from '../contract/duty.ts';
import type { DutyPlace, OnDuty } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import { type DutyBook, dutyBook } from './duty-book.ts';
import type { DutyItem } from './responsibility.ts';
import { whoIsOn } from './who-is-on.ts';

/** A small gas company for tests: a repair post by day and night, and a dispatcher who is always there. */
export const gasCompany = {
  persons: ['ann', 'bo', 'cy', 'dee', 'eve', 'fay'].map((id) => ({ id, name: `${id}（示例）`, department: 'gas' })),
  posts: [
    { id: 'leaks', name: { zh: '抢修岗', en: 'Leaks' }, department: 'gas', duties: ['handle'] },
    { id: 'desk', name: { zh: '调度岗', en: 'Dispatch' }, department: 'gas', duties: ['dispatch'], holders: ['fay'] },
  ],
  shifts: [
    { id: 'day', name: { zh: '白班', en: 'Day shift' }, from: '08:00', to: '20:00' },
    { id: 'night', name: { zh: '夜班', en: 'Night shift' }, from: '20:00', to: '08:00' },
  ],
  rosters: [
    { id: 'leaks-day', post: 'leaks', shift: 'day', pattern: { kind: 'week', days: { 1: ['ann'], 2: ['ann'] } } },
    {
      id: 'leaks-night',
      post: 'leaks',
      shift: 'night',
      // 2026-12-05 is a Saturday.
      pattern: { kind: 'cycle', anchor: '2026-12-05', turns: [['bo'], ['cy']] },
      holidays: ['dee'],
      makeUpDays: ['eve'],
    },
  ],
};

/** A leak under the pavement, led by the company. */
export const leak: DutyItem = { code: 'G05-14', category: 'G05', domain: 'G', leadDepartment: 'gas', hazard: 'gas' };

export const workingHours = {
  hours: [['08:00', '12:00'] as [string, string], ['14:00', '18:00'] as [string, string]],
  days: [1, 2, 3, 4, 5],
  holidays: ['2026-10-01'],
  makeUpDays: ['2026-10-10'],
};

/** A set of records that is asked in local times. */
export interface DutyBench {
  readonly records: DutyRecords;
  readonly book: DutyBook;
  /** The whole answer at a local time such as `2026-12-06T03:00`. */
  answer(at: string, duty?: DutyKind, place?: DutyPlace, item?: DutyItem): OnDuty;
  /** Only who: `bo on-shift`. */
  at(...asked: Parameters<DutyBench['answer']>): string[];
}

/** {@link gasCompany} with more records, in `timeZone`. */
export function dutyBench(
  more: Readonly<Record<string, readonly object[]>> = {},
  timeZone = 'Asia/Shanghai',
): DutyBench {
  const usual: Readonly<Record<string, readonly object[]>> = gasCompany;
  const lists = [...new Set([...Object.keys(usual), ...Object.keys(more)])];
  const records = dutyRecordsSchema.parse(
    Object.fromEntries(lists.map((list) => [list, [...(usual[list] ?? []), ...(more[list] ?? [])]])),
  );
  const book = dutyBook(records);
  const answer: DutyBench['answer'] = (at, duty = 'handle', place = { area: 'north' }, item = leak) => {
    const [date = '', clock = ''] = at.split('T');
    const [hour = 0, minute = 0] = clock.split(':').map(Number);
    const when = zoneOf(timeZone).instant(date, hour * 60 + minute);
    return whoIsOn(book, { item, ...place, duty, at: when }, { timeZone, working: workingHours });
  };
  return {
    records,
    book,
    answer,
    at: (...asked) => answer(...asked).persons.map(({ person: { id }, as }) => `${id} ${as}`),
  };
}
