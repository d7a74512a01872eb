import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Me } from '../../../devices/contract/api.ts';
import type { Principal, SignedIn } from '../accounts/accounts.ts';
import type { ServerContext } from '../context.ts';
import { problem } from '../problem.ts';
import { sessionCookie } from '../sign-in.ts';

const meOf = (who: Principal): Me => ({ name: who.id, displayName: who.name, role: who.role, csrf: who.csrf ?? '' });

/** Sign-in, sign-out, the first start's one-time link, and "who am I". */
export function sessionRoutes(base: FastifyInstance, { accounts, secure }: ServerContext): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const welcome = (reply: FastifyReply, { cookie, expires, principal }: SignedIn): Me => {
    reply.setCookie(sessionCookie, cookie, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      expires: new Date(expires),
    });
    return meOf(principal);
  };
  const config = { public: true, rateLimit: { max: 30, timeWindow: '1 minute' } };
  const credentials = z.object({ name: z.string().max(100), password: z.string().max(500) });

  app.post(
    '/api/v1/session',
    { config, schema: { tags: ['session'], summary: 'Sign in', body: credentials } },
    async (request, reply) => {
      const answer = await accounts.signIn(request.body);
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
      const answer = await accounts.claim(request.body);
      return 'refused' in answer ? problem(reply, 422, answer.refused) : welcome(reply, answer);
    },
  );

  app.delete('/api/v1/session', { schema: { tags: ['session'], summary: 'Sign out' } }, async (request, reply) => {
    const cookie = request.cookies[sessionCookie];
    if (cookie) await accounts.signOut(cookie);
    reply.clearCookie(sessionCookie, { path: '/' });
    return reply.code(204).send();
  });

  app.get('/api/v1/me', { schema: { tags: ['session'], summary: 'Who am I' } }, async (request) =>
    meOf(request.principal as Principal),
  );
}
