import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { editRule } from '../../devices/city/edit-standards.ts';
import { parseCatalogue } from '../../devices/city/parse-catalogue.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { RuleEdit } from '../../devices/contract/command.ts';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import { benchCatalogue, engineBench, kitchen, momentOf } from './engine-bench.ts';

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
