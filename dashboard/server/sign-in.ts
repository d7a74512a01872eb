import type { FastifyInstance } from 'fastify';
import type { Credential } from '../../devices/contract/registry.ts';
import { deskRoles } from '../../devices/contract/roles.ts';
import { hashSecret } from '../../devices/registry/credentials.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import type { Accounts, Principal } from './accounts/accounts.ts';
import type { Role } from './accounts/tables.ts';
import { problem, refusals } from './problem.ts';

export const sessionCookie = 'yanshao_session';
const csrfHeader = 'x-yanshao-csrf';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers without a sign-in. Everything else needs one: forgetting this closes a route, never opens it. */
    public?: boolean;
    /** The route is for a device or gateway, which shows its own credential: never for accounts. */
    device?: true;
    /** Who may use the route; without it everybody signed in may read, and only {@link mayChange} may change. */
    roles?: readonly Role[];
  }
}

/** Roles that may change something where a route names none of its own. */
export const mayChange: readonly Role[] = deskRoles;

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

/**
 * Whose credential an `Authorization` header shows: a device's access token as Bearer, or its MQTT user name and password as
 * Basic. Null where there is none, or a revoked one.
 */
export function subjectOf(header: string | undefined, book: Pick<RegistryCache, 'byToken' | 'byName'>): string | null {
  const token = bearerOf(header);
  if (token) return inForce(book.byToken(hashSecret(token)));
  const basic = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (!basic) return null;
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)];
  // As over MQTT: a token may stand as the user name without a password.
  if (password === '') return inForce(book.byToken(hashSecret(name)));
  const credential = book.byName('password', name);
  return credential?.hash === hashSecret(password) ? inForce(credential) : null;
}

const inForce = (credential: Credential | undefined): string | null =>
  credential && !credential.revoked ? credential.subject : null;

export const isChange = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/**
 * Guards every route that is registered in this scope, by what the router matched and not by how the address was written:
 * `/%61pi/v1/alarms` is the same route. Changes by a page need its check value.
 */
export function requireSignIn(
  scope: FastifyInstance,
  accounts: Accounts,
  registry: Pick<RegistryCache, 'byToken' | 'byName'>,
): void {
  scope.decorateRequest('principal', null);
  scope.decorateRequest('subject', null);
  scope.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    reply.header('cache-control', 'no-store');
    if (config.public) return;
    if (config.device) {
      request.subject = subjectOf(request.headers.authorization, registry);
      if (request.subject) return;
      return problem(reply.header('www-authenticate', 'Bearer, Basic'), 401, refusals.signIn);
    }
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
