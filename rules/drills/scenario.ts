import type { DrillPlay } from '../../devices/contract/drill.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { CompiledRule, TypePlan } from '../standards/compile.ts';

/** This much over its limit, a value is past it beyond doubt and still within what most instruments report. */
const OVER = 1.125;
/** Shares of the limit among which a calm value is looked for, the calmest first. */
const CALM = [0, 0.25, 0.5, 0.7, 0.8, 0.9];

/**
 * What a drill's detector in the place of `device` reads to make one rule raise, and what it reads when all is well again: the
 * wanted rule, else the gravest that one reading can raise. Null where none can be: rules that count, compare neighbours, wait for
 * the hour or watch for silence are not played.
 */
export function playOf(plan: TypePlan, device: Device, wanted?: string): DrillPlay | null {
  const plays = plan.rules.flatMap((rule) =>
    wanted === undefined || rule.key === wanted ? (play(plan, device, rule) ?? []) : [],
  );
  return plays.toSorted((a, b) => a.priority.localeCompare(b.priority) || a.rule.localeCompare(b.rule))[0] ?? null;
}

function play(plan: TypePlan, device: Device, rule: CompiledRule): DrillPlay | null {
  const measured = plan.measurements[rule.measurement];
  if (rule.kind !== 'threshold' || !rule.plain || rule.silent || rule.conditional || rule.item === null) return null;
  if (!measured || measured.derived || measured.kind !== 'number' || (rule.op !== '>' && rule.op !== '>=')) return null;
  const own = limitsOf(rule, device);
  if (!own || own.limit <= 0) return null;
  const [low, high] = measured.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const over = rounded(Math.min(own.limit * OVER, high));
  const calm = CALM.map((share) => rounded(own.limit * share)).find(
    (value) => value >= low && value <= high && plan.rules.every((one) => isCalm(one, rule.measurement, device, value)),
  );
  if (over <= own.limit || calm === undefined) return null;
  return {
    ...{ rule: rule.key, priority: rule.priority, measurement: rule.measurementName },
    ...{ over, calm, unit: measured.unit },
  };
}

/** True where a value lets an alarm of the rule return, or does not concern it. */
function isCalm(rule: CompiledRule, measurement: number, device: Device, value: number): boolean {
  if (rule.kind !== 'threshold' || rule.measurement !== measurement || !rule.plain) return true;
  const own = limitsOf(rule, device);
  if (!own) return true;
  return rule.op === '>' || rule.op === '>=' ? value < own.back : value > own.back;
}

function limitsOf(rule: CompiledRule, device: Device): { readonly limit: number; readonly back: number } | null {
  const found = rule.perDevice ? rule.perDevice(device) : rule;
  return 'missing' in found || !Number.isFinite(found.limit) ? null : found;
}

const rounded = (value: number): number => Number(value.toPrecision(4));
