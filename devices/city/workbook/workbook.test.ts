import { deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import type { StandardsText } from '../../contract/standards.ts';
import { listCities, loadCity, standardsOptions } from '../load-city.ts';
import { parseStandards } from '../parse-standards.ts';
import { readWorkbook } from './read-workbook.ts';
import { writeWorkbook } from './write-workbook.ts';
import { unpackedBytes } from './zip-size.ts';

const cities = new URL('../../../cities', import.meta.url).pathname;
const linglan = await loadCity(cities, 'linglan');

/** The workbook of a city, changed by hand, read and checked: every fault with its cell. */
async function faultsAfter(change: (book: ExcelJS.Workbook) => void): Promise<string[]> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load((await writeWorkbook(linglan.text!)) as unknown as ExcelJS.Buffer);
  change(book);
  const read = await readWorkbook(new Uint8Array(await book.xlsx.writeBuffer()));
  if ('faults' in read) return read.faults.map(({ cell, en }) => `${cell} ${en}`);
  const parsed = parseStandards(read.text, standardsOptions(linglan.city));
  return 'faults' in parsed ? read.cells(parsed.faults).map(({ cell, en }) => `${cell} ${en}`) : [];
}
/** The cell of a row that has `key` somewhere, in the column of this title. */
function cellAt(book: ExcelJS.Workbook, sheet: string, key: string, title: string): ExcelJS.Cell {
  const found = book.getWorksheet(sheet)!;
  const titles = found.getRow(1).values as string[];
  let row = 0;
  found.eachRow((one, number) => {
    if ((one.values as unknown[]).includes(key)) row = number;
  });
  return found.getRow(row).getCell(titles.indexOf(title));
}

describe('a workbook', () => {
  it.each(listCities(cities))('of %s loses nothing on its way out and back', async (id) => {
    const { city, text } = await loadCity(cities, id);
    const read = await readWorkbook(await writeWorkbook(text as StandardsText));
    if ('faults' in read) throw new Error(JSON.stringify(read.faults));
    const [before, after] = [text as StandardsText, read.text].map((one) =>
      parseStandards(one, standardsOptions(city)),
    );
    expect(after).toEqual(before);
  });

  it('says sheet, row and column of a limit that is above its ceiling', async () => {
    const faults = await faultsAfter((book) => {
      cellAt(book, '规则', 'leak-2', '限值').value = 60;
    });
    expect(faults.some((one) => /^规则!H\d+ .*above its ceiling of 50 %LEL/.test(one))).toBe(true);
  });

  it('says all that is wrong at once', async () => {
    const faults = await faultsAfter((book) => {
      cellAt(book, '规则', 'leak-2', '限值').value = 'forty';
      cellAt(book, '规则', 'tilt-warn', '自锁').value = 'maybe';
    });
    expect(faults.map((one) => one.replace(/\d+ /, ' '))).toEqual([
      expect.stringMatching(/^规则!T .*是 or 否/),
      expect.stringMatching(/^规则!H .*is a number, not "forty"/),
    ]);
  });

  it.each<[string, (book: ExcelJS.Workbook) => void, RegExp]>([
    [
      'a formula',
      (b) => Object.assign(cellAt(b, '规则', 'leak-2', '限值'), { value: { formula: '40+5', result: 45 } }),
      /^规则!H\d+ formulas/,
    ],
    [
      'a column nobody knows',
      (b) => Object.assign(b.getWorksheet('项目')!.getRow(1).getCell(30), { value: '备忘' }),
      /^项目!AD1 there is no column/,
    ],
    ['a sheet that is gone', (b) => b.removeWorksheet('规则'), /the sheet "规则" is missing/],
    [
      'a rule of an item that is not there',
      (b) => Object.assign(cellAt(b, '规则', 'leak-2', '项目编码'), { value: 'Z99-01' }),
      /^规则!A\d+ there is no 项目/,
    ],
    [
      'a department the city does not have',
      (b) => Object.assign(cellAt(b, '项目', 'H01-01', '牵头部门'), { value: 'nobody' }),
      /^项目!I\d+ the city has no department/,
    ],
  ])('refuses %s', async (_, change, says) => {
    expect((await faultsAfter(change)).some((one) => says.test(one))).toBe(true);
  });

  it('that is no workbook is refused', async () => {
    const read = await readWorkbook(new TextEncoder().encode('not a workbook'));
    expect('faults' in read && read.faults[0]?.en).toBe('this is no XLSX workbook');
  });

  it('is not unpacked when that would fill the memory, whatever its header claims', () => {
    const packed = deflateRawSync(Buffer.alloc(50_000_000));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(100, 24);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(30 + packed.length, 16);
    expect(unpackedBytes(Buffer.concat([local, packed, entry, end]), 1_000_000)).toBe('too large');
  });
});
