import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { toCsv, toGeoJson } from '../../devices/registry/export.ts';
import { parseRegistryFile } from '../../devices/registry/import.ts';
import { loadRegistry, type RegistryTables } from '../../devices/registry/registry-store.ts';
import { Problem } from '../../kit/problem.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

type Kind = 'device' | 'site' | 'gateway';
type Crs = 'WGS-84' | 'GCJ-02' | 'BD-09';

const kindOption = () =>
  new Option('--kind <kind>', '登记的种类 / kind of record').choices(['device', 'site', 'gateway']).default('device');
const formatOf = (file: string): 'csv' | 'geojson' => {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.geojson' || ending === '.json') return 'geojson';
  throw new Problem(`${file}: the file must end in .csv or .geojson, this one ends in "${ending}"`);
};

/** `yanshao import`: takes a whole file or none of it; every fault is listed with its line first. */
export function importCommand(): Command {
  return new Command('import')
    .argument('<file>', '.csv | .geojson')
    .addOption(kindOption())
    .addOption(
      new Option('--crs <crs>', '文件的坐标系 / coordinates of the file')
        .choices(['WGS-84', 'GCJ-02', 'BD-09'])
        .default('WGS-84'),
    )
    .description('导入登记表 / import registry records from a file')
    .action(async (file: string, { kind, crs }: { kind: Kind; crs: Crs }) => {
      const parsed = parseRegistryFile(readText(file), { format: formatOf(file), kind, crs });
      if ('faults' in parsed) {
        const lines = parsed.faults.map(
          ({ where, field, value, zh, en }) => `  - ${where}, ${field} = ${JSON.stringify(value)}: ${zh} / ${en}`,
        );
        throw new Problem(
          `${file} 有 ${lines.length} 处错误，没有导入任何记录 / has ${lines.length} faults; nothing was taken:\n${lines.join('\n')}`,
        );
      }
      const loaded = readConfig();
      const folder = chosenFolder(loaded);
      const demo = folder.dir.endsWith('/demo');
      const marked = <T extends object>(records: readonly T[]) => records.map((record) => ({ ...record, demo }));
      const { devices, sites, gateways, credentials } = parsed.put;
      const changed = await carryOut(folder, {
        type: 'registry.put',
        put: { devices: marked(devices), sites: marked(sites), gateways: marked(gateways), credentials },
      });
      say(
        `${file}: ${devices.length + sites.length + gateways.length} 条记录，${changed.length} 条有变化 / records, ${changed.length} changed`,
      );
    });
}

/** `yanshao export`: the registry as a file that `import` takes back. */
export function exportCommand(): Command {
  return new Command('export')
    .argument('<file>', '.csv | .geojson')
    .addOption(kindOption())
    .description('导出登记表 / export registry records to a file')
    .action(async (file: string, { kind }: { kind: Kind }) => {
      const format = formatOf(file);
      const loaded = readConfig();
      const folder = chosenFolder(loaded);
      const state = await openSql<RegistryTables>({
        url: loaded.config.databaseUrl ?? folder.path('state.db'),
        schema: 'state',
        readonly: true,
      });
      const registry = await loadRegistry(state.db);
      await state.close();
      const records = { device: registry.devices, site: registry.sites, gateway: registry.gateways }[kind];
      writeFileSync(file, format === 'csv' ? toCsv(records, kind) : toGeoJson(records));
      say(`${file}: ${records.length} 条记录 / records`);
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    throw new Problem(`cannot read ${file}: ${(err as Error).message}`, err);
  }
}
