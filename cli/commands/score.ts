import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadCity } from '../../devices/city/load-city.ts';
import type { RunBody, RunLine } from '../../devices/contract/score.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { namesOf } from '../../devices/supervision/names-of.ts';
import { numbersOf, runBody, runLines } from '../../devices/supervision/read-scores.ts';
import { callInText, valueText } from '../../devices/supervision/words.ts';
import { Problem } from '../../kit/problem.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, citiesDir, readConfig } from '../runtime.ts';
import { say, strong } from '../terminal.ts';

/** `yanshao score`: supervision by figures: worked out by the running platform, read from the state database. */
export function scoreCommand(): Command {
  const command = new Command('score').description(
    '考核：核算、查看、导出 / supervision by figures: work out, show, export',
  );
  command
    .command('run')
    .argument('<cycle>', '周期编号，见 supervision.yaml / id of the cycle')
    .option('--period <key>', '期次，如 2026-Q4；缺省为最近可核算的 / by default the newest that can be worked out')
    .option('--reason <text>', '重新核算的理由 / why it is worked out anew')
    .description('核算一个期次；清单和抽样是本期的 / work out a period; lists and samples are of the one that runs')
    .action(async (cycle: string, options: { period?: string; reason?: string }) => {
      const [id] = await carryOut(chosenFolder(readConfig()), { type: 'supervision.run', cycle, ...options });
      console.log(id);
    });
  command
    .command('list')
    .description('列出全部核算，新的在前 / every run, newest first')
    .action(() =>
      withState(async (db) => {
        for (const line of await runLines(db)) console.log(lineText(line));
      }),
    );
  command
    .command('show')
    .argument('[run]', '核算编号；缺省为最近的 / id of the run; by default the newest')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description('名次、覆盖、红黑榜与约谈 / ranks, coverage, lists and call-ins')
    .action((id: string | undefined, { json }: { json?: boolean }) =>
      withState(async (db) => {
        const body = await found(db, id);
        console.log(json ? JSON.stringify(body) : report(body).join('\n'));
      }),
    );
  command
    .command('export')
    .argument('<file>', '.xlsx')
    .argument('[run]', '核算编号；缺省为最近的 / id of the run; by default the newest')
    .description('导出为工作簿，含全部事实 / write a workbook with every fact')
    .action((file: string, id?: string) =>
      withState(async (db) => {
        const body = await found(db, id);
        const { city, supervision } = await loadCity(citiesDir, readConfig().config.city);
        // The workbook's library is large: only who wants a workbook loads it.
        const { scoresWorkbook } = await import('../../devices/supervision/scores-workbook.ts');
        const numbers = await numbersOf(db, body.run.id);
        await writeFile(file, await scoresWorkbook(body, numbers, namesOf(city, supervision ?? null)));
        say(`已写入 / written: ${file}`);
      }),
    );
  return command;
}

type Db = Awaited<ReturnType<typeof openSql<StateTables>>>['db'];

async function withState(act: (db: Db) => Promise<void>): Promise<void> {
  const loaded = readConfig();
  const url = loaded.config.databaseUrl ?? chosenFolder(loaded).path('state.db');
  const state = await openSql<StateTables>({ url, schema: 'state', readonly: true });
  try {
    await act(state.db);
  } finally {
    await state.close();
  }
}

async function found(db: Db, id: string | undefined): Promise<RunBody> {
  const wanted = id ?? (await runLines(db))[0]?.id;
  const body = wanted === undefined ? undefined : await runBody(db, wanted);
  if (body) return body;
  throw new Problem(
    wanted === undefined
      ? '还没有核算：先运行 yanshao score run <周期>\nnothing was worked out yet: run `yanshao score run <cycle>`'
      : `没有这次核算：${wanted}\nthere is no run ${wanted}`,
  );
}

const stateText: Readonly<Record<RunLine['state'], string>> = {
  provisional: '公示中 / provisional',
  published: '已公布 / published',
  superseded: '已被取代 / superseded',
  done: '已生成 / done',
};
const lineText = ({ id, name, state, openAppeals, demo }: RunLine): string =>
  `${id}  ${name.zh} / ${name.en}  ${stateText[state]}${openAppeals > 0 ? `  申诉 / appeals ${openAppeals}` : ''}${demo ? '  模拟 / SIMULATION' : ''}`;

function report({ line, result, run }: RunBody): string[] {
  const { content } = run;
  if (content.kind === 'dispatch')
    return [
      strong(lineText(line)),
      ...content.lines.map(
        (one) =>
          `  ${one.department}: 未结 / open ${one.open.length}, 超期 / overdue ${one.overdue.length}, 争议 / disputed ${one.disputed.length}, 挂起 / suspended ${one.suspended.length}, 无人 / unowned ${one.unowned.length}`,
      ),
    ];
  if (content.kind === 'sample')
    return [
      strong(lineText(line)),
      `种子 / seed ${content.seed}`,
      ...content.strata.flatMap(({ area, category, of, drawn }) =>
        drawn.map(({ place, name }) => `  ${area} ${category} (${drawn.length}/${of})  ${place}  ${name}`),
      ),
    ];
  const lists = { red: '红榜 / red', black: '黑榜 / black' };
  return [
    strong(lineText(line)),
    ...(result?.lines ?? []).map(
      (one) =>
        `  ${one.class}  ${one.rank ?? '—'}  ${one.name.zh} / ${one.name.en}  ${one.score ?? '—'}  覆盖 / coverage ${valueText({ kind: 'coverage' }, one.coverage.share)}${one.unranked ? '  未排名 / not ranked' : ''}${one.list ? `  ${lists[one.list]}` : ''}`,
    ),
    ...(result?.callIns ?? []).map((one) => {
      const { zh, en } = callInText(one);
      return `  约谈 / called in: ${one.unit}  ${zh} / ${en}`;
    }),
  ];
}
