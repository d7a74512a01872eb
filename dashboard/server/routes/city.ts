import type { FastifyInstance } from 'fastify';
import type { CityBody, StandardsBody } from '../../../devices/contract/api.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';

/** The city and its standards. */
export function cityRoutes(app: FastifyInstance, { city, types, demo, version, alarms }: ServerContext): void {
  app.get(
    '/api/v1/city',
    {
      config: { public: true, answer: bodies.city },
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
    {
      config: { answer: bodies.standards },
      schema: { tags: ['city'], summary: 'The standards catalogue in force, and open alarms per item' },
    },
    async (): Promise<StandardsBody> => ({
      catalogue: city.catalogue,
      open: await alarms.openByItem(),
    }),
  );
}
