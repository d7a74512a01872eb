import type { FastifyInstance } from 'fastify';
import type { Accounts, Principal } from './accounts/accounts.ts';
import type { Role } from './accounts/tables.ts';
import { problem, refusals } from './problem.ts';

export const sessionCookie = 'yanshao_session';
const csrfHeader = 'x-yanshao-csrf';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a sign-in. Everything else needs one: forgetting this closes a route, never opens it. */
    public?: boolean;
    /** Who may use the route; without it everybody signed in may read, and only {@link mayChange} may change. */
    roles?: readonly Role[];
  }
}

/** Roles that may change something. A viewer looks. */
export const mayChange: readonly Role[] = ['admin', 'duty'];

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

export const isChange = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/**
 * Guards every route that is registered in this scope, by what the router matched and not by how the address was written:
 * `/%61pi/v1/alarms` is the same route. Changes by a page need its check value.
 */
export function requireSignIn(scope: FastifyInstance, accounts: Accounts): void {
  scope.decorateRequest('principal', null);
  scope.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    reply.header('cache-control', 'no-store');
    if (config.public) return;
    const who = await principalOf(accounts, request.headers);
    request.principal = who;
    if (!who) return problem(reply.header('www-authenticate', 'Bearer'), 401, refusals.signIn);
    const changes = isChange(request.method);
    if (changes && who.csrf !== null && request.headers[csrfHeader] !== who.csrf) {
      return problem(reply, 403, refusals.csrf);
    }
    const allowed = config.roles ?? (changes ? mayChange : undefined);
    if (allowed && !allowed.includes(who.role)) return problem(reply, 403, refusals.role(who.role));
  });
}
