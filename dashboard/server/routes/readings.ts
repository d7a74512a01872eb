import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { itemsOf } from '../../../devices/city/items-of.ts';
import { limitValue } from '../../../devices/city/limit-value.ts';
import type { ReadingsBody } from '../../../devices/contract/api.ts';
import type { Item, Rule } from '../../../devices/contract/catalogue.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

const dayMs = 86_400_000;
/** A curve is broken where news is this many times later than the device type promises. */
const gapFactor = 3;

const time = z.coerce.number().int();
const query = z
  .object({
    device: z.string(),
    measurement: z.string(),
    from: time.optional().describe('ms since 1970; default 24 hours before `to`'),
    to: time.optional().describe('ms since 1970; default now'),
    maxSamples: z.coerce.number().int().min(2).max(50_000).default(1000),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['from'],
    error: '`from` must lie before `to`',
  });

/** Series from the telemetry store with the limits that judge them. */
export function readingRoutes(base: FastifyInstance, { ingest, registry, types, city, clock }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const rulesOf = rulesByMeasurement(itemsOf(city.catalogue));

  app.get(
    '/api/v1/readings',
    {
      config: { answer: bodies.readings, finds: true },
      schema: { tags: ['readings'], summary: 'One series, thinned so that no peak is lost', querystring: query },
    },
    async ({ query }, reply) => {
      const device = registry.device(query.device);
      if (!device) return problem(reply, 404, refusals.notFound('device', query.device));
      const measurements = types[device.type]?.measurements ?? {};
      const measurement = Object.hasOwn(measurements, query.measurement) ? measurements[query.measurement] : undefined;
      if (!measurement) return problem(reply, 404, refusals.notFound('measurement', query.measurement));
      const to = query.to ?? clock.now() + 1;
      const from = query.from ?? to - dayMs;
      const samples = await ingest.series({
        type: device.type,
        device: device.id,
        measurement: query.measurement,
        from,
        to,
        maxSamples: query.maxSamples,
      });
      const body: ReadingsBody = {
        device: device.id,
        measurement: query.measurement,
        unit: measurement.unit,
        samples: samples.map(({ at, value, quality }) => [at, value, quality] as const),
        limits: (rulesOf.get(`${device.type}/${query.measurement}`) ?? []).flatMap(({ item, rule }) =>
          limitLine(item, rule, device, measurement.unit),
        ),
        gapMs: gapFactor * Math.max(measurement.everyMs ?? 0, (to - from) / query.maxSamples, 20_000),
      };
      return body;
    },
  );
}

function rulesByMeasurement(items: readonly Item[]): Map<string, { item: Item; rule: Rule }[]> {
  const rules = new Map<string, { item: Item; rule: Rule }[]>();
  for (const item of items) {
    for (const rule of item.rules) {
      const key = `${item.deviceType}/${rule.measurement}`;
      rules.set(key, [...(rules.get(key) ?? []), { item, rule }]);
    }
  }
  return rules;
}

function limitLine(item: Item, rule: Rule, device: Device, unit: string): ReadingsBody['limits'] {
  if (rule.kind !== 'threshold') return [];
  const limit = limitValue(rule.limit, device, unit);
  if ('refused' in limit || typeof limit.value !== 'number') return [];
  return [
    { rule: `${item.code}.${rule.id}`, title: rule.title, priority: rule.priority, op: rule.op, value: limit.value },
  ];
}
