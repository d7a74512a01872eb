import type { z } from 'zod';
import { type RegistryPut, registryPutSchema } from '../contract/command.ts';
import {
  type FileKind,
  fileLists,
  fileSchemas,
  isFieldName,
  isSpread,
  plainColumns,
  spreadColumns,
} from './columns.ts';
import { type CoordinateSystem, toWgs84 } from './coordinates.ts';
import { suggestion } from './did-you-mean.ts';
import type { FileRecord } from './export.ts';
import { bounded, type Fault, fault } from './fault.ts';
import { badName, type RawFile, type RawRecord, unknownField } from './raw-record.ts';
import { readCsv } from './read-csv.ts';
import { readGeoJson } from './read-geojson.ts';
import { readJson } from './read-json.ts';
import type { RegistryKind } from './registry-store.ts';

export interface RegistryFileOptions {
  /** `json` is a list of records, or GeoJSON. */
  readonly format: 'csv' | 'geojson' | 'json';
  readonly kind: FileKind;
  readonly crs: CoordinateSystem;
}

export type RegistryFile =
  | {
      readonly put: RegistryPut;
      /** `line 14`: where the record of this id stands, for the faults of `checkRegistryPut`. */
      readonly whereIs: (kind: RegistryKind, id: string) => string;
    }
  | { readonly faults: Fault[] };

/** Characters, some 200,000 lines: a larger list is imported in parts. */
export const MOST_CHARACTERS = 32 * 1024 * 1024;
const MOST_RECORDS = 200_000;

/**
 * Reads a file of devices, sites or gateways into a put, or into every fault it has, each with its line: nothing of a
 * file with a fault is taken. Whether the records fit the registry is for `checkRegistryPut` to say.
 */
export function parseRegistryFile(text: string, { format, kind, crs }: RegistryFileOptions): RegistryFile {
  const unreadable = refuseUnreadable(text);
  if (unreadable) return { faults: [unreadable] };
  return fileOf({ csv: readCsv, geojson: readGeoJson, json: readJson }[format](text, kind), kind, crs);
}

/** The same of the first sheet of a workbook, whose rows are called lines. */
export async function parseRegistryWorkbook(
  bytes: Uint8Array,
  { kind, crs }: Omit<RegistryFileOptions, 'format'>,
): Promise<RegistryFile> {
  // The workbook's library is large: only who has a workbook in hand loads it.
  const { readXlsx } = await import('./read-xlsx.ts');
  return fileOf(await readXlsx(bytes, kind), kind, crs);
}

function fileOf(raw: RawFile, kind: FileKind, crs: CoordinateSystem): RegistryFile {
  const faults = [...raw.faults];
  if (raw.records.length > MOST_RECORDS) return { faults: [tooMany(raw.records.length)] };

  const lines = new Map<string, string>();
  const records: FileRecord[] = [];
  for (const { where, fields } of raw.records) {
    const record = toRecord(kind, where, fields, faults);
    if (!record) continue;
    const before = lines.get(record.id);
    if (before) {
      faults.push(
        fault(
          where,
          'id',
          record.id,
          `编号与 ${before} 重复`,
          `the id is the same as in ${before}; each record needs its own`,
        ),
      );
      continue;
    }
    lines.set(record.id, where);
    records.push(inWgs84(record, crs));
  }
  if (faults.length === 0 && records.length === 0)
    faults.push(fault('file', '', '', '文件中没有记录', 'the file has no records'));
  if (faults.length > 0) return { faults: bounded(faults) };
  return {
    put: { ...registryPutSchema.parse({}), [fileLists[kind]]: records },
    whereIs: (of, id) => (of === kind ? lines.get(id) : undefined) ?? `${of} ${id}`,
  };
}

function refuseUnreadable(text: string): Fault | undefined {
  if (text.length > MOST_CHARACTERS) {
    const most = MOST_CHARACTERS / 1024 / 1024;
    return fault(
      'file',
      '',
      `${Math.ceil(text.length / 1024 / 1024)} MB`,
      `文件过大(上限 ${most} MB);请拆分后分次导入`,
      `the file is too large (at most ${most} MB): split it and import the parts`,
    );
  }
  const nul = text.indexOf('\0');
  const lost = nul < 0 ? text.indexOf('\uFFFD') : -1;
  const at = Math.max(nul, lost);
  if (at < 0) return undefined;
  const where = `line ${text.slice(0, at).split('\n').length}`;
  const zh = nul >= 0 ? '含有 NUL 字符;这不是文本文件' : '含有无法解码的字符;请另存为 UTF-8';
  const en =
    nul >= 0
      ? 'there is a NUL character: this is no text file'
      : 'a character could not be decoded: save the file as UTF-8';
  return fault(where, '', text.slice(Math.max(0, at - 20), at + 20), `${zh}。`, `${en}.`);
}

const tooMany = (count: number) =>
  fault(
    'file',
    '',
    count,
    `记录过多:${count} 条(上限 ${MOST_RECORDS} 条);请拆分后分次导入`,
    `${count} records are too many (at most ${MOST_RECORDS}): split the file and import the parts`,
  );

/** The record with its position, or each point of its line, in WGS-84; one without a place stays as it is. */
function inWgs84(record: FileRecord, crs: CoordinateSystem): FileRecord {
  if ('line' in record) {
    const line = record.line.map(([lon, lat]): [number, number] => {
      const point = toWgs84({ lon, lat }, crs);
      return [point.lon, point.lat];
    });
    return { ...record, line };
  }
  if (!('lon' in record)) return record;
  const { lon, lat } = record;
  return lon === undefined || lat === undefined ? record : { ...record, ...toWgs84({ lon, lat }, crs) };
}

/** The record, or undefined after its faults were added. */
function toRecord(kind: FileKind, where: string, fields: RawRecord['fields'], faults: Fault[]) {
  const before = faults.length;
  refuseUnknown(kind, where, fields, faults);
  const parsed = fileSchemas[kind].safeParse(fields);
  if (!parsed.success) for (const issue of parsed.error.issues) faults.push(issueFault(where, issue, fields));
  return faults.length === before ? (parsed.data as FileRecord) : undefined;
}

function refuseUnknown(kind: FileKind, where: string, fields: RawRecord['fields'], faults: Fault[]): void {
  const known = Object.keys(fileSchemas[kind].shape);
  for (const field of Object.keys(fields)) {
    if (known.includes(field)) continue;
    faults.push(unknownField(where, field, fields[field], [...plainColumns(kind), ...known]));
  }
  for (const field of Object.keys(spreadColumns)) {
    const inside = fields[field];
    if (inside === null || typeof inside !== 'object') continue;
    for (const name of Object.keys(inside)) if (!isFieldName(name)) faults.push(badName(where, field, name));
  }
}

/** What the schema says of a value, in words for the person who wrote the file. */
function issueFault(where: string, issue: z.core.$ZodIssue, fields: RawRecord['fields']): Fault {
  const [first = '', ...inner] = issue.path.map(String);
  const field = isSpread(first) ? `${spreadColumns[first]}${inner[0] ?? ''}` : first;
  const value = issue.path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    fields,
  );
  const { zh, en } = issueWords(issue, field, value);
  return fault(where, field, value, zh, en);
}

function issueWords(issue: z.core.$ZodIssue, field: string, value: unknown): { zh: string; en: string } {
  if (field === 'hours') return hoursWords;
  if (value === undefined) return { zh: `缺少 "${field}"`, en: `"${field}" is missing` };
  if (field === 'id') {
    return {
      zh: '编号只能含字母、数字和 - _ .,以字母或数字开头,不超过 64 个字符',
      en: 'an id has letters, digits and - _ . only, begins with a letter or digit, and has at most 64 characters',
    };
  }
  switch (issue.code) {
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const meant = suggestion(String(value), choices);
      const all = choices.join(', ');
      return { zh: `须为其中之一:${all}${meant.zh}`, en: `must be one of ${all}${meant.en}` };
    }
    case 'too_small':
    case 'too_big': {
      const [low, high] = field === 'lat' ? [-90, 90] : [-180, 180];
      if (field === 'line') return lineWords;
      if (field === 'phone')
        return { zh: '须为 3 至 40 个字符的电话号码', en: 'must be a telephone number of 3 to 40 characters' };
      if (field === 'order') return { zh: '须为 0 至 1000 的整数', en: 'must be a whole number from 0 to 1000' };
      if (field === 'radiusM')
        return { zh: '须大于 0 且不超过 5000 米', en: 'must be more than 0 and at most 5000 metres' };
      if (field !== 'lat' && field !== 'lon') return { zh: '不能为空', en: 'must not be empty' };
      const swapped =
        field === 'lat'
          ? { zh: ';经度与纬度是否颠倒?', en: '; are lon and lat the wrong way round?' }
          : { zh: '', en: '' };
      return { zh: `须在 ${low} 与 ${high} 之间${swapped.zh}`, en: `must lie between ${low} and ${high}${swapped.en}` };
    }
    case 'invalid_format':
      return issue.format === 'datetime'
        ? {
            zh: '须为带时区的时间,如 2026-11-30T08:00:00+08:00',
            en: 'must be a time with its offset, such as 2026-11-30T08:00:00+08:00',
          }
        : { zh: '须为真实日期,格式 YYYY-MM-DD', en: 'must be a real date, YYYY-MM-DD' };
    case 'invalid_type':
      if (field === 'line') return lineWords;
      return typesInWords[issue.expected] ?? { zh: '格式不对', en: issue.message };
    default:
      return { zh: `格式不对(${issue.message})`, en: issue.message };
  }
}

const lineWords = {
  zh: '须为至少两点的线,每点为 经度 纬度,以分号隔开,如 112.6 26.9; 112.61 26.9',
  en: 'must be a line of at least two points, lon and lat each, set apart by semicolons: 112.6 26.9; 112.61 26.9',
};

const hoursWords = {
  zh: '须为时段，可带星期（1 为周一），以分号隔开，如 1-5 08:00-18:00; 22:00-06:00；留空为随时',
  en: 'must be hours, with weekdays (1 = Monday) where they differ, set apart by semicolons: 1-5 08:00-18:00; 22:00-06:00; empty for any hour',
};

const typesInWords: Readonly<Record<string, { zh: string; en: string }>> = {
  number: { zh: '须为数字', en: 'must be a number' },
  boolean: { zh: '须为 true 或 false', en: 'must be true or false' },
  string: { zh: '须为文本', en: 'must be a text' },
  object: { zh: '须为数值加单位,如 2.5 kPa', en: 'must be a number and its unit, such as 2.5 kPa' },
  record: { zh: '须为名称与值的表', en: 'must be a table of names and values' },
};
