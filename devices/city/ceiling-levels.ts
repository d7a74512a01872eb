import type { Rule } from '../contract/catalogue.ts';
import type { Ceiling } from '../contract/ceiling.ts';

export type Level = Ceiling['levels'][number];
export type Threshold = Extract<Rule, { kind: 'threshold' }>;

/** True for a rule that compares values upwards with a limit. */
export const isHigh = (rule: Rule): rule is Threshold => rule.kind === 'threshold' && rule.op.startsWith('>');

/** The level of a ceiling that binds a rule of this priority: a P1 the last one, others the first they answer for. */
export function levelFor(ceiling: Ceiling, priority: string): Level {
  return ceiling.levels.findLast((level) => priority <= level.priority) ?? ceiling.levels[0]!;
}

/** The ceiling that a rule of a device type stands under. */
export const ceilingOf = (ceilings: readonly Ceiling[], deviceType: string, rule: Rule): Ceiling | undefined =>
  isHigh(rule)
    ? ceilings.find((one) => one.deviceTypes.includes(deviceType) && one.measurements.includes(rule.measurement))
    : undefined;

/** In words: `25 %LEL (GB/T 50493-2019 …)`. */
export const ceilingText = (level: Level, ceiling: Ceiling, language: 'zh' | 'en'): string => {
  const unit = level.max.unit.replace(/[{}[\]]/g, '');
  return language === 'zh'
    ? `${level.max.value} ${unit}（${ceiling.scope.zh}，${level.name.zh}）`
    : `${level.max.value} ${unit} (${ceiling.scope.en}, ${level.name.en})`;
};
