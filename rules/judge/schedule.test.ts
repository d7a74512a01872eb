import { describe, expect, it } from 'vitest';
import { duringText } from '../../devices/city/during-text.ts';
import type { During } from '../../devices/contract/catalogue.ts';
import { scheduleOf } from '../standards/schedule-rule.ts';
import { inSchedule, minuteOf } from './schedule.ts';

const seasons = [
  { name: 'flood', from: '04-01', to: '09-30' },
  { name: 'winter', from: '12-01', to: '02-28' },
];
/** 2026-11-23 is a Monday. */
const at = (date: string, clock: string, more: { off?: boolean; dark?: boolean } = {}) => ({
  date,
  minuteOfDay: minuteOf(clock),
  weekday: new Date(`${date}T00:00:00Z`).getUTCDay() || 7,
  isWorkingDay: () => !more.off,
  isDark: () => more.dark === true,
});

describe('a rule speaks', () => {
  it.each<[During, ReturnType<typeof at>, boolean]>([
    [{ between: ['22:00', '06:00'] }, at('2026-11-23', '21:59'), false],
    [{ between: ['22:00', '06:00'] }, at('2026-11-23', '22:00'), true],
    [{ between: ['22:00', '06:00'] }, at('2026-11-24', '05:59'), true],
    [{ between: ['22:00', '06:00'] }, at('2026-11-24', '06:00'), false],
    [{ between: ['06:00', '22:00'] }, at('2026-11-24', '06:00'), true],
    [{ days: [6, 7] }, at('2026-11-22', '12:00'), true],
    [{ days: [6, 7] }, at('2026-11-23', '12:00'), false],
    [{ dayKind: 'off' }, at('2026-11-23', '12:00', { off: true }), true],
    [{ dayKind: 'working' }, at('2026-11-23', '12:00', { off: true }), false],
    [{ sun: 'dark' }, at('2026-11-23', '19:00', { dark: true }), true],
    [{ sun: 'light' }, at('2026-11-23', '19:00', { dark: true }), false],
    [{ season: 'flood' }, at('2026-09-30', '12:00'), true],
    [{ season: 'flood' }, at('2026-10-01', '12:00'), false],
    [{ season: 'winter' }, at('2026-12-01', '12:00'), true],
    [{ season: 'winter' }, at('2027-02-28', '12:00'), true],
    [{ season: 'winter' }, at('2027-03-01', '12:00'), false],
    [{ season: 'unknown' }, at('2027-03-01', '12:00'), false],
    [{ between: ['22:00', '06:00'], days: [1] }, at('2026-11-23', '12:00'), false],
    [{ between: ['22:00', '06:00'], days: [1] }, at('2026-11-23', '23:00'), true],
  ])('%j at %j: %s', (during, moment, speaks) => {
    expect(inSchedule(scheduleOf(during), moment, seasons)).toBe(speaks);
  });

  it('and says when, in both languages', () => {
    const during: During = {
      between: ['22:00', '06:00'],
      days: [1, 5],
      dayKind: 'working',
      sun: 'dark',
      season: '汛期',
    };
    expect(duringText(during).zh).toBe('汛期，周一、五，工作日，22:00–06:00，天黑');
    expect(duringText(during).en).toBe('season 汛期, Mon, Fri, working days, 22:00–06:00, dark');
  });
});
