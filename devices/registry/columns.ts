import type { z } from 'zod';
import { type BesideKind, besideLists, besideSchemas } from '../contract/beside.ts';
import { deviceSchema, gatewaySchema, siteSchema } from '../contract/registry.ts';
import { unitCodes, unitText } from '../model/units.ts';

/** Kinds of record that travel in files; credentials never do. */
export type FileKind = 'device' | 'site' | 'gateway' | BesideKind;

/** The list of a put that a kind's records go into. */
export const fileLists = {
  device: 'devices',
  site: 'sites',
  gateway: 'gateways',
  ...besideLists,
} as const satisfies Readonly<Record<FileKind, string>>;
export const fileKinds = Object.keys(fileLists) as readonly FileKind[];

/** The schema of each kind's records. */
export const fileSchemas: Readonly<
  Record<FileKind, z.ZodType & { readonly shape: Readonly<Record<string, unknown>> }>
> = {
  device: deviceSchema,
  site: siteSchema,
  gateway: gatewaySchema,
  ...besideSchemas,
};

/** Columns without which a file of the kind cannot be. */
export const neededColumns = (kind: FileKind): readonly string[] => {
  if (kind === 'pipe') return ['id', 'name', 'line', 'pressure'];
  if (kind === 'contact') return ['id', 'site', 'name', 'role', 'phone'];
  if (kind === 'crew') return ['id', 'name', 'lon', 'lat', 'department', 'phone', 'for'];
  return isRecord(kind) ? ['id', 'name', 'reference', 'from'] : ['id', 'name', 'lon', 'lat'];
};
const isRecord = (kind: FileKind): boolean => kind === 'work-order' || kind === 'permit' || kind === 'protection-plan';

/** Record fields that spread over columns of their own: `constants` as `const.<name>`, and so on. */
export const spreadColumns = { constants: 'const.', units: 'unit.', facts: 'fact.' } as const;
export type SpreadField = keyof typeof spreadColumns;
export const isSpread = (field: string): field is SpreadField => Object.hasOwn(spreadColumns, field);

/** Plain columns of a kind, in the order of the schema. */
export const plainColumns = (kind: FileKind): string[] =>
  Object.keys(fileSchemas[kind].shape).filter((f) => !isSpread(f));

/** Columns whose value is a number. */
const numbers: ReadonlySet<string> = new Set(['lon', 'lat', 'radiusM', 'calibrationDueDays', 'order']);
export const isNumberColumn = (column: string): boolean => numbers.has(column);

/** Columns whose cell is a list of words, set apart by blanks, commas or semicolons. */
export const isListColumn = (column: string): boolean => column === 'devices' || column === 'for' || column === 'areas';

/** Columns whose cell is a flag. */
export const isFlagColumn = (column: string): boolean => column === 'demo' || column === 'wholeArea';

/** A line as a cell: `lon lat; lon lat; …`. */
export const lineCell = (line: readonly (readonly [number, number])[]): string =>
  line.map(([lon, lat]) => `${lon} ${lat}`).join('; ');
/** The points of a line's cell; what is no number becomes NaN, for the schema to refuse. */
export const parseLine = (cell: string): [number, number][] =>
  cell.split(';').map((point) => {
    const [lon = '', lat = ''] = point.trim().split(/[\s,]+/);
    return [Number(lon || Number.NaN), Number(lat || Number.NaN)];
  });

/** Names of constants, facts and measurements: nothing that a spreadsheet, a rule or a JavaScript object trips over. */
export const isFieldName = (name: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name);

/** `Ps` of `const.Ps` with the field it belongs to; undefined for a column that is not spread. */
export function spreadOf(column: string): { field: SpreadField; name: string } | undefined {
  for (const [field, prefix] of Object.entries(spreadColumns)) {
    if (column.startsWith(prefix)) return { field: field as SpreadField, name: column.slice(prefix.length) };
  }
  return undefined;
}

/** `%LEL`, `ppm`, `°C`: what people write, to the UCUM code. */
const spoken = new Map(unitCodes.map((code) => [unitText(code).toLowerCase(), code]));
/** The UCUM code of a unit as a person writes it; anything unknown comes back as it is, for the check to refuse. */
export const unitOf = (written: string): string =>
  unitCodes.includes(written) ? written : (spoken.get(written.toLowerCase()) ?? written);

/** What a spreadsheet program would run as a formula. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** A text that no spreadsheet program takes for a formula: an apostrophe before `=`, `+`, `-`, `@`, tab and return. */
export const escapeFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
/** The text before {@link escapeFormula}. */
export const unescapeFormula = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;

/** A fact as a cell: a text that reads like a number, a flag or nothing is put in quotation marks. */
export function factCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return typeof parseFact(value) === 'string' && !value.startsWith('"') && value.trim() !== ''
    ? value
    : JSON.stringify(value);
}

/** A cell as a fact: `true`, `12.5`, `"12.5"` (a text), `main`. Undefined for a broken quotation. */
export function parseFact(cell: string): string | number | boolean | undefined {
  if (cell === 'true') return true;
  if (cell === 'false') return false;
  if (cell.startsWith('"')) {
    try {
      const text: unknown = JSON.parse(cell);
      return typeof text === 'string' ? text : undefined;
    } catch {
      return undefined;
    }
  }
  // Only what a number itself would print as: `007` and `1e999` are texts.
  return cell !== '' && Number.isFinite(Number(cell)) && String(Number(cell)) === cell ? Number(cell) : cell;
}
