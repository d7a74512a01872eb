import {
  type FileKind,
  isFieldName,
  isFlagColumn,
  isListColumn,
  isNumberColumn,
  neededColumns,
  parseFact,
  parseLine,
  plainColumns,
  spreadColumns,
  spreadOf,
  unescapeFormula,
  unitOf,
} from './columns.ts';
import { type Fault, fault } from './fault.ts';
import { badName, type RawFile, type RawRecord, unknownField } from './raw-record.ts';
import { parseReach } from './reach.ts';

/** A row of a table of texts, and where it stands. */
export interface TextRow {
  readonly cells: readonly string[];
  readonly where: string;
}

/** Reads the rows of a table; the first names the columns (see README.md). */
export function readRows([header, ...body]: readonly TextRow[], kind: FileKind): RawFile {
  const faults: Fault[] = [];
  if (!header) return { records: [], faults };
  const columns = header.cells;
  checkHeader(columns, kind, faults);
  if (faults.length > 0) return { records: [], faults };
  const records = body.map(({ cells, where }) => {
    if (cells.length !== columns.length) {
      faults.push(
        fault(
          where,
          '',
          cells.join(','),
          `有 ${cells.length} 格,而表头有 ${columns.length} 列`,
          `it has ${cells.length} cells, and the header ${columns.length} columns`,
        ),
      );
    }
    return toRaw(where, columns, cells, faults);
  });
  return { records, faults };
}

function checkHeader(columns: readonly string[], kind: FileKind, faults: Fault[]): void {
  const plain = plainColumns(kind);
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column))
      faults.push(fault('line 1', column, column, `列 "${column}" 出现了两次`, `column "${column}" is there twice`));
    seen.add(column);
    const spread = kind === 'device' ? spreadOf(column) : undefined;
    if (spread) {
      if (!isFieldName(spread.name)) faults.push(badName('line 1', spread.field, spread.name));
    } else if (!plain.includes(column)) {
      const known = kind === 'device' ? [...plain, ...Object.values(spreadColumns)] : plain;
      faults.push(unknownField('line 1', column, column, known));
    }
  }
  for (const column of neededColumns(kind)) {
    if (!seen.has(column))
      faults.push(fault('line 1', column, '', `缺少列 "${column}"`, `column "${column}" is missing`));
  }
}

function toRaw(where: string, columns: readonly string[], cells: readonly string[], faults: Fault[]): RawRecord {
  const fields: Record<string, unknown> = {};
  columns.forEach((column, index) => {
    const cell = unescapeFormula(cells[index] ?? '');
    if (cell === '') return;
    const spread = spreadOf(column);
    if (!spread) fields[column] = plainValue(column, cell);
    else {
      const value = spreadValue(where, column, spread.field, cell, faults);
      if (value === undefined) return;
      fields[spread.field] = Object.assign((fields[spread.field] as object) ?? {}, { [spread.name]: value });
    }
  });
  return { where, fields };
}

/** `1`, `0`, `是`, `否`: how people fill in a flag. */
const flags = new Map<string, boolean>([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['是', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['否', false],
]);

/** A plain cell's value; what cannot be one stays text, and the schema says so. */
function plainValue(column: string, cell: string): unknown {
  if (isNumberColumn(column)) return Number.isFinite(Number(cell)) ? Number(cell) : cell;
  if (isListColumn(column)) return cell.split(/[\s,;，；、]+/).filter((word) => word !== '');
  if (column === 'line') return parseLine(cell);
  if (column === 'hours') return parseReach(cell);
  if (isFlagColumn(column)) return flags.get(cell.toLowerCase()) ?? cell;
  if (column === 'gasUnit') return unitOf(cell);
  return cell;
}

function spreadValue(where: string, column: string, field: keyof typeof spreadColumns, cell: string, faults: Fault[]) {
  if (field === 'units') return unitOf(cell);
  const value = field === 'facts' ? parseFact(cell) : parseConstant(cell);
  if (value === undefined) {
    faults.push(
      field === 'facts'
        ? fault(
            where,
            column,
            cell,
            '以引号开头,但不是完整的引号文本',
            'it begins with a quotation mark but is no whole quoted text',
          )
        : fault(where, column, cell, '须为数值加单位,如 2.5 kPa', 'must be a number and its unit, such as 2.5 kPa'),
    );
  }
  return value;
}

/** `2.5 kPa`; `10%`; a number alone is refused, since a thousandfold lies between kPa and MPa. `1` is the unit of none. */
function parseConstant(cell: string): { value: number; unit: string } | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\S.*)$/i.exec(cell);
  const [, number = '', unit = ''] = match ?? [];
  // `25` alone would otherwise be read as 2 of unit 5.
  if (!match || /^[\d.]/.test(unit) ? !/\s/.test(cell) : false) return undefined;
  const value = Number(number);
  return Number.isFinite(value) ? { value, unit: unitOf(unit) } : undefined;
}
