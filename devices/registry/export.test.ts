import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Device, deviceSchema, gatewaySchema, type Site, siteSchema } from '../contract/registry.ts';
import { unitCodes } from '../model/units.ts';
import { canonicalJson } from './canonical-json.ts';
import { isFieldName } from './columns.ts';
import { toCsv, toGeoJson } from './export.ts';
import { parseRegistryFile } from './import.ts';

const id = fc.stringMatching(/^[A-Za-z0-9雁][A-Za-z0-9._-]{0,20}$/);
/** Any text but NUL and the sign of a lost character; empty is the same as absent in a cell. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      '=1+1',
      "'=x",
      "''-",
      '+86 734',
      '-1',
      '@sum',
      'a,b',
      'say "yes"',
      'two\nlines',
      ' blank ',
      '\ttab',
      'true',
      '007',
    ),
  )
  .filter((value) => !/[\0\uFFFD]/.test(value));
const name = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,10}$/), fc.constantFrom('Ps', '路', 'constructor'));
const table = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name.filter(isFieldName), value), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const date = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));
const place = {
  id,
  name: text,
  nameEn: optional(text),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  area: optional(text),
  grid: optional(text),
  address: optional(text),
  demo: fc.boolean(),
};
const anyDevice = fc
  .record({
    ...place,
    type: text,
    model: optional(text),
    site: optional(text),
    circuit: optional(text),
    gas: optional(fc.constantFrom('natural', 'lpg', 'manufactured')),
    gasUnit: optional(fc.constantFrom('%{LEL}', '%{VOL}', '[ppm]')),
    units: optional(table(fc.constantFrom(...unitCodes)).filter((units) => Object.keys(units).length > 0)),
    constants: table(fc.record({ value: number, unit: fc.constantFrom(...unitCodes) })),
    facts: table(fc.oneof(fc.oneof(text, fc.constant('')), number, fc.boolean())),
    installed: optional(date),
    attribution: optional(text),
  })
  .map((device): Device => deviceSchema.parse(JSON.parse(JSON.stringify(device))));
const anySite = fc
  .record({ ...place, kind: fc.constantFrom('restaurant', 'school', 'other'), contact: optional(text) })
  .map((site): Site => siteSchema.parse(JSON.parse(JSON.stringify(site))));
const some = <T extends { id: string }>(record: fc.Arbitrary<T>) =>
  fc.uniqueArray(record, { selector: (r) => r.id, minLength: 1, maxLength: 5 });
const sorted = (records: readonly object[]) => records.map(canonicalJson);
const readBack = (file: ReturnType<typeof parseRegistryFile>, list: 'devices' | 'sites') => {
  if ('faults' in file) throw new Error(JSON.stringify(file.faults));
  return sorted(file.put[list]);
};

describe('an exported file', () => {
  it('as CSV says what the registry says', () => {
    fc.assert(
      fc.property(some(anyDevice), (devices) => {
        const file = parseRegistryFile(toCsv(devices, 'device'), { format: 'csv', kind: 'device', crs: 'WGS-84' });
        expect(readBack(file, 'devices')).toEqual(sorted(devices));
      }),
      { numRuns: 300 },
    );
  });

  it('as GeoJSON says what the registry says', () => {
    fc.assert(
      fc.property(some(anyDevice), (devices) => {
        const file = parseRegistryFile(toGeoJson(devices), { format: 'geojson', kind: 'device', crs: 'WGS-84' });
        expect(readBack(file, 'devices')).toEqual(sorted(devices));
      }),
      { numRuns: 300 },
    );
  });

  it('of sites says what the registry says', () => {
    fc.assert(
      fc.property(some(anySite), (sites) => {
        const file = parseRegistryFile(toCsv(sites, 'site'), { format: 'csv', kind: 'site', crs: 'WGS-84' });
        expect(readBack(file, 'sites')).toEqual(sorted(sites));
      }),
    );
  });

  it('shows its columns and lines plainly', () => {
    const device = deviceSchema.parse({
      id: 'rtu-1',
      type: 'gas-rtu',
      name: '一号站',
      lon: 112.6,
      lat: -26.9,
      constants: { Ps: { value: 2.5, unit: 'kPa' } },
      facts: { road: 'main', code: '007', lanes: 4 },
    });
    expect(toCsv([device], 'device')).toBe(
      '\uFEFFid,type,name,lon,lat,const.Ps,fact.code,fact.lanes,fact.road\r\nrtu-1,gas-rtu,一号站,112.6,-26.9,2.5 kPa,007,4,main\r\n',
    );
  });

  it('runs nothing when it is opened in a spreadsheet', () => {
    const gateway = gatewaySchema.parse({
      id: 'g-1',
      name: '=HYPERLINK("http://x","y")',
      lon: -1,
      lat: 2,
      address: '+1',
      grid: '@a',
    });
    const [, row = ''] = toCsv([gateway], 'gateway').split('\r\n');
    expect(row).toBe(`g-1,"'=HYPERLINK(""http://x"",""y"")",-1,2,'@a,'+1`);
  });

  it('of nothing still names its columns', () => {
    expect(toCsv([], 'site')).toBe('\uFEFFid,name,lon,lat\r\n');
    expect(JSON.parse(toGeoJson([]))).toEqual({ type: 'FeatureCollection', features: [] });
  });
});
