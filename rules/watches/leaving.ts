import { concerns } from '../../devices/city/seats.ts';
import type { Seat } from '../../devices/contract/city.ts';
import type { By, Ticket } from '../../devices/contract/ticket.ts';
import type { LeavingTicket } from '../../devices/contract/watch.ts';
import { samePerson } from '../../devices/duty/same-person.ts';
import type { Duties } from '../tickets/duties.ts';

export interface LeavingParts {
  readonly seat: Seat;
  readonly tickets: Iterable<Ticket>;
  /** Who goes off watch. */
  readonly from: Pick<By, 'id'>;
  readonly duties: Duties;
  /** ms. */
  readonly at: number;
}

/**
 * Tickets whose owner goes: his who leaves the seat, wherever they belong, and those of the seat whose owner the roster no longer
 * names where they lie. Only tickets in somebody's hand: what waits for a person is looked up again by the roster.
 */
export function leavingTickets({ seat, tickets, from, duties, at }: LeavingParts): LeavingTicket[] {
  const leaving: LeavingTicket[] = [];
  for (const ticket of tickets) {
    const { owner, stage } = ticket;
    if (!owner || (stage !== 'accepted' && stage !== 'handling')) continue;
    const his = samePerson(duties.personOf, owner.id, from.id);
    if (!his && !(isOfSeat(seat, ticket) && isOffDuty(duties, ticket, owner, at))) continue;
    const { id, no, title, priority } = ticket;
    leaving.push({ ticket: id, no, title, priority, owner, why: his ? 'on-watch' : 'off-duty' });
  }
  return leaving.sort((a, b) => a.priority.localeCompare(b.priority) || (a.no < b.no ? -1 : 1));
}

const isOfSeat = (seat: Seat, { clause, area, priority }: Ticket): boolean =>
  concerns(seat, { categories: [clause.item.slice(0, 3) || '*'], area, priority });

/** True where the roster of the ticket's post or crew names people now, and its owner is not among them. */
function isOffDuty(duties: Duties, { assigned }: Ticket, owner: By, at: number): boolean {
  const person = duties.personOf(owner.id);
  if (person === undefined || (assigned.post === null && assigned.crew === null)) return false;
  const now = duties.personsOf({ post: assigned.post ?? undefined, crew: assigned.crew ?? undefined }, at);
  return now.length > 0 && !now.includes(person);
}
