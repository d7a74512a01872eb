import { GOOD, UNCERTAIN } from '../../devices/model/quality.ts';
import { isHeardEnough } from '../judge/balance.ts';
import { type Verdict, verdict, verdictOf } from '../judge/compare.ts';
import { type Change, change, expire, phase, step } from '../judge/evaluate.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { holds } from './condition.ts';
import type { Core } from './core.ts';
import { type Figures, figuresOf, groupKey, remindOf } from './flows.ts';
import { raise, returned } from './live.ts';
import type { Unit } from './units.ts';

/** A balance's reminder fell due at its leader. One that leads no more is passed over. */
export function lookAtBalance(core: Core, unit: Unit, rule: CompiledRule): void {
  const group = core.together.balances.get(groupKey(core, unit, rule) ?? '');
  const { now, lastTick: wall } = core.time;
  if (!group || group.leader !== unit || now < group.due) return;
  remindOf(core, group);
  if (core.position <= core.together.heldTo) return;
  const index = unit.s + rule.offset;
  const figures = figuresOf(core, group, wall);
  const passed = expire(core.units.evals, index, now);
  if (passed !== change.none) tell(core, unit, rule, passed, figures);
  let found = verdictAt(rule, figures);
  if (found === verdict.abnormal && rule.conditional && !holds(core, unit, rule, wall)) found = verdict.held;
  tell(core, unit, rule, step(core.units.evals, index, rule, found, wall, now), figures);
  if (core.units.evals.phases[index] === phase.normal) core.together.open.delete(index);
  else core.together.open.set(index, { unit, rule, due: group.due });
}

/** Too few devices heard say nothing; doubtful ones may raise, and clear nothing. */
function verdictAt(rule: CompiledRule, { inflow, outflow, number }: Figures): Verdict {
  if (!isHeardEnough(inflow, outflow, rule.balance!.share)) return verdict.unsure;
  const quality = inflow.doubtful || outflow.doubtful ? UNCERTAIN : GOOD;
  return verdictOf(rule.op, number, rule.limit, rule.back, quality);
}

function tell(core: Core, unit: Unit, rule: CompiledRule, what: Change, { inflow, outflow, number }: Figures): void {
  const { lastTick: wall } = core.time;
  if (what === change.returned) returned(core, unit, rule, wall);
  if (what !== change.raised) return;
  const { since } = core.units.evals.episodes.get(unit.s + rule.offset)!;
  const quality = inflow.doubtful || outflow.doubtful ? UNCERTAIN : GOOD;
  raise(core, unit, rule, since, number, quality, wall, wall, null);
}
