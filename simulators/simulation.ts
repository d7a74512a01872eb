import type { Device } from '../devices/contract/registry.ts';
import { deviceType } from '../devices/types/registry.ts';
import type { Memory, Step, Values } from './city/behaviour/behaviour.ts';
import { behaviours } from './city/behaviour/registry.ts';
import { type World, worldOf } from './city/behaviour/world.ts';
import { fixed } from './city/chance.ts';
import { toFieldUnits } from './city/field-units.ts';
import type { DemoPlan } from './city/plan.ts';
import type { FaultDesk } from './faults/fault-desk.ts';

/** What leaves one device at one moment. */
export type Report =
  | { readonly device: string; readonly at: number; readonly values: Values }
  /** Bytes that are no report, on purpose. */
  | { readonly device: string; readonly at: number; readonly payload: string };

/** The simulated city as a schedule: who reports what when. No I/O, no clock: time comes in. */
export interface Simulation {
  /**
   * Everything due up to `at` (ms of the demonstration), in order of time. `world` is the world's time, by which faults
   * run. Reports missed while the process stood still are skipped, not sent late, and counted.
   */
  due(at: number, world: number): Report[];
  /** The next report of this device holds everything, as after a (re)connection. */
  repeatAll(device: string): void;
  /** Reports that were never made. */
  skipped(): number;
}

/** How often a device of a type reports, ms: quicker than in the field, so that a demonstration moves. */
export const reportEveryMs: Readonly<Record<string, number>> = {
  'gas-alarm-commercial': 8_000,
  'gas-alarm-household': 30_000,
  'gas-rtu': 5_000,
  'smart-pole': 45_000,
  'pole-camera': 60_000,
  'waste-bin': 90_000,
  'env-station': 30_000,
  'water-level-sensor': 30_000,
  'waste-truck': 15_000,
  'sanitation-vehicle': 15_000,
  'underground-gas': 60_000,
};
const OTHERWISE_EVERY_MS = 60_000;

/** A value that need not move is repeated at least this often, so that a page opened later still finds it. */
const REPEAT_MS = 10 * 60_000;
/** A number that its type reports at least this often is in every report, changed or not. */
const QUICK_MS = 30 * 60_000;
/** More than this many reports behind: the machine slept, and the gap is left a gap. */
const CATCH_UP = 20;

/** One healthy step of a device; undefined for a type that is not simulated. */
export function step(device: Device, memory: Memory, world: World): Step | undefined {
  return behaviours[device.type]?.(device, memory, world);
}

interface Player {
  readonly device: Device;
  readonly everyMs: number;
  nextAt: number;
  memory: Memory;
  lastWorld: number;
  readonly sent: Map<string, { value: Values[string]; at: number }>;
}

/** A {@link Simulation} of `plan` that begins at `start` (ms of the demonstration). */
export function simulation(plan: DemoPlan, faults: FaultDesk, start: number): Simulation {
  const worldAt = worldOf(plan.setting);
  let skipped = 0;
  const players: Player[] = plan.put.devices
    .filter(({ id, type }) => behaviours[type] && plan.routes[id]?.by !== 'replay')
    .map((device) => {
      const everyMs = reportEveryMs[device.type] ?? OTHERWISE_EVERY_MS;
      // Spread over the interval, so that a city does not speak in one voice; the first within 20 s, so that it is soon there.
      const nextAt = start + Math.floor(fixed(`${plan.seed}/${device.id}/phase`) * Math.min(everyMs, 20_000));
      return { device, everyMs, nextAt, memory: {}, lastWorld: 0, sent: new Map() };
    });

  function reportOf(player: Player, at: number, now: number): Report | undefined {
    const { device } = player;
    player.lastWorld = now;
    const healthy = behaviours[device.type]!(device, player.memory, worldAt(at));
    player.memory = healthy.memory;
    const bent = faults.bend(device, healthy.values, now);
    if ('payload' in bent) return { device: device.id, at, payload: bent.payload };
    // An RTU is read, it does not report: its server shows every value, and the client sees what changed.
    const news = plan.routes[device.id]?.by === 'opcua' ? bent.values : worthSending(player, bent.values, at);
    return Object.keys(news).length > 0 ? { device: device.id, at, values: toFieldUnits(device, news) } : undefined;
  }

  function playerDue(player: Player, at: number, now: number, out: Report[]): void {
    if (at - player.nextAt > CATCH_UP * player.everyMs) {
      const missed = Math.floor((at - player.nextAt) / player.everyMs);
      skipped += missed;
      player.nextAt += missed * player.everyMs;
    }
    const before = out.length;
    for (; player.nextAt <= at; player.nextAt += player.everyMs) push(out, reportOf(player, player.nextAt, now));
    const urgent = faults.everyMs(player.device.id);
    if (urgent !== undefined && out.length === before && now - player.lastWorld >= urgent) {
      push(out, reportOf(player, at, now));
    }
  }

  return {
    repeatAll: (device) => players.find((player) => player.device.id === device)?.sent.clear(),
    skipped: () => skipped,
    due(at, now) {
      const out: Report[] = [];
      for (const player of players) playerDue(player, at, now, out);
      return out.sort((a, b) => a.at - b.at);
    },
  };
}

/** Quick measurements always; the rest (switches, batteries, places) when they change and every ten minutes. */
function worthSending(player: Player, values: Values, at: number): Values {
  const measurements = deviceType(player.device.type)?.measurements ?? {};
  const news: Record<string, Values[string]> = {};
  for (const [name, value] of Object.entries(values)) {
    const last = player.sent.get(name);
    const quick = typeof value === 'number' && (measurements[name]?.everyMs ?? Number.POSITIVE_INFINITY) <= QUICK_MS;
    if (!quick && last && last.value === value && at - last.at < REPEAT_MS) continue;
    player.sent.set(name, { value, at });
    news[name] = value;
  }
  return news;
}

const push = (out: Report[], report: Report | undefined): void => {
  if (report) out.push(report);
};
