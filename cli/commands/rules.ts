import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { loadCity } from '../../devices/city/load-city.ts';
import { parseCatalogue } from '../../devices/city/parse-catalogue.ts';
import { linedYaml } from '../../devices/city/yaml-lines.ts';
import type { BacktestJob, BacktestStart } from '../../devices/contract/backtest.ts';
import {
  type Learned,
  type RuleInWords,
  type RulesTools,
  rulesToolsClient,
} from '../../devices/contract/rules-tools.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import { listRules } from '../../rules/explain/list-rules.ts';
import { compileCatalogue } from '../../rules/standards/compile.ts';
import { backtestLines, progressLine } from '../backtest-lines.ts';
import { connect } from '../connect.ts';
import { explainLines } from '../explain-lines.ts';
import { chosenFolder, citiesDir, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { timeOf } from '../time-of.ts';
import { processCommand } from './processes.ts';

/** How often the command line asks how far a back-test is, ms. */
const ASK_MS = 300;

/** `yanshao rules`: the process, and under it what the people who tune rules need. */
export function rulesCommand(): Command {
  return processCommand('rules')
    .addCommand(backtestCommand())
    .addCommand(explainCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand());
}

interface BacktestOptions {
  readonly from: string;
  readonly to?: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly limit?: number;
  readonly file?: string;
  readonly item?: string;
  readonly device?: readonly string[];
  readonly json?: boolean;
}

function backtestCommand(): Command {
  return new Command('backtest')
    .argument('[rule]', '规则，如 G05-14.com-l1；新规则用 --file / such as G05-14.com-l1; a new one by --file')
    .requiredOption('--from <time>', '开始（含），ISO 8601 或毫秒 / begin, inclusive: ISO 8601 or ms')
    .option('--to <time>', '结束（不含），默认现在 / end, exclusive; default now')
    .option('--limit <number>', '改限值（按规则的单位） / another limit, in the unit of the rule', number)
    .option(
      '--set <field=value>',
      '改任一字段，可重复：onDelayS=30、deadband.value=2 / change any field, may be repeated',
      assignment,
      {},
    )
    .option('--file <yaml>', '规则的 YAML 文件：整条新规则 / a YAML file that holds a whole new rule')
    .option('--item <code>', '新规则所属项目 / the item of the new rule')
    .option('--device <id...>', '只试这些设备 / only these devices')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description('启用前先试：用已存的读数试算规则 / try before enable: a rule on the readings that are stored')
    .action((rule: string | undefined, options: BacktestOptions) =>
      withTools(async (tools) => {
        const { request, lineOf } = requestOf(rule, options);
        const job = await followed(tools, startedOr(await tools.startBacktest(request, userInfo().username), lineOf));
        if (job.state !== 'done' || !job.report) throw new Problem(endText(job));
        if (options.json) console.log(JSON.stringify(job.report));
        else for (const line of backtestLines(job.report)) console.log(line);
      }),
    );
}

/** The request, and the way from a path in the rule to a line of its file. */
function requestOf(rule: string | undefined, { from, to, set, limit, file, item, device }: BacktestOptions) {
  const changed = { ...set, ...(limit !== undefined && { limit: { value: limit } }) };
  const change = Object.keys(changed).length > 0 ? changed : undefined;
  const text = file === undefined ? undefined : linedYaml(readText(file));
  if (text && text.errors.length > 0) {
    throw new Problem(text.errors.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
  }
  const request = {
    ...(rule !== undefined && { rule }),
    ...(change && { change }),
    ...(text && { add: text.data }),
    ...(item !== undefined && { item }),
    from: timeOf(from),
    to: to === undefined ? Date.now() : timeOf(to),
    ...(device && { devices: device }),
  };
  const lineOf = (path: string) => (text ? `${file}:${text.lineOf(path.split('.'))}: ` : '');
  return { request, lineOf };
}

function startedOr(started: BacktestStart, lineOf: (path: string) => string): BacktestJob {
  if ('job' in started) return started.job;
  const { refused, faults } = started;
  const lines = faults.map(({ path, zh, en }) => `  ${lineOf(path)}${path}: ${zh} / ${en}`);
  throw new Problem([refused.zh, refused.en, ...lines].join('\n'));
}

/** Shows how far it is until it ends; Ctrl+C cancels it. */
async function followed(tools: RulesTools, begun: BacktestJob): Promise<BacktestJob> {
  let job = begun;
  const cancel = () => void tools.cancelBacktest(job.id);
  process.once('SIGINT', cancel);
  const live = process.stderr.isTTY === true;
  try {
    while (job.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      const next = await tools.backtest(job.id);
      if (!next) throw new Problem('试算已不在（规则进程重启过？） / the back-test is gone: was rules started again?');
      job = next;
      if (live) process.stderr.write(`\r\x1b[K${progressLine(job)}`);
    }
    if (live) process.stderr.write('\r\x1b[K');
    return job;
  } finally {
    process.off('SIGINT', cancel);
  }
}

const endText = ({ state, problem }: BacktestJob): string =>
  state === 'cancelled' ? '试算已取消\nthe back-test was cancelled' : `${problem?.zh}\n${problem?.en}`;

function explainCommand(): Command {
  return new Command('explain')
    .argument('<device>')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description(
      '规则眼中的设备：现值、限值、计时，以及怎样才会报警或恢复 / what rules think of a device, and what would have to change',
    )
    .action((device: string, { json }: { json?: boolean }) =>
      withTools(async (tools) => {
        const explained = await tools.explain(device);
        if ('unknown' in explained) throw new Problem(`${explained.unknown.zh}\n${explained.unknown.en}`);
        if (json) console.log(JSON.stringify(explained.found));
        else for (const line of explainLines(explained.found)) console.log(line);
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .option('--type <type>', '只列该设备类型 / only of this device type')
    .option('--item <code>', '只列该项目 / only of this item')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description('全部规则，用文字说明 / every rule in words')
    .action(async ({ type, item, json }: { type?: string; item?: string; json?: boolean }) => {
      const rules = (await knownRules()).filter(
        (rule) => (type === undefined || rule.deviceType === type) && (item === undefined || rule.item === item),
      );
      if (json) console.log(JSON.stringify({ items: rules }));
      else for (const line of rules.flatMap(ruleLines)) console.log(line);
      say(`${rules.length} 条规则 / rules`);
    });
}

/** The rules of the running platform; without one, those of the city's own files. */
async function knownRules(): Promise<readonly RuleInWords[]> {
  const loaded = readConfig();
  if (chosenFolder(loaded).find('rules')) return withTools((tools) => tools.rules());
  const { city, catalogue } = await loadCity(citiesDir, loaded.config.city);
  return listRules(compileCatalogue(catalogue, deviceTypes, city.platformDepartment));
}

const ruleLines = ({ rule, priority, title, deviceType, words, department, learned }: RuleInWords): string[] => [
  `${rule}  ${priority}  ${title.zh} / ${title.en}  [${deviceType} · ${department}]`,
  `    ${words.zh}`,
  `    ${words.en}`,
  ...(learned ? [`    ${learnedLine(learned)}`] : []),
];

function learnedLine({ bytesPerDevice, learning }: Learned): string {
  const size = `自学基线每台 ${bytesPerDevice} 字节 / ${bytesPerDevice} bytes of learning a device`;
  if (learning === null) return size;
  return `${size}；所知不足而暂不判断 ${learning} 台 / rests at ${learning} devices that know too little yet`;
}

function checkCommand(): Command {
  return new Command('check')
    .argument('<file>', '目录的 YAML 文件 / a catalogue as YAML')
    .description('检查标准目录文件：每处错误及其行号 / every fault of a catalogue file, with its line')
    .action(async (file: string) => {
      const { city } = await loadCity(citiesDir, readConfig().config.city);
      const parsed = parseCatalogue(readText(file), { departments: city.departments.map(({ id }) => id) });
      if ('faults' in parsed) {
        const lines = parsed.faults.map(({ line, path, zh, en }) => `${file}:${line}: ${path}: ${zh} / ${en}`);
        throw new Problem([...lines, `${parsed.faults.length} 处错误 / faults`].join('\n'));
      }
      const { ruleCount } = compileCatalogue(parsed.catalogue, deviceTypes, city.platformDepartment);
      say(`${file}: 版本 / version ${parsed.catalogue.version}，${ruleCount} 条规则，没有错误 / rules, no fault`);
    });
}

/** Runs `work` on the rules of the running platform. */
async function withTools<T>(work: (tools: RulesTools) => Promise<T>): Promise<T> {
  const rpc = connect(chosenFolder(readConfig()), 'rules');
  try {
    return await work(rulesToolsClient(rpc));
  } finally {
    await rpc.close();
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Problem(`${file}: 无法读取 / cannot be read`, cause);
  }
}

/** `deadband.value=2` into `{deadband: {value: 2}}`, beside what was set before; the value is read as YAML. */
function assignment(text: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`写作 字段=值，如 onDelayS=30 / write field=value, such as onDelayS=30`);
  const value: unknown = text.slice(at + 1) === '' ? null : parse(text.slice(at + 1));
  const [first = '', ...rest] = text.slice(0, at).split('.');
  const held = before[first];
  const nested = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  const both = typeof held === 'object' && held !== null && typeof nested === 'object' && nested !== null;
  return { ...before, [first]: both ? { ...held, ...nested } : nested };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`须为数字 / give a number, not "${text}"`);
}
