import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registryPutSchema } from '../../devices/contract/command.ts';
import { distance } from '../../kit/metres.ts';
import { mappingSchema, parseMapping } from './mapping.ts';
import { readData } from './read-data.ts';
import { registryOf } from './registry.ts';
import { scheduleOf } from './schedule.ts';
import { parseTime } from './zoned.ts';

const wide = `
title: { zh: 甲烷, en: Methane }
file: readings.csv
attribution: "somebody (MIT)"
time: { column: time }
deviceType: methane-fence-line
gas: natural
gasUnit: '[ppm]'
prefix: fence
anchor: { lon: -105, lat: 40 }
readings:
  - { measurement: fence.ch4, column: 'ch4_{key}', unit: '%{VOL}' }
  - { measurement: fence.windSpeed, column: wind_kmh, unit: km/h }
devices:
  from: columns
  list:
    - { key: S, name: { zh: 南, en: south }, lon: -105, lat: 39.999 }
    - { key: N, name: { zh: 北, en: north }, lon: -105, lat: 40.001 }
`;
const long = `
title: { zh: 桶, en: Bins }
file: bins.csv
attribution: "a city (CC BY)"
time: { column: when, zone: Australia/Melbourne }
deviceType: waste-bin
prefix: bin
position: absolute
readings:
  - { measurement: bin.fillPercent, column: fill, unit: '%', scale: 10 }
  - { measurement: bin.emptied, column: status, words: { EMPTIED: true, READY: false } }
devices: { from: rows, key: serial, name: detail, lon: lon, lat: lat }
`;
const mappingOf = (text: string) => {
  const parsed = parseMapping(text);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.mapping;
};
const dataOf = (mapping: string, csv: string) => {
  const read = readData(mappingOf(mapping), csv);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read.data;
};
const wideCsv = 'time,wind_kmh,ch4_S,ch4_N\n2022-05-09T06:01:00Z,7.2,0.0002,\n2022-05-09T06:00:00Z,3.6,0.0003,0.0004\n';

describe('a mapping', () => {
  it('tells every fault at once, each with its line', () => {
    const parsed = parseMapping(
      wide
        .replace('fence.ch4', 'fence.co2')
        .replace("gasUnit: '[ppm]'", '')
        .replace('unit: km/h', 'unit: furlong')
        .replace('key: N', 'key: S')
        .replace('{ column: time }', '{ column: time, zone: Mars/Olympus }'),
    );
    expect('faults' in parsed && parsed.faults.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '5 time.zone',
      '6 deviceType',
      '12 readings.0.measurement',
      '13 readings.1.unit',
      '18 devices.list.1.key',
    ]);
  });

  it('tells a wrong shape with its line, and what is no YAML', () => {
    expect(parseMapping('title: 3\nfile: a.csv')).toHaveProperty('faults.0.line', 1);
    expect(parseMapping('title: [')).toHaveProperty('faults');
  });

  it('asks for an anchor where positions are moved, and words where a measurement is no number', () => {
    expect(parseMapping(wide.replace('anchor: { lon: -105, lat: 40 }', ''))).toHaveProperty(
      'faults.0.message',
      expect.stringContaining('anchor'),
    );
    expect(parseMapping(long.replace(', words: { EMPTIED: true, READY: false }', ''))).toHaveProperty(
      'faults.0.message',
      expect.stringContaining('words'),
    );
  });

  it('is written down with every key, in both languages, and the example in the documents holds', () => {
    const guide = readFileSync(new URL('../../docs/replay.md', import.meta.url), 'utf8');
    const [chinese, english] = guide.split('## English') as [string, string];
    for (const key of Object.keys(mappingSchema.shape)) {
      for (const text of [chinese, english]) expect(text, key).toMatch(new RegExp(`\`${key}(\\[\\])?\``));
    }
    expect(parseMapping(/```yaml\n([\s\S]*?)```/.exec(english)![1]!)).toHaveProperty('mapping');
  });
});

describe('a time in a file', () => {
  it.each([
    ['2022-05-09T06:00:00Z', 'UTC', '2022-05-09T06:00:00.000Z'],
    ['2022-05-09T06:00:00+08:00', 'UTC', '2022-05-08T22:00:00.000Z'],
    ['2022/5/9 6:00', 'Asia/Shanghai', '2022-05-08T22:00:00.000Z'],
    ['2021-08-21T13:39', 'Australia/Melbourne', '2021-08-21T03:39:00.000Z'],
    ['2021-12-21 13:39:01.5', 'Australia/Melbourne', '2021-12-21T02:39:01.500Z'],
    ['2022-05-09', 'UTC', '2022-05-09T00:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(new Date(parseTime(text, 'iso', zone)!).toISOString()).toBe(expected);
  });

  it('counts from 1970 where the mapping says so, and is nothing where it is nothing', () => {
    expect(parseTime('1652076000', 'epoch-s', 'UTC')).toBe(1652076000000);
    expect(parseTime('1652076000000', 'epoch-ms', 'UTC')).toBe(1652076000000);
    expect(parseTime('yesterday', 'iso', 'UTC')).toBeUndefined();
    expect(parseTime('', 'epoch-s', 'UTC')).toBeUndefined();
  });
});

describe('reading data', () => {
  it('takes a column for each device, converts units, leaves empty cells out, and sorts by time', () => {
    const data = dataOf(wide, wideCsv);
    expect(data.frames.get('fence-S')).toEqual([
      { at: Date.parse('2022-05-09T06:00:00Z'), values: { 'fence.ch4': 3, 'fence.windSpeed': 1 } },
      { at: Date.parse('2022-05-09T06:01:00Z'), values: { 'fence.ch4': 2, 'fence.windSpeed': 2 } },
    ]);
    expect(data.frames.get('fence-N')![1]!.values).toEqual({ 'fence.windSpeed': 2 });
    expect(data).toMatchObject({ rows: 2, missing: 1, unreadable: { count: 0 } });
  });

  it('takes a device from each row, with scale and words', () => {
    const data = dataOf(
      long,
      'when,serial,detail,lon,lat,fill,status\n2021-08-21T13:39,A 1,Corner,144.6,-37.9,7,READY\n',
    );
    expect(data.devices).toEqual([{ id: 'bin-A-1', name: { zh: 'Corner', en: 'Corner' }, lon: 144.6, lat: -37.9 }]);
    expect(data.frames.get('bin-A-1')![0]!.values).toEqual({ 'bin.fillPercent': 70, 'bin.emptied': false });
  });

  it('counts and names what it cannot read, and goes on', () => {
    const data = dataOf(
      long,
      'when,serial,detail,lon,lat,fill,status\nnever,1,A,1,2,7,READY\n2021-08-21T13:39,1,A,1,2,full,READY\n2021-08-21T13:40,2,B,,2,7,READY\n',
    );
    expect(data.unreadable.count).toBe(3);
    expect(data.unreadable.first).toEqual([
      'line 2: "never" is no time',
      'line 3: "full" in fill is no bin.fillPercent',
      'line 4: device bin-2 has no position',
    ]);
    expect(data.frames.get('bin-1')).toHaveLength(1);
  });

  it('names every column that is not there', () => {
    const read = readData(mappingOf(wide), 'time,wind\n2022-05-09T06:01:00Z,1\n');
    expect('faults' in read && read.faults).toEqual([
      'no column "ch4_S"; it has time, wind',
      'no column "ch4_N"; it has time, wind',
      'no column "wind_kmh"; it has time, wind',
    ]);
  });
});

describe('the registry of a replay', () => {
  const place = { id: 'replay-site', name: { zh: '回放', en: 'Replay' }, area: 'a', lon: 110, lat: 27 };

  it('moves devices to the place, keeps their distances, and shows whose data it is', () => {
    const put = registryOf({ mapping: mappingOf(wide), data: dataOf(wide, wideCsv) }, place);
    expect(registryPutSchema.safeParse(put).error).toBeUndefined();
    const [south, north] = put.devices as [(typeof put.devices)[0], (typeof put.devices)[0]];
    expect(distance(south, north)).toBeCloseTo(222.6, 0);
    expect(distance(south, place)).toBeCloseTo(111.3, 0);
    for (const record of [...put.devices, ...put.sites])
      expect(record).toMatchObject({ demo: true, attribution: 'somebody (MIT)' });
    expect(south).toMatchObject({ gas: 'natural', gasUnit: '[ppm]', site: 'replay-site' });
  });

  it('draws them in by the spread, or leaves them where they were', () => {
    const near = registryOf({ mapping: mappingOf(`${wide}spread: 0.5\n`), data: dataOf(wide, wideCsv) }, place);
    expect(distance(near.devices[0]!, place)).toBeCloseTo(55.7, 0);
    const csv = 'when,serial,detail,lon,lat,fill,status\n2021-08-21T13:39,1,A,144.6,-37.9,7,READY\n';
    expect(registryOf({ mapping: mappingOf(long), data: dataOf(long, csv) }, place).devices[0]).toMatchObject({
      lon: 144.6,
      lat: -37.9,
    });
  });
});

describe('the schedule of a replay', () => {
  const frames = [0, 60_000, 120_000].map((at) => ({ at, values: { x: at } }));
  const options = {
    from: 0,
    to: 120_000,
    stepMs: 60_000,
    startedAt: 1_000_000,
    backfillMs: 1e9,
    speed: 1,
    loop: false,
  };

  it('lays the end of the data on the start, then runs the data live', () => {
    expect([...scheduleOf(frames, options)].map(({ at, historical, pass }) => [at, historical, pass])).toEqual([
      [880_000, true, 0],
      [940_000, true, 0],
      [1_000_000, false, 0],
      [1_060_000, false, 1],
      [1_120_000, false, 1],
      [1_180_000, false, 1],
    ]);
  });

  it('sends no more of the past than asked, and goes round when it loops', () => {
    const dues = scheduleOf(frames, { ...options, backfillMs: 60_000, loop: true });
    const first = Array.from({ length: 8 }, () => dues.next().value!.at);
    expect(first).toEqual([940_000, 1_000_000, 1_060_000, 1_120_000, 1_180_000, 1_240_000, 1_300_000, 1_360_000]);
  });

  it('runs the data faster on demand', () => {
    const dues = [...scheduleOf(frames, { ...options, speed: 60 })].map(({ at }) => at - 1_000_000);
    expect(dues).toEqual([-2000, -1000, 0, 1000, 2000, 3000]);
  });
});
