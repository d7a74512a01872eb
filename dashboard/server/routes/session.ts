import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Me } from '../../../devices/contract/api.ts';
import type { Principal, SignedIn } from '../accounts/accounts.ts';
import { roles } from '../accounts/tables.ts';
import { bodies } from '../bodies.ts';
import type { ServerContext } from '../context.ts';
import { problem } from '../problem.ts';
import { sessionCookie } from '../sign-in.ts';

const meOf = (who: Principal): Me => ({ name: who.id, displayName: who.name, role: who.role, csrf: who.csrf ?? '' });

/** Sign-in, sign-out, the first start's one-time link, and "who am I". */
export function sessionRoutes(base: FastifyInstance, { accounts, sessionEnded }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const welcome = (reply: FastifyReply, { cookie, expires, principal }: SignedIn): Me => {
    reply.setCookie(sessionCookie, cookie, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      // Also behind a proxy that ends TLS before us.
      secure: reply.request.protocol === 'https',
      expires: new Date(expires),
    });
    return meOf(principal);
  };
  const config = { public: true, rateLimit: { max: 30, timeWindow: '1 minute' }, answer: bodies.me };
  const credentials = z.object({ name: z.string().max(100), password: z.string().max(500) });

  app.post(
    '/api/v1/session',
    { config, schema: { tags: ['session'], summary: 'Sign in', body: credentials } },
    async (request, reply) => {
      const answer = await accounts.signIn({ ...request.body, address: request.ip });
      return 'refused' in answer ? problem(reply, 401, answer.refused) : welcome(reply, answer);
    },
  );

  app.post(
    '/api/v1/session/claim',
    {
      config,
      schema: {
        tags: ['session'],
        summary: 'Use the one-time link of the first start',
        body: credentials.extend({ link: z.string().max(200) }),
      },
    },
    async (request, reply) => {
      const answer = await accounts.claim({ ...request.body, address: request.ip });
      return 'refused' in answer ? problem(reply, 422, answer.refused) : welcome(reply, answer);
    },
  );

  app.delete(
    '/api/v1/session',
    {
      config: { roles, answer: z.null(), answerCode: 204 },
      schema: { tags: ['session'], summary: 'Sign out; open pages of the session are closed' },
    },
    async (request, reply) => {
      const cookie = request.cookies[sessionCookie];
      if (cookie) await accounts.signOut(cookie, request.ip);
      await sessionEnded();
      reply.clearCookie(sessionCookie, { path: '/' });
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/v1/me',
    { config: { answer: bodies.me }, schema: { tags: ['session'], summary: 'Who am I' } },
    async (request) => meOf(request.principal as Principal),
  );

  const older = z.object({
    before: z.coerce.number().int().optional().describe('only what happened before, ms since 1970'),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  });
  app.get(
    '/api/v1/sign-ins',
    {
      config: { roles: ['admin'], answer: bodies.signIns },
      schema: { tags: ['session'], summary: 'Who came and who was turned away, newest first', querystring: older },
    },
    async ({ query }) => ({ items: await accounts.signIns(query) }),
  );
}
