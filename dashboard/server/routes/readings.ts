import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { itemsOf } from '../../../devices/city/items-of.ts';
import { limitValue } from '../../../devices/city/limit-value.ts';
import { catalogueAt } from '../../../devices/city/overlays.ts';
import type { ReadingsBody, ReadingsListBody } from '../../../devices/contract/api.ts';
import type { Catalogue, Item, Rule } from '../../../devices/contract/catalogue.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { normalSilence, withEdges } from '../../../devices/readings/gaps.ts';
import { type SelectedSeries, selectSeries } from '../../../devices/readings/selection.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { exportRoutes, names } from './export.ts';

const dayMs = 86_400_000;
/** Samples of one answer at most: what a page of curves can show, and what an answer between processes can hold. */
const mostSamples = 200_000;
/** Series of one answer at most; an export has no such limit. */
const mostSeries = 200;
/** Series that the store is asked for at a time: one request must not keep all others waiting. */
const atATime = 4;

const time = z.coerce.number().int();
const query = z
  .object({
    device: z.string().optional().describe('one device, with one `measurement`: the answer is that series itself'),
    measurement: z.string().optional(),
    devices: names.optional().describe('several, separated by commas or repeated: the answer is a list of series'),
    measurements: names.optional().describe('of those devices; default all that their types have'),
    from: time.optional().describe('ms since 1970; default 24 hours before `to`'),
    to: time.optional().describe('ms since 1970; default now'),
    width: z.coerce
      .number()
      .int()
      .min(1)
      .max(25_000)
      .default(500)
      .describe('columns of the picture; each gives its lowest and its highest reading'),
    maxSamples: z.coerce.number().int().min(2).max(50_000).optional().describe('instead of `width`: twice that'),
  })
  .superRefine(({ from, to, device, devices, measurement }, fault) => {
    const refuse = (field: string, zh: string, message: string) =>
      fault.addIssue({ code: 'custom', path: [field], message, params: { zh } });
    if (from !== undefined && to !== undefined && from >= to) {
      refuse('from', 'from 必须早于 to', '`from` must lie before `to`');
    }
    if ((device === undefined) === (devices === undefined)) {
      refuse('device', '请给出 device 或 devices 之一', 'give either `device` or `devices`');
    } else if ((device === undefined) !== (measurement === undefined)) {
      const en = '`device` goes with `measurement`, `devices` with `measurements`';
      refuse('measurement', 'device 与 measurement 同用，devices 与 measurements 同用', en);
    }
  });

/** Series from the telemetry store with their gaps and the limits that judge them. */
export function readingRoutes(base: FastifyInstance, context: ServerContext): void {
  const { ingest, registry, types, city, clock } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const standardsAt = catalogueAt(city);
  const rulesAt = new WeakMap<Catalogue, ReturnType<typeof rulesByMeasurement>>();
  const rulesOf = (device: Device) => {
    const here = standardsAt(device);
    const known = rulesAt.get(here) ?? rulesByMeasurement(itemsOf(here));
    rulesAt.set(here, known);
    return known;
  };

  app.get(
    '/api/v1/readings',
    {
      config: { answer: bodies.readings, finds: true },
      schema: {
        tags: ['readings'],
        summary: 'Series of devices and measurements, thinned so that no peak is lost, with their gaps',
        querystring: query,
      },
    },
    async ({ query }, reply) => {
      const { device, devices, measurement, measurements } = query;
      const series = selectSeries(
        {
          devices: device === undefined ? devices : [device],
          measurements: measurement === undefined ? measurements : [measurement],
        },
        { device: registry.device, devices: registry.devices, types },
      );
      if ('missing' in series) return problem(reply, 404, refusals.notFound(series.missing, series.name));
      const maxSamples = query.maxSamples ?? 2 * query.width;
      if (series.length > mostSeries || series.length * maxSamples > mostSamples) {
        return problem(reply, 400, tooMuch(series.length, maxSamples));
      }
      const to = query.to ?? clock.now() + 1;
      const from = query.from ?? to - dayMs;
      const range = { from, to, maxSamples, until: Math.min(to, clock.now()) };
      const answers: ReadingsBody[] = [];
      for (let at = 0; at < series.length; at += atATime) {
        answers.push(...(await Promise.all(series.slice(at, at + atATime).map((one) => seriesBody(one, range)))));
      }
      return device === undefined ? ({ from, to, series: answers } satisfies ReadingsListBody) : answers[0];
    },
  );

  const seriesBody = async (
    { device, name, measurement }: SelectedSeries,
    { from, to, maxSamples, until }: { from: number; to: number; maxSamples: number; until: number },
  ): Promise<ReadingsBody> => {
    const here = rulesOf(device);
    const rules = here.get(`${device.type}/${name}`) ?? [];
    const anyRules = here.get(`${device.type}/*`) ?? [];
    const gapMs = normalSilence(
      measurement,
      [...rules, ...anyRules].map(({ rule }) => rule),
    );
    const asked = { type: device.type, device: device.id, measurement: name, from, to, maxSamples };
    const curve = await ingest.curve(gapMs > 0 ? { ...asked, gapMs } : asked);
    return {
      device: device.id,
      measurement: name,
      unit: measurement.unit,
      from,
      to,
      samples: curve.samples.map(({ at, value, quality }) => [at, value, quality] as const),
      limits: rules.flatMap(({ item, rule }) => limitLine(item, rule, device, measurement.unit)),
      count: curve.count,
      thinned: curve.samples.length < curve.count,
      resolutionMs: curve.resolutionMs,
      quality: curve.quality,
      first: curve.first,
      last: curve.last,
      gapMs,
      gaps: gapMs > 0 ? withEdges(curve, from, until, gapMs) : [],
      moreGaps: curve.moreGaps,
    };
  };

  exportRoutes(base, context);
}

const tooMuch = (series: number, samples: number) => ({
  code: 'too-many-readings',
  zh: `一次最多 ${mostSeries} 条曲线、共 ${mostSamples} 个点；这里是 ${series} 条 × ${samples} 个点：请减少设备或测点，或减小 width；要全部读数请用 /api/v1/readings/export`,
  en: `an answer has at most ${mostSeries} series and ${mostSamples} samples in all; this one would have ${series} × ${samples}: ask for fewer devices or measurements or a smaller width; for all readings use /api/v1/readings/export`,
});

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
