import { describe, expect, it } from 'vitest';
import type { Device } from '../../devices/contract/registry.ts';
import { distance } from '../../kit/metres.ts';
import { worldOf } from '../city/behaviour/world.ts';
import { demoPlan } from '../city/plan.ts';
import { testCity } from '../city/test-city.ts';
import { step } from '../simulation.ts';
import { faultDesk } from './fault-desk.ts';
import { faultKinds, leakLevel, openingScript } from './kinds.ts';
import { sewerLevel } from './underground.ts';

const plan = demoPlan(testCity);
const at = Date.parse('2026-06-01T03:00:00Z');
const healthy = (device: Device) => step(device, {}, worldOf(plan.setting)(at))!.values;
const find = (id: string) => plan.put.devices.find((device) => device.id === id)!;

/** Starts one fault and reads its target at the given seconds. */
function course(kind: string, measurement: string, seconds: readonly number[]) {
  const desk = faultDesk(plan);
  const begun = desk.start(kind, undefined, 0);
  if ('refused' in begun) throw new Error(begun.refused);
  const device = find(begun.started.target);
  return seconds.map((s) => {
    const bent = desk.bend(device, healthy(device), s * 1000);
    return 'values' in bent ? bent.values[measurement] : bent.payload;
  });
}

describe('a fault on purpose', () => {
  it('is offered in both languages with what a duty officer will see', () => {
    expect(faultKinds.map(({ kind }) => kind)).toEqual([
      'leak',
      'spreading-leak',
      'silent-gateway',
      'stuck-sensor',
      'tilted-pole',
      'burning-bin',
      'bad-payload',
      'pressure',
      'pit-leak',
      'sewer-gas',
    ]);
    for (const { title, expect: seen } of faultKinds) {
      for (const text of [title.zh, title.en, seen.zh, seen.en]) expect(text.length).toBeGreaterThan(3);
    }
  });

  it('leaks through 10 and 40 to 55 %LEL within about a minute, shuts the valve, and airs out', () => {
    const [before, at13, at51, at75, at360] = course('leak', 'alarm.ch4', [0, 13, 51, 75, 359]) as number[];
    expect(before).toBeLessThan(2);
    expect(at13).toBeGreaterThanOrEqual(10);
    expect(at51).toBeGreaterThanOrEqual(40);
    expect(at75).toBe(55);
    expect(at360).toBeLessThan(2);
    expect(course('leak', 'alarm.valveState', [40, 60])).toEqual(['open', 'closed']);
    expect(course('leak', 'alarm.fan', [20])).toEqual([true]);
  });

  it('rises no steeper than the detector is believed', () => {
    for (let t = 0; t < 400; t += 2) expect(leakLevel(t + 2) - leakLevel(t)).toBeLessThan((50 * 2) / 60);
  });

  it('lets neighbours of a leak rise a little, those far away not at all', () => {
    const desk = faultDesk(plan);
    const begun = desk.start('leak', 'alarm-0005', 0);
    if ('refused' in begun) throw new Error(begun.refused);
    const alarms = plan.put.devices.filter(({ type }) => type === 'gas-alarm-commercial');
    let risen = 0;
    for (const alarm of alarms.filter(({ id }) => id !== 'alarm-0005')) {
      const bent = desk.bend(alarm, { 'alarm.ch4': 0.3 }, 100_000);
      const level = 'values' in bent ? (bent.values['alarm.ch4'] as number) : Number.NaN;
      expect(level).toBeLessThan(10);
      if (level > 0.3) risen += 1;
      if (distance(alarm, find('alarm-0005')) > 250) expect(level).toBe(0.3);
    }
    expect(risen).toBeGreaterThan(0);
  });

  it('spreads under ground from pit to pit and into a kitchen, later the farther away', () => {
    const desk = faultDesk(plan);
    const begun = desk.start('spreading-leak', undefined, 0);
    if ('refused' in begun) throw new Error(begun.refused);
    const source = find(begun.started.target);
    const level = (device: Device, name: string, s: number) => {
      const bent = desk.bend(device, healthy(device), s * 1000);
      return 'values' in bent ? (bent.values[name] as number) : Number.NaN;
    };
    expect(level(source, 'ug.ch4Vol', 80)).toBeGreaterThan(5);
    expect(level(source, 'ug.ch4Vol', 1190)).toBeLessThan(0.5);
    const near = plan.put.devices.filter(
      (device) => device.id !== source.id && desk.everyMs(device.id) !== undefined && distance(device, source) <= 95,
    );
    for (const device of near) {
      const name = device.type === 'underground-gas' ? 'ug.ch4Vol' : 'alarm.ch4';
      const before = healthy(device)[name] as number;
      expect(level(device, name, distance(device, source) - 2)).toBe(before);
      expect(level(device, name, 300)).toBeGreaterThan(device.type === 'underground-gas' ? 2.5 : 20);
    }
    expect(near.length).toBeGreaterThan(0);
  });

  it('opens the demonstration so that a P1 gas alarm is there within 90 s', () => {
    const leak = openingScript.find(({ kind }) => kind === 'leak')!;
    const crossing = Array.from({ length: 200 }, (_, t) => t).find((t) => leakLevel(t) >= 40)!;
    const report = faultKinds[0]!.everyMs! / 1000;
    expect(leak.afterS + crossing + report).toBeLessThan(85);
  });

  it('leans a pole past 10 degrees within seconds', () => {
    expect(course('tilted-pole', 'pole.tiltDelta', [4, 60]).every((lean) => (lean as number) > 10)).toBe(true);
  });

  it('burns a bin past 60 Cel and cools it again', () => {
    const [after60, after420] = course('burning-bin', 'bin.temperature', [60, 419]) as number[];
    expect(after60).toBeGreaterThan(60);
    expect(after420).toBeLessThan(50);
  });

  it('lifts a station outlet over 1.2 of its own set point', () => {
    const desk = faultDesk(plan);
    for (const id of ['rtu-0001', 'rtu-0003']) {
      desk.start('pressure', id, 0);
      const bent = desk.bend(find(id), healthy(find(id)), 20_000);
      const value = 'values' in bent ? (bent.values['rtu.outletPressure'] as number) : 0;
      expect(value / find(id).constants.Ps!.value).toBeGreaterThan(1.2);
    }
  });

  it('freezes everything of a stuck station but its clock', () => {
    const desk = faultDesk(plan);
    desk.start('stuck-sensor', 'rtu-0001', 0);
    const first = desk.bend(find('rtu-0001'), { 'rtu.outletPressure': 2.5, 'rtu.clock': 1 }, 0);
    const later = desk.bend(find('rtu-0001'), { 'rtu.outletPressure': 2.6, 'rtu.clock': 9 }, 9000);
    expect(first).toEqual({ values: { 'rtu.outletPressure': 2.5, 'rtu.clock': 1 } });
    expect(later).toEqual({ values: { 'rtu.outletPressure': 2.5, 'rtu.clock': 9 } });
  });

  it('sends broken bytes, a different kind each time, from a device with its own connection', () => {
    const sent = course('bad-payload', '', [0, 3, 6, 9, 12, 15]) as string[];
    expect(new Set(sent).size).toBe(6);
    expect(() => JSON.parse(sent[0]!)).toThrow();
    expect(() => JSON.parse(sent[1]!)).toThrow();
  });

  it('breaks a pipe beside a pit: over 1 and 2.5 %VOL within minutes, no steeper than the monitor is believed, with ethane', () => {
    const times = Array.from({ length: 61 }, (_, i) => i * 10);
    const levels = course('pit-leak', 'ug.ch4Vol', times) as number[];
    expect(levels[0]).toBeLessThan(0.4);
    expect(levels[9]).toBeGreaterThan(1);
    expect(levels[36]).toBeGreaterThan(2.5);
    for (const [i, level] of levels.entries()) if (i > 0) expect(level - levels[i - 1]!).toBeLessThan(5 / 6);
    expect((course('pit-leak', 'ug.ethane', [360]) as number[])[0]).toBeGreaterThan(300);
  });

  it('lets a sewer make gas as it has for days, until some minutes in it passes 1 %VOL, without ethane', () => {
    for (let hour = -72; hour <= 0; hour += 0.25) expect(sewerLevel(hour)).toBeLessThan(0.95);
    expect(sewerLevel(0)).toBeGreaterThan(0.75);
    expect(sewerLevel(0.03)).toBeLessThan(1);
    expect(sewerLevel(0.25)).toBeGreaterThan(1);
    expect((course('sewer-gas', 'ug.ethane', [3600]) as number[])[0]).toBeLessThan(10);
  });

  it('cuts a gateway until it is over or stopped', () => {
    const desk = faultDesk(plan);
    desk.start('silent-gateway', 'gw-south', 0);
    expect([...desk.cut()]).toEqual(['gw-south']);
    expect(desk.expire(599_000)).toBe(false);
    expect(desk.expire(600_000)).toBe(true);
    expect(desk.cut().size).toBe(0);
  });

  it('refuses a kind or target that does not exist, and a second fault on the same device, with a reason', () => {
    const desk = faultDesk(plan);
    expect(desk.start('earthquake', undefined, 0)).toEqual({ refused: expect.stringContaining('there is leak,') });
    expect(desk.start('leak', 'pole-0001', 0)).toEqual({
      refused: expect.stringContaining('strikes gas-alarm-commercial'),
    });
    expect(desk.start('leak', 'alarm-0001', 0)).toHaveProperty('started.target', 'alarm-0001');
    expect(desk.start('leak', 'alarm-0001', 0)).toEqual({ refused: expect.stringContaining('already') });
    expect(desk.stop('leak').map(({ target }) => target)).toEqual(['alarm-0001']);
    expect(desk.running()).toEqual([]);
  });
});
