import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Kysely } from 'kysely';
import { type AccountTables, accountMigrations } from '../../dashboard/server/accounts/tables.ts';
import { auditOf } from '../../devices/audit/append-audit.ts';
import { auditCsv, auditCsvHeader } from '../../devices/audit/audit-csv.ts';
import { auditHead, headsSchema } from '../../devices/audit/audit-head.ts';
import { auditPages } from '../../devices/audit/search-audit.ts';
import { type AuditCheck, verifyAudit } from '../../devices/audit/verify-audit.ts';
import type { AuditHeadsBody } from '../../devices/contract/api.ts';
import type { AuditRow, AuditTables } from '../../devices/contract/audit-tables.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { Problem } from '../../kit/problem.ts';
import { replaceFile } from '../../kit/replace-file.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { rulesMigrations } from '../../rules/store/migrations.ts';
import { checkLine, faultLines, rowLine } from '../audit-lines.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { timeOf } from '../time-of.ts';

/** What `yanshao audit verify` ends with when a chain is broken; 1 is for what could not be looked at. */
const TAMPERED = 2;

type Logs = Readonly<Record<keyof AuditHeadsBody, Kysely<AuditTables>>>;

/** `yanshao audit`: the audit logs, read from their databases, whether the platform runs or not. */
export function auditCommand(): Command {
  const command = new Command('audit').description(
    '审计：校验、导出链头、查询 / the audit: verify its chains, export their heads, search',
  );
  addProving(command);
  addSearching(command);
  return command;
}

function addProving(command: Command): void {
  command
    .command('verify')
    .option(
      '--from-head <file>',
      '此前另处保存的链头（yanshao audit head 的输出） / heads kept elsewhere, as `yanshao audit head` gave them',
    )
    .description(
      '逐行重算两条链；退出码 0 完好，2 被改动，1 无法校验 / work both chains out anew; exit code 0 whole, 2 changed, 1 could not be checked',
    )
    .action(({ fromHead }: { fromHead?: string }) => verify(fromHead));
  command
    .command('head')
    .option('--out <file>', '写入文件 / write to a file')
    .description('以 JSON 给出两条链的链头，请另处保存 / the heads of both chains as JSON: keep them elsewhere')
    .action(async ({ out }: { out?: string }) => {
      const heads = await withLogs(async (logs) => ({
        commands: await auditHead(logs.commands),
        accounts: await auditHead(logs.accounts),
      }));
      const text = `${JSON.stringify(heads, null, 2)}\n`;
      if (out) await replaceFile(out, text);
      else process.stdout.write(text);
      if (out) say(`已写入 / written: ${out}`);
    });
}

async function verify(file: string | undefined): Promise<void> {
  const heads = file === undefined ? undefined : await readHeads(file);
  const checks = await withLogs(async (logs) => {
    const found: [keyof Logs, AuditCheck][] = [];
    for (const name of ['commands', 'accounts'] as const)
      found.push([name, await verifyAudit(logs[name], heads?.[name])]);
    return found;
  });
  for (const [name, check] of checks) {
    console.log(checkLine(name, check));
    if (!check.fault) continue;
    for (const line of faultLines(check.fault)) console.log(`  ${line}`);
    process.exitCode = TAMPERED;
  }
  if (!heads && process.exitCode !== TAMPERED)
    say(
      '仅凭数据库本身，无法发现整条链被重算；请用 --from-head 与另处保存的链头对照 / by itself a database cannot show that a whole chain was worked out anew: use --from-head with heads kept elsewhere',
    );
}

async function readHeads(file: string): Promise<AuditHeadsBody> {
  const refuse = (why: string, cause?: unknown) =>
    new Problem(
      `${file} 不是链头文件：请用 yanshao audit head --out 生成的文件（${why}）\n${file} holds no heads: give a file that \`yanshao audit head --out\` wrote (${why})`,
      cause,
    );
  const read = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const parsed = headsSchema.safeParse(
    await read().catch((err: Error) => {
      throw refuse(err.message, err);
    }),
  );
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw refuse(`${first?.path.join('.')}: ${first?.message}`);
}

interface SearchOptions {
  readonly person?: string;
  readonly device?: string;
  readonly incident?: string;
  readonly ticket?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
  readonly accounts?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
}

function addSearching(command: Command): void {
  command
    .command('search')
    .option('--person <name>', '账号，或姓名的一部分 / account id, or a part of the name')
    .option('--device <id>', '涉及该设备或其告警 / names the device, or an alarm of it')
    .option('--incident <id>', '涉及该事件或其告警 / names the incident, or an alarm of it')
    .option('--ticket <id>', '涉及该工单 / names the ticket')
    .option('--type <type>', '指令类型；registry. 为其全部 / type of command; `registry.` for all of a kind')
    .option('--from <time>', '起（含），ISO 8601 或毫秒 / from, included')
    .option('--to <time>', '止（不含） / up to, not included')
    .option('--accounts', '查登录与账号变更 / sign-ins and changes of accounts instead')
    .option('--limit <n>', '最多多少条，新的在前 / so many at most, newest first', '200')
    .option('--csv', '以 CSV 输出 / as CSV')
    .option('--json', '每行一个 JSON 对象 / one JSON object a line')
    .description('查询审计 / search the audit by person, device, incident, type and time')
    .action((options: SearchOptions) => withLogs((logs) => search(logs, options)));
}

async function search(logs: Logs, { accounts, csv, json, from, to, limit, ...named }: SearchOptions): Promise<void> {
  if (!/^[1-9]\d{0,6}$/.test(limit)) throw new Problem(`--limit “${limit}” 应为正整数 / is no number of rows above 0`);
  if (accounts && named.incident !== undefined)
    throw new Problem(
      '账号日志不涉及事件：请去掉 --incident 或 --accounts\naccounts have no incidents: leave --incident or --accounts out',
    );
  const query = {
    ...named,
    from: from === undefined ? undefined : timeOf(from),
    to: to === undefined ? undefined : timeOf(to),
    limit: Number(limit),
  };
  if (csv) process.stdout.write(auditCsvHeader);
  let found = 0;
  const textOf = (row: AuditRow) => (json ? JSON.stringify(row) : rowLine(row));
  for await (const rows of auditPages(accounts ? logs.accounts : logs.commands, query)) {
    found += rows.length;
    process.stdout.write(csv ? auditCsv(rows) : rows.map((row) => `${textOf(row)}\n`).join(''));
  }
  if (found === query.limit)
    say(`已列 ${found} 条，可能还有更早的（--limit） / ${found} listed, there may be older ones (--limit)`);
  else say(`${found} 条 / rows`);
}

/** Opens both logs to read, and closes them. */
async function withLogs<T>(use: (logs: Logs) => Promise<T>): Promise<T> {
  const loaded = readConfig();
  const folder = chosenFolder(loaded);
  const { databaseUrl } = loaded.config;
  const open = { readonly: true, waitMs: 0 };
  const state = await openSql<StateTables>({
    ...open,
    url: databaseUrl ?? folder.path('state.db'),
    schema: 'state',
    migrations: rulesMigrations,
  });
  try {
    const accounts = await openSql<AccountTables>({
      ...open,
      url: databaseUrl ?? folder.path('accounts.db'),
      schema: 'accounts',
      migrations: accountMigrations,
    });
    try {
      return await use({ commands: auditOf(state.db), accounts: auditOf(accounts.db) });
    } finally {
      await accounts.close();
    }
  } finally {
    await state.close();
  }
}
