import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type HazardEntry,
  type HazardStep,
  hazardReportSchema,
  hazardStages,
  hazardStepSchema,
} from '../../../devices/contract/hazard.ts';
import { type HazardFigures, hazardFigures } from '../../../devices/hazards/figures.ts';
import { whyNotHis } from '../../../devices/hazards/hands.ts';
import { hazardCsv } from '../../../devices/hazards/hazard-csv.ts';
import { hazardStepsIn } from '../../../devices/hazards/stages.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { hazardBodies } from '../hazard-bodies.ts';
import { problem, refusals } from '../problem.ts';
import { page } from './page.ts';

const tags = ['hazards'];
const filter = z.object({
  state: z.enum(['open', 'all']).default('open'),
  stage: z.enum(hazardStages).optional(),
  kind: z.string().optional(),
  grade: z.string().optional(),
  area: z.string().optional(),
  department: z.string().optional(),
  site: z.string().optional(),
  campaign: z.string().optional(),
  overdue: z.stringbool().default(false).describe('only what was not put right by its deadline'),
  repeat: z.stringbool().default(false).describe('only the same kind at the same place again'),
  from: z.coerce.number().optional().describe('found at or after, ms since 1970'),
  to: z.coerce.number().optional().describe('found before, ms since 1970'),
});
type Filter = z.infer<typeof filter>;
/** Rows of a CSV: a register is a city's, not a year's readings. */
const CSV_ROWS = 50_000;
const DAY_MS = 86_400_000;

/** The hazard register (隐患台账): what was found, what became of it, and how many of which. */
export function hazardRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const { db } = context.state;
  const found = (query: Filter) => {
    let rows = db.selectFrom('hazards');
    if (query.state === 'open') rows = rows.where('open', '=', 1);
    for (const name of ['stage', 'kind', 'grade', 'area', 'department', 'site', 'campaign'] as const) {
      const wanted = query[name];
      if (wanted !== undefined) rows = rows.where(name, '=', wanted);
    }
    if (query.overdue) rows = rows.where('due_at', '<', context.clock.now()).where('rectified_at', 'is', null);
    if (query.repeat) rows = rows.where('repeats', '>', 0);
    if (query.from !== undefined) rows = rows.where('found_at', '>=', query.from);
    return query.to === undefined ? rows : rows.where('found_at', '<', query.to);
  };

  app.get(
    '/api/v1/hazards',
    {
      config: { answer: hazardBodies.hazards },
      schema: { tags, summary: 'Hazards of the register, newest first', querystring: page(1000).extend(filter.shape) },
    },
    async ({ query }) => {
      const { total } = await found(query)
        .select(({ fn }) => fn.countAll().as('total'))
        .executeTakeFirstOrThrow();
      const rows = await found(query)
        .select('body')
        .orderBy('found_at', 'desc')
        .orderBy('no', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      return { total: Number(total), items: rows.map(({ body }) => JSON.parse(body) as HazardEntry) };
    },
  );

  app.get(
    '/api/v1/hazards.csv',
    {
      config: { answer: z.string(), answerType: 'text/csv' },
      schema: { tags, summary: 'The register as CSV', querystring: filter },
    },
    async ({ query }, reply) => {
      const rows = await found(query).select('body').orderBy('found_at').limit(CSV_ROWS).execute();
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="hazards.csv"')
        .send(hazardCsv(rows.map(({ body }) => JSON.parse(body) as HazardEntry)));
    },
  );

  app.get(
    '/api/v1/hazards/figures',
    {
      config: { answer: hazardBodies.figures },
      schema: {
        tags,
        summary: 'Counts by grade, area, department and kind over a period, and the last look at pipes and detectors',
        querystring: z.object({
          from: z.coerce.number().optional().describe('ms since 1970; 30 days before `to` when left out'),
          to: z.coerce.number().optional().describe('ms since 1970; now when left out'),
          area: z.string().optional(),
          department: z.string().optional(),
        }),
      },
    },
    async ({ query }): Promise<HazardFigures> => {
      // The end is not part of a period: what was found this very moment is to be counted.
      const to = query.to ?? context.clock.now() + 1;
      return hazardFigures(db, { ...query, to, from: query.from ?? to - 30 * DAY_MS });
    },
  );

  app.get(
    '/api/v1/hazards/:id',
    {
      config: { answer: hazardBodies.hazard, finds: true },
      schema: { tags, summary: 'One hazard with its whole history', params: z.object({ id: z.string() }) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const row = await db.selectFrom('hazards').select('body').where('id', '=', id).executeTakeFirst();
      if (!row) return problem(reply, 404, refusals.notFound('hazard', id));
      const entry = JSON.parse(row.body) as HazardEntry;
      const steps = await db
        .selectFrom('hazard_steps')
        .select('body')
        .where('hazard', '=', id)
        .orderBy('seq')
        .execute();
      const grade = context.city.city.hazards.grades.find((one) => one.id === entry.grade?.id);
      const can = hazardStepsIn(entry.stage).filter(
        (kind) => whyNotHis(entry, kind, actorOf(request), () => undefined, grade)?.code !== 'not-your-role',
      );
      return { ...entry, can, steps: steps.map(({ body }) => JSON.parse(body) as HazardStep) };
    },
  );

  app.post(
    '/api/v1/hazards',
    {
      config: { answer: bodies.outcome },
      schema: { tags, summary: 'Report a hazard', body: hazardReportSchema.extend({ commandId }) },
    },
    (request, reply) => {
      const { commandId, ...report } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'hazard.report', report }), commandId);
    },
  );
  app.post(
    '/api/v1/hazards/:id/steps',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'Take a step: grade, assign, start, finish, verify …',
        params: z.object({ id: z.string() }),
        body: z.object({ step: hazardStepSchema, commandId }),
      },
    },
    (request, reply) => {
      const { step, commandId } = request.body;
      const hazard = request.params.id;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'hazard.step', hazard, step }), commandId);
    },
  );
  app.post(
    '/api/v1/hazards/look',
    {
      config: { answer: bodies.outcome },
      schema: { tags, summary: 'Look for overbuilt pipes and unwatched sites now', body: z.object({ commandId }) },
    },
    (request, reply) =>
      ask(request, reply, (envelope) => ({ ...envelope, type: 'hazard.look' }), request.body.commandId),
  );
}
