import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';
import { MOST_CHARACTERS, parseRegistryFile, type RegistryFileOptions } from './import.ts';

const csv = (text: string, options: Partial<RegistryFileOptions> = {}) =>
  parseRegistryFile(text, { format: 'csv', kind: 'device', crs: 'WGS-84', ...options });
const geojson = (features: object[], options: Partial<RegistryFileOptions> = {}) =>
  parseRegistryFile(JSON.stringify({ type: 'FeatureCollection', features }), {
    format: 'geojson',
    kind: 'device',
    crs: 'WGS-84',
    ...options,
  });
const point = (properties: object, coordinates: number[] = [112.6, 26.9]) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates },
  properties,
});
/** Devices of a good file; fails with the faults of a bad one. */
function devicesOf(file: ReturnType<typeof csv>) {
  if ('faults' in file) throw new Error(file.faults.map((f) => `${f.where} ${f.field}: ${f.en}`).join('\n'));
  return file.put.devices;
}
/** `line 3 lat: must be …` */
const faultsOf = (file: ReturnType<typeof csv>) =>
  'faults' in file ? file.faults.map((f) => `${f.where} ${f.field}: ${f.en}`) : [];

const header = 'id,type,name,lon,lat';
const line = (id: string) => `${id},smart-pole,一号杆,112.6,26.9`;

describe('a CSV file of devices', () => {
  it('becomes devices with constants, units and facts', () => {
    const text = `${header},gas,gasUnit,const.Ps,const.span,unit.rtu.inletPressure,fact.road,fact.lanes,fact.lit,installed,demo
rtu-1,gas-rtu,"调压站,一号",112.6,26.9,natural,%LEL,2.5 kPa,10 %,bar,main,4,true,2024-05-06,1
`;
    expect(devicesOf(csv(text))).toEqual([
      {
        id: 'rtu-1',
        type: 'gas-rtu',
        name: '调压站,一号',
        lon: 112.6,
        lat: 26.9,
        gas: 'natural',
        gasUnit: '%{LEL}',
        constants: { Ps: { value: 2.5, unit: 'kPa' }, span: { value: 10, unit: '%' } },
        units: { 'rtu.inletPressure': 'bar' },
        facts: { road: 'main', lanes: 4, lit: true },
        installed: '2024-05-06',
        demo: true,
      },
    ]);
  });

  it.each([
    ['a byte-order mark', `\uFEFF${header}\n${line('a')}\n${line('b')}`],
    ['Windows line ends', `${header}\r\n${line('a')}\r\n${line('b')}\r\n`],
    ['mixed line ends', `${header}\r\n${line('a')}\n${line('b')}\r\n`],
    ['empty lines and lines of commas', `${header}\n\n${line('a')}\n,,,,\n${line('b')}\n\n`],
    ['blanks around cells', `id , type, name,lon ,lat\n a , smart-pole ,一号杆, 112.6, 26.9\n${line('b')}`],
  ])('is read with %s', (_, text) => {
    expect(devicesOf(csv(text)).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('is read from what a Chinese spreadsheet program saves', () => {
    // d2 bb ba c5 is 一号 in GB18030.
    const bytes = Buffer.concat([
      Buffer.from(`${header}\na,smart-pole,`),
      Buffer.from([0xd2, 0xbb, 0xba, 0xc5]),
      Buffer.from(',112.6,26.9'),
    ]);
    const { text, encoding } = decodeText(bytes);
    expect(encoding).toBe('gb18030');
    expect(devicesOf(csv(text))[0]?.name).toBe('一号');
  });

  it('tells every fault with its line before anything is taken', () => {
    const text = `${header},gas,expires,const.Ps
a,smart-pole,杆,112.6,26.9,,,
b,smart-pole,,112.6,26.9,,,
c,smart-pole,杆,26.9,112.6,,,
d,smart-pole,杆,east,26.9,,,
e,gas-rtu,站,112.6,26.9,natral,,
f,smart-pole,杆,112.6,26.9,,2026-02-30,
g,gas-rtu,站,112.6,26.9,lpg,,2.5
a,smart-pole,杆,112.6,26.9,,,
-h,smart-pole,杆,112.6,26.9,,,
i,smart-pole,杆,112.6`;
    expect(faultsOf(csv(text))).toEqual([
      'line 8 const.Ps: must be a number and its unit, such as 2.5 kPa',
      'line 11 : it has 4 cells, and the header 8 columns',
      'line 3 name: "name" is missing',
      'line 4 lat: must lie between -90 and 90; are lon and lat the wrong way round?',
      'line 5 lon: must be a number',
      'line 6 gas: must be one of natural, lpg, manufactured; did you mean "natural"?',
      'line 7 expires: must be a real date, YYYY-MM-DD',
      'line 9 id: the id is the same as in line 2; each record needs its own',
      'line 10 id: an id has letters, digits and - _ . only, begins with a letter or digit, and has at most 64 characters',
      'line 11 lat: "lat" is missing',
    ]);
  });

  it('tells the true line after a cell that spans several', () => {
    const text = `${header}\na,smart-pole,"一号\n杆",112.6,26.9\nb,smart-pole,,112.6,26.9`;
    expect(faultsOf(csv(text))).toEqual(['line 4 name: "name" is missing']);
  });

  it('names the column that was meant', () => {
    expect(faultsOf(csv(`${header},Gateway,gasunit,colour\n`))).toEqual([
      'line 1 Gateway: there is no column of this name; did you mean "gateway"?',
      'line 1 gasunit: there is no column of this name; did you mean "gasUnit"?',
      'line 1 colour: there is no column of this name',
    ]);
  });

  it('needs its header', () => {
    expect(faultsOf(csv('name,type\n一号,smart-pole'))).toEqual([
      'line 1 id: column "id" is missing',
      'line 1 lon: column "lon" is missing',
      'line 1 lat: column "lat" is missing',
    ]);
    expect(faultsOf(csv(`${header},id\n`))).toEqual(['line 1 id: column "id" is there twice']);
    expect(faultsOf(csv(''))).toEqual(['file : the file has no records']);
    expect(faultsOf(csv(header))).toEqual(['file : the file has no records']);
  });

  it('remembers the line of each record', () => {
    const file = csv(`${header}\n${line('a')}\n${line('b')}`);
    expect('whereIs' in file && file.whereIs('device', 'b')).toBe('line 3');
    expect('whereIs' in file && file.whereIs('site', 'b')).toBe('site b');
  });

  it('reads sites and gateways by the same rules', () => {
    const sites = csv('id,kind,name,lon,lat,contact\ns-1,school,一中,112.6,26.9,门卫', { kind: 'site' });
    expect('put' in sites && sites.put.sites).toMatchObject([
      { id: 's-1', kind: 'school', contact: '门卫', demo: false },
    ]);
    expect(faultsOf(csv('id,name,lon,lat,const.Ps\ng-1,网关,112.6,26.9,1 kPa', { kind: 'gateway' }))).toEqual([
      'line 1 const.Ps: there is no column of this name',
    ]);
  });

  it('keeps each language in its own words', () => {
    const file = csv(`${header}\na,smart-pole,,112.6,26.9`);
    expect('faults' in file && file.faults[0]).toEqual({
      where: 'line 2',
      field: 'name',
      value: '',
      zh: '缺少 "name"',
      en: '"name" is missing',
    });
  });

  it.each([
    ['2.5 kPa', { value: 2.5, unit: 'kPa' }],
    ['2.5kPa', { value: 2.5, unit: 'kPa' }],
    ['-1e-3 MPa', { value: -0.001, unit: 'MPa' }],
    ['20 °C', { value: 20, unit: 'Cel' }],
    ['50%', { value: 50, unit: '%' }],
    ['7 1', { value: 7, unit: '1' }],
    ['7', undefined],
    ['25', undefined],
    ['kPa', undefined],
    ['1e999 kPa', undefined],
  ])('reads the constant %s', (cell, expected) => {
    const file = csv(`${header},const.X\na,gas-rtu,站,112.6,26.9,${cell}`);
    if (expected) expect(devicesOf(file)[0]?.constants).toEqual({ X: expected });
    else expect(faultsOf(file)).toEqual(['line 2 const.X: must be a number and its unit, such as 2.5 kPa']);
  });
});

describe('coordinates', () => {
  it('of a Chinese map are moved by the half kilometre that they are off', () => {
    const text = `${header}\n${line('a')}`;
    const [wgs] = devicesOf(csv(text));
    const [gcj] = devicesOf(csv(text, { crs: 'GCJ-02' }));
    const [bd] = devicesOf(csv(text, { crs: 'BD-09' }));
    expect(wgs).toMatchObject({ lon: 112.6, lat: 26.9 });
    const metres = (device: typeof gcj) =>
      Math.hypot(((device?.lon ?? 0) - 112.6) * 99_000, ((device?.lat ?? 0) - 26.9) * 111_000);
    expect(metres(gcj)).toBeGreaterThan(300);
    expect(metres(gcj)).toBeLessThan(900);
    expect(metres(bd)).toBeGreaterThan(metres(gcj));
  });
});

describe('a GeoJSON file of devices', () => {
  it('becomes devices', () => {
    const constants = { Ps: { value: 2.5, unit: 'kPa' } };
    const file = geojson([
      point({ id: 'rtu-1', type: 'gas-rtu', name: '站', gasUnit: '%LEL', constants, model: null }, [112.6, 26.9, 80]),
    ]);
    expect(devicesOf(file)).toEqual([
      {
        id: 'rtu-1',
        type: 'gas-rtu',
        name: '站',
        lon: 112.6,
        lat: 26.9,
        gasUnit: '%{LEL}',
        constants,
        facts: {},
        demo: false,
      },
    ]);
  });

  it('tells every fault with its feature', () => {
    const file = geojson([
      point({ id: 'a', type: 'smart-pole', name: '杆', colour: 'red' }),
      { type: 'Feature', geometry: { type: 'LineString', coordinates: [] }, properties: {} },
      point({ id: 'c', type: 'smart-pole', name: '杆', facts: { 'a b': 1 } }),
      point({ id: 'd', type: 'smart-pole', name: '杆', constants: { Ps: 2.5 } }),
    ]);
    expect(faultsOf(file)).toEqual([
      'feature 2 geometry: must be a Feature with a Point of two or three numbers',
      'feature 1 colour: there is no column of this name',
      'feature 3 fact.a b: a name has letters, digits and - _ . only, begins with a letter or digit, and has at most 64 characters',
      'feature 4 const.Ps: must be a number and its unit, such as 2.5 kPa',
    ]);
  });

  it('in another coordinate system by its own word is refused', () => {
    const text = JSON.stringify({
      type: 'FeatureCollection',
      crs: { properties: { name: 'urn:ogc:def:crs:EPSG::4490' } },
      features: [point({ id: 'a', type: 'smart-pole', name: '杆' })],
    });
    expect(faultsOf(parseRegistryFile(text, { format: 'geojson', kind: 'device', crs: 'WGS-84' }))[0]).toMatch(
      /^file crs/,
    );
  });
});

describe('a hostile file', () => {
  const hostile: [string, string, RegExp][] = [
    ['NUL characters', `${header}\na,smart-pole,\0,1,2`, /^line 2 : there is a NUL/],
    ['lost characters', `${header}\na,smart-pole,\uFFFD,1,2`, /^line 2 : .*save the file as UTF-8/],
    ['five million columns', ',x'.repeat(5_000_000), /^line \d+ : a line has more than 65536 characters/],
    ['ten million empty columns', ','.repeat(10_000_000), /^file : the file has no records/],
    ['one endless quotation', `${header}\na,"${'x'.repeat(10_000_000)}`, /^line \d+ : a line has more than 65536/],
    ['an open quotation', `${header}\na,"x`, /^line \d+ : the quotation marks do not pair up/],
    ['only line ends', '\n'.repeat(10_000_000), /^file : the file has no records/],
    ['a prototype', `${header},fact.__proto__\n${line('a')},x`, /^line 1 fact.__proto__: a name has/],
    ['too much', ' '.repeat(MOST_CHARACTERS + 1), /^file : the file is too large/],
  ];
  it.each(hostile)('with %s is refused in a sentence', (_, text, words) => {
    expect(faultsOf(csv(text))[0]).toMatch(words);
  });

  it('of ten megabytes of faults tells 500 of them and counts the rest', () => {
    const text = `${header}\n${',,,1,x\n'.repeat(150_000)}`;
    const faults = faultsOf(csv(text));
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)).toMatch(/^file : \d+ more faults are not listed$/);
  });

  it.each(['[', '{"a":', '"'])('of endless %s is no JSON', (piece) => {
    const file = parseRegistryFile(piece.repeat(5_000_000 / piece.length), {
      format: 'geojson',
      kind: 'device',
      crs: 'WGS-84',
    });
    expect(faultsOf(file)).toHaveLength(1);
  });

  it.each(['null', '7', '[]', '{"type":"FeatureCollection","features":[null,7,[],{}]}'])(
    'that says %s is refused',
    (text) => {
      expect(faultsOf(parseRegistryFile(text, { format: 'geojson', kind: 'device', crs: 'WGS-84' }))).not.toEqual([]);
    },
  );
});
