import { CsvError, parse } from 'csv-parse/sync';
import type { DutyRecords } from '../../contract/duty.ts';
import type { DutyRecordKind } from '../../contract/duty-kinds.ts';
import { cell } from '../../readings/csv.ts';
import { unescapeFormula } from '../../registry/columns.ts';
import { fault } from '../../registry/fault.ts';
import { type DutyFile, readTables, tableOf } from './duty-rows.ts';

const BOM = '\uFEFF';
/** Characters a line may have: no honest one comes near, and a hostile one is not held whole. */
const MOST_IN_LINE = 64 * 1024;

/** Records of a kind as CSV: UTF-8 with a byte-order mark and CRLF; what a spreadsheet would run as a formula is made harmless. */
export function toDutyCsv(records: DutyRecords, kind: DutyRecordKind): string {
  const { titles, rows } = tableOf(records, kind);
  const lines = [titles, ...rows].map((cells) => cells.map((one) => cell(one === null ? '' : String(one))).join(','));
  return `${BOM}${lines.map((line) => `${line}\r\n`).join('')}`;
}

interface Line {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Reads the records of one kind from CSV; faults name line and column. */
export function readDutyCsv(text: string, kind: DutyRecordKind): DutyFile {
  const lines: Line[] = [];
  try {
    lines.push(
      ...(parse(text, {
        ...{ bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true },
        max_record_size: MOST_IN_LINE,
      }) as unknown as Line[]),
    );
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const where = `line ${String(cause.lines ?? '?')}`;
    return {
      faults: [fault(where, '', '', `CSV 无法读取（${cause.code}）`, `the CSV cannot be read: ${cause.message}`)],
    };
  }
  const [header, ...body] = lines.filter(({ record }) => record.some((one) => one !== ''));
  const rows = body.map(({ record, info }) => ({
    cells: record.map((one) => (one === '' ? null : unescapeFormula(one))),
    line: info.lines,
  }));
  return readTables([{ kind, titles: header?.record ?? [], rows, where: (line) => `line ${line}` }]);
}
