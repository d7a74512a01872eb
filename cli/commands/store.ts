import { resolve } from 'node:path';
import { Command } from 'commander';
import { ingestClient } from '../../devices/contract/ingest-client.ts';
import { openStore, retentionOf, storeFile } from '../../ingest/store.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { Problem } from '../../kit/problem.ts';
import { rpcClient } from '../../kit/rpc/rpc.ts';
import { restoreDuckdb } from '../../kit/telemetry/duckdb/duckdb-restore.ts';
import type { StoreBackup, StoreStatus, StoreStep } from '../../kit/telemetry/telemetry-store.ts';
import { chosenFolder, processLog, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

/** Setting up and backing up a large store takes its time, ms. */
const PATIENCE_MS = 6 * 3_600_000;

/** What the commands ask of the store, wherever it is open. */
interface StoreAccess {
  storeStatus(): Promise<StoreStatus>;
  arrangeStore(options: { readonly dryRun: boolean }): Promise<readonly StoreStep[]>;
  backupStore(folder: string): Promise<StoreBackup>;
}

/** `yanshao store`: the long memory of readings. Asks the running ingest; without one it opens the store itself. */
export function storeCommand(): Command {
  const command = new Command('store').description(
    '时序库：设置、状态、备份 / the store of readings: set up, status, backup',
  );
  command
    .command('init')
    .option('--dry-run', '只显示将要做什么 / only show what would be done', false)
    .description('设置保留期与降采样（可重复执行） / set up retention and down-sampling; may be repeated')
    .action(async ({ dryRun }: { dryRun: boolean }) => {
      const steps = await withStore((store) => store.arrangeStore({ dryRun }));
      for (const step of steps) say(lineOf(step));
    });
  command
    .command('status')
    .description(
      '引擎、大小、序列数与上限、时间范围、保留期 / engine, size, series against their limit, extent, retention',
    )
    .action(async () => {
      for (const line of statusLines(await withStore((store) => store.storeStatus()))) say(line);
    });
  command
    .command('backup')
    .argument('<folder>', '新目录 / a new folder')
    .description('不停写入的一致备份（DuckDB） / a consistent copy while readings go on being written (DuckDB)')
    .action(async (folder: string) => {
      const { file, samples, bytes } = await withStore((store) => store.backupStore(resolve(folder)));
      say(`已备份 / backed up: ${file}\n${samples} 个值 / values, ${megabytes(bytes)} MB`);
    });
  command
    .command('restore')
    .argument('<folder>', '备份目录 / folder of a backup')
    .description('把备份放回数据目录；须先停止 ingest / put a backup into the data folder; stop ingest first')
    .action(async (from: string) => {
      const folder = chosenFolder(readConfig());
      refuseRunning(folder);
      const { file, samples } = await restoreDuckdb(resolve(from), storeFile(folder));
      say(`已恢复 / restored: ${file}, ${samples} 个值 / values`);
    });
  return command;
}

/** Runs `work` on the store of the running ingest, or on the store itself where no ingest runs. */
async function withStore<T>(work: (store: StoreAccess) => Promise<T>): Promise<T> {
  const { config, ...loaded } = readConfig();
  const folder = chosenFolder({ config, ...loaded });
  const notice = folder.find('ingest');
  if (notice) {
    const rpc = rpcClient({ url: notice.url, secret: folder.secret(), timeoutMs: PATIENCE_MS });
    try {
      return await work(ingestClient(rpc));
    } finally {
      await rpc.close();
    }
  }
  const store = await openStore(config, folder, processLog('store', config));
  try {
    return await work({
      storeStatus: store.status,
      arrangeStore: (options) => store.arrange(retentionOf(config), options),
      backupStore: store.backup,
    });
  } finally {
    await store.close();
  }
}

function refuseRunning(folder: DataFolder): void {
  if (!folder.find('ingest')) return;
  throw new Problem('ingest 正在运行：请先停止它 / ingest is running: stop it first');
}

const outcomes = {
  done: { zh: '完成', en: 'done' },
  already: { zh: '已就绪', en: 'in place' },
  would: { zh: '将执行', en: 'would do' },
  'not-offered': { zh: '不提供', en: 'not offered' },
} as const;

/** One step as it is printed. */
export function lineOf({ what, statement, outcome }: StoreStep): string {
  const { zh, en } = outcomes[outcome];
  return `[${zh} / ${en}] ${what.zh} / ${what.en}${statement ? `\n    ${statement}` : ''}`;
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
const time = (at: number | null): string => (at === null ? '—' : new Date(at).toISOString());
const days = (count: number | null): string =>
  count === null ? '未设置 / not set up' : count === 0 ? '永久 / for ever' : `${count} 天 / days`;

/** The status as it is printed. */
export function statusLines(status: StoreStatus): readonly string[] {
  const { engine, version, bytes, series, seriesLimit, oldest, newest, retention, rolledTo } = status;
  const limit = seriesLimit === null ? '' : ` / ${seriesLimit}（${Math.round((100 * (series ?? 0)) / seriesLimit)} %）`;
  return [
    `引擎 / engine            ${engine}${version ? ` ${version}` : ''}`,
    `大小 / size              ${bytes === null ? '—' : `${megabytes(bytes)} MB`}`,
    `序列 / series            ${series ?? '—'}${limit}`,
    `最早 / oldest            ${time(oldest)}`,
    `最新 / newest            ${time(newest)}`,
    `原始 / raw               ${days(retention.raw)}`,
    `1 分钟 / 1 min           ${days(retention.minute)}，汇总至 / rolled up to ${time(rolledTo.minute)}`,
    `1 小时 / 1 h             ${days(retention.hour)}，汇总至 / rolled up to ${time(rolledTo.hour)}`,
  ];
}
