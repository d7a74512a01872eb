import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type DrillBody, type DrillsBody, endDrillFields, startDrillFields } from '../../../devices/contract/drill.ts';
import { deskRoles } from '../../../devices/contract/roles.ts';
import { drillOf, measured, readDrills } from '../../../devices/drills/read-drills.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { drillBodies } from '../drill-bodies.ts';
import { problem, refusals } from '../problem.ts';

/** Drills: those that run with what they have measured so far, and the reports of all that were held. */
export function drillRoutes(base: FastifyInstance, context: ServerContext): void {
  const { state, city, clock } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const tags = ['drills'];
  const id = z.object({ id: z.string().max(100) });

  app.get(
    '/api/v1/drills',
    {
      config: { answer: drillBodies.drills },
      schema: {
        tags,
        summary: 'Drills with their reports, newest first; of one that runs, what it has measured so far',
        querystring: z.object({
          before: z.coerce.number().optional().describe('started before this moment, ms: the next page'),
          limit: z.coerce.number().int().min(1).max(100).default(20),
        }),
      },
    },
    async ({ query }): Promise<DrillsBody> => {
      const now = clock.now();
      return { now, items: await readDrills(state.db, city.city, query, now) };
    },
  );
  app.get(
    '/api/v1/drills/:id',
    {
      config: { answer: drillBodies.drill, finds: true },
      schema: { tags, summary: 'One drill with its report', params: id },
    },
    async ({ params }, reply): Promise<DrillBody | FastifyReply> => {
      const drill = await drillOf(state.db, params.id);
      if (!drill) return problem(reply, 404, refusals.notFound('drill', params.id));
      return { drill, report: await measured(state.db, city.city, drill, clock.now()) };
    },
  );
  const changes = { config: { answer: bodies.outcome, roles: deskRoles } };
  app.post(
    '/api/v1/drills',
    {
      ...changes,
      schema: {
        tags,
        summary: 'Start a drill; with `despite`, as a supervisor, although a real P1 of gas or fire stands',
        body: z.object({ ...startDrillFields, commandId }),
      },
    },
    (request, reply) => {
      const { commandId: chosen, ...wanted } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'drill.start', ...wanted }), chosen);
    },
  );
  app.post(
    '/api/v1/drills/:id/end',
    {
      ...changes,
      schema: {
        tags,
        summary: 'End a drill, or break it off with a reason: its detector and what it raised go, its report stays',
        params: id,
        body: z.object({ ...endDrillFields, commandId }),
      },
    },
    (request, reply) => {
      const { commandId: chosen, ...wanted } = request.body;
      const { id: drill } = request.params;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'drill.end', drill, ...wanted }), chosen);
    },
  );
}
