import type { Device, RegistryChange } from '../../devices/contract/registry.ts';
import { episodeKey } from '../judge/identity.ts';
import type { TypePlan } from '../standards/compile.ts';
import { forgetBaselines } from './baselines.ts';
import { type Core, touch } from './core.ts';
import { forgetMeters, joinBalances, leaveBalances } from './flows.ts';
import { gatewayCoversNoMore, gatewayOf } from './gateway-watch.ts';
import { index, joinSite, unindex } from './indexes.ts';
import { limits } from './limits.ts';
import { replan } from './replan.ts';
import { forgetSignsOf } from './signs.ts';
import { listen, listensTo } from './silence.ts';
import { reviewHidden } from './suppress.ts';
import type { Unit } from './units.ts';

const REMOVED = 'the device was removed from the registry';

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
    if (unit) removeUnit(core, unit, change.at, REMOVED);
  } else if (change.remove === 'site') core.sites.delete(change.id);
  else if (change.remove === 'gateway') removeGateway(core, change.id, change.at);
}

/** Registers a device, or takes over its changed registration; its state stays unless its type changed. */
export function putDevice(core: Core, device: Device, at: number): void {
  core.registered.devices++;
  const plan = core.parts.catalogue.planOf(device);
  let unit = core.units.get(device.id);
  let moved = false;
  if (unit && unit.plan.type.id !== device.type) {
    removeUnit(core, unit, at, `the device's type changed to ${device.type}`);
    unit = undefined;
  }
  if (!plan) {
    core.problems.add('*', device.id, `no device type "${device.type}": its readings are not judged`);
    return;
  }
  if (unit) {
    leaveBalances(core, unit);
    unindex(core, unit);
    unit.device = device;
    // Moved to a place with other overlays.
    if (unit.plan !== plan) closeGone(core, unit, plan, at);
    replan(core, unit, at);
    moved = true;
  } else {
    unit = core.units.add(device, plan);
    unit.added = Number.isNaN(core.time.lastTick) ? at : core.time.lastTick;
    if (!Number.isNaN(core.time.now)) listen(core, unit);
  }
  core.removed.delete(device.id);
  index(core, unit);
  joinBalances(core, unit);
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

/** Closes the alarms of rules that the device's new plan has no more. */
function closeGone(core: Core, unit: Unit, plan: TypePlan, at: number): void {
  if (core.silent) return;
  for (const { key } of unit.plan.rules) {
    if (plan.byKey.has(key)) continue;
    core.desk.close(episodeKey(unit.device.id, key), at, 'the rule does not hold where the device stands now');
  }
}

function removeUnit(core: Core, unit: Unit, at: number, note: string): void {
  core.registered.devices++;
  leaveBalances(core, unit);
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

/**
 * A device may have left the registry while nobody judged, a drill's detector or a real one: a start finds the registry as it is
 * now, and no change will tell of it any more.
 */
export function endGone(core: Core): void {
  for (const { device, deviceType, rule, raisedAt } of [...core.desk.open()]) {
    // Gateways, seats and the platform are of no type; a device of a type that is no more is there, though nothing judges it.
    if (!Object.hasOwn(core.parts.types, deviceType) || core.units.get(device)) continue;
    const at = Number.isNaN(core.time.lastTick) ? raisedAt : core.time.lastTick;
    core.overrides.forget(device);
    core.desk.close(episodeKey(device, rule), at, REMOVED);
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
    joinBalances(core, unit);
  }
}
