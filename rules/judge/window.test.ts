import { describe, expect, it } from 'vitest';
import { minutes } from '../../devices/model/device-type.ts';
import {
  type Aggregate,
  addSample,
  aggregate,
  emptyWindow,
  forgetBefore,
  isMostlyDoubtful,
  nextLeaves,
  rate,
  standsStill,
  total,
} from './window.ts';

describe('the mean of an hour', () => {
  it('is not judged before the hour has been watched', () => {
    const hour = emptyWindow();
    for (let m = 0; m < 60; m++) addSample(hour, minutes(m), 200, minutes(60));
    expect(aggregate(hour, minutes(59), minutes(60), 'mean')).toBeNaN();
    addSample(hour, minutes(60), 200, minutes(60));
    expect(aggregate(hour, minutes(60), minutes(60), 'mean')).toBe(200);
  });

  it('forgets what is older than the hour', () => {
    const hour = emptyWindow();
    for (let m = 0; m < 120; m++) addSample(hour, minutes(m), m < 60 ? 0 : 100, minutes(60));
    expect(aggregate(hour, minutes(119), minutes(60), 'mean')).toBe(100);
  });

  it('holds no more than about sixty numbers, however fast the device talks', () => {
    const hour = emptyWindow();
    for (let s = 0; s < 7200; s++) addSample(hour, s * 1000, 1, minutes(60));
    expect(hour.samples.length / 4).toBeLessThanOrEqual(61);
    expect(total(hour).count).toBeGreaterThan(3500);
  });
});

describe('an hour seen otherwise', () => {
  const hour = (how: Aggregate, value: (m: number) => number) => {
    const window = emptyWindow();
    for (let m = 0; m <= 120; m++) addSample(window, minutes(m), value(m), minutes(60), how);
    return aggregate(window, minutes(120), minutes(60), how);
  };
  const sawtooth = (m: number) => (m === 90 ? 900 : m === 100 ? -900 : m % 10);
  it.each<[Aggregate, number]>([
    ['min', -900],
    ['max', 900],
    ['sum', 60 * 4.5],
    ['mean', 4.5],
    ['median', 5],
  ])('%s of it is %f', (how, figure) => expect(hour(how, sawtooth)).toBe(figure));

  it('keeps the extremes of what falls into one sixtieth', () => {
    const window = emptyWindow();
    for (let s = 0; s <= 3600; s++) addSample(window, s * 1000, s === 1805 ? 99 : 1, minutes(60), 'max');
    expect(aggregate(window, minutes(60), minutes(60), 'max')).toBe(99);
  });

  it('is mostly doubtful when more of its samples are than are not', () => {
    const window = emptyWindow();
    for (let m = 0; m < 4; m++) addSample(window, minutes(m), 1, minutes(60), 'mean', m < 2);
    expect(isMostlyDoubtful(window)).toBe(false);
    addSample(window, minutes(4), 1, minutes(60), 'mean', true);
    expect(isMostlyDoubtful(window)).toBe(true);
  });
});

describe('events counted in ten minutes', () => {
  it('leave the count when they leave the window', () => {
    const ten = emptyWindow();
    for (const m of [0, 4, 8]) addSample(ten, minutes(m), 1, minutes(10));
    expect(total(ten).sum).toBe(3);
    expect(nextLeaves(ten, minutes(10))).toBe(minutes(10));
    forgetBefore(ten, minutes(0));
    expect(total(ten).sum).toBe(2);
  });
});

describe('the rate of change', () => {
  it('is taken between the oldest and the newest sample of the window', () => {
    const three = emptyWindow();
    addSample(three, 0, 20, minutes(3));
    expect(rate(three, minutes(1))).toBeNaN();
    addSample(three, minutes(1), 40, minutes(3));
    expect(rate(three, minutes(1))).toBe(20);
    addSample(three, minutes(2), 60, minutes(3));
    expect(rate(three, minutes(1))).toBe(20);
  });
});

describe('a totaliser that does not move', () => {
  it('is stuck when a whole window passed without a change', () => {
    const still = { value: Number.NaN, since: 0 };
    expect(standsStill(still, 0, 7, minutes(60))).toBe(false);
    expect(standsStill(still, minutes(59), 7, minutes(60))).toBe(false);
    expect(standsStill(still, minutes(60), 7, minutes(60))).toBe(true);
    expect(standsStill(still, minutes(61), 8, minutes(60))).toBe(false);
  });
});
