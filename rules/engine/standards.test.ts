import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { editRule } from '../../devices/city/edit-standards.ts';
import { itemsOf } from '../../devices/city/items-of.ts';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { parseCatalogue } from '../../devices/city/parse-catalogue.ts';
import type { Catalogue, Rule } from '../../devices/contract/catalogue.ts';
import type { RuleEdit } from '../../devices/contract/command.ts';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import { benchCatalogue, benchDevice, engineBench, kitchen, momentOf } from './engine-bench.ts';

const cities = new URL('../../cities', import.meta.url).pathname;
/** The city with the most rules: one of every kind. */
const [richest] = (await Promise.all(listCities(cities).map((id) => loadCity(cities, id)))).sort(
  (a, b) => itemsOf(b.catalogue).length - itemsOf(a.catalogue).length,
);
const city = richest!;
const rtuConstants = {
  Ps: { value: 2.5, unit: 'kPa' },
  span: { value: 10, unit: 'kPa' },
  MOP: { value: 0.4, unit: 'MPa' },
  Qmax: { value: 1000, unit: 'm3/h' },
  spanInlet: { value: 1, unit: 'MPa' },
  spanFlow: { value: 1200, unit: 'm3/h' },
  baseline30d: { value: 30, unit: 'm3/h' },
};
const absent: Rule = {
  id: 'absent',
  kind: 'absence',
  title: { zh: '另一条', en: 'one more' },
  measurement: '*',
  afterS: 10_000_000,
  priority: 'P4',
  onDelayS: 0,
  offDelayS: 0,
  latched: false,
  basis: [{ src: 'test', status: 'proposal' }],
};

const catalogueWith = (item: string, rule: string, set: RuleEdit): Catalogue => {
  const parsed = parseCatalogue(editRule(stringify(benchCatalogue), item, rule, set)!);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.catalogue;
};
const version = (seq: number, from: string, more: Partial<StandardsVersion> = {}): StandardsVersion => ({
  seq,
  from: momentOf(from),
  to: null,
  catalogue: benchCatalogue,
  overlays: [],
  ...more,
});
const lower = (value: number) => catalogueWith('G05-14', 'com-l2', { limit: { value, unit: '%{LEL}' } });
const withoutValve: Catalogue = {
  ...benchCatalogue,
  domains: benchCatalogue.domains.map((domain) => ({
    ...domain,
    categories: domain.categories.map((category) => ({
      ...category,
      items: category.items.map((item) => ({ ...item, rules: item.rules.filter(({ id }) => id !== 'com-valve') })),
    })),
  })),
};
const bench = () => engineBench({ devices: [kitchen('k1', { area: '000001' }), kitchen('k2')] });

describe('a version of the standards', () => {
  it('judges from its moment on, not from when it was approved', () => {
    const b = bench();
    b.standards('10:00:10', version(2, '10:05', { catalogue: lower(30) }));
    b.reads('10:04:50', 'k1', { 'alarm.ch4': 33 });
    b.passes('10:04:59');
    expect(b.alarm('G05-14.com-l2')).toBeUndefined();
    b.passes('10:05');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ limit: 30, value: 33, since: momentOf('10:04:50') });
  });

  it('that ends gives way to none: the last that began goes on', () => {
    const b = bench();
    b.standards('10:00:10', version(2, '10:00:10', { catalogue: lower(30), to: momentOf('10:05') }));
    b.reads('10:06', 'k1', { 'alarm.ch4': 33 });
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ limit: 30 });
  });

  it('with a higher limit ends, after the off-delay, what it does not call abnormal', () => {
    const b = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 42 });
    b.standards('10:01', version(2, '10:01', { catalogue: lower(49) }));
    b.passes('10:01:30');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ active: true, limit: 40 });
    b.passes('10:02:05');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ active: false });
  });

  it('without a rule closes its alarm, and says why', () => {
    const b = bench();
    b.reads('10:00:10', 'k1', { 'alarm.valveState': 'fault' });
    b.passes('10:01:20');
    expect(b.shows).toContain('G05-14.com-valve unack');
    b.standards('10:02', version(2, '10:02', { catalogue: withoutValve }));
    expect(b.shows).not.toContain('G05-14.com-valve unack');
    expect(b.events.at(-1)).toMatchObject({
      kind: 'closed',
      note: expect.stringContaining('not part of the standards'),
    });
  });

  it('without a rule keeps every delay and silence of the others', () => {
    const b = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 15 });
    b.standards('10:00:15', version(2, '10:00:15', { catalogue: withoutValve }));
    b.passes('10:00:19');
    expect(b.alarm('G05-14.com-l1')).toBeUndefined();
    b.passes('10:00:21');
    expect(b.alarm('G05-14.com-l1')).toMatchObject({ since: momentOf('10:00:10') });
    b.passes('10:05:11');
    expect(b.alarm('G05-14.silent')).toMatchObject({ device: 'k1', since: momentOf('10:00:10') });
  });

  it('keeps the two levels of a ladder one row', () => {
    const b = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 46 });
    b.passes('10:00:25');
    b.standards('10:00:30', version(2, '10:00:30', { catalogue: withoutValve }));
    b.reads('10:01', 'k1', { 'alarm.ch4': 20 });
    b.passes('10:02:30');
    expect(b.shows).toEqual(['G05-14.com-l2 latched-unack', 'G05-14.com-l1 unack superseded']);
  });

  it('is found again after a restart, also when it was only waiting for its moment', () => {
    const b = bench();
    const stored = [version(1, '09:00'), version(2, '10:05', { catalogue: lower(30) })];
    b.knows(stored);
    b.restarts(0);
    b.standards('10:00:10', stored[1]!);
    const held = b.keeps();
    b.restarts(held);
    b.reads('10:04', 'k1', { 'alarm.ch4': 33 });
    expect(b.alarm('G05-14.com-l2')).toBeUndefined();
    b.passes('10:05');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ limit: 30 });
    b.restarts(b.keeps());
    b.reads('10:06', 'k2', { 'alarm.ch4': 31 });
    expect(b.alarms().filter(({ rule }) => rule === 'G05-14.com-l2')).toHaveLength(2);
  });
});

describe('an overlay with its own dates', () => {
  const pilot: Overlay = overlaySchema.parse({
    id: 'pilot',
    title: { zh: '试点', en: 'Pilot' },
    kind: 'pilot',
    areas: ['000001'],
    effective: { from: '2026-11-23T10:05:00+08:00', to: '2026-11-23T10:10:00+08:00' },
    provenance: 'illustrative',
    changes: [{ item: 'G05-14', rules: { 'com-l2': { limit: { value: 30, unit: '%{LEL}' } } } }],
  });

  it('begins and ends by ticks, in its own place', () => {
    const b = bench();
    b.standards('10:00:10', version(2, '10:00:10', { overlays: [pilot] }));
    b.reads('10:04', 'k1', { 'alarm.ch4': 33 });
    b.reads('10:04', 'k2', { 'alarm.ch4': 33 });
    expect(b.alarm('G05-14.com-l2')).toBeUndefined();
    b.passes('10:05');
    expect(
      b
        .alarms()
        .filter(({ rule }) => rule === 'G05-14.com-l2')
        .map(({ device }) => device),
    ).toEqual(['k1']);
    expect(b.alarm('G05-14.com-l2')!.clause.overlays).toEqual([{ id: 'pilot', title: { zh: '试点', en: 'Pilot' } }]);
    b.reads('10:09', 'k1', { 'alarm.ch4': 33 });
    b.passes('10:11:10');
    expect(b.alarm('G05-14.com-l2')!.active).toBe(false);
  });

  it('goes with a device that moves into its area', () => {
    const b = bench();
    b.standards('10:00:10', version(2, '10:00:10', { overlays: [pilot] }));
    b.reads('10:06', 'k2', { 'alarm.ch4': 33 });
    expect(b.alarm('G05-14.com-l2')).toBeUndefined();
    b.registry('10:07', { version: 5, put: 'device', record: kitchen('k2', { area: '000001' }) });
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ device: 'k2', limit: 30 });
  });
});

describe('the same standards once more', () => {
  const value = fc.constantFrom(0, 5, 12, 22, 38, 46, 60);
  const day = fc.array(fc.tuple(fc.constantFrom('k1', 'k2'), value, fc.integer({ min: 1, max: 40 })), {
    maxLength: 25,
  });

  it('change nothing, whenever they come', () => {
    fc.assert(
      fc.property(day, fc.nat(24), (readings, when) => {
        const told = [false, true].map((swaps) => {
          const b = bench();
          let at = momentOf('10:00:10');
          const text = () => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);
          readings.forEach(([device, ch4, seconds], index) => {
            if (swaps && index === when) b.standards(text(), version(2, '10:00'));
            b.reads(text(), device, { 'alarm.ch4': ch4 });
            at += seconds * 1000;
          });
          b.passes(text());
          return { alarms: b.alarms(), events: b.events };
        });
        expect(told[1]).toEqual(told[0]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('standards with one more rule under every item', () => {
  /** Every device moves to other places: what it remembers must come along. */
  const longer: Catalogue = {
    ...city.catalogue,
    domains: city.catalogue.domains.map((domain) => ({
      ...domain,
      categories: domain.categories.map((category) => ({
        ...category,
        items: category.items.map((item) => ({
          ...item,
          rules: [{ ...absent, id: 'one-more' }, ...item.rules],
        })),
      })),
    })),
  };
  const devices = [
    ...[0, 1, 2, 3].map((n) => benchDevice(`u${n}`, 'underground-gas', { lon: 112.6 + n / 20_000, site: 's' })),
    benchDevice('in', 'gas-rtu', { site: 's', circuit: 'c', facts: { role: 'inlet' }, constants: rtuConstants }),
    benchDevice('out', 'gas-rtu', { site: 's', circuit: 'c', constants: rtuConstants }),
    kitchen('k1', { site: 's' }),
  ];
  const reading = fc.oneof(
    fc.tuple(
      fc.constantFrom('u0', 'u1', 'u2', 'u3'),
      fc.constant('ug.ch4Vol'),
      fc.constantFrom(0, 0.2, 0.8, 1.4, 3, 6),
    ),
    fc.tuple(fc.constantFrom('in', 'out'), fc.constant('rtu.flowRate'), fc.constantFrom(0, 20, 300, 900)),
    fc.tuple(fc.constantFrom('in', 'out'), fc.constant('rtu.outletPressure'), fc.constantFrom(0, 2.5, 2.9, 4)),
    fc.tuple(fc.constant('k1'), fc.constant('alarm.ch4'), fc.constantFrom(0, 5, 12, 38, 60)),
  );
  const day = fc.array(fc.tuple(reading, fc.integer({ min: 1, max: 90 })), { minLength: 5, maxLength: 60 });

  it('go on with every window, delay, sign, meter and learned hour of the others', () => {
    fc.assert(
      fc.property(day, fc.array(fc.nat(60), { maxLength: 4 }), (readings, swaps) => {
        const told = [[], swaps].map((when) => {
          const b = engineBench({ devices }, '10:00', { catalogue: city.catalogue, city: city.city });
          let at = momentOf('10:00:10');
          let seq = 1;
          const clock = () => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);
          readings.forEach(([[device, measurement, value], seconds], index) => {
            for (const _ of when.filter((one) => one === index)) {
              seq++;
              b.standards(clock(), version(seq, '10:00', { catalogue: seq % 2 === 0 ? longer : city.catalogue }));
            }
            b.reads(clock(), device, { [measurement]: value });
            at += seconds * 1000;
          });
          b.passes(clock());
          return { alarms: b.alarms(), events: b.events, figures: [...b.engine.stats().learning] };
        });
        expect(told[1]).toEqual(told[0]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
