import { describe, expect, it } from 'vitest';
import type { Campaign } from './campaign.ts';
import { scoreOf } from './score.ts';
import type { Standing } from './standing.ts';

const at = (time: string): number => Date.parse(`2026-05-01T${time}:00Z`);
const release = (start: string, end: string) => ({
  start: Date.parse(start.includes('T') ? start : `2026-05-01T${start}:00Z`),
  end: at(end),
  equipment: 'x',
  gramsPerHour: 500,
});
const alarm = (from: string, to: string, sensor = 'N'): Standing => ({ sensor, from: at(from), to: at(to) });
const day = (...releases: Campaign['releases'][number][]): Campaign => ({
  sensors: [{ name: 'N', lon: 0, lat: 0 }],
  samples: [at('00:00'), at('12:00')].map((when) => ({ at: when, windFrom: 0, windSpeed: 1, ppm: [2] })),
  releases,
});

describe('a release', () => {
  it.each([
    ['found by the first alarm raised in it', [alarm('04:30', '05:00'), alarm('04:12', '04:20', 'S')], 12, 'S'],
    ['found by an alarm in the five minutes after its end', [alarm('05:04', '05:10')], 64, 'N'],
    ['not found by one that stood before it began', [alarm('03:50', '04:40')], null, null],
    ['not found by one six minutes after its end', [alarm('05:06', '05:10')], null, null],
  ] as const)('is %s', (_, alarms, minutes, sensor) => {
    const { outcomes } = scoreOf(day(release('04:00', '05:00')), alarms);
    expect(outcomes).toEqual([{ release: release('04:00', '05:00'), minutes, sensor }]);
  });

  it('that ran before the data began is timed from the begin of the data', () => {
    const { outcomes } = scoreOf(day(release('2026-04-30T20:00:00Z', '01:00')), [alarm('00:07', '00:20')]);
    expect(outcomes[0]?.minutes).toBe(7);
  });
});

describe('a false alarm', () => {
  it('is an episode that begins outside of every release; alarms that stand at one time are one episode', () => {
    const alarms = [alarm('02:00', '02:30'), alarm('02:20', '02:50', 'S'), alarm('02:51', '03:00', 'S')];
    const { falseAlarms } = scoreOf(day(release('04:00', '05:00')), alarms);
    expect(falseAlarms).toEqual([alarm('02:00', '02:50'), alarm('02:51', '03:00', 'S')]);
  });

  it('is not one that begins while the plume of a release still drifts away', () => {
    const score = scoreOf(day(release('04:00', '05:00')), [alarm('05:15', '05:20'), alarm('05:21', '05:30')]);
    expect(score.falseAlarms).toEqual([alarm('05:21', '05:30')]);
  });

  it('is counted by days without release and its quarter of an hour', () => {
    const score = scoreOf(day(release('04:00', '05:00'), release('05:10', '06:45')), [alarm('08:00', '08:10')]);
    expect(score.quietDays).toBeCloseTo(9 / 24);
    expect(score.falsePerDay).toBeCloseTo(24 / 9);
  });

  it('has no rate where there was no quiet time', () => {
    expect(scoreOf(day(release('00:00', '12:00')), []).falsePerDay).toBe(0);
  });
});
