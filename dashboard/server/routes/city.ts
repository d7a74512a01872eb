import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CityBody, StandardsBody } from '../../../devices/contract/api.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

/** The city, its standards, and the demonstration's buttons. */
export function cityRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const { city, types, demo, version, alarms, ingest, registry } = context;

  app.get(
    '/api/v1/city',
    {
      config: { public: true },
      schema: { tags: ['city'], summary: 'The city, its device types, its map, and whether this is a demonstration' },
    },
    async (): Promise<CityBody> => ({
      city: city.city,
      types: Object.values(types),
      demo: demo && { speed: demo.speed, faults: demo.faults },
      version,
      mapStyles: { light: '/geo/style-light.json', dark: '/geo/style-dark.json' },
      mapboxToken: null,
    }),
  );

  app.get(
    '/api/v1/standards',
    { schema: { tags: ['city'], summary: 'The standards catalogue in force, and open alarms per item' } },
    async (): Promise<StandardsBody> => ({
      catalogue: city.catalogue,
      open: await alarms.openByItem(),
    }),
  );

  if (!demo) return;
  app.post(
    '/api/v1/demo/faults',
    {
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
