import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { TicketBody, TicketsBody } from '../../devices/contract/api.ts';
import { personStepKinds, personStepSchema, reportChannels, reportSchema } from '../../devices/contract/ticket.ts';
import { Problem } from '../../kit/problem.ts';
import { outcomeOf } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { ticketLine, ticketLines } from '../ticket-lines.ts';

/** `yanshao tickets`: what is open, one in full, a step, and a report, as the person at the terminal. */
export function ticketsCommand(): Command {
  const command = new Command('tickets').description(
    '工单：列表、详情、办理、上报 / tickets: list, one in full, steps, reports',
  );
  command
    .command('list', { isDefault: true })
    .option('--all', '连同已结的 / closed ones too')
    .option('--overdue', '只列超时的 / only those that missed a deadline')
    .option('--priority <priorities>', 'P1,P2')
    .option('--stage <stages>', 'dispatched,handling,…')
    .option('--area <code>')
    .option('-q, --query <words>', '单号、地点、设备、事项 / number, place, device, item')
    .option('--limit <n>', '', '50')
    .option('--json', '以 JSON 输出 / as JSON')
    .description('列出工单 / list tickets')
    .action(async (options: ListOptions) => {
      const body = await asked<TicketsBody>('dashboard.tickets', queryOf(options));
      if (options.json) return void console.log(JSON.stringify(body, null, 2));
      say(`${body.total} 张 / tickets`);
      for (const line of body.items) console.log(ticketLine(line));
    });
  command
    .command('show')
    .argument('<id>', '单号或 id / number or id')
    .option('--json', '以 JSON 输出 / as JSON')
    .description('一张工单的全部 / one ticket in full')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const body = await asked<TicketBody | null>('dashboard.ticket', id);
      if (!body) throw new Problem(`没有工单“${id}”\nthere is no ticket "${id}"`);
      if (json) console.log(JSON.stringify(body, null, 2));
      else for (const line of ticketLines(body)) console.log(line);
    });
  command
    .command('step')
    .argument('<id>', '单号或 id / number or id')
    .argument('<kind>', personStepKinds.join(' | '))
    .option('--with <json>', '步骤的内容 / what the step carries: \'{"reason":"…"}\'', '{}')
    .description('办理一步 / take a step')
    .action(async (id: string, kind: string, { with: carried }: { with: string }) => {
      const step = read(personStepSchema, { ...jsonOf(carried), kind }, `步骤 / step ${kind}`);
      const body = await asked<TicketBody | null>('dashboard.ticket', id);
      if (!body) throw new Problem(`没有工单“${id}”\nthere is no ticket "${id}"`);
      await outcomeOf(chosenFolder(readConfig()), { type: 'ticket.step', ticket: body.ticket.id, step });
      const after = await asked<TicketBody | null>('dashboard.ticket', id);
      if (after) for (const line of ticketLines(after).slice(0, 4)) console.log(line);
    });
  command
    .command('report')
    .option('--file <file>', '报告的 JSON 文件，- 为标准输入 / a JSON file of the report; - for standard input')
    .option('--item <code>')
    .option('--text <text>')
    .option('--lon <degrees>')
    .option('--lat <degrees>')
    .option('--channel <channel>', reportChannels.join(' | '), 'other')
    .description('上报一件事 / report a matter')
    .action(async ({ file, lon, lat, ...said }: ReportOptions) => {
      const given = file
        ? jsonOf(readFileSync(file === '-' ? 0 : file, 'utf8'))
        : { ...said, lon: Number(lon), lat: Number(lat) };
      const report = read(reportSchema, given, '上报 / report');
      const { changed } = await outcomeOf(chosenFolder(readConfig()), { type: 'ticket.report', report });
      const body = await asked<TicketBody | null>('dashboard.ticket', changed[0] ?? '');
      say(body && body.ticket.reporters.length > 1 ? '已并入 / joined' : '已立案 / filed');
      console.log(body?.ticket.no ?? changed[0]);
    });
  return command;
}

interface ListOptions {
  readonly all?: boolean;
  readonly overdue?: boolean;
  readonly priority?: string;
  readonly stage?: string;
  readonly area?: string;
  readonly query?: string;
  readonly limit: string;
  readonly json?: boolean;
}
interface ReportOptions {
  readonly file?: string;
  readonly item?: string;
  readonly text?: string;
  readonly lon?: string;
  readonly lat?: string;
  readonly channel: string;
}

/** The query of `GET /api/v1/tickets`. */
const queryOf = ({ all, overdue, query, limit, priority, stage, area }: ListOptions) => ({
  state: all ? 'all' : 'open',
  ...(overdue && { overdue: '1' }),
  ...(query && { q: query }),
  ...(priority && { priority }),
  ...(stage && { stage }),
  ...(area && { area }),
  limit,
});

async function asked<T>(method: string, query: unknown): Promise<T> {
  const dashboard = connect(chosenFolder(readConfig()), 'dashboard');
  try {
    return await dashboard.call<T>(method, query);
  } finally {
    dashboard.close();
  }
}

function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object') return value;
  } catch {
    // Said below, with the text.
  }
  throw new Problem(`不是 JSON 对象 / not a JSON object: ${text.slice(0, 200)}`);
}

/** What a schema makes of it, or every fault in one refusal. */
function read<T>(
  schema: {
    safeParse(
      value: unknown,
    ):
      | { success: true; data: T }
      | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
  },
  value: unknown,
  what: string,
): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const faults = found.error.issues.map(({ path, message }) => `  ${path.join('.') || '·'}: ${message}`);
  throw new Problem(`${what} 不能用 / cannot be used:\n${faults.join('\n')}`);
}
