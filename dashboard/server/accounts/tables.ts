import type { Kysely } from 'kysely';
import { chainAudit, createAudit } from '../../../devices/audit/audit-migration.ts';
import type { AuditTables } from '../../../devices/contract/audit-tables.ts';
import type { Refusal } from '../../../devices/contract/command.ts';
import { type AccountRole, accountRoles } from '../../../devices/contract/roles.ts';
import type { Migrations } from '../../../kit/sql/sql.ts';
import { type PhotoTables, photoMigrations } from '../photos/tables.ts';

/** What an account may do; the seat's supervisor is the usual second person. */
export type Role = AccountRole;
export const roles: readonly Role[] = accountRoles;

/** `claimed` is the one-time link of a first start. */
export type SignInOutcome = 'in' | 'claimed' | 'wrong' | 'locked' | 'out';

/**
 * Tables of the dashboard's own database: who may look and act, the audit of accounts and sign-ins, and the last picture of the
 * live view, the pictures that people sent.
 */
export interface AccountTables extends AuditTables, PhotoTables {
  users: {
    name: string;
    display_name: string;
    role: Role;
    password: string;
    created: number;
  };
  /** Keyed by the SHA-256 of the cookie: a copy of the database opens no session. */
  sessions: { hash: string; user: string; csrf: string; created: number; expires: number };
  api_tokens: { id: string; name: string; role: Role; hash: string; created: number; revoked: number };
  /** One-time links of a first start. */
  claims: { hash: string; created: number; used: number };
  live_devices: { device: string; body: string };
  live_position: { id: number; epoch: string; position: number };
}

/** A sign-in as the audit keeps it. */
export const signInContent = ({ account, address, outcome }: Omit<SignInsBefore['sign_ins'], 'at'>) => ({
  type: `session.${outcome}`,
  actor_id: account,
  actor_name: account,
  via: 'page',
  body: JSON.stringify({ account, address }),
  outcome: JSON.stringify(turnedAway[outcome] ?? { done: true, changed: [] }),
});

const turnedAway: Partial<Record<SignInOutcome, { refused: Refusal }>> = {
  wrong: { refused: { code: 'wrong-credentials', zh: '用户名或密码不对', en: 'name or password is wrong' } },
  locked: { refused: { code: 'locked', zh: '连续输错，已锁定', en: 'locked after too many wrong passwords' } },
};

export const accountMigrations: Migrations = {
  '0001-accounts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('users')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('display_name', 'text', (c) => c.notNull())
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('password', 'text', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('locked_until', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('sessions')
        .addColumn('hash', 'text', (c) => c.primaryKey())
        .addColumn('user', 'text', (c) => c.notNull())
        .addColumn('csrf', 'text', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('expires', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('api_tokens')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull().unique())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('revoked', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('claims')
        .addColumn('hash', 'text', (c) => c.primaryKey())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('used', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('live_devices')
        .addColumn('device', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('live_position')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('epoch', 'text', (c) => c.notNull())
        .addColumn('position', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '0002-sign-ins': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('sign_ins')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('account', 'text', (c) => c.notNull())
        .addColumn('address', 'text', (c) => c.notNull())
        .addColumn('outcome', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('sign_ins_at').on('sign_ins').column('at').execute();
      // Failed attempts are counted by account and address now, not in the account.
      await db.schema.alterTable('users').dropColumn('failures').execute();
      await db.schema.alterTable('users').dropColumn('locked_until').execute();
    },
  },
  '0003-audit': {
    async up(db: Kysely<unknown>) {
      await createAudit(db);
      await takeInSignIns(db as Kysely<SignInsBefore>);
      await chainAudit(db);
      await db.schema.dropTable('sign_ins').execute();
    },
  },
  ...photoMigrations,
};

/** What the migration reads and fills. */
interface SignInsBefore {
  sign_ins: { at: number; account: string; address: string; outcome: SignInOutcome };
  audit: Omit<AuditTables['audit'], 'prev' | 'hash'>;
}

/** Sign-ins had a table of their own: its rows begin the audit, in the order of time. */
async function takeInSignIns(db: Kysely<SignInsBefore>): Promise<void> {
  const rows = await db.selectFrom('sign_ins').selectAll().orderBy('at').execute();
  for (const [i, { at, ...signIn }] of rows.entries())
    await db
      .insertInto('audit')
      .values({ seq: i + 1, at, command: '', ...signInContent(signIn) })
      .execute();
}
