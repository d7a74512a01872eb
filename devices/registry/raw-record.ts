import { isSpread, spreadColumns } from './columns.ts';
import { suggestion } from './did-you-mean.ts';
import { type Fault, fault } from './fault.ts';

/** A record as a file gives it, before it is checked against the schema; faults of its own reading are told already. */
export interface RawRecord {
  /** `line 14` or `feature 3`. */
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a file's format yields. */
export interface RawFile {
  readonly records: readonly RawRecord[];
  readonly faults: readonly Fault[];
}

/** A column or property that no record has, with the one that was meant. */
export function unknownField(where: string, field: string, value: unknown, known: readonly string[]): Fault {
  const meant = suggestion(field, known);
  return fault(
    where,
    field.slice(0, 64),
    value,
    `没有 "${field.slice(0, 64)}" 这一列${meant.zh}`,
    `there is no column of this name${meant.en}`,
  );
}

/** A constant, unit or fact whose name is not a plain one. */
export const badName = (where: string, field: string, name: string): Fault =>
  fault(
    where,
    isSpread(field) ? `${spreadColumns[field]}${name.slice(0, 64)}` : field,
    name,
    '名称只能含字母、数字和 - _ .,以字母或数字开头,不超过 64 个字符',
    'a name has letters, digits and - _ . only, begins with a letter or digit, and has at most 64 characters',
  );
