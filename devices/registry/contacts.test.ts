import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../types/registry.ts';
import { checkRegistryPut } from './check.ts';
import { parseRegistryFile, parseRegistryWorkbook, type RegistryFile } from './import.ts';
import { registryCache } from './registry-cache.ts';

const kind = 'contact' as const;
const crs = 'WGS-84' as const;
const header = 'id,site,name,role,phone,hours,order';
const csv = (...lines: string[]) => parseRegistryFile([header, ...lines].join('\n'), { format: 'csv', kind, crs });
const json = (given: unknown) => parseRegistryFile(JSON.stringify(given), { format: 'json', kind, crs });
const workbook = async (...rows: unknown[][]) => {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('联系人').addRows([header.split(','), ...rows]);
  return parseRegistryWorkbook(new Uint8Array(await book.xlsx.writeBuffer()), { kind, crs });
};
const faultsOf = (file: RegistryFile) =>
  'faults' in file ? file.faults.map(({ where, field, value, en }) => `${where} ${field} "${value}": ${en}`) : [];
const guard = {
  ...{ id: 'guard', site: 's-1', name: '门卫', role: 'door-opener', phone: '13800000000', order: 100, demo: false },
  hours: [{ from: '22:00', to: '06:00' }],
};

describe('contacts of sites', () => {
  it('come from CSV, from a workbook whose numbers are numbers, and from JSON with hours in words', async () => {
    const files = [
      csv('guard,s-1,门卫,door-opener,13800000000,22:00-06:00,'),
      await workbook(['guard', 's-1', '门卫', 'door-opener', 13800000000, '22:00-06:00', null]),
      json({ contacts: [{ ...guard, hours: '22:00-06:00' }] }),
      json([guard]),
    ];
    for (const file of files) expect('put' in file ? file.put.contacts : faultsOf(file)).toEqual([guard]);
  });

  it('with faults are not taken, and each says its line, its value and what to do', async () => {
    expect(
      faultsOf(csv('guard,s-1,门卫,doorman,138,at night,', 'keys,s-1,,owner,1,,-2', 'guard,s-1,李,owner,138000,,')),
    ).toEqual([
      'line 2 role "doorman": must be one of door-opener, key-holder, owner, property',
      expect.stringMatching(/^line 2 hours "at night": must be hours/),
      'line 3 name "": "name" is missing',
      'line 3 phone "1": must be a telephone number of 3 to 40 characters',
      'line 3 order "-2": must be a whole number from 0 to 1000',
    ]);
    expect(faultsOf(await workbook(['guard', 's-1', '门卫', 'owner', { formula: 'A1', result: 1 }]))).toEqual([
      expect.stringMatching(/^line 2 E "1": formulas and errors are not taken/),
      'line 2 phone "": "phone" is missing',
    ]);
    expect(faultsOf(json([7]))).toEqual(['record 1  "7": must be a record: {…}']);
    expect(faultsOf(json({ people: [] }))).toEqual(['file  "": must be a list of records, or {"contacts": […]}']);
  });

  it('of a site that nobody registered are refused', () => {
    const file = csv('guard,s-1,门卫,door-opener,13800000000,,');
    if ('faults' in file) throw new Error('it was refused');
    const cache = registryCache({ version: 0, devices: [], sites: [], gateways: [], credentials: [] });
    expect(checkRegistryPut(file.put, cache, deviceTypes, undefined, file.whereIs)).toMatchObject([
      { where: 'line 2', field: 'site', value: 's-1' },
    ]);
  });
});
