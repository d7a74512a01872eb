import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts } from '../../dashboard/server/accounts/accounts.ts';
import { type AccountTables, accountMigrations } from '../../dashboard/server/accounts/tables.ts';
import { auditOf } from '../../devices/audit/append-audit.ts';
import { searchAudit } from '../../devices/audit/search-audit.ts';
import { verifyAudit } from '../../devices/audit/verify-audit.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Migrations } from '../../kit/sql/sql.ts';
import { type RulesTables, rulesMigrations } from '../../rules/store/migrations.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-audit-before-'));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const engines = ['SQLite', 'PostgreSQL'] as const;
const place = (engine: (typeof engines)[number], schema: string) =>
  engine === 'SQLite' ? { url: join(folder, `${schema}.db`) } : { url: postgres.url, schema };
/** The migrations as they were before the audit was chained. */
const withoutSteps = (all: Migrations, ...since: string[]): Migrations =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !since.includes(name)));

describe.each(engines)('a database of before, in %s', (engine) => {
  it('of rules: every row it has is chained from the first, can be searched, and is guarded', async () => {
    const at = place(engine, 'state');
    const old = await openSql<Omit<RulesTables, 'audit'> & { audit: Omit<RulesTables['audit'], 'prev' | 'hash'> }>({
      ...at,
      migrations: withoutSteps(rulesMigrations, '0030-audit-chain'),
    });
    const row = (seq: number) => ({
      ...{ seq, at: seq, command: `c-${seq}`, type: 'acknowledge', actor_id: 'mira', actor_name: 'Mira', via: 'page' },
      body: JSON.stringify({ alarms: [`k${seq}/G05-14.com-l2/1763798400000`] }),
      outcome: JSON.stringify({ done: true, changed: [] }),
    });
    for (let seq = 1; seq <= 1200; seq++) await old.db.insertInto('audit').values(row(seq)).execute();
    await old.close();
    const now = await openSql<RulesTables>({ ...at, migrations: rulesMigrations });
    expect(await verifyAudit(auditOf(now.db))).toMatchObject({ rows: 1200, head: { seq: 1200 }, fault: null });
    expect(await searchAudit(auditOf(now.db), { device: 'k1100', limit: 5 })).toMatchObject([{ seq: 1100 }]);
    await expect(now.db.updateTable('audit').set({ via: 'cli' }).execute()).rejects.toThrow('append-only');
    await now.close();
  });

  it('of accounts: who came and who was turned away begins the chain, in the order of time', async () => {
    const at = place(engine, 'accounts');
    const signIn = (when: number, outcome: string) => ({ at: when, account: 'mira', address: '10.1.1.7', outcome });
    const old = await openSql<{ sign_ins: ReturnType<typeof signIn> }>({
      ...at,
      migrations: withoutSteps(accountMigrations, '0003-audit', '0004-photos'),
    });
    await old.db
      .insertInto('sign_ins')
      .values([signIn(3, 'out'), signIn(1, 'wrong'), signIn(2, 'in')])
      .execute();
    await old.close();
    const now = await openSql<AccountTables>({ ...at, migrations: accountMigrations });
    const people = accounts(now, () => 4, 12);
    expect(await verifyAudit(people.audit)).toMatchObject({ rows: 3, fault: null });
    expect(await people.signIns({ limit: 10 })).toEqual([signIn(3, 'out'), signIn(2, 'in'), signIn(1, 'wrong')]);
    await people.newApiToken({ name: 'report', role: 'viewer' });
    expect(await verifyAudit(people.audit)).toMatchObject({ rows: 4, fault: null });
    await now.close();
  });
});
