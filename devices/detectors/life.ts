import type { DetectorMark } from '../contract/alarm.ts';
import type { Device } from '../contract/registry.ts';
import type { DeviceType } from '../model/device-type.ts';

/** Dates are `YYYY-MM-DD` in the city's zone: the text's order is the calendar's. */
export type Day = string;

/** What a detector has said of itself in its client attributes. */
export interface SelfReport {
  readonly selfTest: 'pass' | 'fail' | null;
  /** When it was last calibrated. */
  readonly calibrated: Day | null;
}

export const saidNothing: SelfReport = { selfTest: null, calibrated: null };

/** The registry's dates that speak of a detector's life and calibration. */
export type LifeFacts = Pick<Device, 'installed' | 'expires' | 'calibrated' | 'calibrationDue' | 'calibrationDueDays'>;

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
const at = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** The day `days` after (or with a minus before) another. */
export const addDays = (day: Day, days: number): Day => dayOf(at(day) + days * DAY_MS);
/** How many days `later` lies after `earlier`; negative when before. */
export const daysBetween = (earlier: Day, later: Day): number => Math.round((at(later) - at(earlier)) / DAY_MS);

/** The last day of a detector's life: as registered, else by its installation and its type's life; null when unknown. */
export function lastDay(device: LifeFacts, type: Pick<DeviceType, 'lifeYears'> | undefined): Day | null {
  if (device.expires) return device.expires;
  if (!device.installed || type?.lifeYears === undefined) return null;
  const end = new Date(at(device.installed));
  end.setUTCFullYear(end.getUTCFullYear() + type.lifeYears);
  return addDays(dayOf(end.getTime()), -1);
}

/** The last day on which its calibration holds: as registered, else the newest calibration and the days it is good for. */
export function calibrationDue(device: LifeFacts, said: SelfReport = saidNothing): Day | null {
  const { calibrated, calibrationDue: due, calibrationDueDays: days } = device;
  const newest = [calibrated ?? '', said.calibrated ?? ''].sort()[1] ?? '';
  const counted = days !== undefined && newest !== '' ? addDays(newest, days) : null;
  // A calibration later than the registered due date has met it.
  if (!due || (newest !== '' && newest >= due)) return counted;
  return counted !== null && counted > due ? counted : due;
}

/** What is held against a detector's word on a day. What is not known is not held against it; the ledger lists it. */
export function marksOf(
  device: LifeFacts,
  type: Pick<DeviceType, 'lifeYears'> | undefined,
  said: SelfReport,
  today: Day,
): readonly DetectorMark[] {
  const life = lastDay(device, type);
  const due = calibrationDue(device, said);
  const neverCalibrated = device.calibrationDueDays !== undefined && due === null;
  const marks: DetectorMark[] = [];
  if (life !== null && today > life) marks.push('expired');
  if (neverCalibrated || (due !== null && today > due)) marks.push('uncalibrated');
  if (said.selfTest === 'fail') marks.push('self-test-failed');
  return marks.length > 0 ? marks : noMarks;
}
const noMarks: readonly DetectorMark[] = [];

/** A detector's age in years, such that it reaches its type's life on the first day after its last; null when unknown. */
export function ageYears(
  device: LifeFacts,
  type: Pick<DeviceType, 'lifeYears'> | undefined,
  today: Day,
): number | null {
  const last = lastDay(device, type);
  if (type?.lifeYears !== undefined && last !== null)
    return Math.max(0, type.lifeYears - (daysBetween(today, last) + 1) / YEAR_DAYS);
  return device.installed ? Math.max(0, daysBetween(device.installed, today) / YEAR_DAYS) : null;
}

const passed: ReadonlySet<unknown> = new Set(['pass', 'passed', 'ok', 'true', true]);
const failed: ReadonlySet<unknown> = new Set(['fail', 'failed', 'error', 'false', false]);
const word = (value: unknown): unknown => (typeof value === 'string' ? value.trim().toLowerCase() : value);

/**
 * Takes up what client attributes say: `selfTest` (pass or fail) and `calibrated` (a date). Anything else, and what cannot be
 * read, changes nothing.
 */
export function withAttributes(said: SelfReport, values: Readonly<Record<string, unknown>>): SelfReport {
  const test = word(values.selfTest);
  const selfTest = failed.has(test) ? 'fail' : passed.has(test) ? 'pass' : said.selfTest;
  const given = values.calibrated;
  const isDay = typeof given === 'string' && /^\d{4}-\d{2}-\d{2}/.test(given) && !Number.isNaN(at(given.slice(0, 10)));
  const calibrated = isDay ? given.slice(0, 10) : said.calibrated;
  return selfTest === said.selfTest && calibrated === said.calibrated ? said : { selfTest, calibrated };
}
