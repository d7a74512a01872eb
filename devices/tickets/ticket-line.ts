import type { Recheck, Ticket } from '../contract/ticket.ts';
import type { TicketLine, TicketRef } from '../contract/ticket-line.ts';

/** A ticket as lists show it. */
export function toTicketLine(ticket: Ticket): TicketLine {
  const { id, no, stage, title, priority, hazard, area, siteName, device, lon, lat, address, incident } = ticket;
  const { owner, clocks, suspended, returns, reopened, openedAt, closedAt, demo, drill, seq, clause, assigned } =
    ticket;
  return {
    ...{ id, no, stage, title, priority, hazard, area, siteName, device, lon, lat, address, incident },
    ...{ owner, clocks, suspended, returns, reopened, openedAt, closedAt, demo, seq },
    ...(drill !== undefined && { drill }),
    origin: ticket.origin.kind,
    item: clause.item,
    itemName: clause.name,
    department: assigned.department,
    crew: assigned.crew,
    post: assigned.post,
    alarms: ticket.alarms.map((alarm) => alarm.id),
    reporters: ticket.reporters.length,
    disputed: ticket.dispute !== null && ticket.dispute.settledAt === null,
    recheckAt: recheckAt(ticket.recheck),
  };
}

/** When a closed ticket is to be looked at again, ms; null when it is not, or was. */
export const recheckAt = (recheck: Recheck | null): number | null =>
  recheck && recheck.why !== 'none' && recheck.passed === null ? recheck.due : null;

/** A ticket as an alarm names it. */
export const toTicketRef = ({ id, no, stage, owner, assigned }: Ticket): TicketRef => ({
  id,
  no,
  stage,
  owner: owner?.name ?? null,
  department: assigned.department,
});

/** No deadline: later than any. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** The next deadline of an open ticket that runs and is not met, ms; {@link NEVER} when there is none. */
export const dueOf = ({ clocks, suspended, closedAt }: Pick<Ticket, 'clocks' | 'suspended' | 'closedAt'>): number =>
  closedAt !== null
    ? NEVER
    : Math.min(
        NEVER,
        ...clocks.filter(({ metAt, safety }) => metAt === null && (safety || !suspended)).map(({ due }) => due),
      );
