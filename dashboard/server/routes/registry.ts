import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { DeviceBody, DevicesBody } from '../../../devices/contract/api.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { page } from './page.ts';

/** Devices, sites and gateways, with the newest that is known of each device. */
export function registryRoutes(base: FastifyInstance, { registry, picture }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();

  const bodyOf = (device: Device): DeviceBody => {
    const { lastAt, stale, values, attributes } = picture.device(device.id);
    const siteRecord = device.site ? registry.site(device.site) : undefined;
    const gatewayRecord = device.gateway ? registry.gateway(device.gateway) : undefined;
    return {
      ...device,
      ...(siteRecord && { siteRecord }),
      ...(gatewayRecord && { gatewayRecord }),
      lastAt,
      stale,
      values,
      attributes,
    };
  };

  const filter = z.object({
    type: z.string().optional(),
    area: z.string().optional(),
    site: z.string().optional(),
    gateway: z.string().optional(),
    q: z.string().max(100).optional().describe('part of the id, name or address'),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    offset: z.coerce.number().int().min(0).default(0),
  });
  app.get(
    '/api/v1/devices',
    { schema: { tags: ['registry'], summary: 'Devices with their newest values', querystring: filter } },
    async ({ query }): Promise<DevicesBody> => {
      const { type, area, site, gateway, q, limit, offset } = query;
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
      return { total: found.length, items: found.slice(offset, offset + limit).map(bodyOf) };
    },
  );

  const byId = z.object({ id: z.string() });
  app.get(
    '/api/v1/devices/:id',
    { schema: { tags: ['registry'], summary: 'One device', params: byId } },
    async ({ params }, reply) => {
      const device = registry.device(params.id);
      return device ? bodyOf(device) : problem(reply, 404, refusals.notFound('device', params.id));
    },
  );

  app.get(
    '/api/v1/sites',
    { schema: { tags: ['registry'], summary: 'Sites', querystring: page(10_000) } },
    async ({ query: { limit, offset } }) => {
      const sites = [...registry.sites()];
      return { total: sites.length, items: sites.slice(offset, offset + limit) };
    },
  );

  app.get(
    '/api/v1/gateways',
    { schema: { tags: ['registry'], summary: 'Gateways', querystring: page(10_000) } },
    async ({ query: { limit, offset } }) => {
      const gateways = [...registry.gateways()];
      return { total: gateways.length, items: gateways.slice(offset, offset + limit) };
    },
  );
}
