import { describe, expect, it } from 'vitest';
import { itemsOf } from '../../devices/city/items-of.ts';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import type { Value } from '../../devices/contract/entry.ts';
import { type Device, deviceSchema } from '../../devices/contract/registry.ts';
import { hours, minutes } from '../../devices/model/device-type.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { distanceFromHome, distanceM, hoursSinceEmptied, temperatureRate } from './bins.ts';
import type { Derivation, DeriveContext, Known } from './derivation.ts';
import { ageYears, clockSkew, nightMinFlow } from './gas.ts';
import { consecutiveDark, dayBurner, lampPowerRatio, litRate, mountOnline } from './lamps.ts';
import { hazardOpenDays, outOfZoneMinutes } from './matters.ts';
import { derivations, sentByTheDevice } from './table.ts';

const zone = zoneOf('Asia/Shanghai');
const at = (text: string) => Date.parse(`2026-11-23T${text}:00+08:00`);
const known = (values: Record<string, Value>, heardAt?: number, device: Partial<Device> = {}): Known => ({
  device: deviceSchema.parse({ id: 'd', type: 't', name: 'd', lon: 112.6, lat: 26.9, ...device }),
  number: (name) => (typeof values[name] === 'number' ? (values[name] as number) : undefined),
  flag: (name) => (typeof values[name] === 'boolean' ? (values[name] as boolean) : undefined),
  timeOf: (name) => (name in values ? heardAt : undefined),
  heardAt,
});

/** One derivation on a bench: what it makes of values at a time, with its memory between the calls. */
function bench(derivation: Derivation, device: Partial<Device> = {}, more: Partial<DeriveContext> = {}) {
  const memory: Record<string, unknown> = {};
  return (time: number, values: Record<string, Value>, received = time) =>
    derivation.compute({
      ...known(values, time, device),
      at: time,
      received,
      memory,
      local: zone.local(time),
      sun: { altitude: -20, dark: true },
      leadsCircuit: true,
      circuit: () => [],
      mounted: () => [],
      ...more,
    });
}

describe('the table of derived measurements', () => {
  it('makes only what device types declare as derived, from what they report', () => {
    for (const [type, list] of Object.entries(derivations)) {
      for (const { makes, from } of list) {
        expect(deviceTypes[type]!.measurements[makes], makes).toMatchObject({ derived: true });
        for (const name of from)
          expect(deviceTypes[type]!.measurements, `${makes} from ${name}`).toHaveProperty([name]);
      }
    }
  });

  it('leaves no derived measurement without somebody who makes or sends it', () => {
    const made = new Set([
      ...Object.values(derivations).flatMap((list) => list.map((d) => d.makes)),
      ...sentByTheDevice,
    ]);
    for (const type of Object.values(deviceTypes)) {
      for (const [name, measurement] of Object.entries(type.measurements)) {
        if (measurement.derived) expect([...made], `${type.id} ${name}`).toContain(name);
      }
    }
  });

  it('covers every derived measurement that a rule of any city judges', async () => {
    const cities = new URL('../../cities', import.meta.url).pathname;
    for (const id of listCities(cities)) {
      const { catalogue } = await loadCity(cities, id);
      for (const item of itemsOf(catalogue)) {
        for (const rule of item.rules) {
          if (!deviceTypes[item.deviceType]!.measurements[rule.measurement]?.derived) continue;
          const made = derivations[item.deviceType]?.some((d) => d.makes === rule.measurement) ?? false;
          expect(made || sentByTheDevice.includes(rule.measurement), `${item.code}.${rule.id}`).toBe(true);
        }
      }
    }
  });
});

describe('lamps', () => {
  const lit = known({ 'pole.lampOn': true, 'pole.dimLevel': 100 }, at('21:00'));
  const dark = known({ 'pole.lampOn': false, 'pole.dimLevel': 100 }, at('21:00'));
  const off = known({ 'pole.lampOn': false, 'pole.dimLevel': 0 }, at('21:00'));
  const silent = known({ 'pole.lampOn': false, 'pole.dimLevel': 100 }, at('19:00'));
  const along = (...poles: Known[]) => ({ circuit: () => poles });

  it('count as lit of those meant to burn and heard', () => {
    expect(bench(litRate, {}, along(lit, lit, lit, dark, off, silent))(at('21:01'), {})).toBe(75);
    expect(bench(litRate, {}, along(off, silent))(at('21:01'), {})).toBeNull();
  });

  it('are dark in a row', () => {
    expect(bench(consecutiveDark, {}, along(dark, lit, dark, dark, silent, dark, lit))(at('21:01'), {})).toBe(3);
  });

  it('are spoken for by one pole of the circuit only', () => {
    expect(bench(litRate, {}, { ...along(lit), leadsCircuit: false })(at('21:01'), {})).toBeNull();
  });

  it('draw what their rated power and dimming say', () => {
    const ratio = bench(lampPowerRatio, { constants: { ratedPower: { value: 100, unit: 'W' } } });
    expect(ratio(at('21:00'), { 'pole.lampPower': 20, 'pole.dimLevel': 50 })).toBe(40);
    expect(ratio(at('21:00'), { 'pole.lampPower': 0, 'pole.dimLevel': 0 })).toBeNull();
    expect(bench(lampPowerRatio)(at('21:00'), { 'pole.lampPower': 20, 'pole.dimLevel': 50 })).toBeNull();
  });

  it('burn by day only when the sun is well up', () => {
    const day = { sun: { altitude: 30, dark: false } };
    expect(bench(dayBurner, {}, day)(at('12:00'), { 'pole.lampOn': true })).toBe(true);
    expect(bench(dayBurner, {}, day)(at('12:00'), { 'pole.lampOn': false })).toBe(false);
    expect(bench(dayBurner)(at('21:00'), { 'pole.lampOn': true })).toBe(false);
    expect(bench(dayBurner, {}, day)(at('12:00'), {})).toBeNull();
  });

  it('carry devices that are online together or not', () => {
    expect(bench(mountOnline, {}, { mounted: () => [true, true] })(at('12:00'), {})).toBe(true);
    expect(bench(mountOnline, {}, { mounted: () => [true, false] })(at('12:00'), {})).toBe(false);
    expect(bench(mountOnline)(at('12:00'), {})).toBeNull();
  });
});

describe('bins', () => {
  it('heat up by the degree and minute, over three minutes or since the last report', () => {
    const rate = bench(temperatureRate);
    expect(rate(at('10:00'), { 'bin.temperature': 20 })).toBeNull();
    expect(rate(at('10:30'), { 'bin.temperature': 50 })).toBe(1);
    expect(rate(at('10:31'), { 'bin.temperature': 60 })).toBeCloseTo(40 / 31);
    expect(rate(at('10:34'), { 'bin.temperature': 90 })).toBe(10);
  });

  it('stand where they are registered, give or take', () => {
    expect(distanceM({ lon: 112.6, lat: 26.9 }, { lon: 112.6, lat: 26.901 })).toBeCloseTo(111.2, 0);
    expect(bench(distanceFromHome)(at('10:00'), { 'bin.lon': 112.6, 'bin.lat': 26.9 })).toBe(0);
    expect(bench(distanceFromHome)(at('10:00'), { 'bin.lon': 112.6 })).toBeNull();
  });

  it('count the hours since they were emptied, by their word or by a falling level', () => {
    const hoursSince = bench(hoursSinceEmptied);
    expect(hoursSince(at('00:00'), { 'bin.fillPercent': 80 })).toBe(0);
    expect(hoursSince(at('06:00'), { 'bin.fillPercent': 90 })).toBe(6);
    expect(hoursSince(at('07:00'), { 'bin.fillPercent': 5 })).toBe(0);
    expect(hoursSince(at('08:00'), { 'bin.fillPercent': 6 })).toBe(1);
    expect(hoursSince(at('09:00'), { 'bin.fillPercent': 6, 'bin.emptied': true })).toBe(0);
    expect(hoursSince(at('09:30'), {})).toBe(0.5);
  });
});

describe('gas', () => {
  it('detectors age by date, whether they fail or not', () => {
    expect(bench(ageYears, { installed: '2023-11-23' })(at('12:00'), {})).toBeCloseTo(3, 1);
    expect(bench(ageYears)(at('12:00'), {})).toBeNull();
  });

  it('terminals tell how far their clock is off, either way', () => {
    const seconds = at('12:00') / 1000;
    expect(bench(clockSkew)(at('12:00'), { 'rtu.clock': seconds - 45 })).toBe(45);
    expect(bench(clockSkew)(at('12:00'), { 'rtu.clock': seconds + 45 })).toBe(45);
  });

  it('the lowest flow of the night is told before five, of nights that were heard', () => {
    const flow = bench(nightMinFlow);
    expect(flow(at('01:59'), { 'rtu.flowRate': 1 })).toBeNull();
    expect(flow(at('02:10'), { 'rtu.flowRate': 30 })).toBeNull();
    expect(flow(at('03:30'), { 'rtu.flowRate': 22 })).toBeNull();
    expect(flow(at('04:44'), { 'rtu.flowRate': 40 })).toBeNull();
    expect(flow(at('04:46'), { 'rtu.flowRate': 41 })).toBe(22);
    expect(flow(at('05:00'), { 'rtu.flowRate': 5 })).toBeNull();
    expect(bench(nightMinFlow)(at('04:50'), { 'rtu.flowRate': 41 })).toBeNull();
  });
});

describe('matters that stand', () => {
  it('count from when they were first seen, and end when they are put right', () => {
    const days = bench(hazardOpenDays);
    expect(days(at('00:00'), { 'hazard.open': true })).toBe(0);
    expect(days(at('00:00') + hours(36), { 'hazard.open': true })).toBe(1.5);
    expect(days(at('00:00') + hours(40), { 'hazard.open': false })).toBe(0);
    const out = bench(outOfZoneMinutes);
    expect(out(at('10:00'), {})).toBeNull();
    out(at('10:00'), { 'bike.outOfZone': true });
    expect(out(at('10:00') + minutes(61), { 'bike.outOfZone': true })).toBe(61);
  });
});
