import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { auditOf } from '../../../devices/audit/append-audit.ts';
import type { AuditTables } from '../../../devices/contract/audit-tables.ts';
import type { Refusal } from '../../../devices/contract/command.ts';
import { hashSecret, newToken } from '../../../devices/registry/credentials.ts';
import { attempts } from '../../../kit/attempts.ts';
import { hashPassword, isLongEnough, isPassword, MIN_PASSWORD } from '../../../kit/passwords.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { isUniqueViolation } from '../../../kit/sql/sql-error.ts';
import {
  atTheCommandLine,
  type Changer,
  noteChange,
  noteSignIn,
  type SignInRecord,
  signInRecords,
} from './account-audit.ts';
import type { AccountTables, Role, SignInOutcome } from './tables.ts';

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
/** `address` is where the request came from. */
interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

/** Accounts, sessions, API tokens and the one-time link of a first start. */
export interface Accounts {
  /** The audit of accounts and sign-ins, for searching. */
  readonly audit: Kysely<AuditTables>;
  /** A new one-time link's secret while nobody has an account; null once somebody has. */
  firstLink(): Promise<string | null>;
  claim(input: Credentials & { link: string }): Promise<Answer<SignedIn>>;
  signIn(input: Credentials): Promise<Answer<SignedIn>>;
  signOut(cookie: string, address: string): Promise<void>;
  bySession(cookie: string): Promise<Principal | null>;
  byToken(token: string): Promise<Principal | null>;
  /** This and all that follow change something: `by` goes into the audit, the command line unless given. */
  addUser(input: { name: string; password: string; role: Role }, by?: Changer): Promise<Answer<{ name: string }>>;
  /** Ends all sessions of the account. */
  setPassword(input: { name: string; password: string }, by?: Changer): Promise<Answer<{ name: string }>>;
  /** Ends all sessions of the account. */
  removeUser(name: string, by?: Changer): Promise<Answer<{ name: string }>>;
  users(): Promise<readonly { name: string; role: Role; created: number }[]>;
  /** The secret is shown once and never again. */
  newApiToken(input: { name: string; role: Role }, by?: Changer): Promise<{ id: string; secret: string }>;
  revokeApiToken(id: string, by?: Changer): Promise<Answer<{ id: string }>>;
  apiTokens(): Promise<readonly { id: string; name: string; role: Role; created: number; revoked: boolean }[]>;
  /** Newest first. */
  signIns(query: { before?: number | undefined; limit: number }): Promise<readonly SignInRecord[]>;
}

const refuse = (code: string, zh: string, en: string) => ({ refused: { code, zh, en } });
const linkUsed = refuse(
  'link-used',
  '此链接已用过或不是最新的：重新启动会打印新的链接',
  'this link was used or is not the newest: a restart prints a new one',
);
const noAccount = (name: string) => refuse('not-found', `没有账号“${name}”`, `there is no account "${name}"`);

/**
 * Accounts over the dashboard's own database. Passwords are argon2id, worked out in threads of their own; every other
 * secret is random and kept as SHA-256. `now` is the world's time (ms), also where a demonstration's clock runs faster.
 */
export function accounts({ db }: Sql<AccountTables>, now: () => number, sessionHours: number): Accounts {
  const failed = attempts(now);

  const note = (account: string, address: string, outcome: SignInOutcome): Promise<void> =>
    db.transaction().execute((trx) => noteSignIn(trx, now(), { account, address, outcome }));

  const openSession = async (user: { name: string; display_name: string; role: Role }): Promise<SignedIn> => {
    const cookie = newToken().secret;
    const csrf = newToken().secret;
    const created = now();
    const expires = created + sessionHours * 3_600_000;
    await db.deleteFrom('sessions').where('expires', '<=', created).execute();
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

  const newUser = async (name: string, password: string, role: Role) => ({
    name,
    display_name: name,
    role,
    password: await hashPassword(password),
    created: now(),
  });
  const anybody = async () => (await db.selectFrom('users').select('name').limit(1).executeTakeFirst()) !== undefined;

  return {
    audit: auditOf(db),

    async firstLink() {
      if (await anybody()) return null;
      const { secret, hash } = newToken();
      await db.deleteFrom('claims').execute();
      await db.insertInto('claims').values({ hash, created: now(), used: 0 }).execute();
      return secret;
    },

    async claim({ link, name, password, address }) {
      const hash = hashSecret(link);
      const valid = db.selectFrom('claims').select('hash').where('hash', '=', hash).where('used', '=', 0);
      // The link first: without one nobody learns here which names are taken.
      if (!(await valid.executeTakeFirst()) || (await anybody())) return linkUsed;
      const fault = faultOfName(name) ?? faultOfPassword(password);
      if (fault) return fault;
      const user = await newUser(name, password, 'admin');
      const taken = await db.transaction().execute(async (trx) => {
        const used = await trx
          .updateTable('claims')
          .set({ used: now() })
          .where('hash', '=', hash)
          .where('used', '=', 0)
          .returning('hash')
          .executeTakeFirst();
        if (!used) return false;
        await trx.insertInto('users').values(user).execute();
        await noteSignIn(trx, now(), { account: name, address, outcome: 'claimed' });
        return true;
      });
      if (!taken) return linkUsed;
      return openSession(user);
    },

    async signIn({ name, password, address }) {
      const lockedMs = failed.begin(name, address);
      if (lockedMs > 0) {
        await note(name, address, 'locked');
        const seconds = Math.ceil(lockedMs / 1000);
        return refuse(
          'locked',
          `从这里连续输错，请 ${seconds} 秒后再试`,
          `too many wrong passwords from here: try again in ${seconds} s`,
        );
      }
      const user = await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
      if (!(await isPassword(user?.password, password)) || !user) {
        await note(name, address, 'wrong');
        return refuse('wrong-credentials', '用户名或密码不对', 'name or password is wrong');
      }
      failed.succeeded(name, address);
      await note(name, address, 'in');
      return openSession(user);
    },

    signOut: (cookie, address) =>
      db.transaction().execute(async (trx) => {
        const ended = await trx
          .deleteFrom('sessions')
          .where('hash', '=', hashSecret(cookie))
          .returning('user')
          .executeTakeFirst();
        if (ended) await noteSignIn(trx, now(), { account: ended.user, address, outcome: 'out' });
      }),

    async bySession(cookie) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.name', 'sessions.user')
        .select(['users.name', 'users.display_name', 'users.role', 'sessions.csrf'])
        .where('sessions.hash', '=', hashSecret(cookie))
        .where('sessions.expires', '>', now())
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

    async addUser({ name, password, role }, by = atTheCommandLine) {
      const fault = faultOfName(name) ?? faultOfPassword(password);
      if (fault) return fault;
      const user = await newUser(name, password, role);
      try {
        await db.transaction().execute(async (trx) => {
          await trx.insertInto('users').values(user).execute();
          await noteChange(trx, now(), { type: 'account.add', account: name, role }, by);
        });
      } catch (err) {
        if (!isUniqueViolation(err)) throw err;
        return refuse('name-taken', `用户名“${name}”已被使用`, `name "${name}" is taken`);
      }
      return { name };
    },

    async setPassword({ name, password }, by = atTheCommandLine) {
      const fault = faultOfPassword(password);
      if (fault) return fault;
      const hash = await hashPassword(password);
      return db.transaction().execute(async (trx) => {
        const changed = await trx
          .updateTable('users')
          .set({ password: hash })
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst();
        if (!changed) return noAccount(name);
        await trx.deleteFrom('sessions').where('user', '=', name).execute();
        await noteChange(trx, now(), { type: 'account.password', account: name }, by);
        return changed;
      });
    },

    removeUser: (name, by = atTheCommandLine) =>
      db.transaction().execute(async (trx) => {
        const removed = await trx.deleteFrom('users').where('name', '=', name).returning('name').executeTakeFirst();
        if (!removed) return noAccount(name);
        await trx.deleteFrom('sessions').where('user', '=', name).execute();
        await noteChange(trx, now(), { type: 'account.remove', account: name }, by);
        return removed;
      }),

    users: () => db.selectFrom('users').select(['name', 'role', 'created']).orderBy('name').execute(),

    async newApiToken({ name, role }, by = atTheCommandLine) {
      const { secret, hash } = newToken();
      const id = randomUUID().slice(0, 8);
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('api_tokens').values({ id, name, role, hash, created: now(), revoked: 0 }).execute();
        await noteChange(trx, now(), { type: 'token.new', token: id, name, role }, by);
      });
      return { id, secret };
    },

    revokeApiToken: (id, by = atTheCommandLine) =>
      db.transaction().execute(async (trx) => {
        const revoked = await trx
          .updateTable('api_tokens')
          .set({ revoked: now() })
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst();
        if (!revoked) return refuse('not-found', `没有接口令牌“${id}”`, `there is no API token "${id}"`);
        await noteChange(trx, now(), { type: 'token.revoke', token: id }, by);
        return revoked;
      }),

    async apiTokens() {
      const rows = await db
        .selectFrom('api_tokens')
        .select(['id', 'name', 'role', 'created', 'revoked'])
        .orderBy('created')
        .execute();
      return rows.map((row) => ({ ...row, revoked: row.revoked > 0 }));
    },

    signIns: (query) => signInRecords(db, query),
  };
}

function faultOfName(name: string) {
  if (/^[\p{Letter}\p{Number}._-]{2,40}$/u.test(name)) return undefined;
  return refuse(
    'bad-name',
    `用户名“${name}”不可用：2–40 个字母、汉字、数字或 . _ -`,
    `name "${name}" cannot be used: 2–40 letters, digits, . _ -`,
  );
}

function faultOfPassword(password: string) {
  if (isLongEnough(password)) return undefined;
  return refuse(
    'weak-password',
    `密码太短（${password.length} 位）：至少 ${MIN_PASSWORD} 位`,
    `the password has ${password.length} characters: use at least ${MIN_PASSWORD}`,
  );
}
