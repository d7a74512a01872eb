import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pointFields, serviceFields, shelfFields } from '../../../devices/contract/command.ts';
import { overridesNow } from '../alarms-now.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';

const tags = ['overrides'];

/** What people put aside: shelves, out of service, and what waits for a second person. */
export function overrideRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const config = { answer: bodies.outcome };

  app.get(
    '/api/v1/overrides',
    {
      config: { answer: bodies.overrides },
      schema: { tags, summary: 'What is shelved, out of service, or waits for a second person; with counts' },
    },
    () => overridesNow(context),
  );

  app.post(
    '/api/v1/alarms/shelve',
    {
      config,
      schema: {
        tags,
        summary:
          'Shelve alarms for a limited time; of gas and fire at P1 only asked for, until a second person confirms',
        body: z.object({ ids: z.array(z.string()).min(1).max(100), ...shelfFields, commandId }),
      },
    },
    (request, reply) => {
      const { ids, commandId, ...shelf } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'shelve', alarms: ids, ...shelf }), commandId);
    },
  );

  const point = z.object({ ...pointFields, commandId });
  for (const [path, type, summary] of [
    ['unshelve', 'unshelve', 'End a shelf: its alarm shows what is true now'],
    ['return-to-service', 'return-to-service', 'Return a point or a whole device to service'],
  ] as const) {
    app.post(`/api/v1/overrides/${path}`, { config, schema: { tags, summary, body: point } }, (request, reply) => {
      const { device, rule, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type, device, rule }), commandId);
    });
  }

  app.post(
    '/api/v1/overrides/out-of-service',
    {
      config,
      schema: {
        tags,
        summary: 'Take a point, or with a rule of null a whole device, out of service under a work order',
        body: z.object({ ...serviceFields, commandId }),
      },
    },
    (request, reply) => {
      const { commandId, ...service } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'out-of-service', ...service }), commandId);
    },
  );

  const answer = z.object({ ask: z.string(), commandId });
  app.post(
    '/api/v1/overrides/confirm',
    { config, schema: { tags, summary: 'Confirm as the second person, of another role', body: answer } },
    (request, reply) => {
      const { ask: id, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'confirm', ask: id }), commandId);
    },
  );
  app.post(
    '/api/v1/overrides/decline',
    {
      config,
      schema: {
        tags,
        summary: 'Decline what somebody asked for, or withdraw it',
        body: answer.extend({ note: z.string().max(500).optional() }),
      },
    },
    (request, reply) => {
      const { ask: id, note, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'decline', ask: id, note }), commandId);
    },
  );
}
