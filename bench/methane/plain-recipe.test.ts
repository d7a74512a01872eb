import { describe, expect, it } from 'vitest';
import { plainAlarms } from './plain-recipe.ts';

const MINUTE = 60_000;
/** One sensor, a reading a minute. */
const sensor = (ppm: readonly number[]) => ({
  sensors: [{ name: 'N', lon: 0, lat: 0 }],
  samples: ppm.map((value, i) => ({ at: i * MINUTE, windFrom: 0, windSpeed: 1, ppm: [value] })),
  releases: [],
});
const flat = (count: number, ppm = 2): number[] => new Array(count).fill(ppm);

describe('the plain recipe', () => {
  it('raises at the third of ten samples that is more than 1 ppm over the median of twelve hours', () => {
    const days = sensor([...flat(60), 3.1, ...flat(4), 3.1, ...flat(3), 3.1, ...flat(30)]);
    // The tenth sample from the first high one is the last on which all three are among the last ten.
    expect(plainAlarms(days, 5 * MINUTE)).toEqual([{ sensor: 'N', from: 69 * MINUTE, to: 74 * MINUTE }]);
  });

  it.each([
    ['two high samples', [...flat(60), 3.1, 3.1, ...flat(30)]],
    ['three that are exactly 1 ppm over', [...flat(60), 3, 3, 3, ...flat(30)]],
    [
      'three of which the last comes as the eleventh',
      [...flat(60), 3.1, ...flat(4), 3.1, ...flat(4), 3.1, ...flat(30)],
    ],
    ['a rise so slow that the median follows', Array.from({ length: 2880 }, (_, i) => 2 + i / 720)],
  ])('is not moved by %s', (_, ppm) => {
    expect(plainAlarms(sensor(ppm), 5 * MINUTE)).toEqual([]);
  });

  it('passes over minutes without a reading: ten samples are ten readings', () => {
    const days = sensor([...flat(60), 3.1, ...new Array(20).fill(Number.NaN), 3.1, 3.1, ...flat(3)]);
    expect(plainAlarms(days, 5 * MINUTE).map(({ from }) => from / MINUTE)).toEqual([82]);
  });

  it('forgets what is older than twelve hours', () => {
    const days = sensor([...flat(720), ...flat(700, 4), ...flat(20, 5.5)]);
    const [first, second] = plainAlarms(days, MINUTE).map(({ from }) => from / MINUTE);
    // At first 4 ppm is news against 2 ppm; when most of twelve hours were at 4 ppm, only 5.5 ppm is.
    expect([first, second]).toEqual([722, 1422]);
  });

  it('holds an alarm over the pauses of a plume, as the rule beside it does', () => {
    const days = sensor([...flat(60), 4, 4, 4, ...flat(20), 4, 4, 4, ...flat(60)]);
    expect(plainAlarms(days, MINUTE)).toHaveLength(2);
    expect(plainAlarms(days, 30 * MINUTE)).toHaveLength(1);
  });
});
