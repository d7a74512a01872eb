import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { loadCity } from '../../devices/city/load-city.ts';
import { listed } from '../../devices/contract/beside.ts';
import { isBeside } from '../../devices/registry/beside-book.ts';
import { checkRegistryPut } from '../../devices/registry/check.ts';
import { type FileKind, fileKinds, fileLists } from '../../devices/registry/columns.ts';
import { decodeText } from '../../devices/registry/decode-text.ts';
import { toCsv, toGeoJson } from '../../devices/registry/export.ts';
import type { Fault } from '../../devices/registry/fault.ts';
import { parseRegistryFile, parseRegistryWorkbook, type RegistryFile } from '../../devices/registry/import.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import { loadRegistry, type RegistrySnapshot, type RegistryTables } from '../../devices/registry/registry-store.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { Problem } from '../../kit/problem.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, citiesDir, isDemo, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

type Loaded = ReturnType<typeof readConfig>;
type Crs = 'WGS-84' | 'GCJ-02' | 'BD-09';

const kindOption = () =>
  new Option('--kind <kind>', '登记的种类 / kind of record').choices([...fileKinds]).default('device');
const formatOf = (file: string): 'csv' | 'geojson' | 'json' => {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.geojson') return 'geojson';
  if (ending === '.json') return 'json';
  throw new Problem(
    `${file}: 须为 .csv、.xlsx、.geojson 或 .json / the file must end in .csv, .xlsx, .geojson or .json, this one ends in "${ending}"`,
  );
};

/** `yanshao import`: takes a whole file or none of it; every fault is listed with its line first. */
export function importCommand(): Command {
  return new Command('import')
    .argument('<file>', '.csv | .xlsx | .geojson | .json')
    .addOption(kindOption())
    .addOption(
      new Option('--crs <crs>', '文件的坐标系 / coordinates of the file')
        .choices(['WGS-84', 'GCJ-02', 'BD-09'])
        .default('WGS-84'),
    )
    .description('导入登记表 / import registry records from a file')
    .action(async (file: string, { kind, crs }: { kind: FileKind; crs: Crs }) => {
      const parsed = await parseFile(file, { kind, crs });
      const loaded = readConfig();
      const folder = chosenFolder(loaded);
      const faults = 'faults' in parsed ? parsed.faults : await unfit(parsed, loaded, folder);
      if (faults.length > 0 || 'faults' in parsed) {
        const lines = faults.map(
          ({ where, field, value, zh, en }) => `  - ${where}, ${field} = ${JSON.stringify(value)}: ${zh} / ${en}`,
        );
        throw new Problem(
          `${file} 有 ${lines.length} 处错误，没有导入任何记录 / has ${lines.length} faults; nothing was taken:\n${lines.join('\n')}`,
        );
      }
      const demo = isDemo(folder);
      const records = (parsed.put[fileLists[kind]] ?? []).map((record) => ({ ...record, demo }));
      const changed = await carryOut(folder, {
        type: 'registry.put',
        put: { ...parsed.put, [fileLists[kind]]: records },
      });
      say(`${file}: ${records.length} 条记录，${changed.length} 条有变化 / records, ${changed.length} changed`);
    });
}

/** `yanshao export`: the registry as a file that `import` takes back. */
export function exportCommand(): Command {
  return new Command('export')
    .argument('<file>', '.csv | .geojson')
    .addOption(kindOption())
    .description('导出登记表 / export registry records to a file')
    .action(async (file: string, { kind }: { kind: FileKind }) => {
      const format = formatOf(file);
      const loaded = readConfig();
      const registry = await readRegistry(loaded, chosenFolder(loaded));
      const records = isBeside(kind)
        ? listed(registry, kind)
        : { device: registry.devices, site: registry.sites, gateway: registry.gateways }[kind];
      writeFileSync(file, format === 'csv' ? toCsv(records, kind) : toGeoJson(records));
      say(`${file}: ${records.length} 条记录 / records`);
    });
}

/** What is wrong with a file's records, seen against the registry they are meant for; each fault names its line. */
async function unfit(
  file: Extract<RegistryFile, { put: unknown }>,
  loaded: Loaded,
  folder: DataFolder,
): Promise<Fault[]> {
  const { city } = await loadCity(citiesDir, loaded.config.city);
  const registry = registryCache(await readRegistry(loaded, folder));
  return checkRegistryPut(
    file.put,
    registry,
    deviceTypes,
    city.areas.map(({ code }) => code),
    file.whereIs,
  );
}

/** The registry as the running platform left it. */
export async function readRegistry({ config }: Pick<Loaded, 'config'>, folder: DataFolder): Promise<RegistrySnapshot> {
  const state = await openSql<RegistryTables>({
    url: config.databaseUrl ?? folder.path('state.db'),
    schema: 'state',
    readonly: true,
  });
  try {
    return await loadRegistry(state.db);
  } finally {
    await state.close();
  }
}

/** A workbook by its ending, any other file as text. */
const parseFile = async (file: string, options: { kind: FileKind; crs: Crs }): Promise<RegistryFile> =>
  extname(file).toLowerCase() === '.xlsx'
    ? parseRegistryWorkbook(readBytes(file), options)
    : parseRegistryFile(decodeText(readBytes(file)).text, { format: formatOf(file), ...options });

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (err) {
    throw new Problem(`cannot read ${file}: ${(err as Error).message}`, err);
  }
}
