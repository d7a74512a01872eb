import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readNotices } from '../../../devices/notices/read-notices.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';

const query = z.object({
  subject: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('what they are about: `alarm/<id>`, `ticket/<id>` (with those of its duties), `incident/<id>`'),
  open: z
    .enum(['true', 'false'])
    .optional()
    .transform((said) => (said === undefined ? undefined : said === 'true'))
    .describe('only those on which nobody has acted; so unless a subject is given'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Who was told of what, by which means and when, and what came of it. */
export function noticeRoutes(base: FastifyInstance, { state }: ServerContext): void {
  base.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/notices',
    {
      config: { answer: bodies.notices },
      schema: {
        tags: ['notices'],
        summary: 'Who was told of what, by which means and when, and what came of it; the newest first',
        querystring: query,
      },
    },
    async ({ query: { subject, open = subject === undefined, limit } }) => ({
      items: await readNotices(state.db, { subject, open, limit }),
    }),
  );
}
