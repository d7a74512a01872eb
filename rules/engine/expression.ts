import type { ConditionContext } from '../../devices/city/expressions.ts';
import { GOOD, isBad, type StatusCode } from '../../devices/model/quality.ts';
import { type Verdict, verdict, verdictOf } from '../judge/compare.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { conditionContext } from './condition.ts';
import { type Core, decode } from './core.ts';
import type { History } from './history.ts';
import type { Unit } from './units.ts';

/** Readings as an expression sees them: the newest live ones, or those of a backlog. */
interface Seen {
  has(measurement: number): boolean;
  value(measurement: number): number;
  quality(measurement: number): StatusCode;
}

const live = (core: Core, unit: Unit): Seen => ({
  has: (i) => !Number.isNaN(core.units.columns.times[unit.m + i]),
  value: (i) => core.units.columns.values[unit.m + i]!,
  quality: (i) => core.units.columns.qualities[unit.m + i]!,
});

/** What the backlog itself has told so far: newer readings belong to another time. */
const late = (history: History): Seen => ({
  has: (i) => history.last.has(i),
  value: (i) => history.last.get(i)!.value,
  quality: (i) => history.last.get(i)!.quality,
});

/** What an expression rule says of a device at `at`. */
export const expressionNow = (core: Core, unit: Unit, rule: CompiledRule, at: number): Verdict =>
  judge(core, unit, rule, at, live(core, unit));

export const expressionLate = (core: Core, unit: Unit, rule: CompiledRule, at: number, history: History): Verdict =>
  judge(core, unit, rule, at, late(history));

/**
 * Abnormal where it holds, whatever the doubts; normal only on good readings. Where time may change a "no" it counts as held, and
 * is looked at again. One that cannot be evaluated says nothing, and is a counted problem.
 */
function judge(core: Core, unit: Unit, rule: CompiledRule, at: number, seen: Seen): Verdict {
  const { reads, timely } = rule.expression!;
  const quality = worstOf(reads, seen);
  if (isBad(quality)) return verdict.unsure;
  const holds = evaluate(core, unit, rule, at, seen);
  if (holds === undefined) return verdict.unsure;
  const found = verdictOf('==', holds ? 1 : 0, 1, 1, quality);
  return found === verdict.normal && timely ? verdict.held : found;
}

function evaluate(core: Core, unit: Unit, rule: CompiledRule, at: number, seen: Seen): boolean | undefined {
  const { run, uses } = rule.expression!;
  try {
    const holds = run(conditionContext(core, unit, '1', at, readings(core, unit, rule, seen), uses));
    if (core.problems.some) core.problems.clear(rule.key, unit.device.id);
    return holds;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    core.problems.add(rule.key, unit.device.id, `expression could not be evaluated: ${reason}`);
    return undefined;
  }
}

/** Severity lies in the top bits: the worst status is the largest. */
function worstOf(reads: readonly number[], seen: Seen): StatusCode {
  let worst = GOOD;
  for (const i of reads) if (seen.has(i) && seen.quality(i) >>> 30 > worst >>> 30) worst = seen.quality(i);
  return worst;
}

/** Only what it reads: `r.pole.dimLevel`; what was never heard is absent. */
function readings(core: Core, unit: Unit, rule: CompiledRule, seen: Seen): ConditionContext['r'] {
  const nested: Record<string, Record<string, unknown>> = {};
  for (const i of rule.expression!.reads) {
    const [group, field] = unit.plan.names[i]!.split('.') as [string, string];
    const fields = nested[group] ?? {};
    nested[group] = fields;
    if (seen.has(i)) fields[field] = decode(core, unit.plan, i, seen.value(i));
  }
  return nested;
}
