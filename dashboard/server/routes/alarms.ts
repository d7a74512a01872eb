import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UnownedBody } from '../../../devices/contract/api.ts';
import { isUnowned, ticketsByAlarm, unownedOf } from '../../../devices/tickets/unowned.ts';
import { alarmNow, alarmsNow, alarmsQuery } from '../alarms-now.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

const note = z.string().max(2000).optional();

/** Alarms and what people do about them. Commands go to `rules`, which alone decides and audits. */
export function alarmRoutes(base: FastifyInstance, context: ServerContext): void {
  const { alarms, tickets } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/alarms',
    {
      config: { answer: bodies.alarms },
      schema: { tags: ['alarms'], summary: 'Alarms, newest first', querystring: alarmsQuery },
    },
    ({ query }) => alarmsNow(context, query),
  );

  app.get(
    '/api/v1/alarms/unowned',
    {
      config: { answer: bodies.unowned },
      schema: {
        tags: ['alarms'],
        summary: 'Alarms that no human owns: not acknowledged, and their ticket not accepted',
      },
    },
    async (): Promise<UnownedBody> => {
      const [open, work] = await Promise.all([alarms.open(), tickets.open()]);
      const byAlarm = ticketsByAlarm(work.tickets);
      const nobodys = open.alarms.filter((alarm) => isUnowned(alarm, byAlarm.get(alarm.id)));
      return { ...unownedOf(nobodys, byAlarm), alarms: nobodys.map(({ id }) => id) };
    },
  );

  app.get(
    '/api/v1/alarms/:id',
    {
      config: { answer: bodies.alarm, finds: true },
      schema: { tags: ['alarms'], summary: 'One alarm with its history', params: z.object({ id: z.string() }) },
    },
    async ({ params }, reply) =>
      (await alarmNow(context, params.id)) ?? problem(reply, 404, refusals.notFound('alarm', params.id)),
  );

  const ask = asking(context);

  const acknowledge = z.object({ ids: z.array(z.string()).min(1).max(1000), note, commandId });
  app.post(
    '/api/v1/alarms/acknowledge',
    {
      config: { answer: bodies.outcome },
      schema: { tags: ['alarms'], summary: 'Acknowledge alarms', body: acknowledge },
    },
    (request, reply) => {
      const { ids, note, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'acknowledge', alarms: ids, note }), commandId);
    },
  );

  const reset = z.object({ id: z.string(), note, commandId });
  app.post(
    '/api/v1/alarms/reset',
    {
      config: { answer: bodies.outcome },
      schema: { tags: ['alarms'], summary: 'Reset a latched alarm after its return', body: reset },
    },
    (request, reply) => {
      const { id, note, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'reset', alarm: id, note }), commandId);
    },
  );
}
