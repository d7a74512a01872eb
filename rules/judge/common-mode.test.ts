import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonOf } from './common-mode.ts';

const common = (op: '>' | '<', ...departures: number[]) =>
  commonOf(op, Float64Array.from([...departures, 99]), departures.length);

describe('what the devices around one have in common', () => {
  it.each([
    ['one of eight is lifted: nothing', '>', [3, 0, 0.1, 0, -0.1, 0, 0.1, 0], 0],
    ['all are lifted: by the middle one', '>', [0.5, 0.6, 0.4, 0.7, 0.5], 0.5],
    ['an even number: between the middle two', '>', [0.2, 0.4, 0.6, 3], 0.5],
    ['all have fallen, and the rule looks upwards: nothing', '>', [-0.5, -0.6, -0.4], 0],
    ['all have fallen, and the rule looks downwards', '<', [-0.5, -0.6, -0.4], -0.5],
    ['two devices: too few to tell', '>', [2, 2], 0],
    ['nobody', '>', [], 0],
  ] as const)('%s', (_, op, departures, expected) => {
    expect(common(op, ...departures)).toBeCloseTo(expected);
  });

  it('never lies on the far side of the rule, and at least half of the devices depart as far', () => {
    const departures = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(departures, (all) => {
        const found = common('>', ...all);
        expect(found).toBeGreaterThanOrEqual(0);
        if (found > 0) expect(all.filter((one) => one >= found).length).toBeGreaterThanOrEqual(all.length / 2);
      }),
    );
  });
});
