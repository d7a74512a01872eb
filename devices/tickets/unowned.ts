import type { Alarm, Priority } from '../contract/alarm.ts';
import type { TicketLine } from '../contract/ticket-line.ts';

/** How many alarms no human owns, and how grave the gravest is. */
export interface Unowned {
  readonly count: number;
  readonly worst: Priority | null;
}

type Looked = Pick<Alarm, 'id' | 'acked' | 'override' | 'supersededBy' | 'needsVerdict' | 'lane' | 'drill'>;

/** Tickets by the alarms that are on them. */
export function ticketsByAlarm<T extends Pick<TicketLine, 'alarms'>>(tickets: Iterable<T>): Map<string, T> {
  const found = new Map<string, T>();
  for (const ticket of tickets) for (const alarm of ticket.alarms) found.set(alarm, ticket);
  return found;
}

/**
 * True for an open alarm that no human owns: nobody acknowledged it, nobody accepted its ticket, and nobody put it aside. One
 * that a higher level stands for is owned or not with that; what only old data tell waits for a verdict and rings nowhere;
 * nor is what is played in a drill anybody's.
 */
export const isUnowned = (alarm: Looked, ticket: Pick<TicketLine, 'owner'> | undefined): boolean =>
  alarm.drill === undefined &&
  !alarm.acked &&
  alarm.override === null &&
  alarm.supersededBy === null &&
  alarm.lane === 'live' &&
  !alarm.needsVerdict &&
  (ticket?.owner ?? null) === null;

/** Counts the alarms that no human owns. */
export function unownedOf(
  alarms: Iterable<Looked & Pick<Alarm, 'priority'>>,
  tickets: ReadonlyMap<string, Pick<TicketLine, 'owner'>>,
): Unowned {
  let count = 0;
  let worst: Priority | null = null;
  for (const alarm of alarms) {
    if (!isUnowned(alarm, tickets.get(alarm.id))) continue;
    count += 1;
    if (worst === null || alarm.priority < worst) worst = alarm.priority;
  }
  return { count, worst };
}
