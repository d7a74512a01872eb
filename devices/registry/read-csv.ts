import { CsvError, parse } from 'csv-parse/sync';
import type { FileKind } from './columns.ts';
import { type Fault, fault } from './fault.ts';
import type { RawFile } from './raw-record.ts';
import { readRows } from './read-rows.ts';

/** Characters a line may have: no honest one comes near, and a hostile one is not held whole. */
const MOST_IN_LINE = 64 * 1024;

interface Row {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Reads the lines of a CSV file; the first names the columns (see README.md). */
export function readCsv(text: string, kind: FileKind): RawFile {
  const broken: Fault[] = [];
  const rows = parseRows(text, broken).map(({ record, info }) => ({
    cells: record,
    // `lines` counts to the record's end; a cell in quotation marks may span several.
    where: `line ${info.lines - record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)}`,
  }));
  const { records, faults } = readRows(rows, kind);
  return { records, faults: [...broken, ...faults] };
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
