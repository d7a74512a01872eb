import type { RuleInWords } from '../../devices/contract/rules-tools.ts';
import type { RulesStats } from '../../devices/contract/stats.ts';
import { bytesOf } from '../judge/baseline.ts';
import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';
import { ruleWords } from './rule-words.ts';

/**
 * Every compiled rule in words, by device type in the order of the catalogue.
 *
 * @param learning where an engine judges: at how many devices each rule knows too little yet.
 */
export function listRules(compiled: CompiledCatalogue, learning?: RulesStats['learning']): RuleInWords[] {
  const devices = learning && new Map(learning.map((one) => [one.rule, one.devices]));
  const learningAt = ({ key }: CompiledRule) => (devices ? (devices.get(key) ?? 0) : null);
  return [...compiled.plans.values()].flatMap((plan) =>
    plan.rules.map((rule) => ruleInWords(rule, plan, learningAt(rule))),
  );
}

/** One compiled rule in words; `learning` as in `RuleInWords.learned`. */
export const ruleInWords = (rule: CompiledRule, plan: TypePlan, learning: number | null = null): RuleInWords => ({
  rule: rule.key,
  item: rule.clause.item,
  itemName: rule.clause.name,
  title: rule.title,
  deviceType: plan.type.id,
  measurement: rule.measurementName,
  kind: rule.kind,
  priority: rule.priority,
  words: ruleWords(rule, plan.type.measurements[rule.measurementName]),
  department: rule.clause.department,
  latched: rule.latched,
  ladder: rule.ladder,
  learned: rule.baseline && { bytesPerDevice: bytesOf(rule.baseline), learning },
});
