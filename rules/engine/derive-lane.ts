import type { TelemetryEntry } from '../../devices/contract/entry.ts';
import { GOOD } from '../../devices/model/quality.ts';
import type { Derivation, DeriveContext, Known } from '../derive/derivation.ts';
import { derivations } from '../derive/table.ts';
import { phase } from '../judge/evaluate.ts';
import { sunAt } from '../standards/local-time.ts';
import { type Core, DERIVE, decode, encode, reminder } from './core.ts';
import { judgeLive } from './live.ts';
import type { Unit } from './units.ts';

/** Derives what the values of an entry make anew, judges it at once, and sets it aside to be stored. */
export function deriveFrom(core: Core, unit: Unit, entry: TelemetryEntry, at: number, now: number): void {
  const table = derivations[unit.plan.type.id];
  if (!table) return;
  for (const derivation of table) {
    if (!derivation.from.some((name) => Object.hasOwn(entry.values, name))) continue;
    // A device that sends the figure itself knows better.
    if (Object.hasOwn(entry.values, derivation.makes)) continue;
    derive(core, unit, derivation, at, entry.received, now);
  }
}

/** A unit's reminder fell due: figures that passing time changes are made anew. */
export function deriveByTime(core: Core, unit: Unit): void {
  const { lastTick: wall, now } = core.time;
  let next = Number.POSITIVE_INFINITY;
  for (const derivation of derivations[unit.plan.type.id] ?? []) {
    if (derivation.tickMs === undefined) continue;
    next = Math.min(next, derivation.tickMs);
    derive(core, unit, derivation, wall, wall, now);
  }
  core.timers.at(now + next, reminder(unit, DERIVE));
}

function derive(core: Core, unit: Unit, derivation: Derivation, at: number, received: number, now: number): void {
  const measurement = unit.plan.indexOf.get(derivation.makes);
  if (measurement === undefined) return;
  const value = derivation.compute(contextOf(core, unit, at, received));
  if (value === null) return;
  const { columns } = core.units;
  const m = unit.m + measurement;
  const number = encode(core, value);
  const since = at - columns.times[m]!;
  if (number === columns.values[m] ? since < derivation.repeatMs : since < (derivation.throttleMs ?? 0)) return;
  if (since <= 0) return;
  columns.values[m] = number;
  columns.times[m] = at;
  columns.qualities[m] = GOOD;
  judgeLive(core, unit, measurement, number, GOOD, at, received, now, null);
  if (core.silent) return;
  core.derived.push({
    kind: 'telemetry',
    device: unit.device.id,
    at,
    received,
    source: 'derived',
    values: { [derivation.makes]: value },
  });
}

function known(core: Core, unit: Unit): Known {
  const { values, times } = core.units.columns;
  const read = (name: string): number | undefined => {
    const i = unit.plan.indexOf.get(name);
    return i === undefined || Number.isNaN(times[unit.m + i]) ? undefined : values[unit.m + i];
  };
  return {
    device: unit.device,
    number: read,
    flag(name) {
      const i = unit.plan.indexOf.get(name);
      const found = read(name);
      return i === undefined || found === undefined ? undefined : decode(core, unit.plan, i, found) === true;
    },
    timeOf(name) {
      const i = unit.plan.indexOf.get(name);
      return i === undefined || Number.isNaN(times[unit.m + i]) ? undefined : times[unit.m + i];
    },
    heardAt: Number.isNaN(unit.newestAt) ? undefined : unit.newestAt,
  };
}

function contextOf(core: Core, unit: Unit, at: number, received: number): DeriveContext {
  unit.memory ??= {};
  return {
    ...known(core, unit),
    at,
    received,
    memory: unit.memory,
    get local() {
      return core.zone.local(at);
    },
    get sun() {
      return sunAt(at, unit.device);
    },
    circuit() {
      const all = [...(core.circuits.get(unit.device.circuit ?? '') ?? [])];
      return all
        .filter((other) => other.plan === unit.plan)
        .sort((a, b) => (a.device.id < b.device.id ? -1 : 1))
        .map((other) => known(core, other));
    },
    mounted: () => [...(core.mounts.get(unit.device.id) ?? [])].map((mount) => !isSilent(core, mount)),
  };
}

const isSilent = (core: Core, unit: Unit): boolean =>
  unit.plan.absences.some((rule) => core.units.evals.phases[unit.s + rule.offset] === phase.active);
