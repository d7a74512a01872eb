import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { ticketsByAlarm } from '../../../devices/tickets/unowned.ts';
import { useLive } from './store.ts';

const made = new WeakMap<object, ReadonlyMap<string, TicketLine>>();

/** Open tickets by their alarms, worked out once for all rows that ask. */
function byAlarm(tickets: ReadonlyMap<string, TicketLine>): ReadonlyMap<string, TicketLine> {
  const known = made.get(tickets);
  if (known) return known;
  const found = ticketsByAlarm(tickets.values());
  made.set(tickets, found);
  return found;
}

/** The open ticket of an alarm; null when it has none. */
export const useTicketOfAlarm = (alarm: string): TicketLine | null =>
  useLive((live) => byAlarm(live.picture.tickets).get(alarm) ?? null);
