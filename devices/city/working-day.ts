import { weekdayOf } from '../../kit/local-time.ts';
import type { City } from '../contract/city.ts';

/** When a city works: hours, weekdays, holidays and the days that make up for them. */
export type WorkingHours = City['working'];

/** Whether people work on that day: make-up days (调休) before holidays before weekdays. */
export const isWorkingDay = (working: WorkingHours, date: string): boolean =>
  working.makeUpDays.includes(date) || (!working.holidays.includes(date) && working.days.includes(weekdayOf(date)));
