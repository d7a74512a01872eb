import type { City } from '../devices/contract/city.ts';
import type { DutyRecords } from '../devices/contract/duty.ts';
import { type DutyBook, dutyBook } from '../devices/duty/duty-book.ts';
import type { KeptDuty } from '../devices/duty/read-duty.ts';
import { dutiesOf } from './routing/duties.ts';
import { type Duties, noDuties } from './tickets/duties.ts';

/** Who is responsible, in memory, as it was committed last. */
export interface DutyList {
  readonly book: () => DutyBook;
  /** The same as tickets ask it. */
  readonly duties: () => Duties;
  /** Takes what was committed. */
  take(records: DutyRecords): void;
}

/** Begins with what is kept. A city without any record says so to whoever asks, instead of a hole for each matter. */
export function openDutyList(
  kept: KeptDuty,
  city: Pick<City, 'areas' | 'departments' | 'timeZone' | 'working'>,
): DutyList {
  let book = dutyBook(kept.records, city);
  const asTickets = (of: DutyBook): Duties => (of.persons.size === 0 ? noDuties : dutiesOf(of, city));
  let duties = asTickets(book);
  return {
    book: () => book,
    duties: () => duties,
    take(records) {
      book = dutyBook(records, city);
      duties = asTickets(book);
    },
  };
}
