import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    requireSignIn(scope, people);
    const who = async ({ principal }: { principal: { name: string } | null }) => principal?.name ?? 'nobody';
    scope.get('/thing', who);
    scope.post('/thing', who);
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
