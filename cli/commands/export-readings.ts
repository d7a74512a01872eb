import { createWriteStream } from 'node:fs';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { ingestClient } from '../../devices/contract/ingest-client.ts';
import { csvExport, type ExportCount, type ExportParts, parquetExport } from '../../devices/readings/export.ts';
import { groupsOf, selectSeries } from '../../devices/readings/selection.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { timeOf } from '../time-of.ts';
import { readRegistry } from './files.ts';

interface Options {
  readonly device?: readonly string[];
  readonly measurement?: readonly string[];
  readonly type?: string;
  readonly from: string;
  readonly to?: string;
  readonly bom: boolean;
}

/** `yanshao export readings`: every reading of a range into a file, by stream, from the running ingest. */
export function exportReadingsCommand(): Command {
  return new Command('readings')
    .argument('<file>', '.csv | .parquet')
    .addOption(new Option('--device <id...>', '设备 / devices'))
    .addOption(new Option('--type <type>', '该类全部设备 / all devices of a type'))
    .addOption(new Option('--measurement <name...>', '测点，默认全部 / measurements, default all'))
    .requiredOption('--from <time>', '开始（含），ISO 8601 或毫秒 / begin, inclusive: ISO 8601 or ms')
    .option('--to <time>', '结束（不含），默认现在 / end, exclusive; default now')
    .option('--bom', 'CSV 带 BOM，便于表格软件 / a byte-order mark, for spreadsheet programs', false)
    .description('导出读数 / export readings')
    .action(async (file: string, options: Options) => {
      const format = formatOf(file);
      const loaded = readConfig();
      const folder = chosenFolder(loaded);
      const registry = registryCache(await readRegistry(loaded, folder));
      const series = selectSeries(
        { devices: options.device, measurements: options.measurement, type: options.type },
        { device: registry.device, devices: registry.devices, types: deviceTypes },
      );
      if ('missing' in series) {
        const what = named[series.missing];
        throw new Problem(`没有 / there is no ${what} "${series.name}"`);
      }
      if (!options.device && !options.type)
        throw new Problem('请用 --device 或 --type 指定设备 / name devices by --device or --type');
      const rpc = connect(folder, 'ingest');
      const types: Readonly<Record<string, { measurements: Readonly<Record<string, { unit: string }>> }>> = deviceTypes;
      const parts: ExportParts = {
        store: ingestClient(rpc),
        query: {
          groups: groupsOf(series),
          from: timeOf(options.from),
          to: timeOf(options.to ?? String(Date.now() + 1)),
        },
        names: {
          nameOf: (id) => registry.device(id)?.name ?? '',
          unitOf: (type, name) => types[type]?.measurements[name]?.unit ?? '',
        },
      };
      try {
        const rows = format === 'csv' ? await csvFile(parts, file, options.bom) : await parquetExport(parts, file);
        say(`${file}: ${rows} 条读数 / readings`);
      } finally {
        await rpc.close();
      }
    });
}

const named = { type: '设备类型 / device type', device: '设备 / device', measurement: '测点 / measurement' } as const;

async function csvFile(parts: ExportParts, file: string, bom: boolean): Promise<number> {
  const count: ExportCount = { rows: 0 };
  await pipeline(Readable.from(csvExport(parts, { bom, count }), { objectMode: false }), createWriteStream(file));
  return count.rows;
}

function formatOf(file: string): 'csv' | 'parquet' {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.parquet') return 'parquet';
  throw new Problem(`${file}: 文件须以 .csv 或 .parquet 结尾 / the file must end in .csv or .parquet`);
}
