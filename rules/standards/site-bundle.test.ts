import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { benchCatalogue, benchCity, benchDevice, kitchen } from '../engine/engine-bench.ts';
import { compileCatalogue } from './compile.ts';
import { siteBundle } from './site-bundle.ts';

const catalogue = compileCatalogue(benchCatalogue, deviceTypes, benchCity.platformDepartment);
const bundle = (...devices: Parameters<typeof siteBundle>[2] extends Iterable<infer D> ? D[] : never) =>
  siteBundle(catalogue, '1', devices);

describe('what a gateway is given to judge alone', () => {
  it('is the urgent rules of its devices, with their limits worked out', () => {
    expect(bundle(kitchen('k1')).rules).toMatchObject([
      {
        device: 'k1',
        rule: 'G05-14.com-l2',
        priority: 'P1',
        measurement: 'alarm.ch4',
        op: '>=',
        limit: 40,
        unit: '%{LEL}',
        onDelayMs: 0,
      },
    ]);
  });

  it('counts in the unit that the device sends', () => {
    const [rule] = bundle({ ...kitchen('k1'), gasUnit: '%{VOL}' }).rules;
    expect(rule).toMatchObject({ limit: 2, unit: '%{VOL}' });
    expect(rule?.returnLimit).toBeLessThan(2);
  });

  it('leaves out what looks at a window, a condition or at silence, and what is not urgent', () => {
    const kinds = bundle(benchDevice('l1', 'solar-light'), benchDevice('b1', 'waste-bin')).rules;
    expect(kinds).toEqual([]);
  });

  it('has a version that changes with anything in it, and with nothing else', () => {
    const one = bundle(kitchen('k1'), kitchen('k2'));
    expect(bundle(kitchen('k2'), kitchen('k1')).version).toBe(one.version);
    expect(bundle({ ...kitchen('k1'), gasUnit: '%{VOL}' }, kitchen('k2')).version).not.toBe(one.version);
  });
});
