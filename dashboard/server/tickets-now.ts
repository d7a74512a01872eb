import { z } from 'zod';
import type { TicketBody, TicketsBody } from '../../devices/contract/api.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { type Ticket, ticketStages } from '../../devices/contract/ticket.ts';
import { stepsSeenBy, ticketSeenBy } from '../../devices/tickets/seen-ticket.ts';
import { stepsFor } from '../../devices/tickets/why-not-step.ts';
import type { ServerContext } from './context.ts';
import type { TicketCursor } from './live/ticket-feed.ts';

type Parts = Pick<ServerContext, 'tickets' | 'duty' | 'city' | 'clock'>;

const yes = z.literal('1').optional();
const cursor = z
  .string()
  .max(2000)
  .optional()
  .transform((text, context) => cursorOf(text) ?? (text && void context.addIssue('not a cursor of this list')));

/** What a list of tickets is asked with, over HTTP and by the command line. */
export const ticketsQuery = z.object({
  state: z.enum(['open', 'all']).default('open'),
  stage: z
    .string()
    .optional()
    .transform((text) => text?.split(','))
    .pipe(z.array(z.enum(ticketStages)).optional())
    .describe('several between commas; closed ones need `state=all`'),
  priority: z
    .string()
    .regex(/^P[1-4](,P[1-4])*$/)
    .optional(),
  department: z.string().optional(),
  crew: z.string().optional(),
  area: z.string().optional(),
  item: z.string().optional(),
  owner: z.string().optional().describe('account of whoever has it'),
  mine: yes.describe('1: only what I have, or what lies with me by the duty list'),
  overdue: yes.describe('1: only what has missed a deadline'),
  q: z.string().max(200).optional().describe('words that number, title, place, device or item must hold'),
  sort: z
    .enum(['due', 'priority', 'newest'])
    .default('due')
    .describe('due: the next deadline first, so what is overdue longest leads; priority: the gravest first'),
  cursor: cursor.describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** A page of tickets, for whoever asks. */
export async function ticketsNow(
  { tickets, duty, clock }: Parts,
  query: z.output<typeof ticketsQuery>,
  account: string,
): Promise<TicketsBody> {
  const { state, stage, priority, mine, overdue, cursor, ...rest } = query;
  const found = await tickets.find({
    ...rest,
    openOnly: state === 'open',
    stages: stage,
    priorities: priority?.split(','),
    mine: mine && { account, person: await duty.personOf(account) },
    overdueAt: overdue && clock.now(),
    after: cursor || undefined,
  });
  return { ...found, next: found.next && textOfCursor(found.next) };
}

/** One ticket by id or number as `actor` sees it, with what he may do; null when there is none. */
export async function ticketNow({ tickets, duty, city }: Parts, id: string, actor: Actor): Promise<TicketBody | null> {
  const found = await tickets.one(id);
  if (!found) return null;
  return {
    ticket: ticketSeenBy(actor.role, found.ticket),
    steps: stepsSeenBy(actor.role, found.steps),
    may: stepsFor(city.city.tickets, found.ticket, actor, await duty.persons()),
    names: await duty.namesOf(idsIn(found.ticket)),
  };
}

/** Ids of the duty list that a ticket speaks of. */
const idsIn = ({ assigned, verifiers, duties }: Ticket): readonly string[] =>
  [assigned, ...(verifiers ? [verifiers] : []), ...duties.map((one) => ({ ...one, crew: null }))].flatMap(
    ({ persons, post, crew }) => [...persons, ...(post ? [post] : []), ...(crew ? [crew] : [])],
  );

const textOfCursor = (cursor: TicketCursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

const cursorSchema = z.object({ priority: z.string(), due: z.number(), openedAt: z.number(), id: z.string() });
function cursorOf(text: string | undefined): TicketCursor | undefined {
  if (!text) return undefined;
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
