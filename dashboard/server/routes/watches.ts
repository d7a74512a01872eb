import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AccountRole, deskRoles } from '../../../devices/contract/roles.ts';
import {
  endWatchFields,
  type Handover,
  type HandoverDraft,
  type HandoversBody,
  handOverFields,
  signOffFields,
  takeOverFields,
  type WatchesBody,
} from '../../../devices/contract/watch.ts';
import { handoverOf, handovers, seatWatches } from '../../../devices/watches/read-watches.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { watchBodies } from '../watch-bodies.ts';

/** Who sits at a seat. */
const seatRoles: readonly AccountRole[] = [...deskRoles, 'dispatcher'];

/** Who is on watch at which seat, and the notes they hand over. */
export function watchRoutes(base: FastifyInstance, context: ServerContext): void {
  const { state, city, clock, rulesTools } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const tags = ['watches'];

  app.get(
    '/api/v1/watches',
    {
      config: { answer: watchBodies.watches },
      schema: { tags, summary: 'Every seat: who is on watch there since when, and whether somebody must be' },
    },
    async (): Promise<WatchesBody> => {
      const now = clock.now();
      return { now, seats: await seatWatches(state.db, city.city, now) };
    },
  );
  const seat = z.object({ seat: z.string().max(100) });
  app.get(
    '/api/v1/watches/:seat/draft',
    {
      config: { answer: watchBodies.draft, finds: true },
      schema: { tags, summary: 'The hand-over note of a seat as it would be signed now', params: seat },
    },
    async ({ params }, reply): Promise<HandoverDraft | FastifyReply> => {
      const told = await rulesTools.handoverDraft(params.seat);
      return 'draft' in told ? told.draft : problem(reply, 404, told.refused);
    },
  );
  app.get(
    '/api/v1/handovers',
    {
      config: { answer: watchBodies.handovers },
      schema: {
        tags,
        summary: 'Hand-overs with one signature or both, newest first',
        querystring: z.object({
          seat: z.string().max(100).optional(),
          before: z.coerce.number().optional().describe('signed before this moment, ms: the next page'),
          limit: z.coerce.number().int().min(1).max(200).default(20),
        }),
      },
    },
    async ({ query }): Promise<HandoversBody> => ({ items: await handovers(state.db, query) }),
  );
  app.get(
    '/api/v1/handovers/:id',
    {
      config: { answer: watchBodies.handover, finds: true },
      schema: { tags, summary: 'One hand-over as it was signed', params: z.object({ id: z.string().max(200) }) },
    },
    async ({ params }, reply): Promise<Handover | FastifyReply> =>
      (await handoverOf(state.db, params.id)) ?? problem(reply, 404, refusals.notFound('handover', params.id)),
  );

  const changes = { config: { answer: bodies.outcome, roles: seatRoles } };
  const asks = <const F extends z.ZodRawShape>(
    path: string,
    type: 'watch.on' | 'watch.hand-over' | 'watch.take-over' | 'watch.off' | 'watch.end',
    summary: string,
    fields: F,
  ) =>
    app.post(
      `/api/v1/watches/${path}`,
      { ...changes, schema: { tags, summary, body: z.object({ ...fields, commandId }) } },
      (request, reply) => {
        const { commandId: id, ...wanted } = request.body as { readonly commandId?: string };
        return ask(request, reply, (envelope) => ({ ...envelope, type, ...wanted }) as never, id);
      },
    );
  asks('on', 'watch.on', 'Sign on to a seat at which nobody is', { seat: z.string().min(1) });
  asks('hand-over', 'watch.hand-over', 'The first signature: the note is drafted and frozen', handOverFields);
  asks('take-over', 'watch.take-over', 'The second signature, by another person: the watch passes', takeOverFields);
  asks('off', 'watch.off', 'Leave a seat at which nobody need be at this hour', signOffFields);
  asks('end', 'watch.end', 'As a supervisor, end the watch of somebody who cannot hand over', endWatchFields);
}
