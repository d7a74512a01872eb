import ExcelJS from 'exceljs';
import type { Bilingual } from '../../model/device-type.ts';
import type { Cell } from './records.ts';
import { unpackedBytes } from './zip-size.ts';

/** What a workbook may hold at most, so that no file fills the memory. */
export const mostOfWorkbook = {
  bytes: 20 * 1_048_576,
  unpacked: 200 * 1_048_576,
  sheets: 20,
  rows: 20_000,
  columns: 60,
} as const;

/** Opens the bytes of a workbook, or says why they are none, or too much of one. */
export async function openWorkbook(bytes: Uint8Array): Promise<ExcelJS.Workbook | { readonly fault: Bilingual }> {
  const refused = (zh: string, en: string) => ({ fault: { zh, en } });
  if (bytes.length > mostOfWorkbook.bytes) return refused('文件超过 20 MB', 'the file is larger than 20 MB');
  const unpacked = unpackedBytes(bytes, mostOfWorkbook.unpacked);
  if (unpacked === 'not a zip') return refused('不是 XLSX 工作簿', 'this is no XLSX workbook');
  if (unpacked === 'too large') return refused('解压后过大，拒绝读取', 'it unpacks to more than is read');
  const book = new ExcelJS.Workbook();
  try {
    await book.xlsx.load(bytes as unknown as ExcelJS.Buffer);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return refused(`工作簿无法读取：${why}`, `the workbook cannot be read: ${why}`);
  }
  if (book.worksheets.length > mostOfWorkbook.sheets) return refused('工作表过多', 'it has too many sheets');
  return book;
}

/**
 * What a cell says. Text is text, whatever it looks like; a formula or an error is refused: nobody can check what it will say
 * tomorrow.
 */
export function readCell(cell: ExcelJS.Cell): Cell | { readonly fault: Bilingual } {
  const { value } = cell;
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (value instanceof Date) return dateText(value);
  if (cell.type === ExcelJS.ValueType.RichText || cell.type === ExcelJS.ValueType.Hyperlink) return cell.text;
  return {
    fault: {
      zh: '不接受公式或错误值，请填写其结果',
      en: 'formulas and errors are not taken: write down what it comes to',
    },
  };
}

/** A spreadsheet keeps times of day as moments of 1899; a day as its midnight. */
function dateText(date: Date): string {
  // Fractions of a day that a spreadsheet keeps as 0.333333 are a millisecond short of the minute.
  const iso = new Date(Math.round(date.getTime() / 60_000) * 60_000).toISOString();
  if (date.getUTCFullYear() < 1900) return iso.slice(11, 16);
  return iso.slice(11, 16) === '00:00' ? iso.slice(0, 10) : iso.slice(0, 16);
}

/** `A` to `Z`, `AA` and so on for a column that counts from 1; nothing for none. */
export function columnLetters(column: number): string {
  return column <= 0
    ? ''
    : columnLetters(Math.floor((column - 1) / 26)) + String.fromCharCode(65 + ((column - 1) % 26));
}
