import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { versionAt } from '../../../devices/city/standards-at.ts';
import { standardsChanges } from '../../../devices/city/standards-diff.ts';
import type {
  ProposalsBody,
  StandardsBody,
  StandardsDiffBody,
  StandardsVersionBody,
  VersionsBody,
} from '../../../devices/contract/api.ts';
import { type Command, standardsWantedSchema } from '../../../devices/contract/command.ts';
import { approvedVersions, standardsProposals, standardsText } from '../../../devices/standards/read-standards.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem, refusals } from '../problem.ts';

const reason = z.string().trim().min(3).max(2000);
/** Chosen by the page, so that a request sent twice is carried out once. */
const commandId = z.string().min(8).max(100).optional();
const seq = z.coerce.number().int().min(0);
/** A whole catalogue is larger than other requests. */
const bodyLimit = 12 * 1_048_576;

/** The standards: those in force, those that were, those that are asked for. `rules` alone decides. */
export function standardsRoutes(base: FastifyInstance, context: ServerContext): void {
  const { city, alarms, state, clock, command } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const tags = ['standards'];

  app.get(
    '/api/v1/standards',
    {
      config: { answer: bodies.standards },
      schema: { tags, summary: 'The standards in force, with their overlays, and open alarms per item' },
    },
    async (): Promise<StandardsBody> => {
      const inForce = versionAt(await approvedVersions(state.db), clock.now());
      return {
        catalogue: city.catalogue,
        overlays: city.overlays ?? [],
        ceilings: city.city.ceilings ?? [],
        inForce: inForce ? { seq: inForce.seq, from: inForce.from, to: inForce.to } : null,
        open: await alarms.openByItem(),
      };
    },
  );

  app.get(
    '/api/v1/standards/versions',
    {
      config: { answer: bodies.versions },
      schema: { tags, summary: 'Every version that was ever approved, newest first' },
    },
    async (): Promise<VersionsBody> => {
      const all = await approvedVersions(state.db);
      const now = versionAt(all, clock.now());
      const line = (one: (typeof all)[number]) => ({
        ...{ seq: one.seq, version: one.catalogue.version, title: one.catalogue.title, from: one.from, to: one.to },
        inForce: one.seq === now?.seq,
      });
      return { items: all.map(line).reverse() };
    },
  );

  app.get(
    '/api/v1/standards/versions/:seq',
    {
      config: { answer: bodies.standardsVersion, finds: true },
      schema: { tags, summary: 'One version or proposal as its authors wrote it', params: z.object({ seq }) },
    },
    async ({ params }, reply) => {
      const text = await standardsText(state.db, params.seq);
      const [proposal] = await standardsProposals(state.db, { seq: params.seq });
      if (!text || !proposal) return problem(reply, 404, refusals.notFound('version', String(params.seq)));
      return { proposal, text } satisfies StandardsVersionBody;
    },
  );

  app.get(
    '/api/v1/standards/diff',
    {
      config: { answer: bodies.standardsDiff, finds: true },
      schema: {
        tags,
        summary: 'What differs between two approved versions',
        querystring: z.object({ from: seq, to: seq }),
      },
    },
    async ({ query }, reply) => {
      const all = await approvedVersions(state.db);
      const [before, after] = [query.from, query.to].map((wanted) => all.find((one) => one.seq === wanted));
      if (!before || !after) {
        return problem(reply, 404, refusals.notFound('version', String(before ? query.to : query.from)));
      }
      return { changes: standardsChanges(before, after) } satisfies StandardsDiffBody;
    },
  );

  app.get(
    '/api/v1/standards/proposals',
    {
      config: { answer: bodies.proposals },
      schema: {
        tags,
        summary: 'Every change that was asked for, newest first: old and new values, reason, dates, people',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
      },
    },
    async ({ query }): Promise<ProposalsBody> => ({ items: await standardsProposals(state.db, query) }),
  );

  const ask = async (
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: (envelope: Pick<Command, 'id' | 'actor' | 'at'>) => Command,
    id?: string,
  ) => {
    const outcome = await command(wanted({ id: id ?? randomUUID(), actor: actorOf(request), at: clock.now() }));
    return 'done' in outcome ? outcome : problem(reply, 409, outcome.refused);
  };

  const propose = z.object({
    wanted: standardsWantedSchema,
    reason,
    from: z.number().optional().describe('not before this moment, ms since 1970'),
    dryRun: z.boolean().optional().describe('only says what would change; each change as JSON in `changed`'),
    commandId,
  });
  app.post(
    '/api/v1/standards/propose',
    {
      bodyLimit,
      config: { answer: bodies.outcome },
      schema: { tags, summary: 'Ask for other standards, or for other figures of one rule', body: propose },
    },
    (request, reply) => {
      const { commandId, ...rest } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'standards.propose', ...rest }), commandId);
    },
  );

  const decide = z.object({ proposal: z.number().int(), commandId });
  app.post(
    '/api/v1/standards/approve',
    {
      config: { answer: bodies.outcome },
      schema: {
        tags,
        summary: 'Stand behind a proposal as the second person',
        body: decide.extend({ reason: reason.optional() }),
      },
    },
    (request, reply) => {
      const { commandId, ...rest } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'standards.approve', ...rest }), commandId);
    },
  );
  app.post(
    '/api/v1/standards/reject',
    {
      config: { answer: bodies.outcome },
      schema: { tags, summary: 'Reject a proposal, with the reason', body: decide.extend({ reason }) },
    },
    (request, reply) => {
      const { commandId, ...rest } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'standards.reject', ...rest }), commandId);
    },
  );
}
