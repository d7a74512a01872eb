import {
  type Difference,
  LISTED,
  type ListedAlarm,
  type TriedAlarm,
  type TriedRule,
} from '../../devices/contract/backtest.ts';
import type { Device, Site } from '../../devices/contract/registry.ts';
import { compareAlarms } from './compare-alarms.ts';
import { chatterOf, loadOf } from './load.ts';

/** The devices that a rule was tried on, and their sites. */
export interface Places {
  readonly device: (id: string) => Device | undefined;
  readonly site: (id: string) => Site | undefined;
}

const HOUR = 3_600_000;
const TOP = 10;

/** What one form of the rule did between `from` and `to`, in figures. */
export function triedRule(
  alarms: readonly TriedAlarm[],
  stoodBefore: number,
  { from, to }: { readonly from: number; readonly to: number },
  places: Places,
): TriedRule {
  const hours = Math.max(to - from, 1) / HOUR;
  const times = alarms.map(({ raisedAt }) => raisedAt);
  const { worst, floods, floodMs } = loadOf(times, to);
  const lasted = alarms
    .flatMap(({ raisedAt, returnedAt }) => (returnedAt === null ? [] : [returnedAt - raisedAt]))
    .sort((a, b) => a - b);
  const devices = counted(alarms.map(({ device }) => device));
  return {
    alarms: alarms.length,
    devices: devices.length,
    perHour: alarms.length / hours,
    perTenMinutes: alarms.length / (hours * 6),
    worst,
    floods,
    inFlood: floodMs / Math.max(to - from, 1),
    chattering: chatterOf(alarms).slice(0, TOP),
    standing: alarms.filter(({ returnedAt }) => returnedAt === null).length,
    stoodBefore,
    hidden: {
      byPeople: alarms.filter(({ hidden }) => hidden === 'by-people').length,
      byDesign: alarms.filter(({ hidden }) => hidden === 'by-design').length,
    },
    medianMs: lasted[lasted.length >> 1] ?? null,
    longestMs: lasted.at(-1) ?? null,
    byArea: counted(alarms.map(({ device }) => places.device(device)?.area ?? '')).map(([area, n]) => ({
      area,
      alarms: n,
    })),
    topDevices: devices
      .slice(0, TOP)
      .map(([device, n]) => ({ device, name: places.device(device)?.name ?? device, alarms: n })),
    list: alarms.slice(0, LISTED).map(listed(places)),
  };
}

/** What changes between the rule as it stands and as it is tried. */
export function difference(before: readonly TriedAlarm[], after: readonly TriedAlarm[], places: Places): Difference {
  const { gained, lost, moved } = compareAlarms(before, after);
  const shifts = moved.map(({ was, is }) => is.raisedAt - was.raisedAt).sort((a, b) => a - b);
  const list = (alarms: readonly TriedAlarm[]) => alarms.slice(0, LISTED).map(listed(places));
  return {
    gained: gained.length,
    lost: lost.length,
    moved: moved.length,
    movedMs: shifts[shifts.length >> 1] ?? null,
    gainedList: list(gained),
    lostList: list(lost),
    movedList: moved.slice(0, LISTED).map(({ was, is }) => ({ ...listed(places)(is), wasRaisedAt: was.raisedAt })),
  };
}

const listed =
  (places: Places) =>
  (alarm: TriedAlarm): ListedAlarm => {
    const device = places.device(alarm.device);
    const site = device?.site ?? null;
    return {
      ...alarm,
      deviceName: device?.name ?? alarm.device,
      site,
      siteName: site === null ? null : (places.site(site)?.name ?? null),
      area: device?.area ?? null,
    };
  };

/** How often each name comes, most first. */
function counted(names: readonly string[]): [string, number][] {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
