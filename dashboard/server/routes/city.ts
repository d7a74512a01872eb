import type { FastifyInstance } from 'fastify';
import type { CityBody } from '../../../devices/contract/api.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';

/** The city. */
export function cityRoutes(app: FastifyInstance, { city, types, demo, version }: ServerContext): void {
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
}
