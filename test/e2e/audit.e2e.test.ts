import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountTables, accountMigrations } from '../../dashboard/server/accounts/tables.ts';
import type { AuditTables } from '../../devices/contract/audit-tables.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { type RulesTables, rulesMigrations } from '../../rules/store/migrations.ts';
import { says } from '../support/audit-log.ts';
import { startProgram } from '../support/platform.ts';

/** The command line over the databases of a platform that is not running. */
const root = mkdtempSync(join(tmpdir(), 'yanshao-audit-cli-'));
const state = join(root, 'live', 'state.db');
const heads = join(root, 'heads.json');
const yanshao = async (...args: string[]) => {
  const program = startProgram(['audit', ...args], { env: { YANSHAO_DATA_DIR: root, YANSHAO_DEMO: 'off' }, cwd: root });
  return { code: await program.ended, out: program.stdout(), all: program.output() };
};
const asIntruder = (statements: string) => {
  const db = new Database(state);
  db.exec(statements);
  db.close();
};

beforeAll(async () => {
  const rules = await openSql<RulesTables>({ url: state, migrations: rulesMigrations });
  const accounts = await openSql<AccountTables>({
    url: join(root, 'live', 'accounts.db'),
    migrations: accountMigrations,
  });
  const log = rules as unknown as Sql<AuditTables>;
  for (let i = 1; i <= 3; i++)
    await says(log, { at: Date.UTC(2026, 10, i), actor: i === 2 ? '=cmd()' : 'mira', asks: { device: `k${i}` } });
  await says(accounts as unknown as Sql<AuditTables>, { at: 1, type: 'session.in', asks: { account: 'mira' } });
  await rules.close();
  await accounts.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('yanshao audit', () => {
  it('verifies both chains and gives their heads to keep elsewhere', async () => {
    const head = await yanshao('head', '--out', heads);
    expect(head.code).toBe(0);
    expect(JSON.parse(readFileSync(heads, 'utf8'))).toMatchObject({ commands: { seq: 3 }, accounts: { seq: 1 } });
    const checked = await yanshao('verify', '--from-head', heads);
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining('✓') });
  });

  it('searches by person, device and time, and writes CSV that no spreadsheet runs', async () => {
    expect((await yanshao('search', '--device', 'k1')).out).toContain('acknowledge');
    const day = await yanshao('search', '--from', '2026-11-02', '--to', '2026-11-03', '--csv');
    const [header, row, ...rest] = day.out.trim().split('\r\n');
    expect(header).toBe('time,seq,at,command,type,actor_id,actor_name,via,body,outcome,prev,hash');
    expect([row?.includes(",'=cmd(),"), rest]).toEqual([true, []]);
    expect(JSON.parse((await yanshao('search', '--accounts', '--json')).out)).toMatchObject({ type: 'session.in' });
    expect(await yanshao('search', '--from', 'soon')).toMatchObject({
      code: 1,
      all: expect.stringContaining('不是时间'),
    });
  });

  it.each([
    ['a file that is no head', `${import.meta.filename}`],
    ['no file', join(root, 'nowhere.json')],
  ])('says in both languages that %s cannot be checked against', async (_, file) => {
    const { code, all } = await yanshao('verify', '--from-head', file);
    expect([code, all.includes('不是链头文件'), all.includes('holds no heads')]).toEqual([1, true, true]);
  });

  it('names the row that was changed, what was expected and what was found, and ends with 2', async () => {
    asIntruder("drop trigger audit_no_update; update audit set actor_name = 'nobody' where seq = 2");
    const { code, out } = await yanshao('verify');
    expect(code).toBe(2);
    expect(out).toMatch(/row 2 was changed\s+应为 \/ expected: [0-9a-f]{64}\s+实为 \/ found: {4}[0-9a-f]{64}/);
    expect(out).toContain('第 2 行的内容被改动');
    expect(out).toContain('✓ 完好 / whole  账号与登录');
  });
});
