import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sampleVisitsFields } from '../../../devices/contract/campaign.ts';
import { officeRoles, scoredRoles } from '../../../devices/contract/roles.ts';
import type { NumberBody, RunBody, ShownRun, SupervisionBody } from '../../../devices/contract/score.ts';
import { supervisionFields as fields } from '../../../devices/contract/supervision-command.ts';
import { numbersOf, runBody, runLines, weightsAt, weightsChanges } from '../../../devices/supervision/read-scores.ts';
import { shownRun } from '../../../devices/supervision/sealed-sample.ts';
import { shownFacts } from '../../../devices/supervision/shown-facts.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';
import { supervisionBodies } from '../supervision-bodies.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Supervision by figures: what was worked out, what it is made of, appeals, and what two people published. */
export function supervisionRoutes(base: FastifyInstance, context: ServerContext): void {
  const { city, state, clock, duty } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const tags = ['supervision'];
  const policy = city.supervision ?? null;
  const none = (reply: FastifyReply) => problem(reply, 404, noSupervision);

  app.get(
    '/api/v1/supervision',
    {
      config: { answer: supervisionBodies.supervision, finds: true },
      schema: { tags, summary: 'Cycles, classes, indicators and weights of the city, and every run, newest first' },
    },
    async (_, reply): Promise<SupervisionBody | FastifyReply> => {
      if (!policy) return none(reply);
      const changes = await weightsChanges(state.db);
      return { policy, weights: weightsAt(policy, changes, clock.now()), changes, runs: await runLines(state.db) };
    },
  );
  const run = z.object({ run: z.string().max(100) });
  const shown = async (id: string): Promise<RunBody | undefined> => {
    const body = await runBody(state.db, id);
    return body && shownRun(body, city.city.campaigns, clock.now());
  };
  app.get(
    '/api/v1/supervision/runs/:run',
    {
      config: { answer: supervisionBodies.scoreRun, finds: true },
      schema: { tags, summary: 'One run: result, appeals, signatures, what it corrects', params: run },
    },
    async ({ params, principal }, reply): Promise<ShownRun | FastifyReply> => {
      const body = await shown(params.run);
      if (!body) return problem(reply, 404, refusals.notFound('run', params.run));
      const { content } = body.run;
      const units = 'basis' in content ? content.basis.classes.flatMap((group) => group.units) : [];
      return { ...body, appealsFor: await duty.unitsOf(principal?.id ?? '', units, clock.now()) };
    },
  );
  app.get(
    '/api/v1/supervision/runs/:run/numbers/:unit/:indicator',
    {
      config: { answer: supervisionBodies.scoreNumber, finds: true },
      schema: {
        tags,
        summary: 'What a number is made of: tickets, alarms, visits, hazards, places',
        params: run.extend({ unit: z.string(), indicator: z.string() }),
      },
    },
    async ({ params }, reply): Promise<NumberBody | FastifyReply> =>
      (await shownFacts(state.db, params.run, params.unit, params.indicator)) ??
      problem(reply, 404, refusals.notFound('run', `${params.run} ${params.unit} ${params.indicator}`)),
  );
  app.get(
    '/api/v1/supervision/runs/:run/export',
    {
      config: { answer: z.string(), answerType: XLSX, finds: true },
      schema: { tags, summary: 'One run as a workbook (XLSX), every fact included', params: run },
    },
    async ({ params }, reply) => {
      const body = await shown(params.run);
      if (!body) return problem(reply, 404, refusals.notFound('run', params.run));
      // The workbook's library is large: it is loaded for whoever wants a workbook.
      const { scoresWorkbook } = await import('../../../devices/supervision/scores-workbook.ts');
      const { namesOf } = await import('../../../devices/supervision/names-of.ts');
      const bytes = await scoresWorkbook(body, await numbersOf(state.db, params.run), namesOf(city.city, policy));
      return reply
        .type(XLSX)
        .header('content-disposition', `attachment; filename="${params.run}.xlsx"`)
        .header('cache-control', 'no-store')
        .send(Buffer.from(bytes));
    },
  );
  changes(base, context);
}

/** What people ask of supervision; `rules` decides. */
function changes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const office = { answer: bodies.outcome, roles: officeRoles };
  const anybody = { answer: bodies.outcome, roles: scoredRoles };
  const schema = <S extends z.ZodRawShape>(summary: string, shape: S) => ({
    tags: ['supervision'],
    summary,
    body: z.object({ ...shape, commandId }),
  });
  app.post(
    '/api/v1/supervision/run',
    {
      config: office,
      schema: schema('Work out a period of a cycle; lists and samples of the period that runs', fields.run),
    },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.run', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/appeal',
    { config: anybody, schema: schema('Appeal a number: these facts do not belong in it', fields.appeal) },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.appeal', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/decide',
    { config: office, schema: schema('Decide an appeal, with the reason', fields.decide) },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.decide', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/publish',
    {
      config: office,
      schema: schema('Stand behind a result by its hash; the second person publishes it', fields.publish),
    },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.publish', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/weights',
    { config: office, schema: schema('Ask for other weights of a class', fields.weights) },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.weights', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/agree',
    { config: office, schema: schema('Agree to weights as the second person', fields.agree) },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.agree', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/visits',
    {
      config: office,
      schema: schema('Make the visits of a drawn sample: one campaign, by the seed of the lot', sampleVisitsFields),
    },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'campaign.sample', ...said }), id);
    },
  );
  app.post(
    '/api/v1/supervision/promise',
    { config: anybody, schema: schema('What a department promises at a dispatch list', fields.promise) },
    (request, reply) => {
      const { commandId: id, ...said } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'supervision.promise', ...said }), id);
    },
  );
}

const noSupervision = {
  code: 'no-supervision',
  zh: '本市没有考核设置：请在城市文件夹中写 supervision.yaml',
  en: 'this city has no supervision: write a supervision.yaml in its folder',
};
