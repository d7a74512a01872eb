import { Command } from 'commander';
import type { DrillBody } from '../../devices/contract/drill.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { Problem } from '../../kit/problem.ts';
import { carryOut } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { drillLine, reportLines } from '../drill-lines.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

interface StartOptions {
  readonly device: string;
  readonly seat: string;
  readonly name: string;
  readonly reason: string;
  readonly crew?: string;
  readonly rule?: string;
  readonly despite?: string;
}

/** `yanshao drill`: holds drills on the running platform, and tells what they measured. */
export function drillCommand(): Command {
  return new Command('drill')
    .description('演练：开始、结束、各环节用时的报告 / drills: start, end, and the minutes that each hand-off took')
    .addCommand(startCommand())
    .addCommand(endCommand())
    .addCommand(reportCommand())
    .addCommand(listCommand());
}

function startCommand(): Command {
  return new Command('start')
    .requiredOption('--device <id>', '在哪台真实设备的位置演练 / the real device whose place it takes')
    .requiredOption('--seat <id>', '参演席位 / the seat that drills')
    .requiredOption('--name <name>', '演练名称 / its name')
    .requiredOption('--reason <text>', '为何演练 / why it is held')
    .option('--crew <id>', '参演班组 / the crew that drills')
    .option('--rule <item.rule>', '触发哪条规则；默认最紧急的一条 / the rule to raise; the gravest by default')
    .option('--despite <reason>', '有真实 P1 时仍要开始的理由 / why, although a real P1 stands')
    .description('开始演练 / start a drill')
    .action(async (options: StartOptions) => {
      const [id = ''] = await carryOut(chosenFolder(readConfig()), { type: 'drill.start', ...options });
      console.log(id);
      say(`演练已开始 / the drill has begun: yanshao drill report ${id}`);
    });
}

function endCommand(): Command {
  return new Command('end')
    .argument('[drill]', '编号；默认正在进行的那一次 / its number; the one that runs by default')
    .option('--break-off <reason>', '中止，并写明原因 / break it off, and why')
    .option('--reason <text>', '结束时的说明 / words at its end')
    .description('结束或中止演练，保留报告 / end a drill or break it off; its report is kept')
    .action(async (given: string | undefined, { breakOff, reason }: { breakOff?: string; reason?: string }) => {
      const folder = chosenFolder(readConfig());
      const drill = given ?? (await onlyRunning(folder)).drill.id;
      const why = breakOff ?? reason;
      await carryOut(folder, {
        ...{ type: 'drill.end', drill, how: breakOff === undefined ? 'ended' : 'broken-off' },
        ...(why !== undefined && { reason: why }),
      });
      await print(folder, drill, false);
    });
}

function reportCommand(): Command {
  return new Command('report')
    .argument('[drill]', '编号；默认最近一次 / its number; the newest by default')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description('各环节用时与时限 / the minutes of each hand-off beside its limit')
    .action(async (given: string | undefined, { json }: { json?: true }) => {
      const folder = chosenFolder(readConfig());
      await print(folder, given ?? (await newest(folder)).drill.id, json ?? false);
    });
}

function listCommand(): Command {
  return new Command('list')
    .option('--limit <n>', '最多多少次 / at most so many', '20')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description('演练，新的在前 / drills, the newest first')
    .action(async ({ limit, json }: { limit: string; json?: true }) => {
      const items = await drillsOf(chosenFolder(readConfig()), Number(limit));
      if (json) console.log(JSON.stringify({ items }));
      else for (const one of items) console.log(drillLine(one));
      say(`${items.length} 次演练 / drills`);
    });
}

async function print(folder: DataFolder, id: string, json: boolean): Promise<void> {
  const body = await ask<DrillBody | null>(folder, 'rules.drill', { id });
  if (!body) throw new Problem(`没有演练“${id}”\nthere is no drill "${id}"`);
  if (json) console.log(JSON.stringify(body));
  else for (const line of reportLines(body)) console.log(line);
}

async function newest(folder: DataFolder): Promise<DrillBody> {
  const [first] = await drillsOf(folder, 1);
  if (!first) throw new Problem('还没有演练\nno drill was held yet');
  return first;
}

async function onlyRunning(folder: DataFolder): Promise<DrillBody> {
  const running = (await drillsOf(folder, 100)).filter(({ drill }) => drill.over === null);
  const [one, ...others] = running;
  if (!one) throw new Problem('没有正在进行的演练\nno drill is held now');
  if (others.length === 0) return one;
  const ids = running.map(({ drill }) => drill.id).join(', ');
  throw new Problem(`有多次演练正在进行，请指明编号：${ids}\nseveral drills run, say which: ${ids}`);
}

const drillsOf = (folder: DataFolder, limit: number): Promise<readonly DrillBody[]> =>
  ask(folder, 'rules.drills', { limit });

async function ask<T>(folder: DataFolder, method: string, params: object): Promise<T> {
  const rules = connect(folder, 'rules');
  try {
    return await rules.call<T>(method, params);
  } finally {
    await rules.close();
  }
}
