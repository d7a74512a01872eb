import type { Ticket } from '../contract/ticket.ts';
import type { TicketPolicy } from '../contract/ticket-policy.ts';
import { fits } from './which.ts';

/** What closing asks of a ticket, by the city's policy. */
export type ClosingRule = TicketPolicy['closing'][number];

/** The first entry of the policy that fits; undefined where nothing but a second pair of eyes is asked for. */
export const closingRule = (
  policy: TicketPolicy,
  ticket: Pick<Ticket, 'priority' | 'hazard' | 'clause'>,
): ClosingRule | undefined => policy.closing.find((rule) => fits(rule, ticket));
