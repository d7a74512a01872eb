import type { RuleInWords } from '../../devices/contract/rules-tools.ts';
import type { CompiledCatalogue, CompiledRule, TypePlan } from '../standards/compile.ts';
import { ruleWords } from './rule-words.ts';

/** Every compiled rule in words, by device type in the order of the catalogue. */
export const listRules = (compiled: CompiledCatalogue): RuleInWords[] =>
  [...compiled.plans.values()].flatMap((plan) => plan.rules.map((rule) => ruleInWords(rule, plan)));

/** One compiled rule in words. */
export const ruleInWords = (rule: CompiledRule, plan: TypePlan): RuleInWords => ({
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
});
