import { EVERYTHING } from '../../devices/city/seats.ts';
import type { Notice, NoticeSubject } from '../../devices/contract/notice.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { persons, type RoutingParts } from './people.ts';
import { recipientOf, seatRecipient, seatsFor } from './recipients.ts';

/** A deadline that nears or is over, and whom it concerns. */
export interface Deadline {
  /** The same deadline told twice is one notice. */
  readonly id: string;
  readonly at: number;
  readonly subject: NoticeSubject;
  readonly title: Bilingual;
  readonly body: Bilingual;
  readonly link: string;
  readonly area: string | null;
  /** Code of the item it belongs to; null: it concerns everybody. */
  readonly item: string | null;
  readonly demo: boolean;
  /** Persons by id, whom first. */
  readonly persons: readonly string[];
}

/**
 * A deadline as a notice. It is office work and wakes nobody (P3: it waits for the end of quiet hours); what nobody would hear is
 * told to the seats.
 */
export function deadlineNotice(parts: RoutingParts, { item, demo, persons: ids, ...deadline }: Deadline): Notice {
  const categories = [item?.slice(0, 3) || EVERYTHING];
  const found = persons(parts, [...new Set(ids)]).map((person, i) => recipientOf(person, i));
  const seats = found.length > 0 ? [] : seatsFor(parts.city, { categories, area: deadline.area, priority: 'P1' });
  return {
    ...deadline,
    priority: 'P3',
    hazard: null,
    categories,
    mark: demo ? 'demo' : null,
    to: [...found, ...seats.map((seat) => seatRecipient(parts.city, seat, 0))],
    handledAt: null,
    handledBy: null,
  };
}

/** A moment as the city's clocks show it, `2026-11-30 17:00`. */
export function stampOf({ city }: Pick<RoutingParts, 'city'>, at: number): string {
  const { date, minuteOfDay } = zoneOf(city.timeZone).local(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date} ${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}
