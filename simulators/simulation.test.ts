import { describe, expect, it } from 'vitest';
import type { Value } from '../devices/contract/entry.ts';
import { deviceType } from '../devices/types/registry.ts';
import { constant } from './city/behaviour/behaviour.ts';
import { worldOf } from './city/behaviour/world.ts';
import { demoPlan } from './city/plan.ts';
import { testCity } from './city/test-city.ts';
import { faultDesk } from './faults/fault-desk.ts';
import { type Report, simulation, step } from './simulation.ts';

const plan = demoPlan(testCity);
const start = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;

function hourOf(seed: number): Report[] {
  const made = demoPlan(testCity, { seed });
  const city = simulation(made, faultDesk(made), start);
  const reports: Report[] = [];
  for (let at = start; at <= start + HOUR; at += 1000) reports.push(...city.due(at, at));
  return reports;
}

describe('a simulated day', () => {
  it('is the same hour, value by value, for the same seed', () => {
    const first = hourOf(7);
    expect(first.length).toBeGreaterThan(10_000);
    expect(hourOf(7)).toEqual(first);
    expect(hourOf(8)).not.toEqual(first);
  });

  it('does not depend on how often it is looked at', () => {
    const city = simulation(plan, faultDesk(plan), start);
    const seldom: Report[] = [];
    for (let at = start; at <= start + HOUR; at += 7000) seldom.push(...city.due(at, at));
    const until = start + HOUR - 7000;
    const key = (report: Report) => `${report.at} ${report.device}`;
    const sorted = (reports: Report[]) =>
      reports.filter(({ at }) => at <= until).sort((a, b) => key(a).localeCompare(key(b)));
    expect(sorted(seldom)).toEqual(sorted(hourOf(7)));
  });

  it('reports only what each type measures, in kind and within what the instrument can report', () => {
    for (const report of hourOf(7)) {
      if (!('values' in report)) throw new Error('a healthy device sent no report');
      const device = plan.put.devices.find(({ id }) => id === report.device)!;
      for (const [name, value] of Object.entries(report.values)) {
        const measurement = deviceType(device.type)!.measurements[name];
        expect(measurement, `${device.type} ${name}`).toBeDefined();
        expect(kindOf(value), `${device.id} ${name} = ${value}`).toBe(measurement!.kind);
        if (measurement!.range && typeof value === 'number' && !device.gasUnit) {
          expect(value).toBeGreaterThanOrEqual(measurement!.range[0]);
          expect(value).toBeLessThanOrEqual(measurement!.range[1]);
        }
        if (measurement!.states) expect(Object.keys(measurement!.states)).toContain(value);
      }
    }
  });

  it('counts gas in the unit the device declares', () => {
    const home = hourOf(7).find(({ device }) => device === 'home-0001');
    // 0.3 %LEL of natural gas is 0.015 %VOL.
    expect(home && 'values' in home && home.values['alarm.ch4']).toBeLessThan(0.2);
    const pit = hourOf(7).find(({ device }) => device === 'pit-0001');
    expect(pit && 'values' in pit && pit.values['ug.ch4Vol']).toBeGreaterThan(5);
  });

  it('skips, and counts, what was missed while the machine slept', () => {
    const city = simulation(plan, faultDesk(plan), start);
    city.due(start + 60_000, start + 60_000);
    const after = city.due(start + 5 * HOUR, start + 5 * HOUR);
    expect(city.skipped()).toBeGreaterThan(1000);
    expect(after.length).toBeLessThan(plan.put.devices.length * 22);
  });
});

/** The catalogue's limits that a healthy city must stay clear of, at every hour of a week in each season. */
const calm: readonly [type: string, measurement: string, low: number, high: number][] = [
  ['gas-alarm-commercial', 'alarm.ch4', 0, 9],
  ['gas-alarm-household', 'alarm.ch4', 0, 9],
  ['gas-alarm-household', 'alarm.co', 0, 50],
  ['gas-alarm-household', 'air.co', 0, 15],
  ['gas-rtu', 'rtu.ch4', 0, 15],
  ['gas-rtu', 'rtu.filterDp', 0, 28],
  ['gas-rtu', 'rtu.odorant', 12, 40],
  ['gas-rtu', 'rtu.gasTemperature', 1, 45],
  ['gas-rtu', 'rtu.upsVoltage', 23, 30],
  ['underground-gas', 'ug.ch4Vol', 0, 0.8],
  ['pipe-guard', 'guard.distanceToPipe', 20, 500],
  ['smart-pole', 'pole.voltage', 200, 234],
  ['smart-pole', 'pole.residualCurrent', 0, 25],
  ['smart-pole', 'pole.tiltDelta', 0, 2.5],
  ['waste-bin', 'bin.temperature', -20, 55],
  ['water-level-sensor', 'road.waterDepth', 0, 14],
  ['manhole-sensor', 'manhole.freeboard', 0.55, 10],
  ['manhole-sensor', 'manhole.coverTilt', 0, 10],
  ['env-station', 'env.pm10', 0, 145],
  ['env-station', 'env.rain1h', 0, 25],
  ['tilt-sensor', 'board.tiltDelta', 0, 1.8],
  ['tilt-sensor', 'env.windSpeed', 0, 17],
  ['tree-tilt-sensor', 'tree.tiltDelta', 0, 4],
  ['soil-moisture-sensor', 'soil.vwc', 13, 44],
  ['toilet-sensor', 'air.nh3', 0, 0.28],
  ['toilet-sensor', 'air.h2s', 0, 0.009],
  ['market-station', 'air.nh3', 0, 1.4],
  ['market-station', 'bin.fillPercent', 0, 79],
  ['sorting-station', 'sorting.misSortRatio', 0, 9.5],
  ['bike-zone', 'bike.zoneRatio', 0, 115],
  ['solar-light', 'light.batterySoc', 25, 100],
  ['smoke-heat-sensor', 'fire.temperature', -20, 60],
  ['gully-sensor', 'gully.siltLevel', 0, 29],
];

describe('a healthy city', () => {
  const world = worldOf(plan.setting);
  const seasons = ['2026-01-12', '2026-04-13', '2026-07-20', '2026-10-12'];
  const moments = seasons.flatMap((day) => Array.from({ length: 7 * 48 }, (_, i) => Date.parse(day) + i * (HOUR / 2)));
  const values = (type: string, name: string): { at: number; value: Value | undefined }[] =>
    plan.put.devices
      .filter((device) => device.type === type)
      .slice(0, 6)
      .flatMap((device) => moments.map((at) => ({ at, value: step(device, {}, world(at))?.values[name] })));

  it.each(calm)('keeps %s %s between %d and %d', (type, name, low, high) => {
    for (const { at, value } of values(type, name)) {
      expect(value, new Date(at).toISOString()).toBeGreaterThanOrEqual(low);
      expect(value, new Date(at).toISOString()).toBeLessThanOrEqual(high);
    }
  });

  it('keeps every station near its set point, below Qmax and within its inlet class', () => {
    for (const rtu of plan.put.devices.filter(({ type }) => type === 'gas-rtu')) {
      const ps = constant(rtu, 'Ps', 'kPa', 0);
      for (const at of moments) {
        const { values: now } = step(rtu, {}, world(at))!;
        expect(Math.abs((now['rtu.outletPressure'] as number) / ps - 1)).toBeLessThan(0.06);
        expect(now['rtu.flowRate']).toBeLessThan(1200);
        expect(now['rtu.inletPressure']).toBeGreaterThan(0.6 * 0.4 * 1.1);
        expect(now['rtu.inletPressure']).toBeLessThan(0.4);
      }
    }
  });

  it('draws no more gas in the small hours than the station is used to', () => {
    const rtu = plan.put.devices.find(({ type }) => type === 'gas-rtu')!;
    for (const at of moments.filter((at) => world(at).hour >= 2 && world(at).hour < 5)) {
      expect(step(rtu, {}, world(at))!.values['rtu.flowRate']).toBeLessThan(1.4 * 70);
    }
  });

  it('hands to trucks what came into the bins of a sorting station, to within 15 kg a day', () => {
    for (const station of plan.put.devices.filter(({ type }) => type === 'sorting-station')) {
      for (const at of moments) {
        const { values: now } = step(station, {}, world(at))!;
        const gap = (now['sorting.binKg'] as number) - (now['sorting.truckKg'] as number);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThan(15);
      }
    }
  });

  it('never turns a totaliser back', () => {
    const rtu = plan.put.devices.find(({ type }) => type === 'gas-rtu')!;
    let before = 0;
    for (let at = start; at < start + 50 * HOUR; at += 60_000) {
      const total = step(rtu, {}, world(at))!.values['rtu.flowTotal'] as number;
      expect(total).toBeGreaterThan(before);
      before = total;
    }
  });

  it('burns its lamps by night only, dimmed in the small hours', () => {
    const pole = plan.put.devices.find(({ type }) => type === 'smart-pole')!;
    const at = (local: string) => step(pole, {}, world(Date.parse(`2026-06-01T${local}+08:00`)))!.values;
    expect(at('12:00')).toMatchObject({ 'pole.lampOn': false, 'pole.dimLevel': 0, 'pole.lampPower': 0 });
    expect(at('21:00')).toMatchObject({ 'pole.lampOn': true, 'pole.dimLevel': 100 });
    expect(at('02:00')).toMatchObject({ 'pole.lampOn': true, 'pole.dimLevel': 60 });
  });

  it('fills bins and empties them on their round, and few pass 80 %', () => {
    const bins = plan.put.devices.filter(({ type }) => type === 'waste-bin');
    let emptied = 0;
    let over = 0;
    let seen = 0;
    for (const bin of bins) {
      let memory = {};
      for (let at = start; at < start + 7 * 24 * HOUR; at += HOUR / 2) {
        const next = step(bin, memory, world(at))!;
        memory = next.memory;
        seen += 1;
        if (next.values['bin.emptied'] === true) {
          emptied += 1;
          expect(next.values['bin.fillPercent']).toBeLessThan(20);
        }
        if ((next.values['bin.fillPercent'] as number) >= 80) over += 1;
      }
    }
    expect(emptied).toBeGreaterThanOrEqual(bins.length * 7 - bins.length);
    expect(over / seen).toBeLessThan(0.02);
  });

  it('hears fewer than three knocks in ten minutes at any pipe guard', () => {
    for (const guard of plan.put.devices.filter(({ type }) => type === 'pipe-guard')) {
      const knocks: number[] = [];
      for (let at = start; at < start + 7 * 24 * HOUR; at += 60_000) {
        knocks.push(step(guard, {}, world(at))!.values['guard.vibrationEvent'] as number);
        expect(knocks.slice(-10).reduce((sum, n) => sum + n, 0)).toBeLessThan(3);
      }
    }
  });

  it('keeps nights below the noise limit of building sites', () => {
    const env = plan.put.devices.find(({ type }) => type === 'env-station')!;
    for (const at of moments) {
      const { hour } = world(at);
      const noise = step(env, {}, world(at))!.values['env.noiseLAeq'] as number;
      expect(noise).toBeLessThan(hour >= 6 && hour < 22 ? 69 : 54);
    }
  });
});

const kindOf = (value: Value): string => (typeof value === 'string' ? 'text' : typeof value);
