import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ticketRoles } from '../../../devices/contract/roles.ts';
import { personStepSchema, reportSchema } from '../../../devices/contract/ticket.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { ticketNow, ticketsNow, ticketsQuery } from '../tickets-now.ts';

const tags = ['tickets'];
const params = z.object({ id: z.string() });

/** Tickets: lists, one in full, a person's step, and what people report. `rules` alone decides and audits. */
export function ticketRoutes(base: FastifyInstance, context: ServerContext): void {
  const { tickets, clock, duty, command } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);

  app.get(
    '/api/v1/tickets',
    {
      config: { answer: bodies.tickets },
      schema: { tags, summary: 'Tickets, page by page', querystring: ticketsQuery },
    },
    (request) => ticketsNow(context, request.query, actorOf(request).id),
  );

  app.get(
    '/api/v1/tickets/:id',
    {
      config: { answer: bodies.ticket, finds: true },
      schema: { tags, summary: 'One ticket with its history, by id or number, and what I may do with it', params },
    },
    async (request, reply) =>
      (await ticketNow(context, request.params.id, actorOf(request))) ??
      problem(reply, 404, refusals.notFound('ticket', request.params.id)),
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
