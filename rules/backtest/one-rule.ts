import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';

/** A compiled catalogue in which only one rule is looked at, so that an engine over it does nothing else. */
export function onlyRule(compiled: CompiledCatalogue, type: string, key: string): CompiledCatalogue {
  const rule = compiled.plans.get(type)?.rules.find((one) => one.key === key);
  if (!rule) return compiled;
  const plans = new Map([...compiled.plans].map(([id, plan]) => [id, planFor(plan, rule, id === type)]));
  return { ...compiled, plans, planOf: (device) => plans.get(device.type) };
}

function planFor(plan: TypePlan, rule: CompiledRule, isIts: boolean): TypePlan {
  // What neighbours count is judged too, and told to nobody but them.
  const mine = (rules: readonly CompiledRule[]) =>
    isIts ? rules.filter((one) => one === rule || one.offset === rule.neighbours?.of) : [];
  const { inflow, outflow } = rule.balance ?? {};
  const counted = plan.flows.map((flows) => (flows ?? []).filter((flow) => flow === inflow || flow === outflow));
  return {
    ...plan,
    byMeasurement: plan.byMeasurement.map(mine),
    absences: mine(plan.absences),
    perDevice: mine(plan.perDevice),
    baselines: mine(plan.baselines),
    flows: counted.map((flows) => (flows.length > 0 ? flows : null)),
  };
}
