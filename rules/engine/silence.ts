import type { Alarm } from '../../devices/contract/alarm.ts';
import { verdict } from '../judge/compare.ts';
import { change, forget, phase, step } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { deadlinesOf } from '../standards/deadlines.ts';
import { explainSilence } from '../standards/explain.ts';
import { withBlindness } from './blindness.ts';
import { buildAlarm, deviceSubject } from './build-alarm.ts';
import { type Core, decode, reminder, siteOf } from './core.ts';
import { gatewayHeard, gatewayIsDown } from './gateway-watch.ts';
import { explainsSilence } from './gateways.ts';
import { afterReturn, withSuppression } from './suppress.ts';
import type { Unit } from './units.ts';

/** Begins to listen for a device: from now on its silence counts. */
export function listen(core: Core, unit: Unit): void {
  unit.plan.absences.forEach((rule, k) => {
    core.units.columns.heard[unit.h + k] = core.time.now;
    core.timers.at(core.time.now + rule.windowMs, reminder(unit, rule.offset));
  });
}

/** Whether a device's silence counts already: one that a snapshot knows is listened for since it was last heard. */
export const listensTo = (core: Core, unit: Unit): boolean => core.units.columns.heard[unit.h] !== 0;

/** A device was heard live; `measurements` tells which absence rules that ends. */
export function heard(
  core: Core,
  unit: Unit,
  hears: (measurement: number) => boolean,
  at: number,
  wall: number,
  now: number,
): void {
  const { absences } = unit.plan;
  for (let k = 0; k < absences.length; k++) {
    const rule = absences[k]!;
    if (rule.measurement >= 0 && !hears(rule.measurement)) continue;
    core.units.columns.heard[unit.h + k] = now;
    if (core.units.evals.phases[unit.s + rule.offset] !== phase.normal) speaksAgain(core, unit, rule, at, wall, now);
  }
  const gateway = unit.device.gateway === undefined ? undefined : core.gateways.get(unit.device.gateway);
  if (gateway) gatewayHeard(core, gateway, wall, now);
}

function speaksAgain(core: Core, unit: Unit, rule: CompiledRule, at: number, wall: number, now: number): void {
  const { evals } = core.units;
  const index = unit.s + rule.offset;
  const before = evals.phases[index];
  const what = step(evals, index, rule, verdict.normal, at, now);
  if (what === change.returned) spokeAgain(core, unit, rule, wall);
  else if (evals.phases[index] !== before) core.timers.at(evals.episodes.get(index)!.due, reminder(unit, rule.offset));
}

function spokeAgain(core: Core, unit: Unit, rule: CompiledRule, wall: number): void {
  const k = unit.plan.absences.indexOf(rule);
  core.timers.at(core.units.columns.heard[unit.h + k]! + rule.windowMs, reminder(unit, rule.offset));
  if (core.silent) return;
  const key = episodeKey(unit.device.id, rule.key);
  const alarm = core.desk.byKey(key);
  core.desk.returned(key, wall, rule.latched, {
    value: alarm?.lastValue ?? null,
    at: Number.isNaN(unit.newestAt) ? null : unit.newestAt,
    quality: 0,
  });
  afterReturn(core, unit, rule, key, wall);
}

/** A reminder about silence fell due: is the device still silent, and who is to blame? */
export function checkSilence(core: Core, unit: Unit, rule: CompiledRule): void {
  const { evals, columns } = core.units;
  const { now, lastTick: wall } = core.time;
  const index = unit.s + rule.offset;
  const k = unit.plan.absences.indexOf(rule);
  const due = columns.heard[unit.h + k]! + rule.windowMs;
  const was = evals.phases[index];
  if (due > now) {
    const episode = evals.episodes.get(index);
    if (was === phase.returning && episode && episode.due <= now) {
      forget(evals, index);
      spokeAgain(core, unit, rule, wall);
    } else if (was === phase.normal) core.timers.at(due, reminder(unit, rule.offset));
    return;
  }
  if (was === phase.active) return;
  const since = Number.isNaN(unit.newestAt) ? unit.added : unit.newestAt;
  if (step(evals, index, { onDelayMs: 0, offDelayMs: rule.offDelayMs }, verdict.abnormal, since, now) !== change.raised)
    return;
  const gateway = unit.device.gateway === undefined ? undefined : core.gateways.get(unit.device.gateway);
  if (gateway && gateway.downSince === 0 && explainsSilence(gateway, rule.windowMs, now))
    gatewayIsDown(core, gateway, wall);
  if (!core.silent) core.desk.raise(silenceAlarm(core, unit, rule, since, wall), wall);
}

/** The alarm of a silent device; hidden from the start when its gateway or carrier already says so for it. */
function silenceAlarm(core: Core, unit: Unit, rule: CompiledRule, since: number, wall: number): Alarm {
  const { device, plan } = unit;
  const site = siteOf(core, device);
  const last = lastHeard(core, unit, rule);
  const alarm = buildAlarm(deviceSubject(device, site), {
    rule: rule.key,
    measurement: rule.measurementName,
    priority: rule.priority,
    clause: rule.clause,
    since,
    raisedAt: wall,
    value: last.value,
    lastAt: last.at,
    quality: last.quality,
    doubts: [],
    op: null,
    limit: null,
    unit: '',
    explanation: explainSilence(device.name, rule.windowMs, last.at !== null),
    deadlines: deadlinesOf(rule, rule.priority, wall, core.parts.city, core.zone, plan.safety),
    hazard: rule.item?.hazard ?? null,
  });
  return withBlindness(core, withSuppression(core, unit, rule, alarm));
}

/** The last thing heard: what a silent alarm shows, with its age. */
function lastHeard(core: Core, unit: Unit, rule: CompiledRule) {
  const { values, times, qualities } = core.units.columns;
  let newest = rule.measurement;
  if (newest < 0) {
    for (let i = 0; i < unit.plan.names.length; i++) {
      if (Number.isNaN(times[unit.m + i])) continue;
      if (newest < 0 || times[unit.m + i]! > times[unit.m + newest]!) newest = i;
    }
  }
  if (newest < 0 || Number.isNaN(times[unit.m + newest])) return { value: null, at: null, quality: 0 };
  const m = unit.m + newest;
  return { value: decode(core, unit.plan, newest, values[m]!), at: times[m]!, quality: qualities[m]! };
}
