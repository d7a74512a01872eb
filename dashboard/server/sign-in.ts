import type { FastifyInstance } from 'fastify';
import type { Accounts, Principal } from './accounts/accounts.ts';
import { problem, refusals } from './problem.ts';

export const sessionCookie = 'yanshao_session';
const csrfHeader = 'x-yanshao-csrf';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a sign-in. Everything else needs one: forgetting this closes a route, never opens it. */
    public?: boolean;
  }
}

const cookieOf = (header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === sessionCookie)?.[1];

const bearerOf = (header: string | undefined): string | undefined => /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];

/** Who sent these headers: an API token first, else a session cookie. */
export async function principalOf(
  accounts: Accounts,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  token?: string,
): Promise<Principal | null> {
  const bearer = token ?? bearerOf(headers.authorization as string | undefined);
  if (bearer) return accounts.byToken(bearer);
  const cookie = cookieOf(headers.cookie as string | undefined);
  return cookie ? accounts.bySession(cookie) : null;
}

/** Guards every route under /api/ and /geo/ that is not marked public, and asks changing requests of a page for its check value. */
export function requireSignIn(app: FastifyInstance, accounts: Accounts): void {
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    request.principal = await principalOf(accounts, request.headers);
    if (request.routeOptions.config.public) return;
    if (!request.principal) return problem(reply, 401, refusals.signIn);
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes && request.principal.csrf !== null && request.headers[csrfHeader] !== request.principal.csrf) {
      return problem(reply, 403, refusals.csrf);
    }
  });
}
