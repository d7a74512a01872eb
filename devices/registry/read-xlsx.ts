import type ExcelJS from 'exceljs';
import { columnLetters, mostOfWorkbook, openWorkbook, readCell } from '../city/workbook/cells.ts';
import type { FileKind } from './columns.ts';
import { type Fault, fault } from './fault.ts';
import type { RawFile } from './raw-record.ts';
import { readRows } from './read-rows.ts';

/** Reads the first sheet of a workbook as {@link readCsv} reads a file: its first row names the columns. Faults name the cell's row. */
export async function readXlsx(bytes: Uint8Array, kind: FileKind): Promise<RawFile> {
  const book = await openWorkbook(bytes);
  if ('fault' in book) return { records: [], faults: [fault('file', '', '', book.fault.zh, book.fault.en)] };
  const [sheet] = book.worksheets;
  if (!sheet || sheet.rowCount === 0) return { records: [], faults: [] };
  if (sheet.rowCount > mostOfWorkbook.rows || sheet.columnCount > mostOfWorkbook.columns) {
    const words = ['工作表行列过多', 'the sheet has too many rows or columns'] as const;
    return { records: [], faults: [fault('file', '', sheet.name, ...words)] };
  }
  const faults: Fault[] = [];
  const rows = Array.from({ length: sheet.rowCount }, (_, index) => ({
    cells: cellsOf(sheet, index + 1, faults),
    where: `line ${index + 1}`,
  })).filter(({ cells }, index) => index === 0 || cells.some((cell) => cell !== ''));
  const read = readRows(rows, kind);
  return { records: read.records, faults: [...faults, ...read.faults] };
}

/** The texts of a row, as many as the sheet has columns. */
const cellsOf = (sheet: ExcelJS.Worksheet, line: number, faults: Fault[]): string[] =>
  Array.from({ length: sheet.columnCount }, (_, column) => {
    const read = readCell(sheet.getRow(line).getCell(column + 1));
    if (read === null || typeof read !== 'object') return String(read ?? '').trim();
    const { text } = sheet.getRow(line).getCell(column + 1);
    faults.push(fault(`line ${line}`, columnLetters(column + 1), text, read.fault.zh, read.fault.en));
    return '';
  });
