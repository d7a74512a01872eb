import type { During } from '../../devices/contract/catalogue.ts';
import { minuteOf, type Schedule } from '../judge/schedule.ts';

/** A rule's `during` as it is asked. */
export const scheduleOf = ({ between, days, dayKind, sun, season }: During): Schedule => ({
  between: between ? { from: minuteOf(between[0]), to: minuteOf(between[1]) } : null,
  days: days ? days.reduce((bits, day) => bits | (1 << day), 0) : null,
  dayKind: dayKind ?? null,
  sun: sun ?? null,
  season: season ?? null,
});
