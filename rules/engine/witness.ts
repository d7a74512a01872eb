import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import { isGood } from '../../devices/model/quality.ts';
import { distanceM } from '../derive/bins.ts';
import { verdict, verdictOf } from '../judge/compare.ts';
import { phase } from '../judge/evaluate.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { backFor, type Core, limitFor } from './core.ts';
import { marksOfUnit } from './marks.ts';
import type { Unit } from './units.ts';

/**
 * Why a P1 may not be reset on its detector's word alone, null when it may: nothing is held against the detector, a person has
 * given a verdict since the return, or another detector bears it out.
 */
export function whyNotOver(core: Core, alarm: Alarm): Refusal | null {
  if (alarm.priority !== 'P1' || alarm.active || alarm.marks.length === 0) return null;
  const returnedAt = alarm.returnedAt ?? core.time.lastTick;
  if (alarm.verdict && alarm.verdict.at >= returnedAt) return null;
  return findWitness(core, alarm, returnedAt) ? null : noWitness;
}

/** Another unmarked detector of the same quantity, at the site or near, that has read well since the return; null when there is none. */
export function findWitness(core: Core, alarm: Alarm, since: number): string | null {
  const within = core.parts.city.alarmPolicy.witnessWithinM;
  const own = core.parts.types[alarm.deviceType]?.measurements[alarm.measurement];
  for (const unit of core.units.all()) {
    const { device } = unit;
    if (device.id === alarm.device || device.drill !== undefined) continue;
    const near = (alarm.site !== null && device.site === alarm.site) || distanceM(device, alarm) <= within;
    if (!near || marksOfUnit(core, unit).length > 0) continue;
    const speaks = (rule: CompiledRule): boolean =>
      rule.item?.hazard === alarm.hazard &&
      rule.priority <= 'P2' &&
      rule.measurement >= 0 &&
      rule.windowMs === 0 &&
      rule.kind === 'threshold' &&
      // Pressure says nothing about gas in a room, nor a kitchen's sensor about a pipe's pressure.
      (own?.combustible
        ? unit.plan.measurements[rule.measurement]!.combustible === true
        : rule.measurementName === alarm.measurement);
    const levels = unit.plan.rules.filter(speaks);
    if (levels.length > 0 && levels.every((rule) => readsWell(core, unit, rule, since))) return device.id;
  }
  return null;
}

/** True when a level is at rest, on a good reading that is newer than `since`. */
function readsWell(core: Core, unit: Unit, rule: CompiledRule, since: number): boolean {
  const { columns, evals } = core.units;
  const m = unit.m + rule.measurement;
  const quality = columns.qualities[m]!;
  if (!(columns.times[m]! > since) || !isGood(quality)) return false;
  if (evals.phases[unit.s + rule.offset] !== phase.normal) return false;
  return verdictOf(rule.op, columns.values[m]!, limitFor(unit, rule), backFor(unit, rule), quality) === verdict.normal;
}

const noWitness: Refusal = {
  code: 'needs-evidence',
  zh: '该探测器已过期、未校准或自检失败，不能仅凭它的读数结案：请先研判并写明依据，或等同场所（或附近）另一台正常探测器给出正常读数',
  en: 'this detector is expired, uncalibrated or failed its self-test, so its word alone does not end the alarm: give a verdict with evidence, or wait for a good reading of another sound detector at the site or near it',
};
