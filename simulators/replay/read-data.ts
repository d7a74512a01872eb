import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Value } from '../../devices/contract/entry.ts';
import { conversion } from '../../devices/model/units.ts';
import { deviceType } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import { rounded } from '../city/chance.ts';
import { loadMapping, type MappedReading, type ReplayMapping } from './mapping.ts';
import { parseTime } from './zoned.ts';

/** One device of the data, where the data says it stood. */
export interface ReplayDevice {
  /** Its id on the platform. */
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly lon: number;
  readonly lat: number;
}

/** What one device reported at one moment of the data, in the units it registers with. */
export interface Frame {
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
}

/** A CSV file, read by its mapping. */
export interface ReplayData {
  readonly devices: readonly ReplayDevice[];
  /** By device id, oldest first. */
  readonly frames: ReadonlyMap<string, readonly Frame[]>;
  readonly from: number;
  readonly to: number;
  /** Usual time between two frames of a device: the least of the means. */
  readonly stepMs: number;
  readonly rows: number;
  /** Empty cells: no reading, and nothing wrong. */
  readonly missing: number;
  /** Rows and cells that could not be read: counted, the first twenty named. */
  readonly unreadable: { readonly count: number; readonly first: readonly string[] };
}

export interface LoadedReplay {
  readonly mapping: ReplayMapping;
  readonly data: ReplayData;
}

type Row = Readonly<Record<string, string>>;

/** Reads a mapping and its CSV file. A {@link Problem} names what is missing; single bad cells are counted, not fatal. */
export async function loadReplay(mappingFile: string): Promise<LoadedReplay> {
  const mapping = await loadMapping(mappingFile);
  const file = join(dirname(mappingFile), mapping.file);
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new Problem(`${mappingFile} names the data file ${file}, which cannot be read: ${cause.message}`, cause);
  });
  const read = readData(mapping, text);
  if ('data' in read) return { mapping, data: read.data };
  throw new Problem(`${file} does not fit ${mappingFile}:\n${read.faults.map((fault) => `  - ${fault}`).join('\n')}`);
}

/** Turns the text of a CSV file into frames by device; every missing column at once. */
export function readData(mapping: ReplayMapping, text: string): { data: ReplayData } | { faults: readonly string[] } {
  let rows: Row[];
  try {
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, delimiter: mapping.delimiter });
  } catch (cause) {
    return { faults: [`it is not CSV: ${cause instanceof Error ? cause.message : cause}`] };
  }
  const header = Object.keys(rows[0] ?? {});
  if (rows.length === 0) return { faults: ['it has no rows'] };
  const absent = wantedColumns(mapping).filter((column) => !header.includes(column));
  if (absent.length > 0)
    return { faults: absent.map((column) => `no column "${column}"; it has ${header.join(', ')}`) };
  const gathered = gather(mapping, rows);
  if (gathered.frames.size === 0) return { faults: ['no row could be read', ...gathered.unreadable.first] };
  return { data: gathered };
}

function wantedColumns({ time, readings, devices }: ReplayMapping): string[] {
  const keys = devices.from === 'columns' ? devices.list.map(({ key }) => key) : [''];
  const own =
    devices.from === 'rows' ? [devices.key, devices.lon, devices.lat, ...(devices.name ? [devices.name] : [])] : [];
  const read = readings.flatMap(({ column }) => keys.map((key) => column.replaceAll('{key}', key)));
  return [...new Set([time.column, ...own, ...read])];
}

/** What goes wrong or missing while rows are read: counted, never fatal. */
interface Tally {
  missing: number;
  unreadable: number;
  readonly first: string[];
}

function complain(tally: Tally, line: number, why: string): void {
  tally.unreadable += 1;
  if (tally.first.length < 20) tally.first.push(`line ${line}: ${why}`);
}

function gather(mapping: ReplayMapping, rows: readonly Row[]): ReplayData {
  const devices = new Map<string, ReplayDevice>();
  const frames = new Map<string, Frame[]>();
  const tally: Tally = { missing: 0, unreadable: 0, first: [] };
  const valuesOf = rowReader(mapping, tally);
  for (const [i, row] of rows.entries()) {
    const line = i + 2;
    const written = row[mapping.time.column] ?? '';
    const at = parseTime(written, mapping.time.format, mapping.time.zone);
    if (at === undefined) {
      complain(tally, line, `"${written}" is no time`);
      continue;
    }
    for (const { key, device } of devicesOf(mapping, row)) {
      const values = valuesOf(row, key, line);
      if (Object.keys(values).length === 0) continue;
      if (!Number.isFinite(device.lon) || !Number.isFinite(device.lat)) {
        complain(tally, line, `device ${device.id} has no position`);
        continue;
      }
      if (!devices.has(device.id)) devices.set(device.id, device);
      const list = frames.get(device.id);
      if (list) list.push({ at, values });
      else frames.set(device.id, [{ at, values }]);
    }
  }
  const sorted = new Map([...frames].map(([id, list]) => [id, list.sort((a, b) => a.at - b.at)]));
  const steps = [...sorted.values()].map((list) => (list.at(-1)!.at - list[0]!.at) / Math.max(1, list.length - 1));
  const times = [...sorted.values()].flatMap((list) => [list[0]!.at, list.at(-1)!.at]);
  return {
    devices: [...devices.values()],
    frames: sorted,
    from: Math.min(...times),
    to: Math.max(...times),
    stepMs: Math.min(...steps.filter((step) => step > 0), 24 * 3_600_000),
    rows: rows.length,
    missing: tally.missing,
    unreadable: { count: tally.unreadable, first: tally.first },
  };
}

/** Reads the mapped cells of one device in a row; empty cells are missing, others that do not fit are complained of. */
function rowReader(mapping: ReplayMapping, tally: Tally): (row: Row, key: string, line: number) => Frame['values'] {
  const readers = mapping.readings.map((reading) => ({ reading, convert: converter(mapping, reading) }));
  return (row, key, line) => {
    const values: Record<string, Value> = {};
    for (const { reading, convert } of readers) {
      const cell = row[reading.column.replaceAll('{key}', key)] ?? '';
      const value = cell === '' ? undefined : convert(cell);
      if (cell === '') tally.missing += 1;
      else if (value === undefined)
        complain(tally, line, `"${cell}" in ${reading.column} is no ${reading.measurement}`);
      else values[reading.measurement] = value;
    }
    return values;
  };
}

function devicesOf({ prefix, devices }: ReplayMapping, row: Row): { key: string; device: ReplayDevice }[] {
  const idOf = (key: string) => `${prefix}-${key.replaceAll(/[^\p{Letter}\p{Number}._-]/gu, '-')}`.slice(0, 64);
  if (devices.from === 'columns') {
    return devices.list.map(({ key, name, lon, lat }) => ({ key, device: { id: idOf(key), name, lon, lat } }));
  }
  const key = row[devices.key] ?? '';
  const name = (devices.name && row[devices.name]) || key;
  const place = { lon: degrees(row[devices.lon]), lat: degrees(row[devices.lat]) };
  return key === '' ? [] : [{ key, device: { id: idOf(key), name: { zh: name, en: name }, ...place } }];
}

/** An empty cell is no position, not the point at 0, 0. */
const degrees = (cell = ''): number => (cell === '' ? Number.NaN : Number(cell));

/** A cell's text → the value the device sends: in its gas unit for combustible gas, in the canonical unit otherwise. */
function converter(mapping: ReplayMapping, reading: MappedReading): (cell: string) => Value | undefined {
  const { words, scale, offset } = reading;
  if (words) return (cell) => (Object.hasOwn(words, cell) ? words[cell] : undefined);
  const measurement = deviceType(mapping.deviceType)!.measurements[reading.measurement]!;
  const sent = 'combustible' in measurement && mapping.gasUnit ? mapping.gasUnit : measurement.unit;
  const way = conversion(reading.unit ?? measurement.unit, sent, mapping.gas);
  return (cell) => {
    const number = Number(cell);
    return Number.isFinite(number) && 'convert' in way ? rounded(way.convert(number * scale + offset), 6) : undefined;
  };
}
