import { type Episode, phase } from '../judge/evaluate.ts';
import type { CompiledRule, NeighboursRule } from '../standards/compile.ts';
import type { Core } from './core.ts';
import type { Sign, Standing } from './together.ts';
import type { Unit } from './units.ts';

/** A rule that neighbours count was judged: an abnormality is kept, and looked at together once the entry is judged. */
export function stir(
  core: Core,
  unit: Unit,
  rule: CompiledRule,
  abnormal: boolean,
  number: number,
  at: number,
  wall: number,
  now: number,
): void {
  const { signs, stirred, heldTo } = core.together;
  if (core.position <= heldTo) return;
  const index = unit.s + rule.offset;
  const sign = signs.get(index);
  if (!abnormal && !sign) return;
  if (abnormal && (!sign || at - sign.at > longest(rule))) {
    signs.set(index, { unit, rule, since: at, at, value: number });
  } else if (abnormal && sign) {
    sign.at = at;
    sign.value = number;
  }
  stirred.push({ unit, rule, at, wall, now });
}

const longest = (rule: CompiledRule): number =>
  rule.feeds.reduce((most, { neighbours }) => Math.max(most, neighbours?.withinMs ?? 0), 0);

/** Where a device keeps the rule that is counted; −1 where an overlay of its place has no such rule. */
function placeOf({ plan, s }: Unit, { ofKey }: NeighboursRule): number {
  const counted = plan.byKey.get(ofKey);
  return counted ? s + counted.offset : -1;
}

/** Its sign, where it was abnormal within the time before `at`. */
export function recent(core: Core, unit: Unit, near: NeighboursRule, at: number): Sign | undefined {
  const { withinMs } = near;
  const sign = core.together.signs.get(placeOf(unit, near));
  return sign && sign.at <= at && at - sign.at <= withinMs ? sign : undefined;
}

/**
 * Whether it may still be abnormal: recently so, or never back to normal since. A device that failed after its sign, or fell
 * silent, does not end what several devices raised.
 */
export function mayHold(core: Core, unit: Unit, rule: NeighboursRule, at: number): boolean {
  if (recent(core, unit, rule, at)) return true;
  const place = placeOf(unit, rule);
  const now = core.units.evals.phases[place];
  return core.together.signs.has(place) && now !== phase.normal && now !== phase.held;
}

/** Recent signs within reach of a device, the first-out first. */
export function signsAround(core: Core, unit: Unit, near: NeighboursRule, at: number): readonly Sign[] {
  return core.places
    .around(unit, near.reach)
    .flatMap((other) => recent(core, other, near, at) ?? [])
    .sort(firstOut);
}

/** All that belong to the alarm at `owner`: the signs around it, and those around them. */
export function groupOf(core: Core, owner: Unit, near: NeighboursRule, at: number): readonly Sign[] {
  const around = signsAround(core, owner, near, at);
  return [...new Set(around.flatMap((sign) => signsAround(core, sign.unit, near, at)))].sort(firstOut);
}

const firstOut = (a: Sign, b: Sign): number => a.since - b.since || (a.unit.device.id < b.unit.device.id ? -1 : 1);

/** Forgets signs that say nothing any more; before they are written down. */
export function forgetSigns(core: Core): void {
  const { signs } = core.together;
  for (const [index, { rule, at }] of signs) {
    const now = core.units.evals.phases[index];
    if ((now === phase.normal || now === phase.held) && core.time.lastTick - at > longest(rule)) signs.delete(index);
  }
}

/** A device is gone, with what it said. */
export function forgetSignsOf(core: Core, unit: Unit): void {
  for (const { offset } of unit.plan.rules) {
    core.together.signs.delete(unit.s + offset);
    core.together.open.delete(unit.s + offset);
  }
}

/** What a device said beside its neighbours, and what stands at it for them, by rule. */
export interface Said {
  readonly signs: ReadonlyMap<string, Sign>;
  readonly open: ReadonlyMap<string, { readonly standing: Standing; readonly at: number; readonly episode?: Episode }>;
}

/** Takes that away from the places of its rules. */
export function takeSigns(core: Core, unit: Unit): Said {
  const { signs, open } = core.together;
  const { evals } = core.units;
  const said = { signs: new Map<string, Sign>(), open: new Map() } satisfies Said;
  if (signs.size + open.size === 0) return said;
  for (const { key, offset } of unit.plan.rules) {
    const index = unit.s + offset;
    const sign = signs.get(index);
    const standing = open.get(index);
    if (sign) said.signs.set(key, sign);
    if (standing) said.open.set(key, { standing, at: evals.phases[index]!, episode: evals.episodes.get(index) });
    signs.delete(index);
    open.delete(index);
  }
  return said;
}

/** Puts it to the rules of the device's present plan; what stood under a rule that is gone stands no more. */
export function putSigns(core: Core, unit: Unit, { signs, open }: Said): void {
  const { evals } = core.units;
  for (const [key, sign] of signs) {
    const rule = unit.plan.byKey.get(key);
    if (rule) core.together.signs.set(unit.s + rule.offset, { ...sign, rule });
  }
  for (const [key, { standing, at, episode }] of open) {
    const rule = unit.plan.byKey.get(key);
    if (!rule || (!rule.neighbours && !rule.balance) || !episode) continue;
    const index = unit.s + rule.offset;
    core.together.open.set(index, { ...standing, rule });
    evals.phases[index] = at;
    evals.episodes.set(index, episode);
  }
}
