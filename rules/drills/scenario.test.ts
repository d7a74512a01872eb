import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { benchCatalogue, benchCity, benchDevice, kitchen } from '../engine/engine-bench.ts';
import { compileCatalogue } from '../standards/compile.ts';
import { playOf } from './scenario.ts';

const compiled = compileCatalogue(benchCatalogue, deviceTypes, benchCity.platformDepartment);
const plays = (device: ReturnType<typeof benchDevice>, rule?: string) => playOf(compiled.planOf(device)!, device, rule);

describe('what the detector of a drill reads', () => {
  it('is over the gravest limit of its kind, and calm below all of them', () => {
    expect(plays(kitchen('k1'))).toEqual({
      ...{ rule: 'G05-14.com-l2', priority: 'P1', measurement: 'alarm.ch4', over: 45, calm: 0, unit: '%{LEL}' },
    });
  });

  it('is over the limit of the rule that was asked for', () => {
    expect(plays(kitchen('k1'), 'G05-14.com-l1')).toMatchObject({ priority: 'P2', over: 11.25, calm: 0 });
  });

  it('follows from the constants of the place that it takes', () => {
    const constants = { Ps: { value: 3, unit: 'kPa' }, span: { value: 5, unit: 'kPa' } };
    expect(plays(benchDevice('r1', 'gas-rtu', { constants }))).toMatchObject({ rule: 'G05-01.pout-hh', over: 4.05 });
    expect(plays(benchDevice('r1', 'gas-rtu'))).toBeNull();
  });

  it.each(['G05-14.silent', 'G05-14.com-valve', 'G05-14.none'])('is nothing for %s', (rule) => {
    expect(plays(kitchen('k1'), rule)).toBeNull();
  });
});
