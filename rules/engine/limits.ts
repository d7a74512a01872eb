import { forget, phase } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import type { Core } from './core.ts';
import type { Unit } from './units.ts';

/** Limits that follow from the device's constants and gas. Without a constant the rule rests, and says so. */
export function limits(core: Core, unit: Unit, at: number): void {
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
      if (found.capped) core.problems.add(rule.key, device.id, found.capped.text);
      continue;
    }
    core.problems.add(rule.key, device.id, `rule rests: ${found.missing} is missing; register it with the device`);
    const index = unit.s + rule.offset;
    if (core.units.evals.phases[index] !== phase.normal) forget(core.units.evals, index);
    if (!core.silent)
      core.desk.close(episodeKey(device.id, rule.key), at, `the rule rests: ${found.missing} is missing`);
  }
}
