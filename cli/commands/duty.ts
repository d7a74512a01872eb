import fs from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Command, Option } from 'commander';
import { loadCity } from '../../devices/city/load-city.ts';
import type { City } from '../../devices/contract/city.ts';
import type { DutyRecords } from '../../devices/contract/duty.ts';
import type { DutyGap, OnDuty } from '../../devices/contract/duty-answers.ts';
import {
  type DutyKind,
  type DutyRecordKind,
  dutyKinds,
  dutyLists,
  dutyRecordKinds,
} from '../../devices/contract/duty-kinds.ts';
import { asDemo } from '../../devices/duty/as-demo.ts';
import type { WhoQuery } from '../../devices/duty/duty-desk.ts';
import { toDutyCsv } from '../../devices/duty/files/duty-csv.ts';
import { type DutyFile, kindNamed } from '../../devices/duty/files/duty-rows.ts';
import { dutySheets } from '../../devices/duty/files/duty-sheets.ts';
import { readDutyFile } from '../../devices/duty/files/read-duty-file.ts';
import { momentOfText } from '../../devices/duty/moment-text.ts';
import type { Fault } from '../../devices/registry/fault.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { Problem } from '../../kit/problem.ts';
import { asked } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { chosenFolder, citiesDir, isDemo, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { timeOf } from '../time-of.ts';

const kindOption = () =>
  new Option(
    '--kind <kind>',
    'CSV 中记录的种类；缺省看文件名 / kind of the records of a CSV, by default from its name',
  ).choices([...dutyRecordKinds]);

/** `yanshao duty`: who is responsible; taken from files, asked for a moment, searched for holes. */
export function dutyCommand(): Command {
  const command = new Command('duty').description(
    '责任与排班：导入、导出、试问、查漏 / who is responsible: import, export, ask, find holes',
  );
  addFiles(command);
  addAsking(command);
  return command;
}

function addFiles(command: Command): void {
  command
    .command('import')
    .argument('<file>', '.xlsx | .csv')
    .addOption(kindOption())
    .option('--check', '只检查，不写入 / only check, write nothing')
    .option('--replace', '文件中没有的记录全部删除 / take away every record that is not in the file')
    .description('导入责任与排班：全部写入或完全不写 / take all records of a file, or none')
    .action(async (file: string, { kind, check, replace }: ImportOptions) => {
      const read = await readFile(file, kind);
      if ('faults' in read) throw refused(file, read.faults);
      const target = folder();
      const outcome = await asked(target, {
        type: 'duty.put',
        put: isDemo(target) ? asDemo(read.put) : read.put,
        ...(replace && { replace }),
        ...(check && { dryRun: true }),
      });
      if (!('done' in outcome)) {
        const { faults } = outcome;
        if (!faults) throw new Problem(`${outcome.refused.zh}\n${outcome.refused.en}`);
        throw refused(
          file,
          faults.map((fault) => ({ ...fault, where: placeOf(read.whereIs(fault.where), fault.where) })),
        );
      }
      for (const changed of outcome.changed) console.log(changed);
      const said = check ? '会改变 / would change' : '已改变 / changed';
      say(`${file}: ${said} ${outcome.changed.length}`);
    });
  command
    .command('export')
    .argument('<file>', '.xlsx | .csv')
    .addOption(kindOption())
    .description('导出责任与排班，供 import 读回 / write a file that import takes back')
    .action(async (file: string, { kind }: ImportOptions) => {
      const records = await ask<DutyRecords>('rules.duty', {});
      if (extname(file).toLowerCase() === '.xlsx') {
        // The workbook's library is large: only who has a workbook in hand loads it.
        const { writeDutyWorkbook } = await import('../../devices/duty/files/duty-workbook.ts');
        await fs.writeFile(file, await writeDutyWorkbook(records));
      } else await fs.writeFile(file, toDutyCsv(records, kindFor(file, kind)));
      say(`已写入 / written: ${file}`);
    });
}

interface ImportOptions {
  readonly kind?: DutyRecordKind;
  readonly check?: boolean;
  readonly replace?: boolean;
}

function addAsking(command: Command): void {
  command
    .command('who')
    .requiredOption('--item <code>', '事项编码 / code of the item, G05-14')
    .option('--area <code>', '区域 / area')
    .option('--grid <code>', '网格 / grid')
    .option('--at <time>', '时刻；无时区时按城市当地时间；缺省为现在 / moment, by the city’s clocks; by default now')
    .addOption(new Option('--duty <duty>', '职责 / duty').choices([...dutyKinds]).default('handle'))
    .description('试问：此事此地此刻找谁 / whom would this reach, then and there')
    .action(async ({ item, area, grid, at, duty }: WhoOptions) => {
      const { city } = await loadCity(citiesDir, readConfig().config.city);
      const query: WhoQuery = { item, area: area ?? null, grid: grid ?? null, duty, at: momentOf(at, city) };
      const answer = await ask<OnDuty | { readonly faults: readonly Fault[] }>('rules.duty.who', query);
      if ('faults' in answer) throw new Problem(answer.faults.map(({ zh, en }) => `${zh}\n${en}`).join('\n'));
      for (const line of whoLines(answer)) console.log(line);
    });
  command
    .command('holes')
    .option('--days <n>', '看几天 / how many days', '31')
    .option('--from <date>', '从哪天起；缺省为今天 / from which day; by default today')
    .description('查漏：哪些事项在何时何地无人负责 / which items have nobody, when and where')
    .action(async ({ days, from }: { days: string; from?: string }) => {
      const { city } = await loadCity(citiesDir, readConfig().config.city);
      const gaps = await ask<readonly DutyGap[]>('rules.duty.gaps', {
        from: from ?? zoneOf(city.timeZone).local(Date.now()).date,
        days: daysOf(days),
      });
      for (const { zh, en, code } of gaps) console.log(`${code === 'nobody' ? '✗' : '△'} ${zh}\n  ${en}`);
      if (gaps.some(({ code }) => code === 'nobody')) process.exitCode = 2;
      if (gaps.length === 0) say('没有漏洞 / no holes');
    });
}

interface WhoOptions {
  readonly item: string;
  readonly area?: string;
  readonly grid?: string;
  readonly at?: string;
  readonly duty: DutyKind;
}

/** An answer as lines: whom first, then the next in line, and each step of the way. */
export function whoLines({ persons, because, hole, department, post, crew }: OnDuty): string[] {
  const whose = [department, post, crew].filter((part) => part !== null).join(' / ');
  return [
    ...(hole ? [`✗ ${hole.zh}`, `  ${hole.en}`] : [`→ ${whose}`]),
    ...persons.map(
      ({ person, as, because: why }, index) =>
        `${index + 1}. ${person.name} (${person.id}) ${person.phone ?? ''} — ${as}: ${why.zh} / ${why.en}`,
    ),
    ...because.map(({ zh, en }) => `   ${zh} / ${en}`),
  ];
}

/** A moment as people write it: by the city's clocks, with an offset, or as ms; now, where nothing was said. */
function momentOf(text: string | undefined, { timeZone }: Pick<City, 'timeZone'>): number {
  return text === undefined ? Date.now() : (momentOfText(text, timeZone) ?? timeOf(text));
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 366) return days;
  throw new Problem(`--days 须为 1 到 366，不是“${text}” / must be 1 to 366, not "${text}"`);
}

const folder = () => chosenFolder(readConfig());

async function ask<T>(method: string, params: unknown): Promise<T> {
  const rules = connect(folder(), 'rules');
  try {
    return await rules.call<T>(method, params as object);
  } finally {
    rules.close();
  }
}

async function readFile(path: string, kind?: DutyRecordKind): Promise<DutyFile> {
  const bytes = await fs.readFile(path).catch((cause) => {
    throw new Problem(`${path} 无法读取 / cannot be read`, cause);
  });
  return readDutyFile(basename(path), bytes, kind);
}

function kindFor(file: string, kind?: DutyRecordKind): DutyRecordKind {
  const found = extname(file).toLowerCase() === '.csv' ? (kind ?? kindNamed(basename(file, extname(file)))) : undefined;
  if (found) return found;
  const names = dutySheets.map(({ sheet, kind: one }) => `${sheet}.csv (${dutyLists[one]}.csv)`).join(', ');
  throw new Problem(
    `${file}: 须为 .xlsx，或以种类命名的 .csv（或用 --kind 指明） / give an .xlsx, or a .csv named after its kind, or --kind: ${names}`,
  );
}

const placeOf = (place: string, record: string): string => (place === record ? record : `${place} (${record})`);

function refused(file: string, faults: readonly Fault[]): Problem {
  const lines = faults.map(
    ({ where, field, value, zh, en }) =>
      `  - ${where}${field ? `, ${field}` : ''}${value ? ` = ${JSON.stringify(value)}` : ''}: ${zh} / ${en}`,
  );
  return new Problem(
    `${file} 有 ${faults.length} 处错误，没有写入任何记录 / has ${faults.length} faults; nothing was taken:\n${lines.join('\n')}`,
  );
}
