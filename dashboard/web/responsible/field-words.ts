import type { DutyRecordKind } from '../../../devices/contract/duty-kinds.ts';
import type { DutySheet } from '../../../devices/duty/files/duty-sheets.ts';
import type { TextKey } from '../i18n/i18n.ts';

type Column = DutySheet['columns'][number];

/** English titles of the columns of files, by the field they hold. */
const english: Readonly<Record<string, string>> = {
  id: 'Id',
  name: 'Name',
  nameEn: 'English name',
  'name.zh': 'Chinese name',
  'name.en': 'English name',
  department: 'Department',
  account: 'Account',
  otherAccounts: 'Other accounts',
  phone: 'Phone',
  language: 'Language',
  crews: 'Crews',
  channels: 'Channels',
  quiet: 'Quiet hours',
  areas: 'Areas',
  duties: 'Duties',
  duty: 'Duty',
  holders: 'Holders',
  post: 'Post',
  crew: 'Crew',
  shift: 'Shift',
  roster: 'Roster',
  person: 'Person',
  deputy: 'Deputy',
  order: 'Order',
  date: 'Date',
  out: 'Out',
  in: 'In',
  reason: 'Reason',
  holidays: 'On holidays',
  makeUpDays: 'On make-up days',
  'pattern.kind': 'Pattern',
  'pattern.anchor': 'Rota begins',
  'pattern.everyDays': 'Days a turn',
  'pattern.turns': 'Turns',
  'match.items': 'Items',
  'match.categories': 'Categories',
  'match.hazards': 'Hazards',
  'match.domains': 'Domains',
  'match.areas': 'Areas',
  'match.grids': 'Grids',
};
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The title of a column in the page's language. */
export function columnTitle({ title, path }: Column, kind: DutyRecordKind, language: 'zh' | 'en'): string {
  if (language === 'zh') return title;
  const field = path.join('.');
  if (path[1] === 'days') return weekdays[Number(path[2]) - 1] ?? field;
  if (field === 'from' || field === 'to') {
    const begins = field === 'from';
    if (kind === 'shift' || kind === 'absence') return begins ? 'Begins' : 'Ends';
    return begins ? 'First day' : 'Last day';
  }
  return english[field] ?? field;
}

/** How a field is written, where it is not plain to see. */
export function columnHint({ path }: Column): TextKey | null {
  const field = path.join('.');
  if (field === 'pattern.kind') return 'resp.hint.pattern';
  if (field === 'pattern.turns') return 'resp.hint.turns';
  if (field === 'channels') return 'resp.hint.channels';
  if (field === 'quiet') return 'resp.hint.quiet';
  if (field === 'duties' || field === 'duty') return 'resp.hint.duties';
  return null;
}

/** Kind of record that a field names; null for a field that names none. */
export function namedKind({ path }: Column): DutyRecordKind | null {
  const field = path.join('.');
  if (field === 'post' || field === 'shift' || field === 'roster') return field;
  const persons = ['person', 'deputy', 'out', 'in', 'holders', 'holidays', 'makeUpDays'];
  return persons.includes(field) || path[1] === 'days' ? 'person' : null;
}
