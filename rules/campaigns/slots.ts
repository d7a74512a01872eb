import { addDays, minuteOf, type Zone } from '../../kit/local-time.ts';

/** A stretch of time in which a visit is made, ms. */
export interface Slot {
  readonly opensAt: number;
  readonly closesAt: number;
}

/** A day of a campaign with its windows, in order. */
export interface SlotDay {
  readonly slots: readonly Slot[];
}

/** The longest campaign, days. */
const MOST_DAYS = 366;

/**
 * The days of a campaign and the windows in each that lie in it wholly; one day that is the whole campaign where it has no
 * windows. Empty where no window fits.
 */
export function slotDays(
  from: number,
  to: number,
  windows: readonly (readonly [string, string])[] | null,
  zone: Zone,
): readonly SlotDay[] {
  if (windows === null) return [{ slots: [{ opensAt: from, closesAt: to }] }];
  const days: SlotDay[] = [];
  for (
    let date = zone.local(from).date, n = 0;
    zone.instant(date, 0) < to && n < MOST_DAYS;
    n++, date = addDays(date, 1)
  ) {
    const slots = windows
      .map(([opens, closes]) => ({
        opensAt: zone.instant(date, minuteOf(opens)),
        closesAt: zone.instant(date, minuteOf(closes)),
      }))
      .filter(({ opensAt, closesAt }) => opensAt >= from && closesAt <= to)
      .sort((a, b) => a.opensAt - b.opensAt);
    if (slots.length > 0) days.push({ slots });
  }
  return days;
}
