import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { kpis } from '../kpi/kpis.ts';
import { DAY } from '../kpi/targets.ts';
import { problem, refusals } from '../problem.ts';

/** Figures are counted over at most so long at a time: a year with its leap day, and a month to compare it with. */
const LONGEST_MS = 400 * DAY;

const query = z
  .object({
    seat: z.string().min(1).optional().describe('a seat of the city; left out, all of them'),
    from: z.coerce.number().int().min(0).optional().describe('ms since 1970; 24 h before `to` unless given'),
    last: z.coerce
      .number()
      .int()
      .min(1)
      .max(LONGEST_MS)
      .optional()
      .describe('so many ms before `to`, in place of `from`'),
    to: z.coerce.number().int().min(0).optional().describe('ms since 1970; now unless given'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || (from < to && to - from <= LONGEST_MS), {
    message: 'from lies before to, and at most 400 days before it / from 须早于 to，且相隔不超过 400 天',
    path: ['from'],
  });

/** How the alarm system itself performs: per seat, over any period. */
export function kpiRoutes(base: FastifyInstance, { state, city, clock }: ServerContext): void {
  base.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/kpis',
    {
      config: { answer: bodies.kpis, finds: true },
      schema: {
        tags: ['alarms'],
        summary: 'Figures of the alarm system per seat: rate, floods, split, chatter',
        querystring: query,
      },
    },
    async ({ query }, reply) => {
      const now = clock.now();
      const to = query.to ?? now;
      const from = Math.max(query.from ?? to - (query.last ?? DAY), to - LONGEST_MS);
      const sources = { db: state.db, city: city.city, catalogue: city.catalogue };
      const found = await kpis(sources, { seat: query.seat ?? null, from, to, now });
      return found ?? problem(reply, 404, refusals.notFound('seat', query.seat ?? ''));
    },
  );
}
