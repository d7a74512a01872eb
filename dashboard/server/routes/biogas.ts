import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { adviseBiogas } from '../../../devices/biogas/advise.ts';
import { biogasModel } from '../../../devices/biogas/biogas-model.ts';
import type { Alarm, VerdictKind } from '../../../devices/contract/alarm.ts';
import type { BiogasBody } from '../../../devices/contract/api.ts';
import { companionsOf, measurementWith } from '../biogas/companions.ts';
import { gatherEvidence, stretchOf } from '../biogas/gather.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

/** Earlier alarms of a point that are looked at. */
const PAST_ALARMS = 100;

/** Biogas or a leak: advice on an alarm of an underground space, from stored readings. It changes nothing. */
export function biogasRoutes(base: FastifyInstance, context: ServerContext): void {
  const { alarms, registry, types, ingest, clock } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();

  const earlierVerdicts = async ({ id, device, measurement, since }: Alarm): Promise<VerdictKind[]> => {
    const { items } = await alarms.find({ openOnly: false, device, limit: PAST_ALARMS, offset: 0 });
    const earlier = items.filter((one) => one.id !== id && one.measurement === measurement && one.since < since);
    return earlier.flatMap(({ verdict }) => (verdict ? [verdict.kind] : []));
  };

  app.get(
    '/api/v1/alarms/:id/biogas',
    {
      config: { answer: bodies.biogas, finds: true },
      schema: {
        tags: ['alarms'],
        summary: 'Biogas or a leak: advice with its reasons on an alarm of an underground space; it changes nothing',
        params: z.object({ id: z.string() }),
      },
    },
    async ({ params }, reply) => {
      const alarm = (await alarms.one(params.id))?.alarm;
      if (!alarm) return problem(reply, 404, refusals.notFound('alarm', params.id));
      const device = registry.device(alarm.device);
      const methane = measurementWith(types[alarm.deviceType], 'methane');
      if (!device || methane === undefined || alarm.measurement !== methane) {
        return problem(reply, 404, notUnderground(params.id));
      }
      const stretch = stretchOf(alarm, clock.now());
      const companions = companionsOf(device, registry.devices(), types);
      const verdicts = await earlierVerdicts(alarm);
      const evidence = await gatherEvidence({ device, measurement: methane }, companions, stretch, ingest, verdicts);
      return {
        alarm: alarm.id,
        asOf: stretch.to - 1,
        advice: adviseBiogas(evidence, biogasModel),
        model: biogasModel.version,
      } satisfies BiogasBody;
    },
  );
}

const notUnderground = (id: string) => ({
  code: 'not-underground',
  zh: `告警“${id}”不是地下空间的甲烷告警，没有沼气研判参考`,
  en: `alarm "${id}" is not one of methane in an underground space: there is no biogas advice on it`,
});
