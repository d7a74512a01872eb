import type { Device } from '../contract/registry.ts';
import type { DeviceType } from '../model/device-type.ts';
import { calibrationDue, type Day, daysBetween, lastDay, type SelfReport } from './life.ts';

export type LedgerKind = 'expiry' | 'calibration';

/** One line of the life and calibration ledger: what of which device ends when. */
export interface LedgerLine {
  readonly device: string;
  readonly name: string;
  readonly type: string;
  readonly model: string | null;
  readonly site: string | null;
  readonly area: string | null;
  readonly kind: LedgerKind;
  /** The last good day; null where the registry does not say enough. */
  readonly due: Day | null;
  /** Days left; negative when overdue, null when unknown. */
  readonly days: number | null;
  readonly state: 'overdue' | 'due' | 'unknown';
}

export interface LedgerQuery {
  readonly kind?: LedgerKind | undefined;
  /** Only what is overdue or ends within so many days; left out: everything, also what is not known. */
  readonly within?: number | undefined;
}

/** What expires when, soonest first and the unknown last. Devices that have neither a life nor a calibration are left out. */
export function ledger(
  devices: Iterable<Device>,
  types: Readonly<Record<string, DeviceType>>,
  reportOf: (device: string) => SelfReport,
  today: Day,
  { kind, within }: LedgerQuery = {},
): LedgerLine[] {
  const lines: LedgerLine[] = [];
  for (const device of devices) {
    if (device.drill !== undefined) continue;
    const type = types[device.type];
    if (kind !== 'calibration' && (type?.lifeYears !== undefined || device.expires))
      lines.push(line(device, 'expiry', lastDay(device, type), today));
    const calibrates = device.calibrationDue ?? device.calibrationDueDays ?? device.calibrated;
    if (kind !== 'expiry' && calibrates !== undefined)
      lines.push(line(device, 'calibration', calibrationDue(device, reportOf(device.id)), today));
  }
  const wanted = within === undefined ? lines : lines.filter(({ days }) => days !== null && days <= within);
  return wanted.sort((a, b) => (a.days ?? 1e9) - (b.days ?? 1e9) || (a.device < b.device ? -1 : 1));
}

function line(device: Device, kind: LedgerKind, due: Day | null, today: Day): LedgerLine {
  const days = due === null ? null : daysBetween(today, due);
  return {
    device: device.id,
    name: device.name,
    type: device.type,
    model: device.model ?? null,
    site: device.site ?? null,
    area: device.area ?? null,
    kind,
    due,
    days,
    state: days === null ? 'unknown' : days < 0 ? 'overdue' : 'due',
  };
}
