import { describe, expect, it } from 'vitest';
import type { Ceiling } from '../../devices/contract/ceiling.ts';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { benchCatalogue } from '../engine/engine-bench.ts';
import { type Checks, candidateOf, merged } from './candidate.ts';

type Asked = Parameters<typeof candidateOf>[1];
const tried = (asked: Asked, checks: Partial<Checks> = {}) =>
  candidateOf(benchCatalogue, asked, { types: deviceTypes, departments: ['gas', 'lights'], ...checks });
const faultsOf = (asked: Asked, checks: Partial<Checks> = {}) => {
  const found = tried(asked, checks);
  return 'refused' in found ? found.faults.map(({ path }) => path) : [];
};
const fresh = {
  id: 'com-l0',
  title: { zh: '预警', en: 'Early' },
  kind: 'threshold',
  measurement: 'alarm.ch4',
  op: '<',
  limit: { value: 1, unit: '%{LEL}' },
  priority: 'P4',
  basis: [{ src: 'a trial', status: 'proposal' }],
};

describe('what is to be tried', () => {
  it('is the rule as it stands, with nothing beside it', () => {
    expect(tried({ rule: 'G05-14.com-l1' })).toMatchObject({ key: 'G05-14.com-l1', before: null });
  });

  it('is the rule with a change, beside the rule as it stands; nothing else of the catalogue is touched', () => {
    const found = tried({ rule: 'G05-14.com-l1', change: { limit: { value: 15 }, deadband: null } });
    if ('refused' in found) throw new Error(found.refused.en);
    expect(found.before).toMatchObject({ limit: { value: 10, unit: '%{LEL}' } });
    expect(found.rule).toMatchObject({ limit: { value: 15, unit: '%{LEL}' }, onDelayS: 10 });
    expect(found.rule).not.toHaveProperty('deadband');
    const items = found.catalogue.domains[0]!.categories[0]!.items;
    expect(items[0]!.rules.map(({ id }) => id)).toEqual(['com-l1', 'com-l2', 'com-valve', 'silent']);
    expect(items[1]).toBe(benchCatalogue.domains[0]!.categories[0]!.items[1]);
    expect(benchCatalogue.domains[0]!.categories[0]!.items[0]!.rules[0]).toMatchObject({ limit: { value: 10 } });
  });

  it('is one form only where the change changes nothing', () => {
    expect(tried({ rule: 'G05-14.com-l1', change: { onDelayS: 10 } })).toMatchObject({ before: null });
  });

  it('is a new rule under an item', () => {
    expect(tried({ item: 'G05-14', add: fresh })).toMatchObject({ key: 'G05-14.com-l0', before: null });
  });

  it.each([
    ['a field nobody knows', { rule: 'G05-14.com-l1', change: { colour: 'red' } }, ['']],
    [
      'a delay below nothing and a priority that is none',
      { rule: 'G05-14.com-l1', change: { onDelayS: -1, priority: 'P7' } },
      ['priority', 'onDelayS'],
    ],
    ['a unit that does not fit', { rule: 'G05-14.com-l1', change: { limit: { unit: 'kPa' } } }, ['limit']],
    [
      'a measurement that the device has not',
      { item: 'G05-14', add: { ...fresh, measurement: 'alarm.co9' } },
      ['measurement'],
    ],
    [
      'a condition that does not compile',
      { rule: 'G05-14.com-l1', change: { when: { expr: 'r.alarm.nothing > 1.0', text: { zh: '无', en: 'none' } } } },
      ['when.expr'],
    ],
    ['an id that is taken', { item: 'G05-14', add: { ...fresh, id: 'com-l1' } }, ['id']],
    ['another id for a rule that exists', { rule: 'G05-14.com-l1', change: { id: 'other' } }, ['id']],
  ])('is refused with its place: %s', (_, asked, paths) => {
    expect(faultsOf(asked)).toEqual(paths);
  });
});

describe('what a change makes wrong elsewhere', () => {
  /** GB/T 50493-2019 as a city states it. */
  const ceilings: readonly Ceiling[] = [
    {
      ...{ id: 'kitchens', source: 'GB/T 50493-2019', status: 'verified', scope: { zh: '固定式', en: 'fixed' } },
      ...{ deviceTypes: ['gas-alarm-commercial'], measurements: ['alarm.ch4'] },
      levels: [
        { name: { zh: '一级', en: 'level 1' }, max: { value: 25, unit: '%{LEL}' }, priority: 'P2', withinS: 30 },
        { name: { zh: '二级', en: 'level 2' }, max: { value: 50, unit: '%{LEL}' }, priority: 'P1', withinS: 0 },
      ],
    },
  ];
  const town: Overlay = overlaySchema.parse({
    ...{ id: 'town', title: { zh: '某镇', en: 'a town' }, kind: 'town', areas: ['1'], provenance: 'illustrative' },
    changes: [{ item: 'G05-14', rules: { 'com-l1': { deadband: { value: 1, unit: '%{LEL}' } } } }],
  });

  it('is told by the name of the other rule: the level that a ceiling then misses', () => {
    const asked = { rule: 'G05-14.com-l2', change: { priority: 'P2', latched: false } };
    expect(faultsOf(asked)).toEqual([]);
    expect(faultsOf(asked, { ceilings })).toEqual(['G05-14.com-l1']);
  });

  it('is told where an overlay is laid over it', () => {
    const asked = {
      rule: 'G05-14.com-l1',
      change: {
        ...{ kind: 'state', measurement: 'alarm.fan', op: '==', deadband: null },
        limit: { flag: true, value: null, unit: null },
      },
    };
    expect(faultsOf(asked)).toEqual([]);
    expect(faultsOf(asked, { overlays: [town] })).toEqual(['overlay town.changes.0.rules.com-l1.deadband']);
  });
});

describe('a merge patch (RFC 7396)', () => {
  it.each([
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: { b: 1, c: 2 } }, { a: { b: 3 } }, { a: { b: 3, c: 2 } }],
    [{ a: 1, b: 2 }, { a: null }, { b: 2 }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 1 }, { a: { b: null } }, { a: {} }],
  ])('%o with %o is %o', (target, patch, result) => {
    expect(merged(target, patch)).toEqual(result);
  });
});
