import type { Kysely } from 'kysely';
import type { Period } from '../../devices/contract/score.ts';
import type { Ticket, TicketStep } from '../../devices/contract/ticket.ts';
import type { TicketFact } from '../../devices/supervision/facts.ts';
import type { RulesTables } from '../store/migrations.ts';

/** Tickets read at a time: alarms are judged between two portions. */
const PORTION = 300;
/** What of a ticket's history figures speak of. */
const told = ['return', 'fail', 'recheck', 'alarm-again'] as const;

/**
 * Tickets that a period concerns: open in it, or looked at again in it. Merged and rejected ones are nobody's figure; of a
 * demonstration only where the whole city is one.
 */
export async function ticketFacts(
  db: Kysely<RulesTables>,
  { from, to }: Period,
  demonstration: boolean,
): Promise<TicketFact[]> {
  const found: TicketFact[] = [];
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('tickets')
      .select(['id', 'body'])
      .where('opened_at', '<', to)
      .where('stage', 'not in', ['merged', 'rejected'])
      .where('id', '>', after)
      .where((eb) =>
        eb.or([
          eb('closed_at', 'is', null),
          eb('closed_at', '>=', from),
          eb(
            'id',
            'in',
            eb
              .selectFrom('ticket_steps')
              .select('ticket')
              .where('at', '>=', from)
              .where('at', '<', to)
              .where('kind', 'in', ['recheck', 'alarm-again']),
          ),
        ]),
      )
      .orderBy('id')
      .limit(PORTION)
      .execute();
    const tickets = rows
      .map(({ body }) => JSON.parse(body) as Ticket)
      .filter(({ demo, drill }) => (demonstration || !demo) && drill === undefined);
    const steps = await stepsOf(
      db,
      tickets.map(({ id }) => id),
    );
    found.push(...tickets.map((ticket) => ticketFact(ticket, steps.get(ticket.id) ?? [])));
    const last = rows.at(-1);
    if (!last || rows.length < PORTION) return found;
    after = last.id;
  }
}

async function stepsOf(db: Kysely<RulesTables>, ids: readonly string[]): Promise<Map<string, TicketStep[]>> {
  const byTicket = new Map<string, TicketStep[]>();
  if (ids.length === 0) return byTicket;
  const rows = await db
    .selectFrom('ticket_steps')
    .select('body')
    .where('ticket', 'in', ids)
    .where('kind', 'in', told)
    .orderBy('seq')
    .execute();
  for (const { body } of rows) {
    const step = JSON.parse(body) as TicketStep;
    byTicket.set(step.ticket, [...(byTicket.get(step.ticket) ?? []), step]);
  }
  return byTicket;
}

/** A ticket and what its history says, as figures need them. */
export function ticketFact(ticket: Ticket, steps: readonly TicketStep[]): TicketFact {
  const of = (kind: (typeof told)[number]) => steps.filter((step) => step.kind === kind);
  const { id, assigned, area, priority, hazard, openedAt, closedAt, clocks, reporters } = ticket;
  return {
    id,
    department: assigned.department,
    area,
    priority,
    hazard,
    openedAt,
    closedAt,
    clocks: clocks.map(({ kind, due, metAt }) => ({ kind, due, metAt })),
    returned: of('return').map(({ at, more }) => ({ at, from: String(more.from ?? '') })),
    failedAt: of('fail').map(({ at }) => at),
    reopenedAt: steps.filter(({ from, to }) => from === 'closed' && to !== 'closed').map(({ at }) => at),
    rechecks: of('recheck').map(({ at, more }) => ({ at, passed: more.passed === true })),
    satisfaction: reporters.flatMap(({ satisfaction }) => (satisfaction === null ? [] : [satisfaction])),
  };
}
