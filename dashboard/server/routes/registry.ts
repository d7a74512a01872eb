import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ClocksBody, DeviceBody, DevicesBody } from '../../../devices/contract/api.ts';
import { type BesideKind, type BesideRecord, besideKinds } from '../../../devices/contract/beside.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { contactSeenBy, siteSeenBy } from '../../../devices/privacy/seen-contact.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { page, pageOf } from './page.ts';

/** Devices, sites and gateways, with the newest that is known of each device. */
export function registryRoutes(base: FastifyInstance, { registry, picture, ingest }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();

  const bodyOf = (device: Device, role: string): DeviceBody => {
    const { lastAt, stale, values, attributes } = picture.device(device.id);
    const siteRecord = device.site ? registry.site(device.site) : undefined;
    const gatewayRecord = device.gateway ? registry.gateway(device.gateway) : undefined;
    return {
      ...device,
      ...(siteRecord && { siteRecord: siteSeenBy(role, siteRecord) }),
      ...(gatewayRecord && { gatewayRecord }),
      lastAt,
      stale,
      values,
      attributes,
    };
  };

  const filter = page(10_000, 1000).extend({
    type: z.string().optional(),
    area: z.string().optional(),
    site: z.string().optional(),
    gateway: z.string().optional(),
    q: z.string().max(100).optional().describe('part of the id, name or address'),
  });
  app.get(
    '/api/v1/devices',
    {
      config: { answer: bodies.devices },
      schema: { tags: ['registry'], summary: 'Devices with their newest values', querystring: filter },
    },
    async (request): Promise<DevicesBody> => {
      const { query } = request;
      const { role } = actorOf(request);
      const { type, area, site, gateway, q } = query;
      const wanted = q?.toLowerCase();
      const found: Device[] = [];
      for (const device of registry.devices()) {
        if (type && device.type !== type) continue;
        if (area && device.area !== area) continue;
        if (site && device.site !== site) continue;
        if (gateway && device.gateway !== gateway) continue;
        if (
          wanted &&
          !`${device.id}\n${device.name}\n${device.nameEn ?? ''}\n${device.address ?? ''}`
            .toLowerCase()
            .includes(wanted)
        )
          continue;
        found.push(device);
      }
      const { total, items } = pageOf(found, query);
      return { total, items: items.map((device) => bodyOf(device, role)) };
    },
  );

  const byId = z.object({ id: z.string() });
  app.get(
    '/api/v1/devices/:id',
    {
      config: { answer: bodies.device, finds: true },
      schema: { tags: ['registry'], summary: 'One device', params: byId },
    },
    async (request, reply) => {
      const { id } = request.params;
      const device = registry.device(id);
      if (!device) return problem(reply, 404, refusals.notFound('device', id));
      // A device is shown also while ingest does not answer; only its clock is not.
      const clock = await ingest.clock(device.id).catch(() => null);
      return { ...bodyOf(device, actorOf(request).role), clock: clock && { skewMs: clock.skewMs, at: clock.at } };
    },
  );

  app.get(
    '/api/v1/clocks',
    {
      config: { answer: bodies.clocks },
      schema: { tags: ['registry'], summary: 'Devices whose clock is off by more than is tolerated, the worst first' },
    },
    async (): Promise<ClocksBody> => (await ingest.stats()).admission.clocks,
  );

  app.get(
    '/api/v1/sites',
    {
      config: { answer: bodies.sites },
      schema: { tags: ['registry'], summary: 'Sites', querystring: page(10_000) },
    },
    async (request) => {
      const { total, items } = pageOf([...registry.sites()], request.query);
      return { total, items: items.map((site) => siteSeenBy(actorOf(request).role, site)) };
    },
  );

  app.get(
    '/api/v1/gateways',
    {
      config: { answer: bodies.gateways },
      schema: { tags: ['registry'], summary: 'Gateways', querystring: page(10_000) },
    },
    async ({ query }) => pageOf([...registry.gateways()], query),
  );

  for (const kind of besideKinds) {
    app.get(
      `/api/v1/${kind}s`,
      {
        config: { answer: bodies[kind] },
        schema: { tags: ['registry'], summary: besideTitles[kind], querystring: page(10_000) },
      },
      async (request) => {
        const { total, items } = pageOf<BesideRecord>([...registry.beside.of(kind).values()], request.query);
        const { role } = actorOf(request);
        return { total, items: items.map((one) => ('role' in one ? contactSeenBy(role, one) : one)) };
      },
    );
  }
}

const besideTitles: Readonly<Record<BesideKind, string>> = {
  valve: 'Valves of the network, shown and never operated',
  pipe: 'Pipes of the network',
  crew: 'Crews and how to call them',
  contact: 'Contacts of sites: who owns, keeps the key, opens the door; numbers masked by role',
  'work-order': 'Work orders',
  permit: 'Permits',
  'protection-plan': 'Protection plans for works near pipes',
};
