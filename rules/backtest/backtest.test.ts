import { describe, expect, it } from 'vitest';
import { MOST_ALARMS } from '../../devices/contract/backtest.ts';
import { overlaySchema } from '../../devices/contract/overlay.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { columnsOf, type ScanRow } from '../../kit/telemetry/scanning.ts';
import type { ScanBatch, ScanQuery } from '../../kit/telemetry/telemetry-store.ts';
import { benchCatalogue, benchCity, benchDevice, catalogueOf, momentOf } from '../engine/engine-bench.ts';
import { type Backtest, type BacktestInput, backtest } from './backtest.ts';

const from = momentOf('10:00');
const high = { kind: 'threshold', op: '>', limit: { value: 100, unit: 'ug/m3' } };
const soot = (...rules: object[]) =>
  catalogueOf('env-station', ...rules.map((rule) => ({ measurement: 'env.pm10', priority: 'P3', ...rule })));

const tried = (input: Partial<BacktestInput>): Backtest =>
  backtest(
    {
      key: 'G05-01.high',
      deviceType: 'env-station',
      catalogue: soot({ id: 'high', ...high }),
      standing: null,
      overlays: [],
      records: {},
      city: benchCity,
      devices: ['a', 'b', 'c'].map((id) => benchDevice(id, 'env-station')),
      sites: [],
      from,
      to: momentOf('12:00'),
      only: null,
      verdicts: [],
      hiding: { aside: [], causes: [] },
      ...input,
    },
    deviceTypes,
  );
const batch = (rows: readonly ScanRow[]): ScanBatch => ({
  ...columnsOf(rows),
  numbering: 'n',
  names: [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ],
  next: null,
  spanMs: 1,
});

describe('what a back-test reads', () => {
  it.each([
    ['only the measurement of the rule', soot({ id: 'high', ...high }), 'high', ['env.pm10'], 0],
    ['the window before the period too', soot({ id: 'high', ...high, windowS: 600 }), 'high', ['env.pm10'], 600],
    [
      'what its condition names',
      soot({ id: 'high', ...high, when: { expr: 'r.env.windSpeed < 3.0', text: { zh: '静风', en: 'calm' } } }),
      'high',
      ['env.pm10', 'env.windSpeed'],
      0,
    ],
    [
      'what is usual is learned from the time before',
      soot({
        id: 'odd',
        kind: 'baseline',
        op: '>',
        measure: 'difference',
        by: 'trailing',
        learnS: 86_400,
        limit: { value: 9, unit: 'ug/m3' },
      }),
      'odd',
      ['env.pm10'],
      86_400,
    ],
  ])('%s', (_, catalogue, id, measurements, before) => {
    const [query] = tried({ catalogue, key: `G05-01.${id}` }).queries as [ScanQuery];
    expect([...query.measurements].sort()).toEqual(measurements);
    expect((from - query.from) / 1000).toBe(before);
  });

  it('is all measurements of a device for its silence', () => {
    const { queries } = tried({
      catalogue: benchCatalogue,
      key: 'G05-14.silent',
      deviceType: 'gas-alarm-commercial',
      devices: [],
    });
    expect(queries[0]!.measurements).toContain('alarm.fan');
  });

  it('is only the devices asked for, unless the rule is one across devices: then the others are heard and not told', () => {
    expect(tried({ only: ['b'] }).queries[0]!.devices).toEqual(['b']);
    const catalogue = soot(
      { id: 'strong', silent: true, ...high },
      { id: 'together', kind: 'neighbours', of: 'strong', k: 2, withinM: 100, withinS: 120 },
    );
    const rang = (only: string[]) => {
      const test = tried({ catalogue, key: 'G05-01.together', only });
      expect(test.queries[0]!.devices).toBeUndefined();
      test.take(
        0,
        batch([
          [1, 0, from + 1000, 300, 0],
          [2, 0, from + 2000, 300, 0],
        ]),
      );
      return test.report(0).after.list.map(({ device }) => device);
    };
    // The alarm stands at the one that was abnormal first.
    expect(rang(['a'])).toEqual(['a']);
    expect(rang(['b'])).toEqual([]);
  });
});

describe('a device in a town with figures of its own', () => {
  const town = overlaySchema.parse({
    ...{ id: 'town', title: { zh: '某镇', en: 'a town' }, kind: 'town', areas: ['000002'], provenance: 'illustrative' },
    changes: [{ item: 'G05-01', rules: { high: { limit: { value: 40, unit: 'ug/m3' } } } }],
  });
  const devices = [
    benchDevice('a', 'env-station', { area: '000001' }),
    benchDevice('b', 'env-station', { area: '000002' }),
  ];

  it('is judged by them, in both forms of a change of the city’s rule; the report says so', () => {
    const changed = { catalogue: soot({ id: 'high', ...high, limit: { value: 60, unit: 'ug/m3' } }) };
    const test = tried({ devices, overlays: [town], standing: soot({ id: 'high', ...high }), ...changed });
    test.take(
      0,
      batch([
        [1, 0, from + 1000, 50, 0],
        [2, 0, from + 1000, 50, 0],
        [1, 0, from + 2000, 70, 0],
      ]),
    );
    const report = test.report(0);
    expect(report.before!.list.map(({ device }) => device)).toEqual(['b']);
    expect(report.after.list.map(({ device }) => device)).toEqual(['b', 'a']);
    expect(report.overlays).toEqual([{ id: 'town', title: town.title, devices: 1 }]);
    expect(report.notes).toEqual([
      { zh: '1 台设备按“某镇”的规定判定', en: 'devices judged by the figures of "a town": 1' },
    ]);
  });
});

describe('a rule that rings all the time', { timeout: 60_000 }, () => {
  it('is given up after so many alarms, and the report says when that was', () => {
    const test = tried({ to: from + 10 * MOST_ALARMS * 1000 });
    const size = 50_000;
    let fed = 0;
    for (; !test.isFull; fed++) {
      const rows = Array.from({ length: size }, (_, i): ScanRow => {
        const second = fed * size + i;
        return [1, 0, from + second * 1000, second % 2 === 0 ? 300 : 1, 0];
      });
      test.take(0, batch(rows));
    }
    const report = test.report(0);
    expect(report.after.alarms).toBe(MOST_ALARMS);
    // Abnormal every other second: the last that is told.
    expect(report.cutAt).toBe(from + 2 * (MOST_ALARMS - 1) * 1000);
    expect(report.after.list).toHaveLength(500);
    expect(report.after.perTenMinutes).toBeCloseTo(300, 0);
  });
});
