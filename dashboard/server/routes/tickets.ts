import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TicketBody, TicketsBody } from '../../../devices/contract/api.ts';
import { ticketRoles } from '../../../devices/contract/roles.ts';
import { personStepSchema, reportSchema, type Ticket, ticketStages } from '../../../devices/contract/ticket.ts';
import { stepsSeenBy, ticketSeenBy } from '../../../devices/tickets/seen-ticket.ts';
import { stepsFor } from '../../../devices/tickets/why-not-step.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import type { TicketCursor } from '../live/ticket-feed.ts';
import { problem, refusals } from '../problem.ts';

const tags = ['tickets'];
const yes = z.literal('1').optional().describe('1: only these');
const stages = z
  .string()
  .optional()
  .transform((text) => text?.split(','))
  .pipe(z.array(z.enum(ticketStages)).optional());
const query = z.object({
  state: z.enum(['open', 'all']).default('open'),
  stage: stages.describe('several between commas; also of closed ones where `state` is all'),
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
  cursor: z
    .string()
    .max(2000)
    .optional()
    .transform((text, context) => cursorOf(text) ?? (text && void context.addIssue('not a cursor of this list')))
    .describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
const params = z.object({ id: z.string() });

/** Tickets: lists, one in full, a person's step, and what people report. `rules` alone decides and audits. */
export function ticketRoutes(base: FastifyInstance, context: ServerContext): void {
  const { tickets, clock, city, duty, command } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);

  app.get(
    '/api/v1/tickets',
    {
      config: { answer: bodies.tickets },
      schema: { tags, summary: 'Tickets, page by page', querystring: query },
    },
    async (request): Promise<TicketsBody> => {
      const { state, stage, priority, mine, overdue, cursor, ...rest } = request.query;
      const { id } = actorOf(request);
      const found = await tickets.find({
        ...rest,
        openOnly: state === 'open',
        stages: stage,
        priorities: priority?.split(','),
        mine: mine && { account: id, person: await duty.personOf(id) },
        overdueAt: overdue && clock.now(),
        after: cursor || undefined,
      });
      return { ...found, next: found.next && textOfCursor(found.next) };
    },
  );

  app.get(
    '/api/v1/tickets/:id',
    {
      config: { answer: bodies.ticket, finds: true },
      schema: { tags, summary: 'One ticket with its history, by id or number, and what I may do with it', params },
    },
    async (request, reply): Promise<TicketBody | unknown> => {
      const found = await tickets.one(request.params.id);
      if (!found) return problem(reply, 404, refusals.notFound('ticket', request.params.id));
      const actor = actorOf(request);
      const person = await duty.personOf(actor.id);
      const body: TicketBody = {
        ticket: ticketSeenBy(actor.role, found.ticket),
        steps: stepsSeenBy(actor.role, found.steps),
        may: stepsFor(city.city.tickets, found.ticket, actor, person),
        names: await duty.namesOf(idsIn(found.ticket)),
      };
      return body;
    },
  );

  app.get(
    '/api/v1/tickets/:id/whom',
    {
      config: { answer: bodies.whom, finds: true },
      schema: { tags, summary: 'Whom it may be sent to, and whom the duty list answers now', params },
    },
    async ({ params }, reply) => {
      const found = await tickets.one(params.id);
      return found ? duty.whom(found.ticket, clock.now()) : problem(reply, 404, refusals.notFound('ticket', params.id));
    },
  );

  app.post(
    '/api/v1/tickets/:id/steps',
    {
      config: { answer: bodies.outcome, finds: true, roles: ticketRoles },
      schema: {
        tags,
        summary: 'Take a step of a ticket',
        params,
        body: z.object({ step: personStepSchema, commandId }),
      },
    },
    async (request, reply) => {
      const { step, commandId } = request.body;
      const found = await tickets.one(request.params.id);
      if (!found) return problem(reply, 404, refusals.notFound('ticket', request.params.id));
      const wanted = { type: 'ticket.step', ticket: found.ticket.id, step } as const;
      return ask(request, reply, (envelope) => ({ ...envelope, ...wanted }), commandId);
    },
  );

  app.post(
    '/api/v1/reports',
    {
      config: { answer: bodies.reported, answerCode: 201, roles: ticketRoles },
      schema: {
        tags,
        summary: 'Report a matter: by the hotline, a grid worker or a form. The same commandId again changes nothing',
        body: z.object({ report: reportSchema, commandId }),
      },
    },
    async (request, reply) => {
      const { report, commandId: id = randomUUID() } = request.body;
      const actor = actorOf(request);
      const outcome = await command({ id, actor, at: clock.now(), type: 'ticket.report', report });
      if (!('done' in outcome)) return problem(reply, 409, outcome.refused);
      const [ticket = ''] = outcome.changed;
      const no = (await tickets.one(ticket))?.ticket.no ?? '';
      return reply.code(201).send({ ticket, no, joined: ticket !== `ticket:${id}` });
    },
  );
}

/** Ids of the duty list that a ticket speaks of. */
const idsIn = ({ assigned, verifiers, duties }: Ticket): readonly string[] =>
  [assigned, ...(verifiers ? [verifiers] : []), ...duties].flatMap(({ persons, post }) => [
    ...persons,
    ...(post ? [post] : []),
  ]);

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
