import { randomUUID } from 'node:crypto';
import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import type { Refusal } from '../../../devices/contract/command.ts';
import { hashSecret, newToken } from '../../../devices/registry/credentials.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import type { AccountTables, Role } from './tables.ts';

/** Somebody whom the server knows: by session cookie or by API token. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly via: 'page' | 'token';
  /** What a page must send back with every change; tokens need none. */
  readonly csrf: string | null;
}

export interface SignedIn {
  readonly principal: Principal;
  /** Goes into the cookie; only its hash is kept. */
  readonly cookie: string;
  readonly expires: number;
}

type Answer<T> = T | { refused: Refusal };

/** Accounts, sessions, API tokens and the one-time link of a first start. */
export interface Accounts {
  /** A new one-time link's secret while nobody has an account; null once somebody has. */
  firstLink(): Promise<string | null>;
  claim(input: { link: string; name: string; password: string }): Promise<Answer<SignedIn>>;
  signIn(input: { name: string; password: string }): Promise<Answer<SignedIn>>;
  signOut(cookie: string): Promise<void>;
  bySession(cookie: string): Promise<Principal | null>;
  byToken(token: string): Promise<Principal | null>;
  addUser(input: { name: string; password: string; role: Role }): Promise<Answer<{ name: string }>>;
  /** The secret is shown once and never again. */
  newApiToken(input: { name: string; role: Role }): Promise<{ id: string; secret: string }>;
}

const minPassword = 12;
const failuresBeforeLock = 5;
const lockMs = 5 * 60_000;

const refuse = (code: string, zh: string, en: string) => ({ refused: { code, zh, en } });

/** Accounts over the dashboard's own database. Passwords are argon2id; every other secret is random and kept as SHA-256. */
export function accounts({ db }: Sql<AccountTables>, clock: Clock, sessionHours: number): Accounts {
  const openSession = async (user: { name: string; display_name: string; role: Role }): Promise<SignedIn> => {
    const cookie = newToken().secret;
    const csrf = newToken().secret;
    const created = clock.now();
    const expires = created + sessionHours * 3_600_000;
    await db
      .insertInto('sessions')
      .values({ hash: hashSecret(cookie), user: user.name, csrf, created, expires })
      .execute();
    return {
      cookie,
      expires,
      principal: { id: user.name, name: user.display_name, role: user.role, via: 'page', csrf },
    };
  };

  const insertUser = async (name: string, password: string, role: Role) => {
    const user = {
      name,
      display_name: name,
      role,
      password: await argonHash(password),
      created: clock.now(),
      failures: 0,
      locked_until: 0,
    };
    await db.insertInto('users').values(user).execute();
    return user;
  };

  const checkNew = async (name: string, password: string) => {
    if (!/^[\p{Letter}\p{Number}._-]{2,40}$/u.test(name)) {
      return refuse(
        'bad-name',
        `用户名“${name}”不可用：2–40 个字母、汉字、数字或 . _ -`,
        `name "${name}" cannot be used: 2–40 letters, digits, . _ -`,
      );
    }
    if (password.length < minPassword) {
      return refuse(
        'weak-password',
        `密码太短（${password.length} 位）：至少 ${minPassword} 位`,
        `the password has ${password.length} characters: use at least ${minPassword}`,
      );
    }
    const taken = await db.selectFrom('users').select('name').where('name', '=', name).executeTakeFirst();
    return taken ? refuse('name-taken', `用户名“${name}”已被使用`, `name "${name}" is taken`) : null;
  };

  return {
    async firstLink() {
      const anybody = await db.selectFrom('users').select('name').limit(1).executeTakeFirst();
      if (anybody) return null;
      const { secret, hash } = newToken();
      await db.deleteFrom('claims').execute();
      await db.insertInto('claims').values({ hash, created: clock.now(), used: 0 }).execute();
      return secret;
    },

    async claim({ link, name, password }) {
      const fault = await checkNew(name, password);
      if (fault) return fault;
      const used = await db
        .updateTable('claims')
        .set({ used: clock.now() })
        .where('hash', '=', hashSecret(link))
        .where('used', '=', 0)
        .returning('hash')
        .executeTakeFirst();
      if (!used) {
        return refuse(
          'link-used',
          '此链接已用过或不是最新的：重新启动会打印新的链接',
          'this link was used or is not the newest: a restart prints a new one',
        );
      }
      return openSession(await insertUser(name, password, 'admin'));
    },

    async signIn({ name, password }) {
      const wrong = refuse('wrong-credentials', '用户名或密码不对', 'name or password is wrong');
      const user = await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
      // The same work for an unknown name, so that the answer's time tells nothing.
      const stored = user?.password ?? decoyHash;
      const now = clock.now();
      if (user && user.locked_until > now) {
        const seconds = Math.ceil((user.locked_until - now) / 1000);
        return refuse(
          'locked',
          `连续输错，请 ${seconds} 秒后再试`,
          `too many wrong passwords: try again in ${seconds} s`,
        );
      }
      const right = await argonVerify(stored, password);
      if (!user) return wrong;
      if (!right) {
        const failures = user.failures + 1;
        const locked = failures >= failuresBeforeLock;
        await db
          .updateTable('users')
          .set({ failures: locked ? 0 : failures, locked_until: locked ? now + lockMs : 0 })
          .where('name', '=', name)
          .execute();
        return wrong;
      }
      await db.updateTable('users').set({ failures: 0, locked_until: 0 }).where('name', '=', name).execute();
      return openSession(user);
    },

    async signOut(cookie) {
      await db.deleteFrom('sessions').where('hash', '=', hashSecret(cookie)).execute();
    },

    async bySession(cookie) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.name', 'sessions.user')
        .select(['users.name', 'users.display_name', 'users.role', 'sessions.csrf'])
        .where('sessions.hash', '=', hashSecret(cookie))
        .where('sessions.expires', '>', clock.now())
        .executeTakeFirst();
      return row ? { id: row.name, name: row.display_name, role: row.role, via: 'page', csrf: row.csrf } : null;
    },

    async byToken(token) {
      const row = await db
        .selectFrom('api_tokens')
        .selectAll()
        .where('hash', '=', hashSecret(token))
        .where('revoked', '=', 0)
        .executeTakeFirst();
      return row ? { id: `token:${row.id}`, name: row.name, role: row.role, via: 'token', csrf: null } : null;
    },

    async addUser({ name, password, role }) {
      const fault = await checkNew(name, password);
      if (fault) return fault;
      await insertUser(name, password, role);
      return { name };
    },

    async newApiToken({ name, role }) {
      const { secret, hash } = newToken();
      const id = randomUUID().slice(0, 8);
      await db.insertInto('api_tokens').values({ id, name, role, hash, created: clock.now(), revoked: 0 }).execute();
      return { id, secret };
    },
  };
}

/** Verifies no password that anybody has: it keeps unknown names as slow as known ones. */
const decoyHash = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$4n6uUqGYVHo7lHJpCDBTeo8rjkGgBWJrgBZEP2cnXmM';
