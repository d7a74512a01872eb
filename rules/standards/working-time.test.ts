import { describe, expect, it } from 'vitest';
import { isWorkingDay, type WorkingHours } from '../../devices/city/working-day.ts';
import { hours, minutes } from '../../devices/model/device-type.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { addWorkingTime } from './working-time.ts';

const zone = zoneOf('Asia/Shanghai');
const working: WorkingHours = {
  hours: [
    ['08:00', '12:00'],
    ['14:00', '18:00'],
  ],
  days: [1, 2, 3, 4, 5],
  // National Day 2026 with the make-up days that pay for it.
  holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
  makeUpDays: ['2026-09-27', '2026-10-10'],
};
const at = (text: string) => Date.parse(`${text}:00+08:00`);
const shown = (ms: number) => {
  const { date, hour, minute } = zone.local(ms);
  return `${date}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
};

describe('working time', () => {
  it.each([
    ['inside the morning', '2026-11-23T09:00', hours(2), '2026-11-23T11:00'],
    ['over the lunch break', '2026-11-23T11:00', hours(2), '2026-11-23T15:00'],
    ['from before the day begins', '2026-11-23T06:00', hours(1), '2026-11-23T09:00'],
    ['from the lunch break', '2026-11-23T13:00', minutes(30), '2026-11-23T14:30'],
    ['over night', '2026-11-23T17:00', hours(2), '2026-11-24T09:00'],
    ['over a weekend', '2026-11-20T17:00', hours(2), '2026-11-23T09:00'],
    ['to the last minute of a period', '2026-11-23T09:00', hours(3), '2026-11-23T12:00'],
    ['one working day is eight working hours', '2026-11-23T09:00', hours(8), '2026-11-24T09:00'],
    ['over the holidays', '2026-09-30T17:00', hours(2), '2026-10-08T09:00'],
    ['on a make-up Sunday', '2026-09-27T08:00', hours(1), '2026-09-27T09:00'],
    ['into a make-up Saturday', '2026-10-09T17:00', hours(2), '2026-10-10T09:00'],
    ['nothing at all, at night', '2026-11-22T23:00', 0, '2026-11-23T08:00'],
  ])('%s: %s and %i ms is %3$s', (_, from, ms, due) => {
    expect(shown(addWorkingTime(at(from), ms, working, zone))).toBe(due);
  });

  it('lets a make-up day win over the weekend and a holiday over a weekday', () => {
    expect(isWorkingDay(working, '2026-10-10')).toBe(true);
    expect(isWorkingDay(working, '2026-10-11')).toBe(false);
    expect(isWorkingDay(working, '2026-10-01')).toBe(false);
  });

  it('says so when a calendar leaves no time to work', () => {
    expect(() =>
      addWorkingTime(at('2026-11-23T09:00'), hours(1), { ...working, days: [], makeUpDays: [] }, zone),
    ).toThrow('no working time within ten years');
  });

  it('follows a zone that changes its clocks', () => {
    const berlin = zoneOf('Europe/Berlin');
    const monday = Date.parse('2026-03-30T05:00:00Z'); // 07:00 summer time, the day after the change
    expect(addWorkingTime(monday, hours(1), working, berlin)).toBe(Date.parse('2026-03-30T07:00:00Z'));
  });
});
