import { isGood } from '../../devices/model/quality.ts';
import { departure } from '../judge/baseline.ts';
import { commonOf } from '../judge/common-mode.ts';
import { compares } from '../judge/compare.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Core } from './core.ts';
import type { Unit } from './units.ts';

/** Departures of the devices around one; shared, as the engine judges one reading at a time. More say nothing further. */
const around = new Float64Array(256);

/**
 * A departure less what the devices around have in common at that time; as it is for a rule that compares each device with
 * itself alone, and for one that is normal already, which nothing could make more normal.
 *
 * Late values go without: what the others read then is not known any more. To say too much of the past opens a case for a
 * person; to say too little would hide one.
 */
export function lessCommon(core: Core, unit: Unit, rule: CompiledRule, at: number, departed: number): number {
  if (!rule.against || !compares(rule.op, departed, rule.back)) return departed;
  return departed - commonAround(core, unit, rule, at);
}

/** What the newest good values around a device, its own among them, have in common: in the unit of the rule. */
export function commonAround(core: Core, unit: Unit, rule: CompiledRule, at: number): number {
  const { reach, freshMs } = rule.against!;
  const { values, times, qualities } = core.units.columns;
  let count = 0;
  for (const other of core.places.around(unit, reach)) {
    // Across the border of an overlay the same rule may stand in another place.
    const its = other.plan.byKey.get(rule.key);
    if (!its?.baseline) continue;
    const baseline = core.baselines.byIndex.get(other.s + its.offset);
    const m = other.m + rule.measurement;
    if (!baseline || count === around.length || Math.abs(at - times[m]!) > freshMs || !isGood(qualities[m]!)) continue;
    const departed = departure(baseline, its.baseline, values[m]!);
    if (!Number.isNaN(departed)) around[count++] = departed;
  }
  return commonOf(rule.op, around, count);
}
