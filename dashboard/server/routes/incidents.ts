import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { incidentPage, wholeIncident } from '../incident-bodies.ts';
import { problem, refusals } from '../problem.ts';
import { page } from './page.ts';

const query = page(2000).extend({
  state: z.enum(['open', 'all']).default('open'),
  area: z.string().optional(),
  detectors: z.coerce.number().int().min(1).default(1).describe('at least so many; 2 leaves out lone ones'),
  from: z.coerce.number().optional().describe('opened at or after, ms since 1970'),
  to: z.coerce.number().optional().describe('opened before, ms since 1970'),
});

/** Incidents: gas alarms that are one leak, their ring, valves and crews, and how they came about. */
export function incidentRoutes(base: FastifyInstance, { incidents }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/api/v1/incidents',
    {
      config: { answer: incidentPage },
      schema: { tags: ['incidents'], summary: 'Incidents, newest first', querystring: query },
    },
    async ({ query }) => {
      const { state, ...rest } = query;
      return incidents.find({ ...rest, openOnly: state === 'open' });
    },
  );
  app.get(
    '/api/v1/incidents/:id',
    {
      config: { answer: wholeIncident, finds: true },
      schema: {
        tags: ['incidents'],
        summary: 'One incident with its members by onset and its whole history',
        params: z.object({ id: z.string() }),
      },
    },
    async ({ params }, reply) =>
      (await incidents.one(params.id)) ?? problem(reply, 404, refusals.notFound('incident', params.id)),
  );
}
