import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hours, minutes } from '../../devices/model/device-type.ts';
import { baselineOf } from '../standards/baseline-rule.ts';
import { type BaselineRule, bytesOf, departure, isLearning, moveTo, newBaseline, observe } from './baseline.ts';

type By = BaselineRule['by'];
const ruleOf = (by: By, learnS: number, more: object = {}): BaselineRule =>
  baselineOf(
    {
      ...{ id: 'b', kind: 'baseline', title: { zh: 'b', en: 'b' }, measurement: 'm', priority: 'P3', op: '>=' },
      ...{ onDelayS: 0, offDelayS: 0, latched: false, basis: [{ src: 'bench', status: 'proposal' }] },
      ...{ limit: { value: 1, unit: '[ppm]' }, measure: 'difference', by, learnS },
      ...more,
    },
    '[ppm]',
  );

/** A baseline driven by hand: `reads(at, value)` tells the departure before the value is learned. */
function bench(rule: BaselineRule, limit = 1) {
  const baseline = newBaseline(rule);
  return {
    baseline,
    reads(at: number, value: number) {
      moveTo(baseline, rule, at);
      const departed = departure(baseline, rule, value);
      observe(baseline, rule, at, value, departed >= limit);
      return departed;
    },
  };
}
/** Monday 2026-11-23 00:00, local. */
const MONDAY = Date.UTC(2026, 10, 23);

describe('what a baseline keeps of a device', () => {
  it.each([
    ['trailing', 43_200, 120 * 4 + 4],
    ['hour-of-day', 28 * 86_400, 24 * (28 * 4 + 4)],
    ['hour-of-week', 28 * 86_400, 168 * (4 * 4 + 4)],
  ] as const)('is of a size that is stated: by %s', (by, learnS, figures) => {
    const rule = ruleOf(by, learnS);
    const { values, counts, refused, open } = newBaseline(rule);
    expect(values.byteLength + counts.byteLength + refused.byteLength).toBe(figures);
    expect(bytesOf(rule)).toBe(figures + 8 * (open.length + 5));
  });
});

describe('a trailing baseline of twelve hours', () => {
  const half = () => bench(ruleOf('trailing', 43_200));

  it('says nothing before a quarter of it is known, and then how far above the usual a value is', () => {
    const b = half();
    for (let m = 0; m < 180; m++) b.reads(minutes(m), 2);
    expect(isLearning(b.baseline)).toBe(true);
    expect(b.reads(minutes(180), 3.5)).toBe(1.5);
  });

  it('follows a slow drift', () => {
    const b = half();
    for (let m = 0; m < 3000; m++) b.reads(minutes(m), 2 + m / 3000);
    expect(b.baseline.centre).toBeGreaterThan(2.8);
    expect(b.reads(minutes(3001), 3)).toBeLessThan(0.2);
  });

  it('stays where it was through hours of a leak', () => {
    const b = half();
    for (let m = 0; m < 720; m++) b.reads(minutes(m), 2);
    for (let m = 720; m < 1320; m++) expect(b.reads(minutes(m), 9)).toBe(7);
    expect(b.reads(minutes(1320), 2)).toBe(0);
  });

  it('learns anew when the other level has stood for twice its time: the world has moved', () => {
    const b = half();
    for (let m = 0; m < 720; m++) b.reads(minutes(m), 2);
    let m = 720;
    for (; m < 720 + 1440; m++) expect(b.reads(minutes(m), 9)).toBe(7);
    for (; m < 720 + 1440 + 60; m++) b.reads(minutes(m), 9);
    expect(isLearning(b.baseline)).toBe(true);
    for (; m < 720 + 1440 + 200; m++) b.reads(minutes(m), 9);
    expect(b.reads(minutes(m), 9)).toBe(0);
  });

  it('learns anew after a silence twice as long', () => {
    const b = half();
    for (let m = 0; m < 720; m++) b.reads(minutes(m), 2);
    b.reads(minutes(719) + hours(25), 2);
    expect(isLearning(b.baseline)).toBe(true);
  });

  it('takes a low part of what it remembers for the usual, where it is asked to', () => {
    const rule = ruleOf('trailing', 43_200, { quantile: 0.2 });
    const b = bench(rule, 99);
    for (let m = 0; m < 800; m++) b.reads(minutes(m), m % 12 < 6 ? 2 : 4);
    expect(b.baseline.centre).toBe(2);
  });
});

describe('a baseline by the hour of the week', () => {
  const weekly = () => bench(ruleOf('hour-of-week', 5 * 604_800));

  it('knows Mondays at three from Tuesdays at three, after three weeks', () => {
    const b = weekly();
    const value = (h: number) => (Math.floor(h / 24) % 7 === 0 ? 30 : 10) + ((h % 24) / 24) * 0.5;
    for (let h = 0; h < 3 * 168; h++) b.reads(MONDAY + hours(h), value(h));
    const tuesday = MONDAY + hours(3 * 168 + 24 + 3);
    expect(b.reads(MONDAY + hours(3 * 168 + 3), 30.5)).toBeCloseTo(0.4375, 3);
    expect(b.reads(tuesday, 30.5)).toBeCloseTo(20.4375, 3);
  });

  it('does not let one minute of an hour speak for the hour', () => {
    const b = bench(ruleOf('hour-of-day', 7 * 86_400, { minimum: 3 }), 1e9);
    for (let m = 0; m < 4 * 1440; m++) b.reads(MONDAY + minutes(m), m % 60 === 7 ? 500 : 10);
    expect(b.reads(MONDAY + minutes(4 * 1440), 10)).toBe(0);
  });

  it('forgets what is older than it remembers: three weeks of five move it', () => {
    const b = bench(ruleOf('hour-of-week', 5 * 604_800), 1e9);
    for (let h = 0; h < 5 * 168; h++) b.reads(MONDAY + hours(h), 10);
    for (let h = 5 * 168; h < 7 * 168; h++) b.reads(MONDAY + hours(h), 20);
    expect(b.reads(MONDAY + hours(7 * 168), 20)).toBe(10);
    for (let h = 7 * 168 + 1; h < 8 * 168; h++) b.reads(MONDAY + hours(h), 20);
    expect(b.reads(MONDAY + hours(8 * 168), 20)).toBe(0);
  });

  it('measures in spreads of its own hour, never in less than the floor', () => {
    const rule = ruleOf('hour-of-day', 7 * 86_400, {
      measure: 'deviations',
      floor: { value: 0.5, unit: '[ppm]' },
      limit: { value: 4, unit: '1' },
    });
    const b = bench(rule, 1e9);
    for (let h = 0; h < 7 * 24; h++) b.reads(MONDAY + hours(h), h % 24 === 3 ? 10 + (Math.floor(h / 24) % 7) : 10);
    expect(b.reads(MONDAY + hours(7 * 24), 12)).toBe(4);
    expect(b.reads(MONDAY + hours(7 * 24 + 3), 13 + 1.4826 * 2 * 3)).toBeCloseTo(3, 5);
  });
});

describe('whatever a device reports', () => {
  const by = fc.constantFrom<By>('trailing', 'hour-of-day', 'hour-of-week');
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 4 * 3_600_000 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
    {
      maxLength: 400,
    },
  );

  it('a baseline never learns what is abnormal, as long as nothing has stood too long', () => {
    fc.assert(
      fc.property(by, steps, (kind, readings) => {
        const rule = { ...ruleOf(kind, 5 * 604_800, { minimum: 1 }), patience: 0xfff0, staleSpans: 1e9 };
        const baseline = newBaseline(rule);
        let at = MONDAY;
        const reads = (passed: number, value: number) => {
          at += passed;
          moveTo(baseline, rule, at);
          observe(baseline, rule, at, value, Math.abs(value - 5) > 1);
        };
        for (let span = 0; span < 200; span++) reads(rule.spanMs, 5);
        for (const [passed, value] of readings) reads(passed, value);
        for (const value of baseline.values) expect(value === 0 || Math.abs(value - 5) <= 1.001).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('its memory is what it was on the first day', () => {
    fc.assert(
      fc.property(by, steps, (kind, readings) => {
        const rule = ruleOf(kind, 5 * 604_800);
        const b = bench(rule);
        const size = () => [b.baseline.values.byteLength, b.baseline.counts.byteLength, b.baseline.open.length];
        const first = size();
        let at = MONDAY;
        for (const [passed, value] of readings) {
          at += passed;
          b.reads(at, value);
        }
        expect(size()).toEqual(first);
        for (const count of b.baseline.counts) expect(count).toBeLessThan(2 * rule.keep);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['trailing', 43_200, 484],
    ['hour-of-day', 28 * 86_400, 2784],
    ['hour-of-week', 5 * 604_800, 4032],
  ] as const)('%s holds %i s in %i bytes a device, its open hour apart', (kind, learnS, bytes) => {
    const { values, counts, refused } = newBaseline(ruleOf(kind, learnS));
    expect(values.byteLength + counts.byteLength + refused.byteLength).toBe(bytes);
  });
});
