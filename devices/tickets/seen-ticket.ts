import type { Ticket, TicketStep } from '../contract/ticket.ts';
import { maskedName, roundedPlace, withoutPhones } from '../privacy/mask.ts';
import { maySee } from '../privacy/seen-by.ts';

/** A ticket as a role sees it: names and telephone numbers of who reported it only where they are needed for the work. */
export function ticketSeenBy(role: string, ticket: Ticket): Ticket {
  if (maySee(role, 'phone')) return ticket;
  const reporters = ticket.reporters.map((one) => ({ ...one, name: one.name && maskedName(one.name) }));
  return withoutPhones({ ...ticket, reporters }) as Ticket;
}

/** Lines of a history as a role sees them: without telephone numbers, and where people were to the quarter. */
export const stepsSeenBy = (role: string, steps: readonly TicketStep[]): readonly TicketStep[] =>
  steps.map((step) => {
    const placed = maySee(role, 'place') || !step.place ? step : { ...step, place: roundedPlace(step.place) };
    return maySee(role, 'phone') ? placed : (withoutPhones(placed) as TicketStep);
  });
