import type { RulesStats } from '../../devices/contract/stats.ts';
import { isBad, isGood, type StatusCode } from '../../devices/model/quality.ts';
import {
  type Baseline,
  type BaselineRule,
  departure,
  departureAt,
  isLearning,
  moveTo,
  newBaseline,
  observe,
} from '../judge/baseline.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Core } from './core.ts';
import type { Unit } from './units.ts';

/** Local time, by which hours are told apart; a trailing baseline asks for none. */
const localOf = (core: Core, { by }: BaselineRule, at: number): number =>
  by === 'trailing' ? at : at + core.zone.offset(at);

/** How far a live value is from the usual of its moment; NaN while too little is known, or where it says nothing. */
export function departureNow(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  at: number,
  value: number,
  quality: StatusCode,
): number {
  // What is usual for a drill's detector nobody will ever ask.
  if (isBad(quality) || Number.isNaN(value) || unit.device.drill !== undefined) return Number.NaN;
  const how = rule.baseline!;
  const baseline = baselineOf(core, unit.s + rule.offset, rule);
  const was = isLearning(baseline);
  if (moveTo(baseline, how, localOf(core, how, at))) core.baselines.changed.add(unit);
  if (was !== isLearning(baseline)) countLearning(core, rule, was ? -1 : 1);
  return departure(baseline, how, value);
}

/** A late value against what is known of its hour now. Nothing is learned from late data: its neighbours in time are gone. */
export function departureLate(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  at: number,
  value: number,
  quality: StatusCode,
): number {
  const baseline = core.baselines.byIndex.get(unit.s + rule.offset);
  if (!baseline || isBad(quality)) return Number.NaN;
  return departureAt(baseline, rule.baseline!, localOf(core, rule.baseline!, at), value);
}

/** Learns a live value. Of a doubtful one nothing is learned, but that it was abnormal. */
export function learn(
  core: Core,
  index: number,
  rule: CompiledRule,
  at: number,
  value: number,
  quality: StatusCode,
  abnormal: boolean,
): void {
  const baseline = core.baselines.byIndex.get(index);
  if (!baseline || isBad(quality) || Number.isNaN(value)) return;
  if (!isGood(quality)) baseline.abnormal ||= abnormal;
  else observe(baseline, rule.baseline!, localOf(core, rule.baseline!, at), value, abnormal);
}

/** The baseline of a device's rule, begun where there is none. */
export function baselineOf(core: Core, index: number, rule: CompiledRule): Baseline {
  const known = core.baselines.byIndex.get(index);
  if (known) return known;
  const made = newBaseline(rule.baseline!);
  core.baselines.byIndex.set(index, made);
  countLearning(core, rule, 1);
  return made;
}

/** One more device, or one less, that knows too little. */
export function countLearning(core: Core, rule: CompiledRule, by: number): void {
  const { learning } = core.baselines;
  learning.set(rule, (learning.get(rule) ?? 0) + by);
}

/** Rules that rest at devices of which too little is known yet. */
export const learningOf = (core: Core): RulesStats['learning'] =>
  [...core.baselines.learning].flatMap(([rule, devices]) => (devices > 0 ? [{ rule: rule.key, devices }] : []));

/** A device is gone, with what was usual for it. */
export function forgetBaselines(core: Core, unit: Unit): void {
  core.baselines.changed.delete(unit);
  for (const rule of unit.plan.baselines) {
    const index = unit.s + rule.offset;
    const baseline = core.baselines.byIndex.get(index);
    if (baseline && isLearning(baseline)) countLearning(core, rule, -1);
    core.baselines.byIndex.delete(index);
  }
}

/** What is usual for a device, by rule, taken away from its places. */
export function takeBaselines(core: Core, unit: Unit): Map<string, Baseline> {
  const taken = new Map<string, Baseline>();
  for (const { key, offset } of unit.plan.baselines) {
    const baseline = core.baselines.byIndex.get(unit.s + offset);
    if (baseline) taken.set(key, baseline);
    core.baselines.byIndex.delete(unit.s + offset);
  }
  return taken;
}

/** Puts it into the device's new places. */
export function putBaselines(core: Core, unit: Unit, taken: ReadonlyMap<string, Baseline>): void {
  for (const { key, offset } of unit.plan.baselines) {
    const baseline = taken.get(key);
    if (baseline) core.baselines.byIndex.set(unit.s + offset, baseline);
  }
}

/** Counts anew who knows too little: the rules are others now. */
export function recountLearning(core: Core): void {
  core.baselines.learning.clear();
  for (const unit of core.units.all()) {
    for (const rule of unit.plan.baselines) {
      const baseline = core.baselines.byIndex.get(unit.s + rule.offset);
      if (baseline && isLearning(baseline)) countLearning(core, rule, 1);
    }
  }
}
