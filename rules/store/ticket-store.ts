import type { Kysely, Transaction } from 'kysely';
import { isTicketOpen, type Ticket, type TicketStep } from '../../devices/contract/ticket.ts';
import { dueOf, recheckAt } from '../../devices/tickets/ticket-line.ts';
import type { KeptTickets, TicketChanges } from '../tickets/book.ts';
import { chunks } from './chunks.ts';
import { lastNumber } from './last-number.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

const toRow = (ticket: Ticket) => ({
  id: ticket.id,
  no: ticket.no,
  seq: ticket.seq,
  open: isTicketOpen(ticket) ? 1 : 0,
  stage: ticket.stage,
  priority: ticket.priority,
  department: ticket.assigned.department,
  crew: ticket.assigned.crew,
  owner: ticket.owner?.id ?? null,
  area: ticket.area,
  item: ticket.clause.item,
  incident: ticket.incident,
  opened_at: ticket.openedAt,
  closed_at: ticket.closedAt,
  recheck_at: recheckAt(ticket.recheck),
  due_at: dueOf(ticket),
  persons: `,${personsNow(ticket).join(',')},`,
  words: wordsOf(ticket),
  body: JSON.stringify(ticket),
});

const personsNow = ({ stage, assigned, verifiers }: Ticket): readonly string[] =>
  (stage === 'verifying' ? verifiers : assigned)?.persons ?? [];

const wordsOf = ({ no, title, clause, siteName, address, device, alarms, reporters }: Ticket): string =>
  [
    ...[no, title.zh, title.en, clause.item, clause.name, siteName, address, device],
    ...new Set(alarms.map(({ deviceName }) => deviceName)),
    ...reporters.map(({ reference }) => reference),
  ]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();

/** Writes tickets whole, which alarm is on which, and the lines of their history. */
export async function writeTickets(trx: Db, { tickets, steps }: TicketChanges): Promise<void> {
  for (const part of chunks(tickets)) {
    await trx
      .insertInto('tickets')
      .values(part.map(toRow))
      .onConflict((c) =>
        c.column('id').doUpdateSet((eb) => ({
          seq: eb.ref('excluded.seq'),
          open: eb.ref('excluded.open'),
          stage: eb.ref('excluded.stage'),
          priority: eb.ref('excluded.priority'),
          department: eb.ref('excluded.department'),
          crew: eb.ref('excluded.crew'),
          owner: eb.ref('excluded.owner'),
          area: eb.ref('excluded.area'),
          incident: eb.ref('excluded.incident'),
          closed_at: eb.ref('excluded.closed_at'),
          recheck_at: eb.ref('excluded.recheck_at'),
          due_at: eb.ref('excluded.due_at'),
          persons: eb.ref('excluded.persons'),
          words: eb.ref('excluded.words'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
  }
  const alarms = tickets.flatMap((ticket) => ticket.alarms.map(({ id }) => ({ alarm: id, ticket: ticket.id })));
  for (const part of chunks(alarms)) {
    await trx
      .insertInto('ticket_alarms')
      .values(part)
      .onConflict((c) => c.column('alarm').doUpdateSet((eb) => ({ ticket: eb.ref('excluded.ticket') })))
      .execute();
  }
  for (const part of chunks(steps)) await trx.insertInto('ticket_steps').values(part.map(toStepRow)).execute();
}

const toStepRow = (step: TicketStep) => ({
  seq: step.seq,
  ticket: step.ticket,
  at: step.at,
  kind: step.kind,
  actor_id: step.by?.id ?? null,
  body: JSON.stringify(step),
});

/** Tickets that may still change: open ones, those closed after `closedAfter` (ms), and those that wait for a recheck. */
export async function loadTickets(db: Db, closedAfter: number): Promise<KeptTickets> {
  const rows = await db
    .selectFrom('tickets')
    .select('body')
    .where((eb) => eb.or([eb('open', '=', 1), eb('closed_at', '>=', closedAfter), eb('recheck_at', 'is not', null)]))
    .orderBy('opened_at')
    .orderBy('no')
    .execute();
  const step = await db
    .selectFrom('ticket_steps')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return {
    tickets: rows.map(({ body }) => JSON.parse(body) as Ticket),
    lastSeq: Number(step?.seq ?? 0),
    lastNo: await lastNumber(db, 'tickets'),
  };
}
