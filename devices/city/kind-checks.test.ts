import { describe, expect, it } from 'vitest';
import { type Catalogue, catalogueSchema } from '../contract/catalogue.ts';
import { deviceTypes } from '../types/registry.ts';
import { crossCheck } from './catalogue-checks.ts';

const both = (text: string) => ({ zh: text, en: text });
const basis = [{ src: 'bench', status: 'proposal' }];
const level = {
  id: 'level',
  kind: 'threshold',
  measurement: 'fence.ch4',
  op: '>=',
  limit: { value: 3, unit: '[ppm]' },
  priority: 'P3',
};
const above = {
  ...level,
  id: 'above',
  kind: 'baseline',
  limit: { value: 1, unit: '[ppm]' },
  measure: 'difference',
  by: 'trailing',
  learnS: 43_200,
};
const near = {
  id: 'near',
  kind: 'neighbours',
  measurement: 'fence.ch4',
  of: 'level',
  k: 2,
  withinM: 100,
  withinS: 600,
  priority: 'P2',
};
const both2 = {
  id: 'both',
  kind: 'expression',
  measurement: 'fence.ch4',
  expr: 'r.fence.ch4 > 2.0 && r.fence.windSpeed < 1.0',
  text: both('still air'),
  priority: 'P3',
};
const flow = (measurement: string, as: string, deviceType = 'gas-rtu') => ({ deviceType, measurement, as });
const lost = {
  id: 'lost',
  kind: 'balance',
  measurement: 'rtu.flowTotal',
  inflow: flow('rtu.flowRate', 'integral'),
  outflow: flow('rtu.flowTotal', 'increase'),
  over: 'site',
  windowS: 3600,
  op: '>',
  limit: { value: 5, unit: '%' },
  priority: 'P3',
};

/** What is said of a catalogue of one item with these rules. */
function faults(deviceType: string, ...rules: object[]): string[] {
  const item = {
    code: 'G05-01',
    name: both('item'),
    standard: { text: 'bench', provenance: 'illustrative', source: null },
    problem: 'bench',
    leadDepartment: 'gas',
    deviceType,
    rules: rules.map((rule) => ({ title: both('rule'), basis, ...rule })),
    timeLimit: { ackMin: 5, arriveMin: null, makeSafeMin: null, closeH: 8, clock: 'continuous', basis },
  };
  const category = { code: 'G05', name: both('gas'), status: 'named', sourceWords: '', sources: [], items: [item] };
  const catalogue: Catalogue = catalogueSchema.parse({
    title: both('bench'),
    version: '0',
    warning: both('bench'),
    domains: [{ code: 'G', name: both('safety'), categories: [category] }],
  });
  return crossCheck(catalogue, deviceTypes, undefined, ['flood']).map(
    ({ path, en, zh }) => `${String(path.at(-1))}: ${en} / ${zh}`,
  );
}

describe('rules of every kind that hold', () => {
  it.each([
    ['methane-fence-line', [level, above, near, both2]],
    ['gas-rtu', [lost, { ...lost, id: 'kept', limit: { value: 5, unit: 'm3' } }]],
    ['methane-fence-line', [{ ...level, silent: true, samples: { k: 3, of: 10 }, during: { season: 'flood' } }, near]],
  ])('%s', (type, rules) => {
    expect(faults(type, ...rules)).toEqual([]);
  });
});

describe('a rule that could never be right is refused, with what to do', () => {
  it.each<[string, string, object[], string]>([
    [
      'more samples abnormal than there are',
      'methane-fence-line',
      [{ ...level, samples: { k: 4, of: 3 } }],
      'k: k is more than of (3)',
    ],
    [
      'an aggregate without a window',
      'methane-fence-line',
      [{ ...level, aggregate: 'max' }],
      'aggregate: an aggregate needs its window',
    ],
    [
      'silence that nobody counts',
      'methane-fence-line',
      [{ ...level, silent: true }],
      'silent: no neighbours rule of the item counts it',
    ],
    [
      'a season that the city does not have',
      'methane-fence-line',
      [{ ...level, during: { season: 'spring' } }],
      'season: the city has no season "spring"; it has flood',
    ],
    [
      'a baseline of a flag',
      'gas-rtu',
      [{ ...above, measurement: 'rtu.shutoffValveClosed' }],
      'measurement: a boolean has no baseline',
    ],
    [
      'a difference in another unit',
      'methane-fence-line',
      [{ ...above, limit: { value: 1, unit: 'kPa' } }],
      'limit: limit unit: kPa (pressure) cannot become [ppm] (gas)',
    ],
    [
      'a ratio without a floor',
      'methane-fence-line',
      [{ ...above, measure: 'ratio', limit: { value: 2, unit: '1' } }],
      'floor: ratio needs a floor',
    ],
    [
      'more to learn than is remembered',
      'methane-fence-line',
      [{ ...above, minimum: 500 }],
      'minimum: within learnS there are at most 120 figures',
    ],
    [
      'a week remembered by the hour of the week',
      'methane-fence-line',
      [{ ...above, by: 'hour-of-week', learnS: 604_800 }],
      'learnS: by hour-of-week at least three periods',
    ],
    [
      'neighbours of a rule that is not there',
      'methane-fence-line',
      [level, { ...near, of: 'gone' }],
      'of: the item has no rule "gone"; it has level, near',
    ],
    [
      'neighbours of neighbours',
      'methane-fence-line',
      [level, near, { ...near, id: 'far', of: 'near' }],
      'of: a rule of kind neighbours cannot be counted',
    ],
    [
      'neighbours by nothing',
      'methane-fence-line',
      [level, { ...near, withinM: undefined }],
      'withinM: give either withinM (metres) or along',
    ],
    [
      'neighbours over another measurement',
      'methane-fence-line',
      [level, { ...near, measurement: 'fence.windSpeed' }],
      'measurement: it must be that of rule level',
    ],
    [
      'an expression that reads nothing',
      'methane-fence-line',
      [{ ...both2, expr: 'local.hour > 3.0' }],
      'expr: does not compile: it reads no measurement',
    ],
    [
      'an expression with a slip of the pen',
      'methane-fence-line',
      [{ ...both2, expr: 'r.fence.ch5 > 3.0' }],
      'expr: does not compile: No such key: ch5',
    ],
    [
      'an expression about something else',
      'methane-fence-line',
      [{ ...both2, measurement: 'fence.windDirection' }],
      'measurement: it must be one that the expression reads',
    ],
    [
      'a pressure added up over time',
      'gas-rtu',
      [{ ...lost, inflow: flow('rtu.outletPressure', 'integral') }],
      'as: kPa is no flow',
    ],
    [
      'gas against waste',
      'gas-rtu',
      [{ ...lost, inflow: flow('sorting.binKg', 'sum', 'sorting-station') }],
      'measurement: outflow unit: m3 (volume) cannot become kg (mass)',
    ],
    [
      'a device type that is not there',
      'gas-rtu',
      [{ ...lost, inflow: flow('x', 'sum', 'nowhere') }],
      'deviceType: there is no device type "nowhere"',
    ],
    [
      'a balance of others',
      'gas-rtu',
      [{ ...lost, measurement: 'rtu.filterDp' }],
      "measurement: it must be what the item's own type (gas-rtu)",
    ],
  ])('%s', (_, type, rules, said) => {
    const found = faults(type, ...rules);
    expect(found.join('\n')).toContain(said);
    expect(found[0]).toMatch(/[\u4e00-\u9fff]/);
  });

  it.each([
    ['a radius of nothing', { ...near, withinM: 0 }],
    ['one device that is its own neighbour', { ...near, k: 1 }],
    ['thirty-three samples', { ...level, samples: { k: 3, of: 33 } }],
    ['an hour that no clock shows', { ...level, during: { between: ['25:00', '06:00'] } }],
    ['an eighth day', { ...level, during: { days: [8] } }],
    ['a share of more than all', { ...lost, minimumShare: 1.5 }],
  ])('%s is refused by its shape', (_, rule) => {
    expect(() => faults('methane-fence-line', rule)).toThrow();
  });
});
