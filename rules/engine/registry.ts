import type { Device, RegistryChange } from '../../devices/contract/registry.ts';
import { derivations } from '../derive/table.ts';
import { forget, phase } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import { forgetBaselines } from './baselines.ts';
import { type Core, DERIVE, reminder, touch } from './core.ts';
import { forgetMeters, joinBalances, leaveBalances } from './flows.ts';
import { gatewayCoversNoMore, gatewayOf } from './gateway-watch.ts';
import { forgetSignsOf } from './signs.ts';
import { listen, listensTo } from './silence.ts';
import { reviewHidden } from './suppress.ts';
import type { Unit } from './units.ts';

/** Applies one change of the registry: only the device it speaks of is compiled again. */
export function applyChange(core: Core, change: RegistryChange): void {
  if (core.beside.apply(change)) {
    core.registered.beside++;
    return;
  }
  if (('put' in change ? change.put : change.remove) === 'site') core.registered.sites++;
  if ('put' in change) {
    if (change.put === 'device') putDevice(core, change.record, change.at);
    else if (change.put === 'site') core.sites.set(change.record.id, change.record);
    else if (change.put === 'gateway') {
      core.gatewayRecords.set(change.record.id, change.record);
      gatewayOf(core, change.record.id).record = change.record;
    }
    return;
  }
  if (change.remove === 'device') {
    const unit = core.units.get(change.id);
    if (unit) removeUnit(core, unit, change.at, 'the device was removed from the registry');
  } else if (change.remove === 'site') core.sites.delete(change.id);
  else if (change.remove === 'gateway') removeGateway(core, change.id, change.at);
}

/** Registers a device, or takes over its changed registration; its state stays unless its type changed. */
export function putDevice(core: Core, device: Device, at: number): void {
  core.registered.devices++;
  const plan = core.parts.catalogue.plans.get(device.type);
  let unit = core.units.get(device.id);
  let moved = false;
  if (unit && unit.plan !== plan) {
    removeUnit(core, unit, at, `the device's type changed to ${device.type}`);
    unit = undefined;
  }
  if (!plan) {
    core.problems.add('*', device.id, `no device type "${device.type}": its readings are not judged`);
    return;
  }
  if (unit) {
    unindex(core, unit);
    unit.device = device;
    moved = true;
  } else {
    unit = core.units.add(device, plan);
    unit.added = Number.isNaN(core.time.lastTick) ? at : core.time.lastTick;
    if (!Number.isNaN(core.time.now)) listen(core, unit);
  }
  core.removed.delete(device.id);
  index(core, unit);
  joinSite(core, unit);
  limits(core, unit, at);
  if (moved) reviewHidden(core, hiddenOf(core, unit), at);
  touch(core, unit);
}

/** Its alarms that a design hides: behind another gateway, on another pole, the cause may no longer be theirs. */
const hiddenOf = (core: Core, { plan, device }: Unit): string[] =>
  plan.rules.flatMap((rule) => {
    if (rule.hiddenBy.length === 0) return [];
    const alarm = core.desk.byKey(episodeKey(device.id, rule.key));
    return alarm?.override ? [alarm.id] : [];
  });

/** Limits that follow from the device's constants and gas. Without a constant the rule rests, and says so. */
function limits(core: Core, unit: Unit, at: number): void {
  const { plan, device } = unit;
  if (plan.perDevice.length === 0) return;
  unit.limits ??= new Float64Array(plan.rules.length * 2);
  for (const rule of plan.perDevice) {
    const found = rule.perDevice!(device);
    const missing = 'missing' in found;
    unit.limits[rule.offset * 2] = missing ? Number.NaN : found.limit;
    unit.limits[rule.offset * 2 + 1] = missing ? Number.NaN : found.back;
    if (!missing) {
      core.problems.clear(rule.key, device.id);
      continue;
    }
    core.problems.add(rule.key, device.id, `rule rests: ${found.missing} is missing; register it with the device`);
    const index = unit.s + rule.offset;
    if (core.units.evals.phases[index] !== phase.normal) forget(core.units.evals, index);
    if (!core.silent)
      core.desk.close(episodeKey(device.id, rule.key), at, `the rule rests: ${found.missing} is missing`);
  }
}

function index(core: Core, unit: Unit): void {
  const { circuit, mountedOn, gateway } = unit.device;
  if (circuit) joinCircuit(core, circuit, unit);
  if (mountedOn) into(core.mounts, mountedOn, unit);
  if (gateway) gatewayOf(core, gateway).units.add(unit);
  core.places.put(unit);
  joinBalances(core, unit);
  const ticking = derivations[unit.plan.type.id]?.some((d) => d.tickMs !== undefined) ?? false;
  if (ticking && !unit.deriving && !Number.isNaN(core.time.now)) {
    unit.deriving = true;
    // Spread over a minute, so that a city does not derive itself all at once.
    core.timers.at(core.time.now + 1000 + (unit.no % 60) * 1000, reminder(unit, DERIVE));
  }
}

function unindex(core: Core, unit: Unit): void {
  const { circuit, mountedOn, gateway } = unit.device;
  leaveSite(core, unit);
  const joined = circuit ? core.circuits.get(circuit) : undefined;
  joined?.units.delete(unit);
  joined?.sorted.clear();
  if (mountedOn) core.mounts.get(mountedOn)?.delete(unit);
  if (gateway) core.gateways.get(gateway)?.units.delete(unit);
  core.places.remove(unit);
  leaveBalances(core, unit);
}

/** Only devices that watch for something, or whose alarms may stand for others of their site, are looked for there. */
const countsAtSite = ({ plan }: Unit): boolean =>
  plan.watches.length > 0 ||
  plan.rules.some((rule) => rule.standsFor.some(({ suppression }) => suppression.scope === 'same-site'));

function joinSite(core: Core, unit: Unit): void {
  const { site } = unit.device;
  if (site === undefined || !countsAtSite(unit)) return;
  const there = core.atSite.get(site);
  if (there) there.push(unit);
  else core.atSite.set(site, [unit]);
}

function leaveSite(core: Core, unit: Unit): void {
  const { site } = unit.device;
  const left = core.atSite.get(site ?? '')?.filter((other) => other !== unit);
  if (site === undefined || !left) return;
  if (left.length > 0) core.atSite.set(site, left);
  else core.atSite.delete(site);
}

function joinCircuit(core: Core, name: string, unit: Unit): void {
  const circuit = core.circuits.get(name) ?? { units: new Set(), sorted: new Map() };
  circuit.units.add(unit);
  circuit.sorted.clear();
  core.circuits.set(name, circuit);
}

function into(map: Map<string, Set<Unit>>, key: string, unit: Unit): void {
  const there = map.get(key);
  if (there) there.add(unit);
  else map.set(key, new Set([unit]));
}

function removeUnit(core: Core, unit: Unit, at: number, note: string): void {
  core.registered.devices++;
  unindex(core, unit);
  core.draining.delete(unit);
  core.dirty.delete(unit);
  core.keeping?.units.delete(unit);
  for (const rule of unit.plan.rules) {
    core.problems.clear(rule.key, unit.device.id);
    core.windows.sliding.delete(unit.s + rule.offset);
    core.windows.still.delete(unit.s + rule.offset);
    core.windows.bits.delete(unit.s + rule.offset);
  }
  forgetBaselines(core, unit);
  forgetSignsOf(core, unit);
  forgetMeters(core, unit);
  core.units.remove(unit);
  core.removed.add(unit.device.id);
  if (!core.silent) closeAll(core, unit.device.id, at, note);
}

function removeGateway(core: Core, id: string, at: number): void {
  core.gatewayRecords.delete(id);
  core.gateways.delete(id);
  gatewayCoversNoMore(core, id, at);
  if (!core.silent) closeAll(core, id, at, 'the gateway was removed from the registry');
}

function closeAll(core: Core, device: string, at: number, note: string): void {
  core.overrides.forget(device);
  for (const alarm of [...core.desk.open()]) {
    if (alarm.device === device) core.desk.close(episodeKey(device, alarm.rule), at, note);
  }
}

/** Once time is known, everything that was registered before begins to be listened for. */
export function startTime(core: Core, at: number): void {
  core.time.lastTick = at;
  core.time.now = at - core.time.blind;
  for (const unit of core.units.all()) {
    if (unit.added === 0) unit.added = at;
    if (!listensTo(core, unit)) listen(core, unit);
    index(core, unit);
  }
}
