import ExcelJS from 'exceljs';
import { columnLetters, mostOfWorkbook, openWorkbook, readCell } from '../../city/workbook/cells.ts';
import type { Cell } from '../../city/workbook/records.ts';
import type { DutyRecords } from '../../contract/duty.ts';
import { type DutyRecordKind, dutyRecordKinds } from '../../contract/duty-kinds.ts';
import { type Fault, fault } from '../../registry/fault.ts';
import { type DutyFile, type DutyTable, kindNamed, readTables, tableOf } from './duty-rows.ts';
import { dutySheets, sheetOf } from './duty-sheets.ts';

/** All records as a workbook, a sheet a kind. Whoever reads it back has the same records. */
export async function writeDutyWorkbook(records: DutyRecords): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  for (const kind of dutyRecordKinds) {
    const { titles, rows } = tableOf(records, kind);
    const sheet = book.addWorksheet(sheetOf(kind).sheet, { views: [{ state: 'frozen', ySplit: 1 }] });
    sheet.addRow(titles).font = { bold: true };
    sheet.addRows(rows);
    titles.forEach((title, index) => {
      sheet.getColumn(index + 1).width = Math.max(10, Math.min(40, title.length * 3));
    });
  }
  return new Uint8Array(await book.xlsx.writeBuffer());
}

/** Reads a workbook with a sheet a kind, any of them left out; faults name sheet and cell. */
export async function readDutyWorkbook(bytes: Uint8Array): Promise<DutyFile> {
  const book = await openWorkbook(bytes);
  if ('fault' in book) return { faults: [fault('XLSX', '', '', book.fault.zh, book.fault.en)] };
  const faults: Fault[] = [];
  const tables = book.worksheets.flatMap((sheet) => {
    const kind = kindNamed(sheet.name);
    if (kind && sheet.rowCount <= mostOfWorkbook.rows && sheet.columnCount <= mostOfWorkbook.columns) {
      return [readSheet(sheet, kind, faults)];
    }
    faults.push(kind ? tooLarge(sheet.name) : unknownSheet(sheet.name));
    return [];
  });
  const read = readTables(tables);
  return faults.length === 0 ? read : { faults: [...faults, ...('faults' in read ? read.faults : [])] };
}

const tooLarge = (name: string): Fault =>
  fault(name, '', name, '工作表行列过多', 'the sheet has too many rows or columns');

function unknownSheet(name: string): Fault {
  const known = dutySheets.map(({ sheet }) => sheet).join('、');
  return fault(name, '', name, `不认识的工作表；有：${known}`, `there is no such sheet; there are ${known}`);
}

function readSheet(sheet: ExcelJS.Worksheet, kind: DutyRecordKind, faults: Fault[]): DutyTable {
  const width = sheet.columnCount;
  const where = (line: number, column?: number) =>
    `${sheet.name}!${column === undefined || column < 0 ? '' : columnLetters(column + 1)}${line}`;
  const read = (line: number): Cell[] =>
    Array.from({ length: width }, (_, column) => {
      const cell = readCell(sheet.getRow(line).getCell(column + 1));
      if (cell === null || typeof cell !== 'object') return cell;
      faults.push(
        fault(where(line, column), '', sheet.getRow(line).getCell(column + 1).text, cell.fault.zh, cell.fault.en),
      );
      return null;
    });
  const rows = Array.from({ length: Math.max(0, sheet.rowCount - 1) }, (_, index) => ({
    cells: read(index + 2),
    line: index + 2,
  })).filter(({ cells }) => cells.some((cell) => cell !== null && cell !== ''));
  return { kind, titles: read(1).map((title) => String(title ?? '').trim()), rows, where };
}
