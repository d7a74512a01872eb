import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { backtestRequestSchema } from '../../../devices/contract/backtest.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

const byId = z.object({ id: z.string() });

/** For the people who tune rules: what they say, what they think of a device, and what a change of one would do. */
export function ruleRoutes(base: FastifyInstance, { rulesTools: tools }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();

  const filter = z.object({ type: z.string().optional(), item: z.string().optional() });
  app.get(
    '/api/v1/rules',
    {
      config: { answer: bodies.rules },
      schema: { tags: ['rules'], summary: 'Every rule in words, as it is judged now', querystring: filter },
    },
    async ({ query: { type, item } }) => ({
      items: (await tools.rules()).filter(
        (rule) => (type === undefined || rule.deviceType === type) && (item === undefined || rule.item === item),
      ),
    }),
  );

  app.get(
    '/api/v1/devices/:id/rules',
    {
      config: { answer: bodies.deviceRules, finds: true },
      schema: {
        tags: ['rules'],
        summary: 'The rules that see a device: values, limits, timers, and what would have to change',
        params: byId,
      },
    },
    async ({ params }, reply) => {
      const explained = await tools.explain(params.id);
      if ('found' in explained) return explained.found;
      return problem(reply, 404, { code: 'not-found', ...explained.unknown });
    },
  );

  app.get(
    '/api/v1/backtests',
    {
      config: { answer: bodies.backtests },
      schema: { tags: ['rules'], summary: 'Back-tests under way and ended lately, without their reports' },
    },
    async () => ({ items: await tools.backtests() }),
  );

  app.post(
    '/api/v1/backtests',
    {
      config: { answer: bodies.backtest },
      schema: {
        tags: ['rules'],
        summary: 'Try a rule, a change of one or a new one on the readings that are stored',
        body: backtestRequestSchema,
      },
    },
    async (request, reply) => {
      const started = await tools.startBacktest(request.body, actorOf(request).name);
      if ('job' in started) return started.job;
      const faults = started.faults.map(({ path, zh, en }) => ({ in: 'body', field: path, zh, en }));
      return problem(reply, 409, started.refused, faults);
    },
  );

  app.get(
    '/api/v1/backtests/:id',
    {
      config: { answer: bodies.backtest, finds: true },
      schema: { tags: ['rules'], summary: 'How far a back-test is; its report once it is done', params: byId },
    },
    async ({ params }, reply) =>
      (await tools.backtest(params.id)) ?? problem(reply, 404, refusals.notFound('backtest', params.id)),
  );

  app.delete(
    '/api/v1/backtests/:id',
    {
      config: { answer: bodies.backtest, finds: true },
      schema: { tags: ['rules'], summary: 'Cancel a back-test; one that has ended stays as it is', params: byId },
    },
    async ({ params }, reply) => {
      await tools.cancelBacktest(params.id);
      return (await tools.backtest(params.id)) ?? problem(reply, 404, refusals.notFound('backtest', params.id));
    },
  );
}
