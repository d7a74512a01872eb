import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashSecret } from '../../devices/registry/credentials.ts';
import { emptyRegistry, registryCache } from '../../devices/registry/registry-cache.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { type Accounts, accounts } from './accounts/accounts.ts';
import { type AccountTables, accountMigrations, type Role } from './accounts/tables.ts';
import { principalOf, requireSignIn, sessionCookie } from './sign-in.ts';

const password = 'a long enough phrase';
let sql: Sql<AccountTables>;
let people: Accounts;
let cookie: string;
let csrf: string;
const tokens = {} as Record<Role, string>;
const app = fastify();
const secret = 'a-token-of-a-device-0123456789';
const credential = { id: 'c', subject: 'd-1', created: 0, hash: hashSecret(secret) };
const registry = registryCache({
  ...emptyRegistry,
  credentials: [
    { ...credential, kind: 'token', revoked: false },
    { ...credential, id: 'p', subject: 'd-2', kind: 'password', name: 'meter', revoked: false },
    { ...credential, id: 'r', subject: 'd-3', kind: 'password', name: 'gone', revoked: true },
  ],
});
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

beforeAll(async () => {
  sql = await openSql<AccountTables>({ url: ':memory:', migrations: accountMigrations });
  people = accounts(sql, Date.now, 1);
  await people.addUser({ name: 'mira', password, role: 'duty' });
  const answer = await people.signIn({ name: 'mira', password, address: 'here' });
  if ('refused' in answer) throw new Error(answer.refused.en);
  cookie = `${sessionCookie}=${answer.cookie}`;
  csrf = answer.principal.csrf ?? '';
  for (const role of ['admin', 'duty', 'viewer'] as const)
    tokens[role] = (await people.newApiToken({ name: role, role })).secret;
  await app.register(async (scope) => {
    requireSignIn(scope, people, registry);
    const who = async ({ principal }: { principal: { name: string } | null }) => principal?.name ?? 'nobody';
    scope.get('/thing', who);
    scope.post('/thing', who);
    scope.get('/mine', { config: { device: true } }, async ({ subject }) => subject ?? 'nobody');
    scope.get('/open', { config: { public: true } }, who);
    scope.get('/books', { config: { roles: ['admin'] } }, who);
    scope.post('/own', { config: { roles: ['viewer', 'duty', 'admin'] } }, who);
  });
});
afterAll(async () => {
  await app.close();
  await sql.close();
});

const ask = async (method: 'GET' | 'POST' | 'HEAD', url: string, headers: Record<string, string> = {}) =>
  (await app.inject({ method, url, headers })).statusCode;
const bearer = (role: Role) => ({ authorization: `Bearer ${tokens[role]}` });

describe('a route for devices', () => {
  it('knows a device by its token, or by the user name and password it uses over MQTT', async () => {
    const who = async (headers: Record<string, string>) => (await app.inject({ url: '/mine', headers })).body;
    expect(await who({ authorization: `Bearer ${secret}` })).toBe('d-1');
    expect(await who(basic(`${secret}:`))).toBe('d-1');
    expect(await who(basic(`meter:${secret}`))).toBe('d-2');
  });

  it('is closed to accounts, to revoked credentials and to guesses', async () => {
    for (const headers of [
      {},
      bearer('admin'),
      { cookie },
      basic(`gone:${secret}`),
      basic('meter:wrong'),
      basic(':'),
      { authorization: 'Basic ????' },
    ]) {
      expect(await ask('GET', '/mine', headers as Record<string, string>)).toBe(401);
    }
  });

  it('is the only one that a device’s credential opens', async () => {
    expect(await ask('GET', '/thing', { authorization: `Bearer ${secret}` })).toBe(401);
  });
});

describe('a route nobody marked', () => {
  it.each(['/thing', '/%74hing', '/thing?x=1'])('is closed to strangers, as %s too', async (url) => {
    expect(await ask('GET', url)).toBe(401);
    expect(await ask('HEAD', url)).toBe(401);
    expect(await ask('GET', url, { cookie: `${sessionCookie}=guessed` })).toBe(401);
    expect(await ask('GET', url, { authorization: 'Bearer guessed' })).toBe(401);
  });

  it('may be read by everybody signed in, and changed by those on duty', async () => {
    for (const role of ['admin', 'duty', 'viewer'] as const) expect(await ask('GET', '/thing', bearer(role))).toBe(200);
    expect(await ask('POST', '/thing', bearer('duty'))).toBe(200);
    expect(await ask('POST', '/thing', bearer('viewer'))).toBe(403);
  });

  it('takes changes of a page only with its check value', async () => {
    expect(await ask('GET', '/thing', { cookie })).toBe(200);
    expect(await ask('POST', '/thing', { cookie })).toBe(403);
    expect(await ask('POST', '/thing', { cookie, 'x-yanshao-csrf': 'wrong' })).toBe(403);
    expect(await ask('POST', '/thing', { cookie, 'x-yanshao-csrf': csrf })).toBe(200);
  });
});

describe('a marked route', () => {
  it('answers strangers, or only some roles, as it says', async () => {
    expect(await ask('GET', '/open')).toBe(200);
    expect(await ask('GET', '/books', bearer('duty'))).toBe(403);
    expect(await ask('GET', '/books', bearer('admin'))).toBe(200);
    expect(await ask('POST', '/own', bearer('viewer'))).toBe(200);
  });
});

describe('who sent a request', () => {
  it('is told by a token before a cookie, and a cookie among others', async () => {
    const headers = { cookie: `theme=dark; ${cookie}; lang=zh` };
    expect(await principalOf(people, headers)).toMatchObject({ id: 'mira', via: 'page' });
    expect(await principalOf(people, { ...headers, ...bearer('viewer') })).toMatchObject({ name: 'viewer' });
    expect(await principalOf(people, headers, tokens.admin)).toMatchObject({ name: 'admin', via: 'token' });
    expect(await principalOf(people, { cookie: 'theme=dark' })).toBeNull();
  });
});
