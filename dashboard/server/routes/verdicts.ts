import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { verdictKinds } from '../../../devices/contract/alarm.ts';
import type { PrecisionBody, VerdictsBody } from '../../../devices/contract/api.ts';
import { evidence, judgedSchema } from '../../../devices/contract/command.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { precision, precisionBy } from '../precision.ts';

const tags = ['verdicts'];
const period = {
  from: z.coerce.number().optional().describe('of alarms raised at or after, ms since 1970'),
  to: z.coerce.number().optional().describe('of alarms raised before, ms since 1970'),
};

/** 研判: what alarms turned out to be, and the precision that follows. */
export function verdictRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const { db } = context.state;
  const within = ({ from, to }: { from?: number | undefined; to?: number | undefined }) => {
    let rows = db.selectFrom('verdicts');
    if (from !== undefined) rows = rows.where('raised_at', '>=', from);
    return to === undefined ? rows : rows.where('raised_at', '<', to);
  };

  app.post(
    '/api/v1/verdicts',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'Judge alarms, open or closed, or all of an incident',
        body: z.object({ of: judgedSchema, kind: z.enum(verdictKinds), evidence, commandId }),
      },
    },
    (request, reply) => {
      const { of, kind, evidence, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'judge', of, kind, evidence }), commandId);
    },
  );

  app.get(
    '/api/v1/verdicts',
    {
      config: { answer: bodies.verdicts },
      schema: {
        tags,
        summary: 'Every verdict, newest first',
        querystring: z.object({
          ...period,
          alarm: z.string().optional(),
          device: z.string().optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
      },
    },
    async ({ query: { alarm, device, limit, ...times } }): Promise<VerdictsBody> => {
      let rows = within(times);
      if (alarm) rows = rows.where('alarm', '=', alarm);
      if (device) rows = rows.where('device', '=', device);
      const found = await rows.selectAll().orderBy('seq', 'desc').limit(limit).execute();
      return {
        items: found.map(({ seq, at, alarm, kind, evidence, actor_name, device, rule, incident }) => ({
          seq,
          at,
          alarm,
          kind: kind as VerdictsBody['items'][number]['kind'],
          evidence,
          by: actor_name,
          device,
          rule,
          incident,
        })),
      };
    },
  );

  app.get(
    '/api/v1/verdicts/precision',
    {
      config: { answer: bodies.precision },
      schema: {
        tags,
        summary: 'Share of judged alarms that were real, per model, site or rule; no figure below five verdicts',
        querystring: z.object({ ...period, by: z.enum(precisionBy).default('rule') }),
      },
    },
    async ({ query: { by, ...times } }): Promise<PrecisionBody> => {
      const rows = await within(times)
        .select(['seq', 'alarm', 'kind', 'model', 'device_type', 'site', 'rule'])
        .execute();
      return { by, items: precision(rows, by) };
    },
  );
}
