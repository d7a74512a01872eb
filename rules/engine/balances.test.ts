import { describe, expect, it } from 'vitest';
import { BAD } from '../../devices/model/quality.ts';
import { benchDevice, catalogueOf, engineBench } from './engine-bench.ts';

const lost = {
  id: 'lost',
  title: { zh: '供销差', en: 'Gas unaccounted for' },
  kind: 'balance',
  measurement: 'rtu.flowTotal',
  inflow: { deviceType: 'gas-rtu', measurement: 'rtu.flowRate', as: 'integral', where: { role: 'inlet' } },
  outflow: { deviceType: 'gas-rtu', measurement: 'rtu.flowTotal', as: 'increase', where: { role: 'outlet' } },
  over: 'circuit',
  windowS: 3600,
  op: '>',
  limit: { value: 10, unit: '%' },
  priority: 'P2',
};
const meter = (id: string, role: string) => benchDevice(id, 'gas-rtu', { circuit: 'p1', facts: { role } });
const meters = [meter('in1', 'inlet'), meter('in2', 'inlet'), meter('out', 'outlet')];
const site = { id: 's1', kind: 'station', name: '东站', lon: 112.6, lat: 26.9, demo: false } as const;
const sorted = {
  id: 'untraced',
  title: { zh: '去向不明', en: 'Waste gone astray' },
  kind: 'balance',
  measurement: 'sorting.binKg',
  inflow: { deviceType: 'sorting-station', measurement: 'sorting.binKg', as: 'sum' },
  outflow: { deviceType: 'sorting-station', measurement: 'sorting.truckKg', as: 'sum' },
  over: 'site',
  windowS: 3600,
  op: '>=',
  limit: { value: 0.02, unit: 't' },
  deadband: { value: 0.005, unit: 't' },
  minimumShare: 0.5,
  priority: 'P3',
};
const pad = (minute: number) =>
  `${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

describe('gas in against gas out along a pipe', () => {
  /** Two inlets of 50 m³/h each, one meter that counts what comes out; from 09:00 on. */
  function pipe(out: (minute: number) => number, minutes: number) {
    const b = engineBench({ devices: meters }, '09:00', { catalogue: catalogueOf('gas-rtu', lost) });
    let total = 1000;
    for (let m = 1; m <= minutes; m++) {
      total += out(m);
      for (const id of ['in1', 'in2']) b.reads(pad(m), id, { 'rtu.flowRate': 50 });
      b.reads(pad(m), 'out', { 'rtu.flowTotal': total });
    }
    return b;
  }

  it('is quiet while what goes in comes out', () => {
    expect(pipe(() => 100 / 60, 130).shows).toEqual([]);
  });

  it('says nothing before a whole window was watched', () => {
    expect(pipe(() => 0, 59).shows).toEqual([]);
  });

  it('rings once, at the first device, with both sides and how many were heard', () => {
    const b = pipe(() => 80 / 60, 70);
    expect(b.shows).toEqual(['G05-01.lost unack']);
    const alarm = b.alarm('G05-01.lost')!;
    expect(alarm).toMatchObject({ device: 'in1', limit: 10, unit: '%', op: '>' });
    expect(alarm.value).toBeCloseTo(20, 0);
    expect(alarm.explanation.zh).toMatch(
      /^管线（回路） p1 60 分钟：进 \d+(\.\d+)? m³（2\/2 台），出 \d+(\.\d+)? m³（1\/1 台），差 .* > 限值 10 %（供销差）$/,
    );
  });

  it('counts on through a meter that begins anew at zero', () => {
    const b = pipe((m) => (m === 80 ? -1100 : 100 / 60), 130);
    expect(b.shows).toEqual([]);
  });

  it('says nothing while a meter is not heard, and does not return then', () => {
    const b = pipe(() => 80 / 60, 70);
    for (let m = 71; m < 240; m++) {
      for (const id of ['in1', 'in2']) b.reads(pad(m), id, { 'rtu.flowRate': 50 });
    }
    expect(b.shows).toEqual(['G05-01.lost unack']);
  });

  it('returns once the window comes out even', () => {
    const b = pipe((m) => (m < 70 ? 80 / 60 : 100 / 60), 140);
    expect(b.shows).toEqual(['G05-01.lost rtn-unack']);
  });

  it.each([10, 61, 66, 69, 100, 131])('goes on after kill -9 at minute %i as if nothing had happened', (killAt) => {
    const day = (kill: number | null, units: number) => {
      const b = engineBench({ devices: meters }, '09:00', { catalogue: catalogueOf('gas-rtu', lost) });
      let total = 1000;
      for (let m = 1; m <= 140; m++) {
        total += (m < 70 ? 80 : 100) / 60;
        for (const id of ['in1', 'in2']) b.reads(pad(m), id, { 'rtu.flowRate': 50 });
        b.reads(pad(m), 'out', { 'rtu.flowTotal': total });
        if (m === (kill ?? 0) - 3) b.keeps(units);
        if (m === kill) b.restarts(b.keeps(0));
      }
      return b.alarms().map(({ id, active, raisedAt, returnedAt }) => [id, active, raisedAt, returnedAt]);
    };
    expect(day(null, 0)).toHaveLength(1);
    expect(day(killAt, 99)).toEqual(day(null, 0));
    expect(day(killAt, 1)).toEqual(day(null, 0));
  });
});

describe('waste traced against waste weighed at a site', () => {
  const stations = () => {
    const devices = ['a', 'b'].map((id) => benchDevice(id, 'sorting-station', { site: 's1' }));
    return engineBench({ devices, sites: [site] }, '09:00', { catalogue: catalogueOf('sorting-station', sorted) });
  };
  it('adds up what each reading says, in one unit', () => {
    const b = stations();
    for (let m = 0; m <= 60; m += 10) b.reads(pad(m + 1), 'a', { 'sorting.binKg': 10, 'sorting.truckKg': 4 });
    b.passes('10:03');
    expect(b.shows).toEqual(['G05-01.untraced unack']);
    expect(b.alarm('G05-01.untraced')!.explanation.zh).toBe(
      '场所 东站 60 分钟：进 50 kg（1/2 台），出 20 kg（1/2 台），差 30 kg ≥ 限值 20 kg（去向不明）',
    );
  });

  it('says nothing while fewer than half of the devices are heard, nor of bad readings', () => {
    const b = stations();
    for (let m = 0; m <= 60; m += 10) {
      const bad = { quality: { 'sorting.binKg': BAD, 'sorting.truckKg': BAD } };
      b.reads(pad(m + 1), 'a', { 'sorting.binKg': 10, 'sorting.truckKg': 4 }, bad);
    }
    b.passes('10:03');
    expect(b.shows).toEqual([]);
  });
});
