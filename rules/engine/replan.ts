import { verdict, verdictOf } from '../judge/compare.ts';
import { phase } from '../judge/evaluate.ts';
import type { CompiledRule, TypePlan } from '../standards/compile.ts';
import { putBaselines, takeBaselines } from './baselines.ts';
import { backFor, type Core, limitFor, touch } from './core.ts';
import { index, joinSite, unindex } from './indexes.ts';
import { settle } from './late.ts';
import { limits } from './limits.ts';
import { judgeRule, remind } from './live.ts';
import { putSigns, takeSigns } from './signs.ts';
import { readState, writeUnit } from './snapshot.ts';
import type { Unit } from './units.ts';

/**
 * Puts a device under the plan that the standards in force give it. What it remembers is carried over by the names of rules and
 * measurements; a rule whose figures are others judges the newest value at once, so that nobody waits for the next reading.
 */
export function replan(core: Core, unit: Unit, at: number): void {
  const before = unit.plan;
  const plan = core.parts.catalogue.planOf(unit.device);
  if (!plan || plan === before) return;
  const was = figures(unit);
  if (plan.layout === before.layout) {
    const said = takeSigns(core, unit);
    unit.plan = plan;
    putSigns(core, unit, said);
  } else move(core, unit, plan);
  limits(core, unit, at);
  const others = plan.rules.filter((rule) => was.get(rule.key) !== figure(unit, rule));
  if (others.length === 0 && plan.layout === before.layout) return;
  touch(core, unit);
  for (const rule of others) judgeAnew(core, unit, rule);
}

/** Other rules than before: everything is written down by its name, and read into the new places. */
function move(core: Core, unit: Unit, plan: TypePlan): void {
  // What drains is judged to its end by the rules it began under.
  if (unit.history) settle(core, unit, unit.history);
  unindex(core, unit);
  forgetOutdated(core, unit, plan);
  const body = writeUnit(core, unit);
  const learned = takeBaselines(core, unit);
  const said = takeSigns(core, unit);
  for (const { offset } of unit.plan.rules) {
    for (const memory of Object.values(core.windows)) memory.delete(unit.s + offset);
  }
  core.units.replan(unit, plan);
  unit.limits = null;
  unit.plan.absences.forEach((_, k) => {
    core.units.columns.heard[unit.h + k] = Number.isNaN(core.time.now) ? 0 : core.time.now;
  });
  putBaselines(core, unit, learned);
  readState(core, unit, body);
  putSigns(core, unit, said);
  index(core, unit);
  joinSite(core, unit);
}

/** What a rule remembered that is gone, or remembers otherwise now, is of no use to anybody. */
function forgetOutdated(core: Core, unit: Unit, plan: TypePlan): void {
  for (const { key, offset, memory } of unit.plan.rules) {
    const next = plan.byKey.get(key);
    if (!next) core.problems.clear(key, unit.device.id);
    if (next?.memory === memory) continue;
    const at = unit.s + offset;
    for (const kept of Object.values(core.windows)) kept.delete(at);
    core.baselines.byIndex.delete(at);
    core.together.signs.delete(at);
  }
}

/** What a rule compares with, and how: what must be the same for its last judgement to stand. */
function figure(unit: Unit, rule: CompiledRule): string {
  const { op, onDelayMs, whenText, duringText, memory } = rule;
  return [limitFor(unit, rule), backFor(unit, rule), op, onDelayMs, whenText?.en, duringText?.en, memory].join(' ');
}

const figures = (unit: Unit): Map<string, string> =>
  new Map(unit.plan.rules.map((rule) => [rule.key, figure(unit, rule)]));

/** The newest value meets a rule that has other figures now. A window has none to meet: it goes on with the next reading. */
function judgeAnew(core: Core, unit: Unit, rule: CompiledRule): void {
  const { columns, evals } = core.units;
  const { now, lastTick: wall } = core.time;
  const m = unit.m + rule.measurement;
  if (rule.measurement < 0 || !rule.plain || Number.isNaN(columns.times[m]) || Number.isNaN(now)) return;
  const index = unit.s + rule.offset;
  const episode = evals.episodes.get(index);
  if (episode && evals.phases[index] === phase.pending) {
    episode.due = now + Math.max(0, rule.onDelayMs - (wall - episode.since));
    remind(core, unit, rule, now);
  }
  const [value, quality] = [columns.values[m]!, columns.qualities[m]!];
  const found = verdictOf(rule.op, value, limitFor(unit, rule), backFor(unit, rule), quality);
  if (found !== verdict.abnormal && evals.phases[index] === phase.normal) return;
  judgeRule(core, unit, rule, found, value, quality, columns.times[m]!, wall, now, null);
}
