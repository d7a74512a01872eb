import { describe, expect, it } from 'vitest';
import { syntheticCampaign } from './synthetic.ts';

const days = syntheticCampaign({ seed: 'test', days: 4 });
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const of = (sensor: number, from = 0, to = Number.POSITIVE_INFINITY): number[] =>
  days.samples.flatMap(({ at, ppm }) => (at >= from && at < to && !Number.isNaN(ppm[sensor]!) ? [ppm[sensor]!] : []));

describe('invented days of a fence line', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(syntheticCampaign({ seed: 'test', days: 4 })).toEqual(days);
    expect(syntheticCampaign({ seed: 'other', days: 4 })).not.toEqual(days);
  });

  it('have a reading a minute of eight sensors, some minutes missing', () => {
    expect(days.samples).toHaveLength(4 * 1440);
    expect(days.samples.every(({ at }, i) => i === 0 || at - days.samples[i - 1]!.at === 60_000)).toBe(true);
    const missing = days.samples.flatMap(({ ppm }) => ppm).filter(Number.isNaN).length;
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(0.05 * 8 * days.samples.length);
  });

  it('have the background of open air at every sensor', () => {
    for (let sensor = 0; sensor < 8; sensor++) {
      expect(middle(of(sensor))).toBeGreaterThan(1.3);
      expect(middle(of(sensor))).toBeLessThan(3);
    }
  });

  it('have releases of ten minutes to eight hours and 0.2 to 6 kg/h, one after the other', () => {
    expect(days.releases.length).toBeGreaterThan(4);
    days.releases.forEach(({ start, end, gramsPerHour }, i) => {
      expect(start).toBeGreaterThan(days.releases[i - 1]?.end ?? 0);
      expect(end - start).toBeGreaterThanOrEqual(10 * 60_000);
      expect(end - start).toBeLessThanOrEqual(480 * 60_000);
      expect(gramsPerHour).toBeGreaterThanOrEqual(200);
      expect(gramsPerHour).toBeLessThanOrEqual(6000);
    });
  });

  it('carry each release past some sensor more strongly than the hour before it', () => {
    const heard = days.releases.filter(({ start, end }) =>
      days.sensors.some((_, i) => Math.max(...of(i, start, end)) > 0.3 + Math.max(...of(i, start - 3_600_000, start))),
    );
    expect(heard.length).toBeGreaterThan(days.releases.length / 2);
  });
});
