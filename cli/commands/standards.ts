import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { faultLine } from '../../devices/city/catalogue-fault.ts';
import { editorSchemaText } from '../../devices/city/catalogue-json-schema.ts';
import { loadCity, standardsOptions } from '../../devices/city/load-city.ts';
import { parseStandards } from '../../devices/city/parse-standards.ts';
import type { RuleEdit, StandardsWanted } from '../../devices/contract/command.ts';
import type { StandardsChange, StandardsProposal, StandardsText } from '../../devices/contract/standards.ts';
import { Problem } from '../../kit/problem.ts';
import { carryOut } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { chosenFolder, citiesDir, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

const REASON = ['--reason <text>', '更改理由（必填） / why, always asked for'] as const;

/** `yanshao standards`: the standards of the running city: what is in force, what was asked for, who stood behind it. */
export function standardsCommand(): Command {
  const command = new Command('standards').description(
    '标准：现行版本、提案、批准与历史 / the standards: in force, asked for, approved, and their history',
  );
  addReading(command);
  addChanging(command);
  addFiles(command);
  return command;
}

function addReading(command: Command): void {
  command
    .command('list')
    .description('列出全部提案与版本，新的在前 / every proposal and version, newest first')
    .action(async () => {
      for (const one of await proposals()) console.log(lineOf(one));
    });
  command
    .command('show')
    .argument('[number]', '提案或版本号；缺省为现行版本 / a number of the list; by default the newest version')
    .description('打印其 YAML 原文 / print it as its authors wrote it')
    .action(async (number?: string) => console.log((await textOf(number)).catalogue));
  command
    .command('diff')
    .argument('<number>', '提案号 / number of the proposal')
    .description('逐项列出一项提案更改了什么 / what a proposal changes, item by item')
    .action(async (number: string) => {
      const found = (await proposals()).find(({ seq }) => seq === Number(number));
      if (!found) throw new Problem(`没有 ${number} 号提案 / there is no proposal ${number}`);
      console.log(lineOf(found));
      for (const change of found.changes) console.log(changeLine(change));
    });
  command
    .command('history')
    .argument('<rule>', '项目或规则，例如 G05-14.com-l2 / an item or a rule')
    .description('其限值的全部更改：旧值、新值、理由、日期、经手人 / every change of it: old, new, why, when, who')
    .action(async (rule: string) => {
      for (const one of await proposals()) {
        const changes = one.changes.filter(({ where }) => where === rule || where.startsWith(`${rule}.`));
        if (changes.length === 0 || one.state !== 'approved') continue;
        console.log(lineOf(one));
        for (const change of changes) console.log(changeLine(change));
      }
    });
}

function addChanging(command: Command): void {
  command
    .command('propose')
    .argument('<item>', '项目编码 / code of the item, G05-14')
    .argument('<rule>', '规则编号 / id of the rule, com-l2')
    .option('--limit <value unit>', '新限值，例如 "35 %{LEL}" 或算式 "1.1 * Ps kPa" / the new limit')
    .option('--deadband <value unit>', '新回差；none 为取消 / the new deadband; none takes it away')
    .option('--on-delay <s>', '报警延时（秒） / on-delay')
    .option('--off-delay <s>', '恢复延时（秒） / off-delay')
    .option('--priority <P1-P4>', '优先级 / priority')
    .option('--overlay <id>', '只改这个叠加层 / in this overlay only')
    .option('--from <time>', '不早于此时生效 / not before this moment, 2027-01-01T00:00+08:00')
    .option('--dry-run', '只看会改什么 / only say what would change')
    .requiredOption(...REASON)
    .description(
      '提出更改一条规则的限值；P1、P2 须由另一人批准 / ask for other figures of a rule; P1 and P2 need a second person',
    )
    .action(async (item: string, rule: string, options: Record<string, string | boolean | undefined>) => {
      const overlay = typeof options.overlay === 'string' ? { overlay: options.overlay } : {};
      await ask({ item, rule, set: editOf(options), ...overlay }, options);
    });
  command
    .command('approve')
    .argument('<number>')
    .option('--reason <text>', '意见 / remark')
    .description('作为第二人批准一项提案 / stand behind a proposal as the second person')
    .action(async (number: string, { reason }: { reason?: string }) => {
      const proposal = Number(number);
      await carryOut(folder(), { type: 'standards.approve', proposal, ...(reason && { reason }) });
      say(await stateLine(proposal));
    });
  command
    .command('reject')
    .argument('<number>')
    .requiredOption(...REASON)
    .description('驳回一项提案 / reject a proposal')
    .action(async (number: string, { reason }: { reason: string }) => {
      await carryOut(folder(), { type: 'standards.reject', proposal: Number(number), reason });
      say(await stateLine(Number(number)));
    });
}

function addFiles(command: Command): void {
  command
    .command('import')
    .argument('<file>', '官方清单：.xlsx 或 .yaml / the official list')
    .option('--from <time>', '不早于此时生效 / not before this moment')
    .option('--dry-run', '只看会改什么 / only say what would change')
    .requiredOption(...REASON)
    .description(
      '以文件替换运行中城市的标准：先整体检查，再成为提案 / replace the standards of the running city by a file: checked as a whole, then proposed',
    )
    .action(async (file: string, options: Record<string, string | boolean | undefined>) => {
      const text = await readStandardsFile(file);
      const overlays = text.overlays.length > 0 ? { overlays: [...text.overlays] } : {};
      await ask({ catalogue: text.catalogue, ...overlays }, options);
    });
  command
    .command('export')
    .argument('<file>', '.xlsx 或 .yaml')
    .option('--number <number>', '哪个版本；缺省为现行 / which version; by default the newest')
    .description('导出标准 / write the standards to a file')
    .action(async (file: string, { number }: { number?: string }) => {
      await writeStandardsFile(file, await textOf(number));
      say(`已写入 / written: ${file}`);
    });
  command
    .command('schema')
    .argument('[of]', 'catalogue | overlay', 'catalogue')
    .description('供编辑器使用的 JSON schema / the JSON schema for editors')
    .action((of: string) => {
      if (of !== 'catalogue' && of !== 'overlay') throw new Problem('schema: catalogue | overlay');
      process.stdout.write(editorSchemaText(of));
    });
}

/** Writes standards as a workbook or as YAML, by the file's ending. */
export async function writeStandardsFile(file: string, text: StandardsText): Promise<void> {
  if (!file.endsWith('.xlsx')) return writeFile(file, text.catalogue);
  // The workbook's library is large: only who has a workbook in hand loads it.
  const { writeWorkbook } = await import('../../devices/city/workbook/write-workbook.ts');
  await writeFile(file, await writeWorkbook(text));
}

/** Reads and checks a file of standards for the chosen city; every fault is said, with its line or cell. */
async function readStandardsFile(file: string): Promise<StandardsText> {
  const { city } = await loadCity(citiesDir, readConfig().config.city);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Problem(`无法读取 / cannot read ${file}`, cause);
  });
  if (!file.endsWith('.xlsx')) {
    const text = { catalogue: bytes.toString('utf8'), overlays: [] };
    const parsed = parseStandards(text, standardsOptions(city));
    if ('faults' in parsed) throw faulty(file, parsed.faults.map(faultLine));
    return text;
  }
  const { readWorkbook } = await import('../../devices/city/workbook/read-workbook.ts');
  const read = await readWorkbook(new Uint8Array(bytes));
  if ('faults' in read) throw faulty(file, read.faults.map(faultLine));
  const parsed = parseStandards(read.text, standardsOptions(city));
  if ('faults' in parsed) throw faulty(file, read.cells(parsed.faults).map(faultLine));
  return read.text;
}

const faulty = (file: string, lines: readonly string[]) =>
  new Problem(
    `${basename(file)}: ${lines.length} 处错误，未作任何更改 / faults; nothing was changed\n${lines.join('\n')}`,
  );

async function ask(wanted: StandardsWanted, options: Record<string, string | boolean | undefined>): Promise<void> {
  const from = options.from === undefined ? undefined : Date.parse(String(options.from));
  if (Number.isNaN(from)) throw new Problem(`--from ${options.from} 不是时间 / is no time`);
  const more = { ...(from !== undefined && { from }), ...(options.dryRun === true && { dryRun: true }) };
  const changed = await carryOut(folder(), {
    type: 'standards.propose',
    wanted,
    reason: String(options.reason),
    ...more,
  });
  if (options.dryRun) for (const one of changed) console.log(changeLine(JSON.parse(one) as StandardsChange));
  else say(await stateLine(Number(changed[0])));
}

/** `35 %{LEL}`: the last word is the unit, what stands before it a number or arithmetic over constants. */
function quantity(text: string): { value: number; unit: string } | { expr: string; unit: string } {
  const match = /^(.*\S)\s+(\S+)$/.exec(text.trim());
  if (!match) throw new Problem(`“${text}”缺少单位：写作 "35 %{LEL}" / has no unit: write "35 %{LEL}"`);
  const [, figure = '', unit = ''] = match;
  return Number.isNaN(Number(figure)) ? { expr: figure, unit } : { value: Number(figure), unit };
}

function editOf(options: Record<string, string | boolean | undefined>): RuleEdit {
  const { limit, deadband, onDelay, offDelay, priority } = options;
  return {
    ...(limit !== undefined && { limit: quantity(String(limit)) }),
    ...(deadband !== undefined && { deadband: deadband === 'none' ? null : quantity(String(deadband)) }),
    ...(onDelay !== undefined && { onDelayS: Number(onDelay) }),
    ...(offDelay !== undefined && { offDelayS: Number(offDelay) }),
    ...(priority !== undefined && { priority: String(priority) as RuleEdit['priority'] }),
  };
}

const folder = () => chosenFolder(readConfig());

async function rulesCall<T>(method: string, params: unknown): Promise<T> {
  const rules = connect(folder(), 'rules');
  try {
    return await rules.call<T>(method, params);
  } finally {
    rules.close();
  }
}

const proposals = () => rulesCall<StandardsProposal[]>('rules.standards.proposals', {});

async function textOf(number?: string): Promise<StandardsText> {
  const text = await rulesCall<StandardsText | null>('rules.standards.text', number ? { seq: Number(number) } : {});
  if (!text) throw new Problem(`没有第 ${number} 版 / there is no version ${number}`);
  return text;
}

async function stateLine(number: number): Promise<string> {
  const found = (await proposals()).find(({ seq }) => seq === number);
  return found ? lineOf(found) : String(number);
}

const stateText: Readonly<Record<StandardsProposal['state'], string>> = {
  open: '待批准 / waits for approval',
  approved: '已批准 / approved',
  rejected: '已驳回 / rejected',
  overtaken: '已被后来的更改取代 / overtaken',
};

function lineOf({ seq, version, state, by, needs, approvals, changes, from }: StandardsProposal): string {
  const people = [by.name, ...approvals.map(({ name }) => name)].join(' + ');
  const begins = from === null ? '' : from === 0 ? '' : `  ${new Date(from).toISOString()}`;
  const waiting = state === 'open' ? ` (${needs} 人 / people; yanshao standards approve ${seq})` : '';
  return `${seq}  ${version}  ${stateText[state]}${waiting}${begins}  ${people}: ${by.reason}  [${changes.length}]`;
}

function changeLine({ where, overlay, field, before, after, priority, urgent }: StandardsChange): string {
  const mark = urgent ? '!' : ' ';
  const place = overlay ? ` @${overlay}` : '';
  return `${mark} ${priority ?? '  '} ${where}${place} ${field}: ${before ?? '—'} → ${after ?? '—'}`;
}
