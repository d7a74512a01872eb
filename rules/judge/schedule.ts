/** When a rule speaks, ready to be asked; every part that is not null must hold. */
export interface Schedule {
  /** Minutes of the local day, `to` not included; over midnight where `from` is later. */
  readonly between: { readonly from: number; readonly to: number } | null;
  /** Bit n is ISO weekday n. */
  readonly days: number | null;
  readonly dayKind: 'working' | 'off' | null;
  readonly sun: 'dark' | 'light' | null;
  readonly season: string | null;
}

/** A part of the year, `MM-DD` to `MM-DD`, both included; over New Year where `from` is later. */
export interface Season {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** What a schedule may ask about a moment at a place; the dear questions are asked only where they decide. */
export interface Moment {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly minuteOfDay: number;
  /** 1 = Monday. */
  readonly weekday: number;
  readonly isWorkingDay: () => boolean;
  readonly isDark: () => boolean;
}

/** True while the schedule's time lasts. A season that the city does not name is never. */
export function inSchedule(schedule: Schedule, moment: Moment, seasons: readonly Season[]): boolean {
  const { between, days, dayKind, sun, season } = schedule;
  if (between && !isBetween(moment.minuteOfDay, between.from, between.to)) return false;
  if (days !== null && (days & (1 << moment.weekday)) === 0) return false;
  if (season !== null && !seasons.some((one) => one.name === season && isInSeason(one, moment.date))) return false;
  if (dayKind !== null && moment.isWorkingDay() !== (dayKind === 'working')) return false;
  return sun === null || moment.isDark() === (sun === 'dark');
}

const isBetween = (minute: number, from: number, to: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;

function isInSeason({ from, to }: Season, date: string): boolean {
  const day = date.slice(5);
  return from <= to ? day >= from && day <= to : day >= from || day <= to;
}

/** `06:30` → 390. */
export function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}
