import { describe, expect, it } from 'vitest';
import { handClock } from '../../../kit/clock.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import { accounts } from './accounts.ts';
import { type AccountTables, accountMigrations } from './tables.ts';

const password = 'a long enough phrase';

async function desk() {
  const sql = await openSql<AccountTables>({ url: ':memory:', migrations: accountMigrations });
  const clock = handClock(Date.parse('2026-11-22T08:00:00Z'));
  return { people: accounts(sql, clock, 12), clock, close: () => sql.close() };
}

const signedIn = (answer: object): { cookie: string } => {
  expect(answer).toHaveProperty('cookie');
  return answer as { cookie: string };
};
const code = (answer: object) => ('refused' in answer ? (answer.refused as { code: string }).code : 'accepted');

describe('the first start', () => {
  it('offers a one-time link while nobody has an account, and none afterwards', async () => {
    const { people, close } = await desk();
    const link = await people.firstLink();
    const { cookie } = signedIn(await people.claim({ link: link as string, name: '值班甲', password }));
    expect(await people.bySession(cookie)).toMatchObject({ id: '值班甲', role: 'admin', via: 'page' });
    expect(await people.firstLink()).toBeNull();
    await close();
  });

  it('takes a link once, and only the newest', async () => {
    const { people, close } = await desk();
    const old = (await people.firstLink()) as string;
    const link = (await people.firstLink()) as string;
    expect(code(await people.claim({ link: old, name: 'mira', password }))).toBe('link-used');
    expect(code(await people.claim({ link, name: 'mira', password }))).toBe('accepted');
    expect(code(await people.claim({ link, name: 'other', password }))).toBe('link-used');
    await close();
  });

  it.each([
    ['m', password, 'bad-name'],
    ['mira<b>', password, 'bad-name'],
    ['mira', 'short', 'weak-password'],
  ])('refuses name %j with password %j as %s and keeps the link', async (name, pass, refusal) => {
    const { people, close } = await desk();
    const link = (await people.firstLink()) as string;
    expect(code(await people.claim({ link, name, password: pass }))).toBe(refusal);
    expect(code(await people.claim({ link, name: 'mira', password }))).toBe('accepted');
    await close();
  });
});

describe('signing in', () => {
  it('says the same of a wrong password and of an unknown name', async () => {
    const { people, close } = await desk();
    await people.addUser({ name: 'mira', password, role: 'duty' });
    const wrong = await people.signIn({ name: 'mira', password: 'something else' });
    expect(wrong).toEqual(await people.signIn({ name: 'nobody', password }));
    expect(code(wrong)).toBe('wrong-credentials');
    await close();
  });

  it('locks after five wrong passwords and opens again after five minutes', async () => {
    const { people, clock, close } = await desk();
    await people.addUser({ name: 'mira', password, role: 'duty' });
    for (let i = 0; i < 5; i++) await people.signIn({ name: 'mira', password: `wrong ${i}` });
    expect(code(await people.signIn({ name: 'mira', password }))).toBe('locked');
    clock.pass(5 * 60_000 + 1);
    expect(code(await people.signIn({ name: 'mira', password }))).toBe('accepted');
    await close();
  });

  it('ends a session at sign-out and when its hours are over', async () => {
    const { people, clock, close } = await desk();
    await people.addUser({ name: 'mira', password, role: 'duty' });
    const first = signedIn(await people.signIn({ name: 'mira', password }));
    const second = signedIn(await people.signIn({ name: 'mira', password }));
    await people.signOut(first.cookie);
    expect(await people.bySession(first.cookie)).toBeNull();
    expect(await people.bySession(second.cookie)).not.toBeNull();
    clock.pass(13 * 3_600_000);
    expect(await people.bySession(second.cookie)).toBeNull();
    await close();
  });
});

describe('an API token', () => {
  it('is known by its secret alone', async () => {
    const { people, close } = await desk();
    const { secret } = await people.newApiToken({ name: 'nightly report', role: 'viewer' });
    expect(await people.byToken(secret)).toMatchObject({ name: 'nightly report', role: 'viewer', csrf: null });
    expect(await people.byToken(`${secret}x`)).toBeNull();
    await close();
  });
});
