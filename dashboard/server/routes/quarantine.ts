import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { QuarantineBody } from '../../../devices/contract/api.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem } from '../problem.ts';

const before = z.coerce.number().int().optional().describe('only entries with a smaller id');
// Each may carry 64 KiB of what was sent.
const limit = z.coerce.number().int().min(1).max(100).default(100);

/** What was refused: for the people of the platform, and for the vendor of a device by that device's own credential. */
export function quarantineRoutes(base: FastifyInstance, { ingest, command, clock }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();

  const query = z.object({ id: z.coerce.number().int().optional(), device: z.string().optional(), before, limit });
  app.get(
    '/api/v1/quarantine',
    {
      config: { answer: bodies.quarantine },
      schema: { tags: ['readings'], summary: 'Refused messages with reasons, newest first', querystring: query },
    },
    async ({ query }): Promise<QuarantineBody> => ({ items: await ingest.quarantine(query) }),
  );

  app.get(
    '/api/v1/devices/me/quarantine',
    {
      config: { answer: bodies.quarantine, device: true },
      schema: {
        tags: ['readings'],
        summary:
          'Refused messages of the device or gateway whose credential is shown (Bearer: its token; Basic: its MQTT user name and password)',
        querystring: z.object({ before, limit }),
      },
    },
    async ({ query, subject }): Promise<QuarantineBody> => ({
      items: await ingest.quarantine({ ...query, subject: subject as string }),
    }),
  );

  const wanted = z
    .object({
      ids: z.array(z.number().int()).min(1).max(500).optional(),
      device: z.string().min(1).max(256).optional(),
      commandId: z.string().min(8).max(100).optional(),
    })
    .refine(({ ids, device }) => (ids === undefined) !== (device === undefined), {
      path: ['ids'],
      error: 'give either `ids` or `device`',
    });
  app.post(
    '/api/v1/quarantine/readmit',
    {
      config: { answer: bodies.outcome, roles: ['admin'] },
      schema: {
        tags: ['readings'],
        summary: 'Judge refused messages again after a fix; what is kept goes in as late data',
        body: wanted,
      },
    },
    async (request, reply) => {
      const { ids, device, commandId } = request.body;
      const outcome = await command({
        id: commandId ?? randomUUID(),
        actor: actorOf(request),
        at: clock.now(),
        type: 'quarantine.readmit',
        which: ids ? { ids } : { device: device as string },
      });
      return 'done' in outcome ? outcome : problem(reply, 409, outcome.refused);
    },
  );
}
