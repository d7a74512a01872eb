import { describe, expect, it } from 'vitest';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { benchCatalogue, benchCity, benchDevice } from '../engine/engine-bench.ts';
import { type CompiledRule, compileCatalogue } from './compile.ts';
import { compileNumber, constantsIn } from './constants.ts';
import { deadlinesOf } from './deadlines.ts';
import { explain } from './explain.ts';
import { sunAt } from './sun.ts';
import { numberText, quantityText, spanText } from './words.ts';

const compiled = compileCatalogue(benchCatalogue, deviceTypes, 'gas');
const rule = (type: string, key: string): CompiledRule => compiled.ruleByKey.get(`${type} ${key}`)!;
const zone = zoneOf('Asia/Shanghai');

describe('a compiled catalogue', () => {
  it('holds every rule of every city, each judged by a measurement that its devices have', async () => {
    const cities = new URL('../../cities', import.meta.url).pathname;
    for (const id of listCities(cities)) {
      const { city, catalogue } = await loadCity(cities, id);
      const { plans, ruleCount } = compileCatalogue(catalogue, deviceTypes, city.platformDepartment);
      const rules = [...plans.values()].flatMap((plan) => plan.rules);
      expect(rules.filter((r) => r.item !== null)).toHaveLength(ruleCount);
      for (const r of rules) {
        if (r.kind === 'absence' && r.measurementName === '*') continue;
        expect(r.measurement, `${id} ${r.key}`).toBeGreaterThanOrEqual(0);
        if (r.kind !== 'absence' && !r.perDevice) expect(r.limit, `${id} ${r.key}`).not.toBeNaN();
      }
    }
  });

  it('gives each device type a rule for silence, the catalogue’s own or the platform’s', () => {
    for (const plan of compiled.plans.values()) {
      expect(
        plan.rules.filter((r) => r.kind === 'absence' && r.measurement === -1).length,
        plan.type.id,
      ).toBeGreaterThan(0);
    }
  });

  it('moves the return limit to the safe side', () => {
    expect(rule('gas-alarm-commercial', 'G05-14.com-l2')).toMatchObject({ limit: 40, back: 35 });
  });
});

describe('a limit in another unit', () => {
  it('becomes the measurement’s own', () => {
    expect(compileNumber({ value: 0.5, unit: 'MPa' }, 'kPa')).toEqual({ fixed: 500 });
  });

  it('waits for the device’s gas where it needs it', () => {
    const limit = compileNumber({ value: 1, unit: '%{VOL}' }, '%{LEL}');
    if (!('of' in limit)) throw new Error('was fixed');
    expect(limit.of(benchDevice('d', 'gas-rtu'))).toEqual({ value: expect.closeTo(20) });
    expect(limit.of(benchDevice('d', 'gas-rtu', { gas: 'lpg' }))).toEqual({ value: expect.closeTo(47.6, 1) });
    expect(limit.of(benchDevice('d', 'gas-rtu', { gas: undefined }))).toEqual({
      missing: expect.stringContaining('gas'),
    });
  });

  it('converts a width without the offset of a point', () => {
    expect(compileNumber({ value: 9, unit: '[degF]' }, 'Cel', 'width')).toEqual({ fixed: expect.closeTo(5) });
  });

  it('names the constant that is missing', () => {
    const limit = compileNumber({ expr: '1.2 * Ps', unit: 'kPa' }, 'kPa');
    if (!('of' in limit)) throw new Error('was fixed');
    expect(limit.of(benchDevice('d', 'gas-rtu'))).toEqual({ missing: 'constant Ps' });
  });

  it('reads constants in the rule’s unit, and others in the one they are usually given in', () => {
    const device = benchDevice('d', 'gas-rtu', {
      constants: { Ps: { value: 0.0025, unit: 'MPa' }, Qmax: { value: 1000, unit: 'L/min' } },
    });
    expect(constantsIn(device, 'kPa')).toEqual({ Ps: expect.closeTo(2.5), Qmax: expect.closeTo(60) });
  });
});

describe('deadlines', () => {
  const monday = Date.parse('2026-11-23T17:30:00+08:00');
  it('of urgent items run day and night', () => {
    const deadlines = deadlinesOf(rule('gas-alarm-commercial', 'G05-14.com-l2'), 'P1', monday, benchCity, zone);
    expect(deadlines).toMatchObject({
      clock: 'continuous',
      ack: monday + 300_000,
      close: monday + 8 * 3_600_000,
      makeSafe: null,
    });
  });

  it('of others run on working hours; silence of a safety device never does', () => {
    const slow = { ...rule('waste-bin', 'C04-02.moved') };
    const item = { ...slow.item!, timeLimit: { ...slow.item!.timeLimit, clock: 'working' as const } };
    const working = deadlinesOf({ ...slow, item }, 'P4', monday, benchCity, zone);
    expect(working).toMatchObject({ clock: 'working', close: Date.parse('2026-11-24T17:30:00+08:00') });
    expect(deadlinesOf({ ...slow, item }, 'P2', monday, benchCity, zone, true).clock).toBe('continuous');
  });
});

describe('an explanation', () => {
  it('carries the numbers, the sign and the level in both languages', () => {
    const { measurements } = deviceTypes['gas-alarm-commercial']!;
    const found = { value: 46, limit: 40, quality: 0, doubts: [] };
    const text = explain(rule('gas-alarm-commercial', 'G05-14.com-l2'), measurements['alarm.ch4']!, found);
    expect(text).toEqual({
      zh: '燃气浓度 46 %LEL ≥ 限值 40 %LEL（二级报警）',
      en: 'Gas concentration 46 %LEL ≥ limit 40 %LEL (Level 2)',
    });
  });

  it('writes numbers as people do', () => {
    expect([0.012345, 46, 2.71234, 123456.7].map(numberText)).toEqual(['0.01235', '46', '2.712', '123457']);
    expect(quantityText(8, 'Cel/min')).toBe('8 °C/min');
    expect(quantityText(5, '1')).toBe('5');
    expect(spanText(90 * 60_000).en).toBe('90 min');
    expect(spanText(6 * 3_600_000).zh).toBe('6 小时');
  });
});

describe('the sun', () => {
  it('is down in the evening and up at noon', () => {
    const place = { lon: 112.6, lat: 26.9 };
    expect(sunAt(Date.parse('2026-11-23T12:00:00+08:00'), place)).toMatchObject({ dark: false });
    expect(sunAt(Date.parse('2026-11-23T20:00:00+08:00'), place)).toMatchObject({ dark: true });
  });
});
