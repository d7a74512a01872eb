import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { bodies } from '../bodies.ts';
import type { DemoControls, ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

/** The demonstration's buttons. A real city has none of these routes. */
export function demoRoutes(base: FastifyInstance, { ingest, registry }: ServerContext, demo: DemoControls): void {
  const app = base.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/api/v1/demo/faults',
    {
      config: { answer: bodies.started, finds: true },
      schema: {
        tags: ['demo'],
        summary: 'Play a fault in the simulated city',
        body: z.object({ kind: z.string().max(60), target: z.string().max(100).optional() }),
      },
    },
    async ({ body: { kind, target } }, reply) => {
      if (!demo.faults.some((fault) => fault.kind === kind))
        return problem(reply, 404, refusals.notFound('fault', kind));
      return { started: await demo.start(kind, target) };
    },
  );

  app.post(
    '/api/v1/demo/payload',
    {
      config: { answer: bodies.sent, finds: true },
      schema: {
        tags: ['demo'],
        summary: 'Publish any text as a device, through the real MQTT door',
        body: z.object({ device: z.string().max(100), payload: z.string().max(300_000) }),
      },
    },
    async ({ body: { device, payload } }, reply) => {
      if (!registry.device(device)) return problem(reply, 404, refusals.notFound('device', device));
      const before = await ingest.quarantine({ device, limit: 1 });
      await demo.publish(device, payload);
      const [newest] = await ingest.quarantine({ device, limit: 1 });
      return { sent: true, ...(newest && newest.id !== before[0]?.id ? { quarantined: newest } : {}) };
    },
  );
}
