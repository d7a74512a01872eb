import { expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { benchCatalogue, benchCity, benchDevice, catalogueOf, kitchen } from '../engine/engine-bench.ts';
import { compileCatalogue } from '../standards/compile.ts';
import { onlyRule } from './one-rule.ts';

it('a device is judged by the rule alone: no other level of its ladder, no silence, no balance', () => {
  const compiled = compileCatalogue(benchCatalogue, deviceTypes, benchCity.platformDepartment);
  const plan = onlyRule(compiled, 'gas-alarm-commercial', 'G05-14.com-l1').planOf(kitchen('k1'))!;
  expect(plan.byMeasurement.flat().map(({ key }) => key)).toEqual(['G05-14.com-l1']);
  expect([...plan.absences, ...plan.flows.filter((flows) => flows !== null)]).toEqual([]);
});

it('devices of another type that a balance counts are judged by nothing, and counted', () => {
  const catalogue = catalogueOf('sorting-station', {
    id: 'untraced',
    kind: 'balance',
    measurement: 'sorting.binKg',
    inflow: { deviceType: 'sorting-station', measurement: 'sorting.binKg', as: 'sum' },
    outflow: { deviceType: 'waste-truck', measurement: 'truck.weight', as: 'sum' },
    over: 'area',
    windowS: 600,
    op: '>',
    limit: { value: 20, unit: 'kg' },
    priority: 'P3',
  });
  const compiled = compileCatalogue(catalogue, deviceTypes, benchCity.platformDepartment);
  const plan = onlyRule(compiled, 'sorting-station', 'G05-01.untraced').planOf(benchDevice('t1', 'waste-truck'))!;
  expect([...plan.byMeasurement.flat(), ...plan.absences]).toEqual([]);
  expect(plan.flows.flatMap((flows) => flows ?? []).map(({ side }) => side)).toEqual(['outflow']);
});
