import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { dutyList, dutyRecordsSchema, noDutyRecords } from '../../contract/duty.ts';
import { dutyRecordKinds } from '../../contract/duty-kinds.ts';
import { dutyBench } from '../duty-bench.ts';
import { readDutyCsv, toDutyCsv } from './duty-csv.ts';
import { kindNamed } from './duty-rows.ts';
import { readDutyWorkbook, writeDutyWorkbook } from './duty-workbook.ts';

const full = dutyRecordsSchema.parse({
  ...dutyBench({
    persons: [
      {
        ...{ id: 'gus', name: '古斯（示例）', nameEn: 'Gus', department: 'gas', account: 'gus', phone: '+00 0000' },
        crews: ['c1', 'c2'],
        channels: [{ kind: 'page' }, { kind: 'sms' }, { kind: 'wecom', address: 'gus:1' }],
        quiet: [{ from: '22:00', to: '07:00' }],
        from: '2026-01-01',
      },
    ],
    swaps: [{ id: 's', roster: 'leaks-night', date: '2026-12-05', out: 'bo', in: 'dee', reason: 'family' }],
    absences: [{ id: 'l', person: 'bo', from: '2026-12-05', to: '2026-12-06T14:00', reason: 'leave, "half"' }],
    deputies: [{ id: 'd', post: 'leaks', deputy: 'bo', order: 2 }],
    rosters: [
      {
        ...{
          id: 'c',
          crew: 'c1',
          shift: 'day',
          pattern: { kind: 'cycle', anchor: '2026-12-01', everyDays: 7, turns: [['bo', 'cy'], [], ['dee']] },
        },
        from: '2026-12-01',
        to: '2026-12-31',
      },
    ],
    assignments: [
      { id: 'a', match: { items: ['G05-14', 'G05-15'], areas: ['north'] }, department: 'gas', post: 'leaks' },
      { id: 'b', match: { hazards: ['gas'] }, duty: 'local', department: 'gas', crew: 'c1' },
      { id: 'c', match: { grids: ['n-1*'] }, duty: 'recheck', department: 'gas', person: 'bo', to: '2027-01-01' },
      { id: 'd', match: {}, department: 'gas' },
    ],
  }).records,
});

const rows = (csv: string) =>
  csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n');
const faultsOf = (file: ReturnType<typeof readDutyCsv>) =>
  'faults' in file ? file.faults.map(({ where, field, value, en }) => `${where} ${field} ${value}: ${en}`) : [];

describe('records of responsibility in files', () => {
  it.each(dutyRecordKinds)('come back from CSV as they were: %s', (kind) => {
    const file = readDutyCsv(toDutyCsv(full, kind), kind);
    if ('faults' in file) throw new Error(JSON.stringify(file.faults));
    expect(toDutyCsv(file.put, kind)).toBe(toDutyCsv(full, kind));
    expect(dutyList(file.put, kind)).toEqual(dutyList(full, kind));
  });

  it('come back from a workbook as they were', async () => {
    const file = await readDutyWorkbook(await writeDutyWorkbook(full));
    expect('put' in file && file.put).toEqual(full);
  });

  it('may name their columns by title or by field, in any order, and leave out what they do not need', () => {
    const file = readDutyCsv('department,姓名,id\ngas,王（示例）,w1\n', 'person');
    expect('put' in file && file.put.persons).toMatchObject([
      { id: 'w1', name: '王（示例）', department: 'gas', channels: [] },
    ]);
    expect('put' in file && file.whereIs('person w1')).toBe('line 2');
  });

  it('take duties by their words or their codes', () => {
    const file = readDutyCsv('编号,名称,英文名称,部门,职责\np,岗,Post,gas,处置；verify\n', 'post');
    expect('put' in file && file.put.posts[0]?.duties).toEqual(['handle', 'verify']);
  });

  it('say every fault at once, with line, column and value', () => {
    const csv = ['编号,姓名,部门,渠道,免打扰', 'w1,,gas,,', 'w 2,王,gas,,22:00', 'w3,李,gas,,'].join('\n');
    expect(faultsOf(readDutyCsv(csv, 'person'))).toEqual([
      'line 1 渠道 渠道: there is no such column',
      expect.stringMatching(/^line 2 姓名 : it must be given/),
      expect.stringMatching(/^line 3 编号 w 2: an id has letters/),
      expect.stringMatching(/^line 3 免打扰 .*a time of day is written 06:00/),
    ]);
  });

  it('say which roster lacks what', () => {
    const csv = '编号,岗位,班次,方式,轮换起始日,轮换\nr1,p,s,轮换,2026-13-01,a | b\nr2,p,s,每天,,\nr3,,s,按周,,\n';
    expect(faultsOf(readDutyCsv(csv, 'roster'))).toEqual([
      'line 2 轮换起始日 2026-13-01: must be a real date, 2026-12-05',
      expect.stringMatching(/^line 3 方式 每天: /),
      'line 4 岗位 : a roster is of a post or of a crew: give one of them',
    ]);
  });

  it('name the cell of a workbook, and refuse formulas, unknown sheets and what is no workbook', async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await writeDutyWorkbook(full)) as unknown as ExcelJS.Buffer);
    book.getWorksheet('班次')!.getCell('D2').value = '25:00';
    book.getWorksheet('人员')!.getCell('B2').value = { formula: 'A1', result: 'x' };
    book.addWorksheet('备注');
    const file = await readDutyWorkbook(new Uint8Array(await book.xlsx.writeBuffer()));
    expect(faultsOf(file as never).map((text) => text.split(':')[0])).toEqual(
      expect.arrayContaining(['人员!B2  x', '备注  备注', '班次!D2 开始 25']),
    );
    expect(faultsOf((await readDutyWorkbook(Buffer.from('no zip'))) as never)[0]).toContain('this is no XLSX workbook');
  });

  it('take times and days as a spreadsheet keeps them', async () => {
    const book = new ExcelJS.Workbook();
    const shifts = book.addWorksheet('班次');
    shifts.addRow(['编号', '名称', '英文名称', '开始', '结束']);
    shifts.addRow(['n', '夜班', 'Night', new Date('1899-12-30T20:00:00Z'), new Date('1899-12-30T07:59:59.999Z')]);
    const leaves = book.addWorksheet('请假');
    leaves.addRow(['编号', '人员', '开始', '结束', '原因']);
    leaves.addRow(['l', 'bo', new Date('2026-12-05T00:00:00Z'), new Date('2026-12-06T14:00:00Z'), '探亲']);
    const file = await readDutyWorkbook(new Uint8Array(await book.xlsx.writeBuffer()));
    if ('faults' in file) throw new Error(JSON.stringify(file.faults));
    expect(file.put.shifts[0]).toMatchObject({ from: '20:00', to: '08:00' });
    expect(file.put.absences[0]).toMatchObject({ from: '2026-12-05', to: '2026-12-06T14:00' });
  });

  it('make harmless what a spreadsheet would run', () => {
    const csv = toDutyCsv({ ...noDutyRecords, persons: [{ ...full.persons[0]!, name: '=1+1' }] }, 'person');
    expect(rows(csv)[1]).toContain("'=1+1");
    const file = readDutyCsv(csv, 'person');
    expect('put' in file && file.put.persons[0]?.name).toBe('=1+1');
  });

  it.each([
    ['人员', 'person'],
    ['rosters', 'roster'],
    ['Assignment', 'assignment'],
    ['备注', undefined],
  ])('a sheet or file named %s holds %s', (name, kind) => expect(kindNamed(name)).toBe(kind));
});
