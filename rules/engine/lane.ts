import type { TelemetryEntry } from '../../devices/contract/entry.ts';
import type { Core } from './core.ts';
import type { Unit } from './units.ts';

/** A claim of `historical` counts from this lateness on, ms: what is fresher is live, whatever the sender says. */
export const FRESH_MS = 60_000;
/** Without a claim, news this much later than usual for the device are a backlog all the same (old gateways mark nothing), ms. */
export const UNMARKED_MS = 600_000;
/** Two late readings this far apart tell a clock that was set back from a backlog that drains, ms. */
const PACE_MS = 5000;

/**
 * Whether a whole entry is late news by its sender's claim, or by how late it is against what is usual for the device. A claim is
 * held against the journal's time too: what was refused and let in after a fix was received when it was fresh.
 */
export function isBacklog(unit: Unit, entry: TelemetryEntry, at: number, wall: number): boolean {
  const lateness = entry.received - at;
  if (entry.historical === true && (lateness > FRESH_MS || wall - at > FRESH_MS)) return true;
  return lateness > unit.lag + UNMARKED_MS;
}

/**
 * Whether unmarked late readings are not late at all: they come at the pace of the world, so the device's clock was set
 * back. A backlog drains many times faster. Without this, a detector whose clock loses ten minutes would be deaf for ten
 * minutes.
 */
export function clockWasSetBack(unit: Unit, entry: TelemetryEntry, at: number): boolean {
  if (entry.historical === true) return false;
  const first = unit.late;
  const waited = first ? entry.received - first.received : 0;
  if (first && waited < PACE_MS) return false;
  const passed = first ? at - first.at : 0;
  if (first && passed > 0 && passed <= waited * 1.2 + 2000) return true;
  unit.late = { at, received: entry.received };
  return false;
}

/** Believes the device's new clock: what it says now is its newest. */
export function followClock(core: Core, unit: Unit, lateness: number): void {
  core.counts.clocksSetBack++;
  core.units.columns.times.fill(Number.NaN, unit.m, unit.m + unit.plan.names.length);
  unit.newestAt = Number.NaN;
  unit.lag = lateness;
  unit.late = null;
}
