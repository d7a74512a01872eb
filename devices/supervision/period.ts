import { addDays, type Zone } from '../../kit/local-time.ts';
import type { Period } from '../contract/score.ts';
import type { PeriodLength } from '../contract/supervision.ts';

/** Months of a calendar period. */
const months: Readonly<Record<Exclude<PeriodLength, 'week'>, number>> = {
  month: 1,
  quarter: 3,
  'half-year': 6,
  year: 12,
};

/** The period of a length that a moment (ms) lies in, by the city's calendar. Weeks are those of ISO 8601. */
export function periodAt(every: PeriodLength, at: number, zone: Zone): Period {
  const { date, weekday } = zone.local(at);
  if (every === 'week') return week(addDays(date, 1 - weekday), zone);
  const size = months[every];
  const [year = 0, month = 1] = date.split('-').map(Number);
  return calendar(every, year, Math.floor((month - 1) / size), zone);
}

/** The period before another. */
export const periodBefore = (every: PeriodLength, { from }: Period, zone: Zone): Period =>
  periodAt(every, from - 1, zone);

/** The period of a key, `2026-W49`, `2026-11`, `2026-Q4`, `2026-H2` or `2026`; undefined where it is none of that length. */
export function periodOf(every: PeriodLength, key: string, zone: Zone): Period | undefined {
  const match = /^(\d{4})(?:-(W|Q|H)?(\d{1,2}))?$/.exec(key);
  if (!match) return undefined;
  const year = Number(match[1]);
  const number = Number(match[3] ?? 1);
  const found =
    every === 'week'
      ? week(addDays(firstMonday(year), 7 * (number - 1)), zone)
      : calendar(every, year, number - 1, zone);
  // A fifth quarter would be the first of the next year.
  return periodAt(every, found.from, zone).key === key ? found : undefined;
}

/** ISO 8601: the week of 4 January is the first. */
function firstMonday(year: number): string {
  const fourth = `${year}-01-04`;
  const weekday = new Date(`${fourth}T00:00:00Z`).getUTCDay() || 7;
  return addDays(fourth, 1 - weekday);
}

function week(monday: string, zone: Zone): Period {
  const year = Number(addDays(monday, 3).slice(0, 4));
  const number = Math.round((Date.parse(monday) - Date.parse(firstMonday(year))) / (7 * 86_400_000)) + 1;
  const key = `${year}-W${String(number).padStart(2, '0')}`;
  return { key, from: zone.instant(monday, 0), to: zone.instant(addDays(monday, 7), 0) };
}

function calendar(every: Exclude<PeriodLength, 'week'>, year: number, index: number, zone: Zone): Period {
  const size = months[every];
  const first = (month: number) => {
    const date = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
    return zone.instant(date, 0);
  };
  const keys: Readonly<Record<typeof every, string>> = {
    month: `${year}-${String(index + 1).padStart(2, '0')}`,
    quarter: `${year}-Q${index + 1}`,
    'half-year': `${year}-H${index + 1}`,
    year: String(year),
  };
  return { key: keys[every], from: first(index * size), to: first((index + 1) * size) };
}
