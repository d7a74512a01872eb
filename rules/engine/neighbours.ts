import { GOOD, UNCERTAIN } from '../../devices/model/quality.ts';
import { type Verdict, verdict, verdictOf } from '../judge/compare.ts';
import { type Change, change, expire, HELD_RECHECK_MS, phase, step } from '../judge/evaluate.ts';
import { episodeKey } from '../judge/identity.ts';
import type { CompiledRule, NeighboursRule } from '../standards/compile.ts';
import { holds } from './condition.ts';
import { type Core, reminder } from './core.ts';
import { raise, reasonOf, returned } from './live.ts';
import { groupOf, mayHold, recent, signsAround } from './signs.ts';
import type { Unit } from './units.ts';

/** Looks at the neighbours of every device whose rule the entry in hand stirred. */
export function lookAround(core: Core): void {
  const { stirred } = core.together;
  for (const { unit, rule, at, wall, now } of stirred) {
    for (const feed of rule.feeds) {
      const owner = ownerOf(core, unit, feed, at);
      const own = owner && ruleAt(owner, feed);
      if (own) judge(core, owner, own, at, wall, now);
    }
  }
  stirred.length = 0;
}

/** A `neighbours` rule's reminder fell due: signs grow old, delays run out. */
export function lookAgain(core: Core, unit: Unit, rule: CompiledRule): void {
  const { now, lastTick: wall } = core.time;
  const index = unit.s + rule.offset;
  if (core.units.evals.phases[index] === phase.normal) return;
  if (core.position <= core.together.heldTo) {
    core.timers.at(now + 1000, reminder(unit, rule.offset));
    return;
  }
  const what = expire(core.units.evals, index, now);
  if (what === change.none) {
    judge(core, unit, rule, wall, wall, now);
    return;
  }
  tell(core, unit, rule, what, wall, wall);
  remember(core, unit, rule, now);
}

/**
 * At whom the alarm of the devices around `unit` stands: where one stands already, there; else at the one that was abnormal
 * first, once there are enough. It is judged by the figures of the owner's own place.
 */
function ownerOf(core: Core, unit: Unit, rule: CompiledRule, at: number): Unit | undefined {
  const near = rule.neighbours!;
  const signs = signsAround(core, unit, near, at);
  for (const centre of [unit, ...signs.map((sign) => sign.unit)]) {
    for (const other of core.places.around(centre, near.reach)) {
      const its = ruleAt(other, rule);
      if (its && core.units.evals.phases[other.s + its.offset] !== phase.normal) return other;
    }
  }
  return signs.length >= near.k ? signs.find((sign) => ruleAt(sign.unit, rule))?.unit : undefined;
}

/** The same rule as the device has it: an overlay may give it other figures and another place; undefined where it has none. */
const ruleAt = ({ plan }: Unit, { key }: CompiledRule): CompiledRule | undefined => plan.byKey.get(key);

/** Whether somewhere around the owner enough devices are abnormal together, or may still be. */
function togetherAround(core: Core, owner: Unit, near: NeighboursRule, at: number): Verdict {
  const { k, reach } = near;
  let may = false;
  for (const centre of core.places.around(owner, reach)) {
    if (!mayHold(core, centre, near, at)) continue;
    let sure = 0;
    let perhaps = 0;
    for (const other of core.places.around(centre, reach)) {
      if (recent(core, other, near, at)) sure++;
      if (mayHold(core, other, near, at)) perhaps++;
      if (sure >= k) return verdict.abnormal;
    }
    may ||= perhaps >= k;
  }
  return verdictOf('>=', 0, k, k, may ? UNCERTAIN : GOOD);
}

function judge(core: Core, owner: Unit, rule: CompiledRule, at: number, wall: number, now: number): void {
  const index = owner.s + rule.offset;
  let found = togetherAround(core, owner, rule.neighbours!, at);
  if (found === verdict.abnormal && rule.conditional && !holds(core, owner, rule, at)) found = verdict.held;
  const what = step(core.units.evals, index, rule, found, at, now);
  tell(core, owner, rule, what, at, wall);
  if (what === change.none && core.units.evals.phases[index] === phase.active) grown(core, owner, rule, at);
  remember(core, owner, rule, now);
}

function tell(core: Core, owner: Unit, rule: CompiledRule, what: Change, at: number, wall: number): void {
  if (what === change.returned) returned(core, owner, rule, wall);
  if (what !== change.raised) return;
  const { since } = core.units.evals.episodes.get(owner.s + rule.offset)!;
  raise(core, owner, rule, since, groupOf(core, owner, rule.neighbours!, at).length, GOOD, at, wall, null);
}

/** More devices have joined: the alarm that stands names them too. */
function grown(core: Core, owner: Unit, rule: CompiledRule, at: number): void {
  if (core.silent) return;
  const standing = core.desk.byKey(episodeKey(owner.device.id, rule.key));
  const count = standing ? groupOf(core, owner, rule.neighbours!, at).length : 0;
  if (!standing || count <= Number(standing.lastValue)) return;
  core.desk.refresh(standing.id, {
    lastValue: count,
    lastAt: at,
    explanation: reasonOf(core, owner, rule, count, GOOD, at, []),
  });
}

/** Keeps in mind what is not normal, and asks to be reminded of it, once at a time. */
function remember(core: Core, owner: Unit, rule: CompiledRule, now: number): void {
  const index = owner.s + rule.offset;
  const { open } = core.together;
  if (core.units.evals.phases[index] === phase.normal) {
    open.delete(index);
    return;
  }
  const again = now + Math.min(HELD_RECHECK_MS, Math.max(1000, rule.neighbours!.withinMs));
  const due = Math.min(again, core.units.evals.episodes.get(index)!.due);
  const standing = open.get(index);
  if (standing && standing.due > now && standing.due <= due) return;
  open.set(index, { unit: owner, rule, due });
  core.timers.at(due, reminder(owner, rule.offset));
}
