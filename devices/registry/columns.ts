import type { z } from 'zod';
import { deviceSchema, gatewaySchema, siteSchema } from '../contract/registry.ts';
import { unitCodes, unitText } from '../model/units.ts';

/** Kinds of record that travel in files; credentials never do. */
export type FileKind = 'device' | 'site' | 'gateway';

/** The schema of each kind's records. */
export const fileSchemas: Readonly<
  Record<FileKind, z.ZodType & { readonly shape: Readonly<Record<string, unknown>> }>
> = {
  device: deviceSchema,
  site: siteSchema,
  gateway: gatewaySchema,
};

/** Record fields that spread over columns of their own: `constants` as `const.<name>`, and so on. */
export const spreadColumns = { constants: 'const.', units: 'unit.', facts: 'fact.' } as const;
export type SpreadField = keyof typeof spreadColumns;
export const isSpread = (field: string): field is SpreadField => Object.hasOwn(spreadColumns, field);

/** Plain columns of a kind, in the order of the schema. */
export const plainColumns = (kind: FileKind): string[] =>
  Object.keys(fileSchemas[kind].shape).filter((f) => !isSpread(f));

/** Columns whose value is a number. */
export const isNumberColumn = (column: string): boolean =>
  column === 'lon' || column === 'lat' || column === 'calibrationDueDays';

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
