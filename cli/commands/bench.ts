import { Command, InvalidArgumentError } from 'commander';
import { backtestBench, backtestBenchSize } from '../../bench/backtest.ts';
import { biogasBench, biogasBenchSize, toBiogasTable } from '../../bench/biogas/index.ts';
import { ingestBench, ingestBenchSize } from '../../bench/ingest.ts';
import { methaneBench } from '../../bench/methane.ts';
import { type Report, toTable } from '../../bench/report.ts';
import { rulesBench, rulesBenchSize } from '../../bench/rules.ts';
import { citiesDir, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

/** `yanshao bench`: what this machine does, against the goals of the design. Missed goals are shown; the exit code stays 0. */
export function benchCommand(): Command {
  const command = new Command('bench').description('在本机测量速度与内存 / measure speed and memory on this machine');
  withJson(command.command('ingest'))
    .description(
      '接入：与只收即忘的 aedes 及 mqtt.js 相比；整条通路至 DuckDB 与 InfluxDB / ingest against a bare aedes and mqtt.js; the whole path to DuckDB and InfluxDB',
    )
    .option('--messages <n>', '每轮的单条消息数 / single messages a round', whole, ingestBenchSize.messages)
    .option('--passes <n>', '每轮网关上报的遍数 / passes of the gateways a round', whole, ingestBenchSize.passes)
    .option('--rounds <n>', '轮数 / rounds', whole, ingestBenchSize.rounds)
    .option('--devices <n>', '登记的设备数 / devices registered', whole, ingestBenchSize.devices)
    .action(async ({ json, ...size }: typeof ingestBenchSize & Json) => {
      print(await ingestBench({ ...size, ...common() }), json);
    });
  withJson(command.command('rules'))
    .description('规则：全部标准条款，混合城市 / rules: the whole catalogue over a mixed city')
    .option('--devices <n>', '设备数 / devices', whole, rulesBenchSize.devices)
    .option('--minutes <n>', '测量的城市分钟数 / minutes of the city that are measured', whole, rulesBenchSize.minutes)
    .option('--full', '再测一百万台设备（约 6 GB 内存）/ also a million devices (about 6 GB of memory)')
    .action(async ({ json, ...size }: typeof rulesBenchSize & Json & { full?: boolean }) => {
      print(await rulesBench({ ...size, ...common() }), json);
    });
  withJson(command.command('methane'))
    .description(
      "甲烷：标准条款中的厂界规则能否发现已知释放，与最简做法对照 / methane: do the catalogue's fence-line rules find known releases, beside the plain recipe",
    )
    .option(
      '--data <folder>',
      '另一份数据：readings.csv、sensors.csv、releases.csv / other data of the same shape: readings.csv, sensors.csv, releases.csv',
    )
    .option('--invented <n>', '改用 n 段各四天的虚构数据 / n invented stretches of four days instead', whole)
    .option(
      '--injected <n>',
      '实测本底与风，虚构释放，n 遍 / measured air and wind with invented releases, n times',
      whole,
    )
    .option(
      '--sensitivity',
      '规则的每个数逐一减半、加半，再评一遍 / also with each number of the rules halved and raised by half',
    )
    .action(
      async ({
        json,
        ...what
      }: Json & { data?: string; invented?: number; injected?: number; sensitivity?: boolean }) => {
        print(await methaneBench({ ...what, ...common() }), json);
      },
    );
  withJson(command.command('biogas'))
    .description(
      '沼气研判参考：在未用于拟合的模拟城镇上的混淆矩阵 / biogas advice: its confusion matrix on simulated towns that it was not fitted on',
    )
    .option(
      '--cases <n>',
      '每个城镇每种泄漏的例数 / cases of each kind of leak in each town',
      whole,
      biogasBenchSize.cases,
    )
    .option('--fit', '先重新拟合并写入模型文件 / fit the model anew first, and write its file')
    .action(async ({ json, cases, fit }: typeof biogasBenchSize & Json & { fit?: boolean }) => {
      const { fitBiogas, writeModel } = await import('../../bench/biogas/fit.ts');
      const model = fit ? fitBiogas(cases, new Date().toISOString().slice(0, 10)) : undefined;
      if (model) writeModel(model);
      const report = await biogasBench({ cases, model, progress: say });
      if (!json) console.log(`${toBiogasTable(report)}\n`);
      print(report, json);
    });
  withJson(command.command('backtest'))
    .description(
      '试算：一条规则跑遍已存的读数，同时看实时通路受何影响 / back-tests: one rule over stored readings, and what the live path feels of it',
    )
    .option('--readings <n>', '存入并试算的读数 / readings stored and tried', whole, backtestBenchSize.readings)
    .option('--rounds <n>', '轮数 / rounds', whole, backtestBenchSize.rounds)
    .action(async ({ json, ...size }: typeof backtestBenchSize & Json) => {
      print(await backtestBench({ ...size, ...common() }), json);
    });
  withJson(command.command('faults'))
    .description(
      '故障：一座小城被反复弄坏，应答过的读数一条不少（十分钟以内） / a small city is broken again and again; no acknowledged reading may be missing (ten minutes at most)',
    )
    .option('--short', '每种故障只试一两次 / every fault once or twice')
    .option('--seed <n>', '重复某一次的选择 / repeats the choices of a run', whole, Date.now() % 1_000_000)
    .action(async ({ json, short = false, seed }: Json & { short?: boolean; seed: number }) => {
      // Its instruments are those of the tests: loaded only here.
      const { faultsBench, toFaultTable } = await import('../../bench/faults/index.ts');
      const report = await faultsBench({ short, seed, progress: say, withinMs: 9 * 60_000 });
      if (!json) console.log(toFaultTable(report));
      print(report, json);
    });
  return command;
}

interface Json {
  readonly json?: boolean;
}

const withJson = (command: Command): Command =>
  command.option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output');

const common = () => ({ citiesDir, city: readConfig().config.city, progress: say });

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError(`须为正整数 / give a positive whole number, not "${text}"`);
}

const print = (report: Report, json: boolean | undefined): void =>
  console.log(json ? JSON.stringify(report) : toTable(report));
