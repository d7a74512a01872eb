import { describe, expect, it } from 'vitest';
import type { BesideListed } from '../contract/beside.ts';
import { deviceSchema } from '../contract/registry.ts';
import { deviceTypes } from '../types/registry.ts';
import { checkRegistryPut } from './check.ts';
import { type FileRecord, toCsv, toGeoJson } from './export.ts';
import { parseRegistryFile } from './import.ts';
import { emptyRegistry, registryCache } from './registry-cache.ts';

const rtu = deviceSchema.parse({
  id: 'rtu-1',
  type: 'gas-rtu',
  name: 'rtu',
  lon: 112.6,
  lat: 26.9,
  gas: 'natural',
  gasUnit: '%{LEL}',
});
const city = registryCache({ ...emptyRegistry, devices: [rtu] });
const checked = (text: string, kind: 'valve' | 'pipe' | 'crew' | 'permit') => {
  const file = parseRegistryFile(text, { format: 'csv', kind, crs: 'WGS-84' });
  if ('faults' in file) return file.faults.map(({ where, field, en }) => `${where} ${field}: ${en}`);
  return checkRegistryPut(file.put, city, deviceTypes, ['000001'], file.whereIs).map(
    ({ where, field, en }) => `${where} ${field}: ${en}`,
  );
};

describe('a list of valves', () => {
  const header = 'id,name,lon,lat,stateDevice,stateMeasurement,pipe\n';
  it('is taken with the measurement that tells whether one is closed', () => {
    expect(checked(`${header}v-1,北门阀,112.6,26.9,rtu-1,rtu.shutoffValveClosed,\n`, 'valve')).toEqual([]);
  });
  it.each([
    ['v-1,阀,112.6,26.9,rtu-9,rtu.doorOpen,', 'line 2 stateDevice: there is no device "rtu-9"'],
    ['v-1,阀,112.6,26.9,rtu-1,,', 'line 2 stateMeasurement: the state of a valve is known by a device'],
    ['v-1,阀,112.6,26.9,rtu-1,rtu.shutofValveClosed,', 'line 2 stateMeasurement: a gas-rtu has no measurement'],
    ['v-1,阀,112.6,26.9,,,p-9', 'line 2 pipe: there is no pipe "p-9": register it first'],
    ['v-1,阀,26.9,112.6,,,', 'line 2 lat: must lie between -90 and 90; are lon and lat the wrong way round?'],
  ])('is refused with the line: %s', (line, fault) => {
    expect(checked(`${header}${line}\n`, 'valve')).toEqual([expect.stringContaining(fault)]);
  });
});

describe('a list of pipes', () => {
  const header = 'id,name,line,pressure,circuit\n';
  it('has a line of points in one cell', () => {
    expect(checked(`${header}p-1,人民路中压,112.6 26.9; 112.61 26.9,medium-a,gas-7\n`, 'pipe')).toEqual([]);
  });
  it.each([
    ['p-1,管,112.6 26.9,medium-a,', 'line 2 line: must be a line of at least two points'],
    ['p-1,管,112.6 26.9; east 26.9,medium-a,', 'line 2 line: must be a line of at least two points'],
    ['p-1,管,112.6 26.9; 112.61 26.9,medium,', 'line 2 pressure: must be one of low, medium-b'],
  ])('is refused with the line: %s', (line, fault) => {
    expect(checked(`${header}${line}\n`, 'pipe')).toEqual([expect.stringContaining(fault)]);
  });
  it('is converted point by point from what Chinese maps print', () => {
    const text = `${header}p-1,管,112.6 26.9; 112.61 26.9,low,\n`;
    const file = parseRegistryFile(text, { format: 'csv', kind: 'pipe', crs: 'GCJ-02' });
    const line = 'put' in file ? file.put.pipes![0]!.line : [];
    for (const [i, lon] of [112.6, 112.61].entries()) {
      const metresEast = (lon - line[i]![0]) * 99_000;
      expect(metresEast).toBeGreaterThan(400);
      expect(metresEast).toBeLessThan(700);
    }
  });
});

describe('a list of permits', () => {
  const header = 'id,name,reference,from,to,devices,lon,lat,radiusM,area,wholeArea\n';
  it('holds at devices, around a point or in a whole area', () => {
    const lines = [
      'a-1,开挖,X-1,2026-11-30T08:00:00+08:00,2026-11-30T18:00:00+08:00,rtu-1,,,,,',
      'a-2,开挖,X-2,2026-11-30T08:00:00+08:00,,,112.6,26.9,80,,',
      'a-3,动火,X-3,2026-11-30T08:00:00+08:00,,,,,,000001,是',
    ];
    expect(checked(`${header}${lines.join('\n')}\n`, 'permit')).toEqual([]);
  });
  it.each([
    ['a-1,开挖,X-1,2026-11-30 08:00,,rtu-1,,,,,', 'line 2 from: must be a time with its offset'],
    ['a-1,开挖,X-1,2026-11-30T08:00:00+08:00,,,,,,000001,', 'line 2 : it has no place'],
    ['a-1,开挖,X-1,2026-11-30T08:00:00+08:00,,,112.6,26.9,,,', 'line 2 radiusM: a place around a point needs'],
    ['a-1,开挖,X-1,2026-11-30T08:00:00+08:00,2026-11-29T08:00:00+08:00,rtu-1,,,,,', 'line 2 to: it ends no later'],
  ])('is refused with the line: %s', (line, fault) => {
    expect(checked(`${header}${line}\n`, 'permit')).toEqual([expect.stringContaining(fault)]);
  });
});

describe('what stands beside devices', () => {
  const lists: BesideListed = {
    valves: [{ id: 'v-1', name: '阀', lon: 112.6, lat: 26.9, pipe: 'p-1', demo: false }],
    pipes: [
      {
        id: 'p-1',
        name: '管',
        line: [
          [112.6, 26.9],
          [112.61, 26.9],
        ],
        pressure: 'low',
        demo: false,
      },
    ],
    crews: [
      {
        id: 'c-1',
        name: '抢修一班',
        lon: 112.6,
        lat: 26.9,
        department: 'gas',
        phone: '0734-0000000',
        for: ['gas'],
        areas: ['000001'],
        demo: false,
      },
    ],
    contacts: [
      {
        id: 's-1.guard',
        site: 's-1',
        name: '门卫',
        role: 'door-opener',
        phone: '+86 138 1234 5678',
        hours: [
          { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' },
          { from: '22:00', to: '06:00' },
        ],
        order: 1,
        demo: false,
      },
      {
        id: 's-1.keys',
        site: 's-1',
        name: '=老李',
        role: 'key-holder',
        phone: '0734-1',
        hours: [],
        order: 100,
        demo: false,
      },
    ],
    permits: [
      {
        id: 'a-1',
        name: '开挖',
        reference: 'X-1',
        devices: ['rtu-1'],
        wholeArea: false,
        from: '2026-11-30T08:00:00+08:00',
        demo: false,
      },
    ],
  };
  const kinds = [
    ['valve', lists.valves!],
    ['pipe', lists.pipes!],
    ['crew', lists.crews!],
    ['contact', lists.contacts!],
    ['permit', lists.permits!],
  ] as const;
  it.each(kinds)('goes through a CSV, a GeoJSON and a JSON file unchanged: %s', (kind, records) => {
    const geojson = toGeoJson(records);
    const texts = { csv: toCsv(records as readonly FileRecord[], kind), geojson, json: JSON.stringify(records) };
    for (const format of ['csv', 'geojson', 'json'] as const) {
      const file = parseRegistryFile(texts[format], { format, kind, crs: 'WGS-84' });
      expect('put' in file ? Object.values(file.put).flat() : file.faults).toEqual(records);
    }
  });
  it('is refused as a demonstration among real devices', () => {
    const put = { devices: [], sites: [], gateways: [], credentials: [], crews: [{ ...lists.crews![0]!, demo: true }] };
    expect(checkRegistryPut(put, city, deviceTypes).map(({ field }) => field)).toEqual(['demo']);
  });
});
