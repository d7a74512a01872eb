import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handClock } from '../../../kit/clock.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import { accounts } from './accounts.ts';
import { type AccountTables, accountMigrations } from './tables.ts';

const password = 'a long enough phrase';
const address = '10.1.1.7';
const elsewhere = '10.9.9.9';

async function desk() {
  const sql = await openSql<AccountTables>({ url: ':memory:', migrations: accountMigrations });
  const clock = handClock(Date.parse('2026-11-22T08:00:00Z'));
  return { people: accounts(sql, clock.now, 12), clock, close: () => sql.close() };
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
    const { cookie } = signedIn(await people.claim({ link: link as string, name: '值班甲', password, address }));
    expect(await people.bySession(cookie)).toMatchObject({ id: '值班甲', role: 'admin', via: 'page' });
    expect(await people.firstLink()).toBeNull();
    await close();
  });

  it('takes a link once, and only the newest', async () => {
    const { people, close } = await desk();
    const old = (await people.firstLink()) as string;
    const link = (await people.firstLink()) as string;
    const claim = (given: string, name: string) => people.claim({ link: given, name, password, address }).then(code);
    expect(await claim(old, 'mira')).toBe('link-used');
    expect((await Promise.all([claim(link, 'mira'), claim(link, 'other')])).sort()).toEqual(['accepted', 'link-used']);
    expect(await people.users()).toHaveLength(1);
    await close();
  });

  it('takes no link once somebody has an account in another way, and tells no names', async () => {
    const { people, close } = await desk();
    const link = (await people.firstLink()) as string;
    await people.addUser({ name: 'mira', password, role: 'admin' });
    expect(code(await people.claim({ link, name: 'other', password, address }))).toBe('link-used');
    expect(code(await people.claim({ link: 'guessed', name: 'mira', password, address }))).toBe('link-used');
    await close();
  });

  it.each([
    ['m', password, 'bad-name'],
    ['mira<b>', password, 'bad-name'],
    ['mira', 'short', 'weak-password'],
  ])('refuses name %j with password %j as %s and keeps the link', async (name, pass, refusal) => {
    const { people, close } = await desk();
    const link = (await people.firstLink()) as string;
    expect(code(await people.claim({ link, name, password: pass, address }))).toBe(refusal);
    expect(code(await people.claim({ link, name: 'mira', password, address }))).toBe('accepted');
    await close();
  });
});

describe('signing in', () => {
  let held: Awaited<ReturnType<typeof desk>>;
  beforeAll(async () => {
    held = await desk();
    await held.people.addUser({ name: 'mira', password, role: 'duty' });
  });
  afterAll(() => held.close());
  const tries = async (name: string, pass: string, from: string) =>
    code(await held.people.signIn({ name, password: pass, address: from }));

  it('says the same of a wrong password and of an unknown name', async () => {
    expect(await held.people.signIn({ name: 'mira', password: 'something else', address: 'a' })).toEqual(
      await held.people.signIn({ name: 'nobody', password, address: 'a' }),
    );
  });

  it('locks an address after five wrong passwords, nobody else, and opens again after five minutes', async () => {
    for (let i = 0; i < 5; i++) expect(await tries('mira', `wrong ${i}`, elsewhere)).toBe('wrong-credentials');
    expect(await tries('mira', password, elsewhere)).toBe('locked');
    expect(await tries('mira', password, address)).toBe('accepted');
    held.clock.pass(5 * 60_000 + 1);
    expect(await tries('mira', password, elsewhere)).toBe('accepted');
  });

  it('locks an unknown name just the same, so that a lock tells nothing', async () => {
    for (let i = 0; i < 5; i++) await tries('ghost', password, elsewhere);
    expect(await tries('ghost', password, elsewhere)).toBe('locked');
  });

  it('counts attempts that are made at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => tries('mira', `wrong ${i}`, 'burst')));
    expect(answers.filter((answer) => answer === 'locked')).toHaveLength(7);
  });

  it('leaves API tokens alone, whatever is guessed', async () => {
    const { secret } = await held.people.newApiToken({ name: 'mira', role: 'viewer' });
    for (let i = 0; i < 6; i++) await tries('mira', 'wrong again', 'third');
    expect(await held.people.byToken(secret)).not.toBeNull();
  });

  it('writes down who came and who was turned away, from where', async () => {
    const records = await held.people.signIns({ limit: 1000 });
    expect(records).toContainEqual(expect.objectContaining({ account: 'mira', address: elsewhere, outcome: 'locked' }));
    expect(records).toContainEqual(expect.objectContaining({ account: 'mira', address, outcome: 'in' }));
    expect(records[0]?.at).toBeGreaterThanOrEqual(records.at(-1)?.at ?? 0);
  });
});

describe('a session', () => {
  it('ends at sign-out and when its hours are over', async () => {
    const { people, clock, close } = await desk();
    await people.addUser({ name: 'mira', password, role: 'duty' });
    const enter = async () => signedIn(await people.signIn({ name: 'mira', password, address }));
    const [first, second] = [await enter(), await enter()];
    await people.signOut(first.cookie, address);
    expect(await people.bySession(first.cookie)).toBeNull();
    expect(await people.bySession(second.cookie)).not.toBeNull();
    clock.pass(13 * 3_600_000);
    expect(await people.bySession(second.cookie)).toBeNull();
    await close();
  });

  it('ends when the password is changed or the account removed', async () => {
    const { people, close } = await desk();
    await people.addUser({ name: 'mira', password, role: 'duty' });
    const enter = async (pass: string) => signedIn(await people.signIn({ name: 'mira', password: pass, address }));
    const first = await enter(password);
    expect(code(await people.setPassword({ name: 'mira', password: 'another long phrase' }))).toBe('accepted');
    expect(await people.bySession(first.cookie)).toBeNull();
    const second = await enter('another long phrase');
    expect(code(await people.removeUser('mira'))).toBe('accepted');
    expect(await people.bySession(second.cookie)).toBeNull();
    expect(code(await people.removeUser('mira'))).toBe('not-found');
    await close();
  });
});

describe('an account', () => {
  it('is added once', async () => {
    const { people, close } = await desk();
    const add = () => people.addUser({ name: 'mira', password, role: 'duty' }).then(code);
    expect((await Promise.all([add(), add()])).sort()).toEqual(['accepted', 'name-taken']);
    await close();
  });
});

describe('an API token', () => {
  it('is known by its secret alone, until it is revoked', async () => {
    const { people, close } = await desk();
    const { id, secret } = await people.newApiToken({ name: 'nightly report', role: 'viewer' });
    expect(await people.byToken(secret)).toMatchObject({ name: 'nightly report', role: 'viewer', csrf: null });
    expect(await people.byToken(`${secret}x`)).toBeNull();
    expect(code(await people.revokeApiToken(id))).toBe('accepted');
    expect(await people.byToken(secret)).toBeNull();
    expect(await people.apiTokens()).toMatchObject([{ id, revoked: true }]);
    expect(code(await people.revokeApiToken('none'))).toBe('not-found');
    await close();
  });
});
