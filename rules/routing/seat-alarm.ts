import { seatsOf } from '../../devices/city/seats.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Item } from '../../devices/contract/catalogue.ts';
import type { City, Seat } from '../../devices/contract/city.ts';
import type { Recipient } from '../../devices/contract/notice.ts';
import { seatAddress } from '../../devices/contract/pages.ts';
import type { DutyMatter } from '../tickets/duties.ts';

/** The seat that nobody sits at, of an alarm that says so; null for any other alarm. */
export function emptySeat(city: Pick<City, 'seats'>, { rule, device }: Pick<Alarm, 'rule' | 'device'>): Seat | null {
  if (rule !== 'platform.seat-unstaffed') return null;
  return seatsOf(city).find(({ id }) => seatAddress(id) === device) ?? null;
}

/** What the seat watches, as the duty list is asked who is on duty for it: each item and area by itself. */
export const mattersOf = ({ areas = [] }: Seat, items: readonly Item[]): DutyMatter[] =>
  items.flatMap(({ code, leadDepartment, hazard = null }) =>
    (areas.length > 0 ? areas : [null]).map((area) => ({ item: code, department: leadDepartment, hazard, area })),
  );

/** A person as somebody to be called away from the empty seat: a page that nobody sits at, or that is mute, proves nothing. */
export const withoutPages = (to: Recipient): Recipient => ({
  ...to,
  reach: to.reach.filter(({ channel }) => channel !== 'page'),
});
