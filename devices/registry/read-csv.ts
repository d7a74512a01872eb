import { CsvError, parse } from 'csv-parse/sync';
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

/** Characters a line may have: no honest one comes near, and a hostile one is not held whole. */
const MOST_IN_LINE = 64 * 1024;

interface Row {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Reads the lines of a CSV file; the first names the columns (see README.md). */
export function readCsv(text: string, kind: FileKind): RawFile {
  const faults: Fault[] = [];
  const rows = parseRows(text, faults);
  const [header, ...body] = rows;
  if (!header) return { records: [], faults };
  const columns = header.record;
  checkHeader(columns, kind, faults);
  if (faults.some(({ where }) => where === 'line 1')) return { records: [], faults };
  const records = body.map(({ record, info }) => {
    // `lines` counts to the record's end; a cell in quotation marks may span several.
    const where = `line ${info.lines - record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)}`;
    if (record.length !== columns.length) {
      faults.push(
        fault(
          where,
          '',
          record.join(','),
          `有 ${record.length} 格,而表头有 ${columns.length} 列`,
          `it has ${record.length} cells, and the header ${columns.length} columns`,
        ),
      );
    }
    return toRaw(where, columns, record, faults);
  });
  return { records, faults };
}

function parseRows(text: string, faults: Fault[]): Row[] {
  const rows: Row[] = [];
  try {
    parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: MOST_IN_LINE,
      // Collected here, so that what stands before a broken line is checked too.
      on_record: (row) => {
        const { record } = row as unknown as Row;
        // Spreadsheet programs leave lines of commas behind.
        if (record.some((cell) => cell !== '')) rows.push(row as unknown as Row);
        return null;
      },
    });
  } catch (err) {
    if (!(err instanceof CsvError)) throw err;
    faults.push(csvFault(err));
  }
  return rows;
}

function csvFault(err: CsvError): Fault {
  const where = `line ${String(err.lines ?? '?')}`;
  if (err.code === 'CSV_MAX_RECORD_SIZE') {
    return fault(where, '', '', `一行超过 ${MOST_IN_LINE} 个字符`, `a line has more than ${MOST_IN_LINE} characters`);
  }
  return fault(where, '', '', `引号不成对(${err.code})`, `the quotation marks do not pair up: ${err.message}`);
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
