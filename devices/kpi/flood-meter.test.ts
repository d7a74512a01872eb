import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floodMeter, sliding } from './flood-meter.ts';

const min = (n: number) => n * 60_000;
/** A meter that has heard `n` alarms, one each `step` ms from `at` on. */
const burst = (meter: ReturnType<typeof floodMeter>, at: number, n: number, step = 1000) => {
  for (let i = 0; i < n; i++) meter.add(at + i * step);
};

describe('a flood', () => {
  it('begins with the tenth alarm in ten minutes', () => {
    const meter = floodMeter();
    burst(meter, 0, 9);
    expect(meter.floodSince).toBeNull();
    meter.add(min(5));
    expect(meter.floodSince).toBe(min(5));
  });

  it('is none where the tenth comes when the first is ten minutes old', () => {
    const meter = floodMeter();
    meter.add(0);
    burst(meter, min(5), 8);
    meter.add(min(10));
    expect([meter.inTenMinutes, meter.floodSince]).toEqual([9, null]);
  });

  it('lasts until fewer than five are left, not fewer than ten', () => {
    const meter = floodMeter(0);
    burst(meter, 0, 10, 1000);
    meter.passTo(min(10) + 4999);
    expect(meter.floodSince).toBe(9000);
    meter.passTo(min(10) + 5000);
    expect(meter.floodSince).toBeNull();
    expect(meter.floodMs).toBe(min(10) + 5000 - 9000);
  });

  it('that began before the period counts from its beginning, and is no flood of the period', () => {
    const meter = floodMeter(min(1));
    burst(meter, 0, 10, 1000);
    meter.passTo(min(60));
    expect([meter.floods, meter.floodMs]).toEqual([0, min(10) + 5000 - min(1)]);
  });

  it('that goes on at the end counts up to there', () => {
    const meter = floodMeter(0);
    burst(meter, 0, 12, 1000);
    meter.passTo(min(3));
    expect(meter).toMatchObject({ floods: 1, floodMs: min(3) - 9000, peak: { count: 12, at: 11_000 } });
  });

  it('is what a look at every moment finds, whatever comes', () => {
    const times = fc
      .array(fc.integer({ min: 0, max: 4 * 3600 }), { maxLength: 150 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, (seconds) => {
        const end = 5 * 3600;
        const meter = floodMeter(0);
        for (const s of seconds) meter.add(s * 1000);
        meter.passTo(end * 1000);
        let flooding = false;
        let total = 0;
        for (let s = 0; s < end; s++) {
          const left = seconds.filter((t) => t <= s && t > s - 600).length;
          flooding = flooding ? left >= 5 : left >= 10;
          if (flooding) total++;
        }
        expect(meter.floodMs).toBe(total * 1000);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a count over an hour', () => {
  it('forgets what is an hour old', () => {
    const hour = sliding(3_600_000);
    hour.add(0, 3);
    hour.add(min(30));
    hour.passTo(min(60) - 1);
    expect(hour.count).toBe(4);
    hour.passTo(min(60));
    expect(hour.count).toBe(1);
  });
});
