import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { linedYaml } from '../../devices/city/yaml-lines.ts';
import { conversion, isUnit } from '../../devices/model/units.ts';
import { deviceType } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const position = { lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) };

const readingSchema = z.strictObject({
  measurement: z.string(),
  /** Name of the column; `{key}` stands for the device's key where each device has a column of its own. */
  column: z.string().min(1),
  /** Unit of the file, a UCUM code; the canonical unit of the measurement when left out. */
  unit: z.string().optional(),
  /** value = cell × scale + offset, in `unit`. */
  scale: z.number().default(1),
  offset: z.number().default(0),
  /** Words or numbers of the file → words of the measurement, or true and false. */
  words: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
});
export type MappedReading = z.infer<typeof readingSchema>;

/** How one CSV file becomes devices and readings. `docs/replay.md` explains every key. */
export const mappingSchema = z.strictObject({
  title: bilingual,
  /** The CSV file, beside the mapping. */
  file: z.string().min(1),
  delimiter: z.string().length(1).default(','),
  /** Source and licence of the data, shown with every device. */
  attribution: z.string().min(1),
  time: z.strictObject({
    column: z.string().min(1),
    /** IANA zone of times that carry none themselves. */
    zone: z.string().default('UTC'),
    format: z.enum(['iso', 'epoch-s', 'epoch-ms']).default('iso'),
  }),
  deviceType: z.string(),
  gas: z.enum(['natural', 'lpg', 'manufactured']).optional(),
  gasUnit: z.enum(['%{LEL}', '%{VOL}', '[ppm]']).optional(),
  /** Ids are `<prefix>-<key>`. */
  prefix: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a prefix has small letters, digits and -'),
  /** `moved`: offsets from `anchor` are kept, in metres times `spread`, around the place of the replay; `absolute`: as in the data. */
  position: z.enum(['moved', 'absolute']).default('moved'),
  anchor: z.strictObject(position).optional(),
  spread: z.number().positive().default(1),
  /** Seconds of data in one second of the platform's clock. */
  speed: z.number().positive().default(1),
  /** Begin again when the data ends. */
  loop: z.boolean().default(true),
  readings: z.array(readingSchema).min(1),
  devices: z.discriminatedUnion('from', [
    /** Each device has columns of its own, named with its key. */
    z.strictObject({
      from: z.literal('columns'),
      list: z.array(z.strictObject({ key: z.string().min(1), name: bilingual, ...position })).min(1),
    }),
    /** Each row names its device; these are columns. */
    z.strictObject({
      from: z.literal('rows'),
      key: z.string().min(1),
      name: z.string().optional(),
      lon: z.string().min(1),
      lat: z.string().min(1),
    }),
  ]),
});
export type ReplayMapping = z.infer<typeof mappingSchema>;

/** One thing that is wrong with a mapping, and the line of the file to mend. */
export interface MappingFault {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

type Finding = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Reads a mapping; every fault comes at once, each with its line. */
export function parseMapping(text: string): { mapping: ReplayMapping } | { faults: readonly MappingFault[] } {
  const yaml = linedYaml(text);
  if (yaml.errors.length > 0) return { faults: yaml.errors.map(({ line, message }) => ({ line, path: '', message })) };
  const shaped = mappingSchema.safeParse(yaml.data);
  const findings: Finding[] = shaped.success ? crossCheck(shaped.data) : shaped.error.issues;
  if (shaped.success && findings.length === 0) return { mapping: shaped.data };
  const faults = findings.map(({ path, message }) => ({ line: yaml.lineOf(path), path: path.join('.'), message }));
  return { faults: faults.sort((a, b) => a.line - b.line) };
}

/** Reads a mapping file; a {@link Problem} lists all its faults. */
export async function loadMapping(file: string): Promise<ReplayMapping> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new Problem(`mapping ${file} cannot be read: ${cause.message}`, cause);
  });
  const parsed = parseMapping(text);
  if ('mapping' in parsed) return parsed.mapping;
  const lines = parsed.faults.map(({ line, path, message }) => `  line ${line}  ${path}: ${message}`);
  throw new Problem(`mapping ${file} has ${lines.length} fault${lines.length === 1 ? '' : 's'}:\n${lines.join('\n')}`);
}

/** What a schema cannot see: names that must exist, units that must convert, gas that must be declared. */
function crossCheck(mapping: ReplayMapping): Finding[] {
  const findings: Finding[] = [];
  const find = (path: readonly PropertyKey[], message: string) => findings.push({ path, message });
  if (!isZone(mapping.time.zone))
    find(['time', 'zone'], `"${mapping.time.zone}" is no IANA time zone, such as Asia/Shanghai`);
  if (mapping.position === 'moved' && !mapping.anchor) {
    find([], 'position "moved" needs an anchor: the point of the data that is put at the place of the replay');
  }
  if (mapping.devices.from === 'columns') {
    const keys = mapping.devices.list.map(({ key }) => key);
    keys.forEach((key, i) => {
      if (keys.indexOf(key) !== i) find(['devices', 'list', i, 'key'], `key "${key}" is there twice`);
    });
  }
  const type = deviceType(mapping.deviceType);
  if (!type) {
    find(['deviceType'], `there is no device type "${mapping.deviceType}"`);
    return findings;
  }
  if (type.measuresGas && !(mapping.gas && mapping.gasUnit)) {
    find(['deviceType'], `a ${type.id} measures gas: declare gas and gasUnit`);
  }
  mapping.readings.forEach((reading, i) => {
    const measurement = type.measurements[reading.measurement];
    if (!measurement) {
      find(
        ['readings', i, 'measurement'],
        `${type.id} has no "${reading.measurement}"; it has ${Object.keys(type.measurements).join(', ')}`,
      );
      return;
    }
    if (measurement.kind !== 'number') {
      if (!reading.words)
        find(['readings', i], `${reading.measurement} is a ${measurement.kind}: give words, from the file's to ours`);
      return;
    }
    const unit = reading.unit ?? measurement.unit;
    const way = isUnit(unit)
      ? conversion(unit, measurement.unit, mapping.gas)
      : { refused: `unit "${unit}" is not known` };
    if ('refused' in way) find(['readings', i, 'unit'], way.refused);
  });
  return findings;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
