import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Problem } from '../../kit/problem.ts';
import { type Campaign, type Release, type Sample, type Sensor, spanOf } from './campaign.ts';

type Row = Readonly<Record<string, string>>;
/** Says what is wrong with the row in hand. */
type Say = (zh: string, en: string) => void;

const METHANE = 'ch4_ppm_';
/** As many faults as a person reads at once of a file that is wrong throughout. */
const SHOWN = 20;
/** A time without a zone would be this machine's own: refused. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a folder of `readings.csv` (time, wind_from_deg, wind_speed_ms, one `ch4_ppm_<sensor>` a sensor), `sensors.csv` (name,
 * lon, lat) and `releases.csv` (start, end, equipment, c1_mass_flow_g_h). Times are ISO 8601 with their zone; an empty cell,
 * NA or NaN is no reading. A {@link Problem} names every fault with its file and line.
 */
export async function readCampaign(folder: string): Promise<Campaign> {
  const faults: string[] = [];
  const sensors = await table(folder, 'sensors.csv', ['name', 'lon', 'lat'], sensorOf, faults);
  const releases = await table(
    folder,
    'releases.csv',
    ['start', 'end', 'equipment', 'c1_mass_flow_g_h'],
    releaseOf,
    faults,
  );
  const { used, samples } = await readings(folder, sensors, faults);
  if (faults.length > 0) {
    const more = faults.length > SHOWN ? [`… ${faults.length - SHOWN}`] : [];
    throw new Problem([`${folder}:`, ...[...faults.slice(0, SHOWN), ...more].map((one) => `  - ${one}`)].join('\n'));
  }
  const campaign = { sensors: used, samples, releases: [] };
  const { from, to } = spanOf(campaign);
  const within = releases.filter(({ start, end }) => end > from && start < to).sort((a, b) => a.start - b.start);
  return { ...campaign, releases: within };
}

async function readings(folder: string, sensors: readonly Sensor[], faults: string[]) {
  const file = 'readings.csv';
  let used: Sensor[] | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const samples = await table(
    folder,
    file,
    ['time', 'wind_from_deg', 'wind_speed_ms'],
    (row, say) => {
      used ??= sensorsOf(Object.keys(row), sensors, say);
      const sample = sampleOf(row, used, say);
      if (sample.at <= last) say('时间不晚于上一行', 'its time is not later than that of the line before');
      last = sample.at;
      return sample;
    },
    faults,
  );
  return { used: used ?? [], samples };
}

function sensorsOf(columns: readonly string[], sensors: readonly Sensor[], say: Say): Sensor[] {
  const names = columns.filter((column) => column.startsWith(METHANE)).map((column) => column.slice(METHANE.length));
  if (names.length === 0) say(`没有 ${METHANE}<仪器> 列`, `there is no column ${METHANE}<sensor>`);
  return names.flatMap((name) => {
    const known = sensors.find((sensor) => sensor.name === name);
    if (!known) say(`sensors.csv 中没有仪器“${name}”`, `sensors.csv does not name the sensor "${name}"`);
    return known ?? [];
  });
}

function sampleOf(row: Row, sensors: readonly Sensor[], say: Say): Sample {
  return {
    at: time(row, 'time', say),
    windFrom: number(row, 'wind_from_deg', say),
    windSpeed: number(row, 'wind_speed_ms', say),
    ppm: sensors.map(({ name }) => number(row, `${METHANE}${name}`, say)),
  };
}

function sensorOf(row: Row, say: Say): Sensor {
  const [lon, lat] = [number(row, 'lon', say), number(row, 'lat', say)];
  if (Number.isNaN(lon) || Number.isNaN(lat)) say('没有位置', 'it has no position');
  return { name: row.name ?? '', lon, lat };
}

function releaseOf(row: Row, say: Say): Release {
  const [start, end] = [time(row, 'start', say), time(row, 'end', say)];
  if (end <= start) say('结束不晚于开始', 'it ends no later than it starts');
  return { start, end, equipment: row.equipment ?? '', gramsPerHour: number(row, 'c1_mass_flow_g_h', say) };
}

function number(row: Row, column: string, say: Say): number {
  const cell = row[column] ?? '';
  if (cell === '' || cell === 'NA' || cell === 'NaN') return Number.NaN;
  const value = Number(cell);
  if (!Number.isFinite(value)) say(`${column} 的“${cell}”不是数`, `"${cell}" in ${column} is no number`);
  return value;
}

function time(row: Row, column: string, say: Say): number {
  const cell = row[column] ?? '';
  const at = ISO.test(cell) ? Date.parse(cell) : Number.NaN;
  if (Number.isNaN(at))
    say(`${column} 的“${cell}”不是带时区的 ISO 8601 时间`, `"${cell}" in ${column} is no ISO 8601 time with its zone`);
  return at;
}

/** The rows of one file, each read by `toThing`; what is wrong is added to `faults`, with its line. */
async function table<T>(
  folder: string,
  file: string,
  columns: readonly string[],
  toThing: (row: Row, say: Say) => T,
  faults: string[],
): Promise<T[]> {
  const say = (line: number, zh: string, en: string) => faults.push(`${file}:${line}  ${zh} / ${en}`);
  const rows = parsed(await textOf(join(folder, file)), (why) => say(1, `不是 CSV：${why}`, `it is not CSV: ${why}`));
  const header = Object.keys(rows[0]?.record ?? {});
  // Days on which nothing was released are worth judging too.
  if (rows.length === 0 && file !== 'releases.csv') say(1, '没有数据行', 'it has no rows');
  const absent = rows.length === 0 ? [] : columns.filter((column) => !header.includes(column));
  for (const column of absent) say(1, `缺少列“${column}”`, `it has no column "${column}"; it has ${header.join(', ')}`);
  if (absent.length > 0) return [];
  return rows.map(({ record, info }) => toThing(record, (zh, en) => say(info.lines, zh, en)));
}

function parsed(text: string, failed: (why: string) => void): { record: Row; info: { lines: number } }[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, info: true });
  } catch (cause) {
    failed(cause instanceof Error ? cause.message : String(cause));
    return [];
  }
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: Error) => {
    throw new Problem(`无法读取 / cannot read ${file}: ${cause.message}`, cause);
  });
