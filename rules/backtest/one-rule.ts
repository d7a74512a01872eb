import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';

/** A compiled catalogue in which only one rule is looked at, so that an engine over it does nothing else. */
export function onlyRule(compiled: CompiledCatalogue, type: string, key: string): CompiledCatalogue {
  const plan = compiled.plans.get(type);
  if (!plan) return compiled;
  return { ...compiled, plans: new Map([...compiled.plans, [type, planFor(plan, key)]]) };
}

function planFor(plan: TypePlan, key: string): TypePlan {
  const counted = plan.rules.find((rule) => rule.key === key)?.neighbours?.of;
  // What neighbours count is judged too, and told to nobody but them.
  const mine = (rules: readonly CompiledRule[]) => rules.filter((rule) => rule.key === key || rule.offset === counted);
  return {
    ...plan,
    byMeasurement: plan.byMeasurement.map(mine),
    absences: mine(plan.absences),
    perDevice: mine(plan.perDevice),
    baselines: mine(plan.baselines),
  };
}
