import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';

/** A compiled catalogue in which only one rule is looked at, in every form that overlays give it, so that an engine over it does nothing else. */
export function onlyRule(compiled: CompiledCatalogue, type: string, key: string): CompiledCatalogue {
  const rule = compiled.plans.get(type)?.byKey.get(key);
  if (!rule) return compiled;
  const made = new Map<TypePlan, TypePlan>();
  const only = (plan: TypePlan): TypePlan => {
    const known = made.get(plan) ?? planFor(plan, rule, plan.type.id === type);
    made.set(plan, known);
    return known;
  };
  const plans = new Map([...compiled.plans].map(([id, plan]) => [id, only(plan)]));
  return {
    ...compiled,
    plans,
    planOf(device) {
      const plan = compiled.planOf(device);
      return plan && only(plan);
    },
  };
}

function planFor(plan: TypePlan, rule: CompiledRule, isIts: boolean): TypePlan {
  // As the place has it; where an overlay takes the rule away, nothing is left to judge.
  const here = isIts ? plan.rules.find(({ key }) => key === rule.key) : undefined;
  // What neighbours count is judged too, and told to nobody but them.
  const mine = (rules: readonly CompiledRule[]) =>
    here ? rules.filter((one) => one === here || one.offset === here.neighbours?.of) : [];
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
