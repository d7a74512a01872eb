import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AlarmsBody, UnownedBody } from '../../../devices/contract/api.ts';
import { isUnowned, ticketsByAlarm, unownedOf } from '../../../devices/tickets/unowned.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { page } from './page.ts';

const query = page(2000).extend({
  state: z.enum(['open', 'all']).default('open'),
  priority: z
    .string()
    .regex(/^P[1-4](,P[1-4])*$/)
    .optional(),
  device: z.string().optional(),
  area: z.string().optional(),
  from: z.coerce.number().optional().describe('raised at or after, ms since 1970'),
  to: z.coerce.number().optional().describe('raised before, ms since 1970'),
});
const note = z.string().max(2000).optional();

/** Alarms and what people do about them. Commands go to `rules`, which alone decides and audits. */
export function alarmRoutes(base: FastifyInstance, context: ServerContext): void {
  const { alarms, tickets } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/alarms',
    {
      config: { answer: bodies.alarms },
      schema: { tags: ['alarms'], summary: 'Alarms, newest first', querystring: query },
    },
    async ({ query }): Promise<AlarmsBody> => {
      const { state: which, priority, ...rest } = query;
      const found = await alarms.find({ ...rest, openOnly: which === 'open', priorities: priority?.split(',') });
      return { ...found, tickets: await tickets.ofAlarms(found.items.map(({ id }) => id)) };
    },
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
    async ({ params }, reply) => {
      const found = await alarms.one(params.id);
      if (!found) return problem(reply, 404, refusals.notFound('alarm', params.id));
      return { ...found, ticket: (await tickets.ofAlarms([params.id]))[params.id] ?? null };
    },
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
