import type { TelemetryEntry } from '../../devices/contract/entry.ts';
import { GOOD } from '../../devices/model/quality.ts';
import type { Derivation, DeriveContext, Known } from '../derive/derivation.ts';
import { derivations } from '../derive/table.ts';
import { sunAt } from '../standards/sun.ts';
import { type Core, DERIVE, decode, encode, reminder } from './core.ts';
import { judgeLive } from './live.ts';
import { isSilent } from './suppress.ts';
import type { Unit } from './units.ts';

/** Derives what the values of an entry make anew, judges it at once, and sets it aside to be stored. */
export function deriveFrom(core: Core, unit: Unit, entry: TelemetryEntry, at: number, now: number): void {
  const table = derivations[unit.plan.type.id];
  if (!table) return;
  // One view of the device for all that the entry makes anew: it reads the newest values when it is asked.
  let context: DeriveContext | undefined;
  for (const derivation of table) {
    if (!derivation.from.some((name) => Object.hasOwn(entry.values, name))) continue;
    // A device that sends the figure itself knows better.
    if (Object.hasOwn(entry.values, derivation.makes)) continue;
    context ??= contextOf(core, unit, at, entry.received);
    derive(core, unit, derivation, context, now);
  }
}

/** A unit's reminder fell due: figures that passing time changes are made anew. */
export function deriveByTime(core: Core, unit: Unit): void {
  const { lastTick: wall, now } = core.time;
  let next = Number.POSITIVE_INFINITY;
  for (const derivation of derivations[unit.plan.type.id] ?? []) {
    if (derivation.tickMs === undefined) continue;
    next = Math.min(next, derivation.tickMs);
    derive(core, unit, derivation, contextOf(core, unit, wall, wall), now);
  }
  core.timers.at(now + next, reminder(unit, DERIVE));
}

function derive(core: Core, unit: Unit, derivation: Derivation, context: DeriveContext, now: number): void {
  const { at, received } = context;
  const measurement = unit.plan.indexOf.get(derivation.makes);
  if (measurement === undefined) return;
  const value = derivation.compute(context);
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

/** Reads of one unit after another: `of` says whose. One for all, so that deriving leaves nothing behind. */
interface Reader extends Known {
  of(unit: Unit): Known;
}

function reader(core: Core): Reader {
  let unit!: Unit;
  const read = (name: string): number | undefined => {
    const i = unit.plan.indexOf.get(name);
    if (i === undefined) return undefined;
    const { times, values } = core.units.columns;
    return Number.isNaN(times[unit.m + i]) ? undefined : values[unit.m + i];
  };
  const self: Reader = {
    of(next) {
      unit = next;
      return self;
    },
    get device() {
      return unit.device;
    },
    number: read,
    flag(name) {
      const found = read(name);
      return found === undefined ? undefined : decode(core, unit.plan, unit.plan.indexOf.get(name)!, found) === true;
    },
    timeOf: (name) =>
      read(name) === undefined ? undefined : core.units.columns.times[unit.m + unit.plan.indexOf.get(name)!],
    get heardAt() {
      return Number.isNaN(unit.newestAt) ? undefined : unit.newestAt;
    },
  };
  return self;
}

interface Deriver {
  context(unit: Unit, at: number, received: number): DeriveContext;
}

/** Makes the one context of a core, pointed at a unit for each call. */
function deriver(core: Core): Deriver {
  const own = reader(core);
  let unit!: Unit;
  let at = 0;
  let received = 0;
  const context: DeriveContext = {
    get device() {
      return unit.device;
    },
    get heardAt() {
      return own.heardAt;
    },
    number: own.number,
    flag: own.flag,
    timeOf: own.timeOf,
    get at() {
      return at;
    },
    get received() {
      return received;
    },
    get memory() {
      unit.memory ??= {};
      return unit.memory;
    },
    get local() {
      return core.zone.local(at);
    },
    get sun() {
      return sunAt(at, unit.device);
    },
    get leadsCircuit() {
      return unit.device.circuit !== undefined && alongCircuit(core, unit)[0] === unit;
    },
    circuit: () => alongCircuit(core, unit).map((other) => reader(core).of(other)),
    // Of a pole that is silent itself, nothing can be said of what it carries.
    mounted: () =>
      isSilent(core, unit) ? [] : [...(core.mounts.get(unit.device.id) ?? [])].map((mount) => !isSilent(core, mount)),
  };
  return {
    context(next, nextAt, nextReceived) {
      unit = next;
      at = nextAt;
      received = nextReceived;
      own.of(next);
      return context;
    },
  };
}

const derivers = new WeakMap<Core, Deriver>();

function contextOf(core: Core, unit: Unit, at: number, received: number): DeriveContext {
  let made = derivers.get(core);
  if (!made) {
    made = deriver(core);
    derivers.set(core, made);
  }
  return made.context(unit, at, received);
}

/** The units of a unit's circuit and type by id; sorted when the circuit changed, not each time it is asked for. */
function alongCircuit(core: Core, unit: Unit): readonly Unit[] {
  const circuit = core.circuits.get(unit.device.circuit ?? '');
  if (!circuit) return [];
  const key = unit.plan.type.id;
  const known = circuit.sorted.get(key);
  if (known) return known;
  const sorted = [...circuit.units].filter((other) => other.plan === unit.plan);
  sorted.sort((a, b) => (a.device.id < b.device.id ? -1 : 1));
  circuit.sorted.set(key, sorted);
  return sorted;
}
