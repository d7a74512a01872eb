import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type PushBody, pushBrowserFields, pushReceiptSchema } from '../../../devices/contract/push.ts';
import { accountRoles } from '../../../devices/contract/roles.ts';
import { asking, commandId } from '../asking.ts';
import { bodies } from '../bodies.ts';
import { actorOf, type ServerContext } from '../context.ts';
import { problem } from '../problem.ts';
import { pushBodies } from '../push-bodies.ts';

const wrongProof = {
  code: 'receipt-proof',
  zh: '回执的凭据不对：它不属于这条消息和这个浏览器',
  en: 'the proof of this receipt is wrong: it does not belong to this message and browser',
};

/** Web push: a person's browsers, and what they answer. Everybody has his own, whatever his role. */
export function pushRoutes(base: FastifyInstance, context: ServerContext): void {
  const { state, duty, notify } = context;
  const app = base.withTypeProvider<ZodTypeProvider>();
  const ask = asking(context);
  const tags = ['notices'];
  const changes = { answer: bodies.outcome, roles: accountRoles } as const;
  const byId = z.object({ id: z.string().min(1).max(100) });

  app.get(
    '/api/v1/push',
    {
      config: { answer: pushBodies.push },
      schema: { tags, summary: 'My browsers that are told by web push, and the key with which a browser subscribes' },
    },
    async (request): Promise<PushBody> => {
      const id = await duty.personOf(actorOf(request).id);
      const key = await notify.pushKey();
      if (id === undefined) return { key, person: null, browsers: [] };
      const rows = await state.db
        .selectFrom('push_subscriptions')
        .select(['id', 'name', 'at', 'delivered_at', 'seen_at', 'gone_at'])
        .where('person', '=', id)
        .orderBy('at', 'desc')
        .execute();
      const browsers = rows.map((row) => ({
        ...{ id: row.id, name: row.name, since: row.at },
        ...{ deliveredAt: row.delivered_at, seenAt: row.seen_at, goneAt: row.gone_at },
      }));
      return { key, person: { id, name: (await duty.namesOf([id]))[id] ?? id }, browsers };
    },
  );
  app.post(
    '/api/v1/push/browsers',
    {
      config: changes,
      schema: {
        tags,
        summary: 'Be told in this browser: `PushSubscription.toJSON()` and a name for it',
        body: z.object({ ...pushBrowserFields, commandId }),
      },
    },
    (request, reply) => {
      const { commandId: id, ...browser } = request.body;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'notify.subscribe', browser }), id);
    },
  );
  app.delete(
    '/api/v1/push/browsers/:id',
    { config: changes, schema: { tags, summary: 'Be told in this browser no longer', params: byId } },
    (request, reply) =>
      ask(request, reply, (envelope) => ({ ...envelope, type: 'notify.unsubscribe', browser: request.params.id })),
  );
  app.post(
    '/api/v1/push/browsers/:id/test',
    {
      config: { ...changes, rateLimit: { max: 10, timeWindow: '1 minute' } },
      schema: { tags, summary: 'Send a test to this browser of mine alone; its receipt ends it', params: byId },
    },
    async (request, reply) => {
      const person = (await duty.personOf(actorOf(request).id)) ?? actorOf(request).id;
      const wanted = { person, priority: 'P4', browser: request.params.id } as const;
      return ask(request, reply, (envelope) => ({ ...envelope, type: 'notify.test', ...wanted }));
    },
  );
  app.post(
    '/api/v1/push/receipts',
    {
      // A worker has no session; the proof comes out of the message.
      config: { public: true, answer: pushBodies.kept, rateLimit: { max: 600, timeWindow: '1 minute' } },
      schema: {
        tags,
        summary: 'How far a message came in a browser; sent by its worker',
        body: pushReceiptSchema,
      },
    },
    async (request, reply) =>
      (await notify.pushReceipt(request.body)) ? { kept: true as const } : problem(reply, 403, wrongProof),
  );
}
