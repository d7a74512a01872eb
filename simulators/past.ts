import { worldOf } from './city/behaviour/world.ts';
import { toFieldUnits } from './city/field-units.ts';
import type { DemoPlan } from './city/plan.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import { step } from './simulation.ts';

/** Device types whose devices keep days of readings, as loggers under ground do, and how often they kept one, ms. */
const keepEveryMs: Readonly<Record<string, number>> = { 'underground-gas': 15 * 60_000 };
const KEPT_MS = 72 * 3_600_000;

/** What one device hands in when it is connected for the first time: one message of the device API, oldest reading first. */
export interface HandedIn {
  readonly device: string;
  readonly payload: string;
}

/**
 * Three days of readings from before the demonstration, of the devices that keep theirs: without a past, nobody could tell
 * what is new. Faults that run are told as they would have been in that past. `now` is the demonstration's time, `world` the
 * world's, ms. Pure.
 */
export function pastOf(plan: DemoPlan, faults: FaultDesk, now: number, world: number): HandedIn[] {
  const worldAt = worldOf(plan.setting);
  return plan.put.devices.flatMap((device) => {
    const everyMs = keepEveryMs[device.type];
    if (everyMs === undefined || plan.routes[device.id]?.by === 'replay') return [];
    const rows: object[] = [];
    for (let at = now - KEPT_MS; at < now - everyMs; at += everyMs) {
      const healthy = step(device, {}, worldAt(at));
      const bent = healthy && faults.bend(device, healthy.values, world - (now - at));
      if (bent && 'values' in bent) rows.push({ ts: at, values: toFieldUnits(device, bent.values), historical: true });
    }
    return [{ device: device.id, payload: JSON.stringify(rows) }];
  });
}
