import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BesideListed } from '../../devices/contract/beside.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { BAD, UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { columnsOf, type ScanRow } from '../../kit/telemetry/scanning.ts';
import type { ScanBatch, Value } from '../../kit/telemetry/telemetry-store.ts';
import { benchCatalogue, benchCity, benchDevice, catalogueOf, momentOf } from '../engine/engine-bench.ts';
import { compileCatalogue } from '../standards/compile.ts';
import { engineLane } from './engine-lane.ts';
import { onlyRule } from './one-rule.ts';
import { type StoredLane, storedLane, type Trial } from './stored-lane.ts';

/** One kind of rule of the bench catalogue, and values that are on both sides of its limit. */
interface Kind {
  readonly key: string;
  readonly type: string;
  readonly values: Readonly<Record<string, readonly Value[]>>;
  /** Gaps between readings, ms: below and above the rule's delays and windows. */
  readonly gaps: readonly number[];
  /** Of a balance across types: what devices of the other one say. */
  readonly beside?: { readonly type: string; readonly values: Readonly<Record<string, readonly Value[]>> };
  /** Where `c` stands, which lies in another area than the others. */
  readonly overlay?: Overlay;
  readonly records?: BesideListed;
  /** Where it is not of the bench catalogue. */
  readonly catalogue?: Catalogue;
}

const second = 1000;
const minute = 60_000;
const kinds: readonly Kind[] = [
  {
    key: 'G05-14.com-l1',
    type: 'gas-alarm-commercial',
    values: { 'alarm.ch4': [0, 7, 8, 10, 46] },
    gaps: [400, 4 * second, 9999, 10_000, 61 * second],
  },
  {
    key: 'G05-14.com-l2',
    type: 'gas-alarm-commercial',
    values: { 'alarm.ch4': [0, 36, 40, 99] },
    gaps: [second, 30 * second, 61 * second],
  },
  {
    key: 'G05-14.com-valve',
    type: 'gas-alarm-commercial',
    values: { 'alarm.valveState': ['open', 'fault'] },
    gaps: [second, 59_500, 60_500],
  },
  {
    key: 'G05-14.silent',
    type: 'gas-alarm-commercial',
    values: { 'alarm.ch4': [0, 46] },
    gaps: [second, 299_700, 300_000, 300_400, 900_000],
  },
  {
    key: 'G05-01.pout-hh',
    type: 'gas-rtu',
    values: { 'rtu.outletPressure': [2.0, 2.9, 2.96, 3.1] },
    gaps: [second, minute],
  },
  {
    key: 'G05-01.ssv',
    type: 'gas-rtu',
    values: { 'rtu.shutoffValveClosed': [true, false] },
    gaps: [second, 90 * second],
  },
  {
    key: 'G05-01.dead',
    type: 'gas-rtu',
    values: { 'rtu.flowTotal': [1, 1, 1, 2] },
    gaps: [minute, 20 * minute, 61 * minute],
  },
  {
    key: 'G05-11.vibration',
    type: 'pipe-guard',
    values: { 'guard.vibrationEvent': [0, 1, 2] },
    gaps: [3 * second, 2 * minute, 4 * minute, 11 * minute],
  },
  {
    key: 'C04-02.heating',
    type: 'waste-bin',
    values: { 'bin.temperature': [20, 30, 70] },
    gaps: [20 * second, minute, 4 * minute],
  },
  {
    key: 'C04-07.lamp-failure',
    type: 'smart-pole',
    values: { 'pole.lampFailure': [true, false], 'pole.dimLevel': [0, 60] },
    gaps: [2 * second, 5 * minute, 47 * minute],
  },
  {
    key: 'C04-08.dust',
    type: 'env-station',
    values: { 'env.pm10': [100, 150, 300] },
    gaps: [minute, 9 * minute, 30 * minute],
  },
];

/** A rule of a kind that remembers, over the soot of a station. */
const remembering = (id: string, rule: object, gaps: readonly number[], ...others: object[]): Kind => ({
  key: `G05-01.${id}`,
  type: 'env-station',
  values: { 'env.pm10': [10, 11, 12, 150, 300] },
  gaps,
  catalogue: catalogueOf('env-station', ...others, { id, measurement: 'env.pm10', priority: 'P3', ...rule }),
});
const high = { kind: 'threshold', op: '>', limit: { value: 100, unit: 'ug/m3' } };
const strong = { id: 'strong', measurement: 'env.pm10', priority: 'P4', silent: true, ...high };
const memories: readonly Kind[] = [
  remembering('samples', { ...high, samples: { k: 2, of: 4 } }, [second, minute]),
  remembering('peak', { ...high, windowS: 600, aggregate: 'max' }, [minute, 4 * minute]),
  remembering(
    'calm',
    {
      kind: 'expression',
      expr: 'r.env.pm10 > 100.0 && (!has(r.env.windSpeed) || r.env.windSpeed < 3.0)',
      text: { zh: '静风扬尘', en: 'soot in calm air' },
    },
    [second, minute],
  ),
  remembering('night', { ...high, during: { between: ['15:30', '17:00'] } }, [minute, 11 * minute]),
  remembering(
    'unusual',
    {
      kind: 'baseline',
      op: '>',
      measure: 'difference',
      by: 'trailing',
      learnS: 3600,
      minimum: 3,
      limit: { value: 50, unit: 'ug/m3' },
    },
    [30 * second, minute, 3 * minute],
  ),
  remembering(
    'together',
    { kind: 'neighbours', of: 'strong', k: 2, withinM: 100, withinS: 120, offDelayS: 30 },
    [second, 50 * second, 3 * minute],
    strong,
  ),
];

/** What comes in less what goes out, in ten minutes. */
const balance = { kind: 'balance', windowS: 600, op: '>', minimumShare: 0.5, priority: 'P3' };
const balances: readonly Kind[] = [
  {
    key: 'G05-01.lost',
    type: 'gas-rtu',
    values: { 'rtu.flowTotal': [100, 110, 111, 130], 'rtu.flowRate': [0, 50, 90] },
    gaps: [second, minute, 3 * minute],
    catalogue: catalogueOf('gas-rtu', {
      ...balance,
      id: 'lost',
      measurement: 'rtu.flowTotal',
      inflow: { deviceType: 'gas-rtu', measurement: 'rtu.flowRate', as: 'integral', where: { role: 'a' } },
      outflow: { deviceType: 'gas-rtu', measurement: 'rtu.flowTotal', as: 'increase', where: { role: 'b' } },
      over: 'circuit',
      limit: { value: 10, unit: '%' },
    }),
  },
  {
    key: 'G05-01.untraced',
    type: 'sorting-station',
    values: { 'sorting.binKg': [0, 10, 50] },
    beside: { type: 'waste-truck', values: { 'truck.weight': [0, 0.01, 0.05], 'truck.loaded': [true, false] } },
    gaps: [second, minute, 3 * minute],
    catalogue: catalogueOf('sorting-station', {
      ...balance,
      id: 'untraced',
      measurement: 'sorting.binKg',
      inflow: { deviceType: 'sorting-station', measurement: 'sorting.binKg', as: 'sum' },
      outflow: { deviceType: 'waste-truck', measurement: 'truck.weight', as: 'sum' },
      over: 'area',
      limit: { value: 0.02, unit: 't' },
      deadband: { value: 5, unit: 'kg' },
      offDelayS: 90,
    }),
  },
];

const inTown = (rules: object): Overlay =>
  overlaySchema.parse({
    id: 'town',
    title: { zh: '某镇', en: 'a town' },
    kind: 'town',
    areas: ['000002'],
    provenance: 'illustrative',
    changes: [{ item: 'G05-01', rules }],
  });
const places: readonly Kind[] = [
  {
    ...remembering('high', high, [second, minute]),
    overlay: inTown({ high: { limit: { value: 11, unit: 'ug/m3' }, onDelayS: 90 } }),
  },
  { ...remembering('high', high, [second, minute]), overlay: inTown({ high: { off: true } }) },
  {
    ...remembering(
      'works',
      { ...high, when: { expr: 'records.workOrders == 0.0', text: { zh: '无施工', en: 'no works' } } },
      [minute, 7 * minute],
    ),
    records: {
      workOrders: [
        {
          ...{ id: 'w1', name: '开挖', reference: '1', devices: ['a'], wholeArea: false, demo: false },
          from: new Date(momentOf('13:40')).toISOString(),
          to: new Date(momentOf('15:20')).toISOString(),
        },
      ],
    },
  },
];

const from = momentOf('15:00');
const names = ['a', 'b', 'c', 'stranger', 'd', 'e'].map((id, i) => [i + 1, id] as const);
const isBeside = (device: number): boolean => device > 4;

function trialOf({ key, type, values, beside, overlay, records = {}, catalogue = benchCatalogue }: Kind): Trial {
  const compiled = compileCatalogue(catalogue, deviceTypes, benchCity.platformDepartment, {
    overlays: overlay ? [overlay] : [],
  });
  const constants = { Ps: { value: 2.5, unit: 'kPa' }, span: { value: 5, unit: 'kPa' } };
  const device = (id: string, of: string): Device =>
    benchDevice(id, of, {
      constants,
      area: overlay && id === 'c' ? '000002' : '000001',
      circuit: 'p1',
      facts: { role: id },
    });
  const devices = [
    ...['a', 'b', 'c'].map((id) => device(id, type)),
    ...(beside ? ['d', 'e'].map((id) => device(id, beside.type)) : []),
  ];
  const fields = [
    ...Object.keys(values).map((name) => ({ type, name })),
    ...Object.keys(beside?.values ?? {}).map((name) => ({ type: beside!.type, name })),
  ];
  const only = onlyRule(compiled, type, key);
  const parts = { compiled: only, key, city: benchCity, types: deviceTypes, devices, only: null, sites: [], records };
  return { ...parts, warmUpFrom: from - 7_200_000, from, fields };
}

/** What one device says after so long: any of its values, of any quality; not every measurement each time. */
const readings = ({ values, gaps, beside }: Kind) =>
  fc.array(
    fc.record({
      gap: fc.constantFrom(0, ...gaps),
      device: fc.constantFrom(1, 2, 3, 4, ...(beside ? [5, 6] : [])),
      values: fc.tuple(
        ...Object.values({ ...values, ...beside?.values }).map((some) =>
          fc.option(fc.constantFrom(...some), { freq: 4 }),
        ),
      ),
      quality: fc.constantFrom(0, 0, 0, UNCERTAIN_OUT_OF_RANGE, BAD),
    }),
    { maxLength: 60, size: 'max' },
  );

type Told = { gap: number; device: number; values: (Value | null)[]; quality: number };

/** The readings as a store gives them: in the order of time, one value a device, measurement and moment, in batches. */
function batchesOf(told: readonly Told[], { values: own }: Kind, batch: number): { batches: ScanBatch[]; to: number } {
  let at = from - 7_200_000 + 137;
  const rows = new Map<string, ScanRow>();
  for (const { gap, device, values, quality } of told) {
    at += gap;
    for (const [place, value] of values.entries()) {
      const says = isBeside(device) === place >= Object.keys(own).length;
      if (says && value !== null) rows.set(`${device} ${place} ${at}`, [device, place, at, value, quality]);
    }
  }
  const all = [...rows.values()].sort((a, b) => a[2] - b[2]);
  const batches: ScanBatch[] = [];
  for (let i = 0; i < all.length; ) {
    let end = Math.min(all.length, i + batch);
    while (end < all.length && all[end]![2] === all[end - 1]![2]) end++;
    batches.push({
      ...columnsOf(all.slice(i, end)),
      numbering: 'n',
      names,
      next: null,
      spanMs: 1,
    });
    i = end;
  }
  return { batches, to: at + 1_000_000 };
}

function judged(lane: StoredLane, batches: readonly ScanBatch[], to: number) {
  for (const batch of batches) lane.take(batch);
  lane.finish(to);
  return { alarms: lane.recorded.alarms, stood: lane.recorded.stoodBefore(), heard: lane.heard() };
}

describe('stored readings, judged as columns', () => {
  it.each([...kinds, ...memories, ...balances, ...places])('give the alarms that the engine gives: $key', (kind) => {
    let rang = 0;
    fc.assert(
      fc.property(readings(kind), fc.integer({ min: 1, max: 40 }), (told, size) => {
        const { batches, to } = batchesOf(told, kind, size);
        const fast = judged(storedLane(trialOf(kind)), batches, to);
        expect(fast).toEqual(judged(engineLane(trialOf(kind)), batches, to));
        rang += fast.alarms.length + fast.stood;
      }),
      { numRuns: 25, seed: 7 },
    );
    // A rule that never rings would prove nothing.
    expect(rang).toBeGreaterThan(0);
  });
});
