import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { campaignProgress } from '../../../devices/campaigns/progress.ts';
import { isVisitShown, shownCampaign } from '../../../devices/campaigns/secrecy.ts';
import {
  type Campaign,
  campaignDraftSchema,
  type Visit,
  type VisitStep,
  visitStages,
  visitStepSchema,
} from '../../../devices/contract/campaign.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { hazardBodies } from '../hazard-bodies.ts';
import { problem, refusals } from '../problem.ts';
import { page } from './page.ts';

const tags = ['campaigns'];
const byId = z.object({ id: z.string() });

/** Inspection campaigns and their visits. Where an unannounced visit goes is told from the moment its window opens. */
export function campaignRoutes(base: FastifyInstance, context: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const { db } = context.state;
  const now = () => context.clock.now();
  const withProgress = async (body: string) => {
    const campaign = JSON.parse(body) as Campaign;
    return { ...shownCampaign(campaign, now()), progress: await campaignProgress(db, campaign.id, now()) };
  };

  app.get(
    '/api/v1/campaigns',
    {
      config: { answer: hazardBodies.campaigns },
      schema: {
        tags,
        summary: 'Campaigns with their progress by area, newest first',
        querystring: page(200, 50).extend({ state: z.enum(['running', 'all']).default('running') }),
      },
    },
    async ({ query }) => {
      let rows = db.selectFrom('campaigns').select('body').orderBy('starts_at', 'desc').orderBy('id');
      if (query.state === 'running') rows = rows.where('stage', '=', 'running');
      const found = await rows.limit(query.limit).offset(query.offset).execute();
      return { items: await Promise.all(found.map(({ body }) => withProgress(body))) };
    },
  );
  app.post(
    '/api/v1/campaigns',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'Begin a campaign: its visits are drawn at once',
        body: z.object({ draft: campaignDraftSchema, commandId }),
      },
    },
    (request, reply) => {
      const { draft, commandId } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'campaign.begin', draft }), commandId);
    },
  );
  app.post(
    '/api/v1/campaigns/:id/end',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'End a campaign before its time',
        params: byId,
        body: z.object({ reason: z.string().trim().min(2).max(500), commandId }),
      },
    },
    (request, reply) => {
      const { reason, commandId } = request.body;
      const campaign = request.params.id;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'campaign.end', campaign, reason }), commandId);
    },
  );

  app.get(
    '/api/v1/visits',
    {
      config: { answer: hazardBodies.visits },
      schema: {
        tags,
        summary: 'Visits by the time at which they open; those that are still secret are only counted',
        querystring: page(2000).extend({
          campaign: z.string().optional(),
          area: z.string().optional(),
          stage: z.enum(visitStages).optional(),
          state: z.enum(['open', 'all']).default('open').describe('open: what somebody may still make'),
          running: z.stringbool().default(false).describe('only of campaigns that run'),
          mine: z.stringbool().default(false).describe('only what I began, or nobody did'),
        }),
      },
    },
    async ({ query, principal }) => {
      let rows = db
        .selectFrom('visits as v')
        .innerJoin('campaigns as c', 'c.id', 'v.campaign')
        .select(['v.body as visit', 'c.body as campaign'])
        .orderBy('v.opens_at')
        .orderBy('v.id');
      if (query.campaign !== undefined) rows = rows.where('v.campaign', '=', query.campaign);
      if (query.area !== undefined) rows = rows.where('v.area', '=', query.area);
      if (query.stage !== undefined) rows = rows.where('v.stage', '=', query.stage);
      if (query.state === 'open') rows = rows.where('v.open', '=', 1);
      if (query.running) rows = rows.where('c.stage', '=', 'running');
      const who = principal?.id ?? '';
      if (query.mine) rows = rows.where((eb) => eb.or([eb('v.stage', '<>', 'started'), eb('v.actor_id', '=', who)]));
      const campaigns = new Map<string, Campaign>();
      const all = (await rows.execute()).map(({ visit, campaign }) => {
        const parsed = JSON.parse(visit) as Visit;
        const of = campaigns.get(parsed.campaign) ?? (JSON.parse(campaign) as Campaign);
        campaigns.set(parsed.campaign, of);
        return { visit: parsed, campaign: of };
      });
      const named = query.mine
        ? all.filter(({ campaign: { inspectors } }) => inspectors === null || inspectors.includes(who))
        : all;
      const shown = named.filter(({ visit, campaign }) => isVisitShown(campaign, visit, now()));
      return {
        total: shown.length,
        hidden: named.length - shown.length,
        items: shown.slice(query.offset, query.offset + query.limit).map(({ visit }) => visit),
      };
    },
  );
  app.get(
    '/api/v1/visits/:id',
    {
      config: { answer: hazardBodies.visit, finds: true },
      schema: { tags, summary: 'One visit with its checklist and history', params: byId },
    },
    async ({ params: { id } }, reply) => {
      const row = await db
        .selectFrom('visits as v')
        .innerJoin('campaigns as c', 'c.id', 'v.campaign')
        .select(['v.body as visit', 'c.body as campaign'])
        .where('v.id', '=', id)
        .executeTakeFirst();
      if (!row) return problem(reply, 404, refusals.notFound('visit', id));
      const visit = JSON.parse(row.visit) as Visit;
      const campaign = JSON.parse(row.campaign) as Campaign;
      if (!isVisitShown(campaign, visit, now())) return problem(reply, 404, refusals.notFound('visit', id));
      const steps = await db.selectFrom('visit_steps').select('body').where('visit', '=', id).orderBy('seq').execute();
      const history = steps.map(({ body }) => JSON.parse(body) as VisitStep);
      return { ...visit, checklist: campaign.checklist, steps: history };
    },
  );
  app.post(
    '/api/v1/visits/:id/steps',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'Take a step at a place: start, finding, done, nobody-home, refused, hand-back',
        params: byId,
        body: z.object({ step: visitStepSchema, commandId }),
      },
    },
    (request, reply) => {
      const { step, commandId } = request.body;
      const visit = request.params.id;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'visit.step', visit, step }), commandId);
    },
  );
}
