import type { Alarm, Override } from '../../devices/contract/alarm.ts';
import type { Suppression } from '../../devices/contract/catalogue.ts';
import { phase } from '../judge/evaluate.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Suppressor } from '../standards/suppressors.ts';
import { withOverrides } from './alarm-desk.ts';
import { conditionContext } from './condition.ts';
import type { Core } from './core.ts';
import { coversSilence } from './gateways.ts';
import type { Unit } from './units.ts';

/**
 * Suppression by design, as the catalogue has it: what one alarm says already, others need not say. It hides only what is raised
 * while a cause stands, never what was active before, and ends with the last of the causes that stood then.
 */

/** True while the rule's alarm stands at the unit: raised, and not returned yet. */
export function stands(core: Core, unit: Unit, rule: CompiledRule): boolean {
  const now = core.units.evals.phases[unit.s + rule.offset];
  return now === phase.active || now === phase.returning;
}

/** True while any absence rule of the device stands. */
export const isSilent = (core: Core, unit: Unit): boolean =>
  unit.plan.absences.some((rule) => stands(core, unit, rule));

/** The alarm, hidden when something stands for it. */
export function withSuppression(core: Core, unit: Unit, rule: CompiledRule, alarm: Alarm): Alarm {
  if (rule.hiddenBy.length === 0) return alarm;
  const causes = wouldHide(core, unit, rule).map((cause): Override => ({ kind: 'suppressed', ...cause }));
  return causes.length === 0 ? alarm : withOverrides(alarm, [...alarm.overrides, ...causes]);
}

/** What stands for an alarm of this unit under a suppression, now: ids of gateways or devices. */
function causesNow(core: Core, unit: Unit, { suppression, holds }: Suppressor): string[] {
  const { because, scope } = suppression;
  if ('condition' in because) return holds && conditionHolds(core, unit, suppression, holds) ? [unit.device.id] : [];
  if ('gateway' in because) {
    const gateway = unit.device.gateway === undefined ? undefined : core.gateways.get(unit.device.gateway);
    return gateway && coversSilence(gateway) ? [gateway.id] : [];
  }
  return [...inScope(core, unit, scope)]
    .filter((other) => isCause(core, other, because))
    .map(({ device }) => device.id);
}

/** What would hide an alarm of the rule that were raised now: suppressions, and what stands for it under each. */
export const wouldHide = (core: Core, unit: Unit, rule: CompiledRule): { rule: string; because: string }[] =>
  rule.hiddenBy.flatMap((suppressor) =>
    causesNow(core, unit, suppressor).map((because) => ({ rule: suppressor.suppression.id, because })),
  );

/** Units at which the cause of a suppression may stand, seen from the one that would be hidden. */
function* inScope(core: Core, unit: Unit, scope: Suppression['scope']): Iterable<Unit> {
  const { mountedOn, circuit, site } = unit.device;
  if (scope === 'same-device') yield unit;
  else if (scope === 'mounted-on') {
    const carrier = mountedOn === undefined ? undefined : core.units.get(mountedOn);
    if (carrier) yield carrier;
  } else if (scope === 'same-circuit') yield* others(unit, core.circuits.get(circuit ?? '')?.units ?? []);
  else if (scope === 'same-site') yield* others(unit, core.atSite.get(site ?? '') ?? []);
}

function* others(unit: Unit, all: Iterable<Unit>): Iterable<Unit> {
  for (const other of all) if (other !== unit) yield other;
}

function isCause(core: Core, unit: Unit, because: Suppression['because']): boolean {
  return unit.plan.rules.some(
    (rule) => rule.standsFor.some(({ suppression }) => suppression.because === because) && stands(core, unit, rule),
  );
}

/** A condition that cannot be evaluated hides nothing, and says so. */
function conditionHolds(core: Core, unit: Unit, { id }: Suppression, holds: NonNullable<Suppressor['holds']>): boolean {
  try {
    return holds(conditionContext(core, unit, '1', core.time.lastTick));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    core.problems.add(id, unit.device.id, `suppression could not be evaluated, nothing is hidden: ${reason}`);
    return false;
  }
}

/** A cause ended: what it alone hid, and what still stands, is shown. */
export function causeEnded(core: Core, rule: string, because: string, wall: number): void {
  if (core.silent) return;
  const gone = (o: { rule: string; because: string }) => o.rule === rule && o.because === because;
  for (const id of [...core.desk.hiddenBy(rule, because)]) core.desk.unhide(id, gone, wall, shownAgain(core, rule));
}

const shownAgain = (core: Core, id: string): string => {
  const title = core.parts.catalogue.suppressions.get(id)?.title;
  return title
    ? `${title.zh}已解除，此项仍在 / ${title.en} is over, this still stands`
    : '不再有任何抑制 / nothing hides it any more';
};

/** An alarm returned: what it stood for may show itself again; hidden itself, it leaves without having been seen. */
export function afterReturn(core: Core, unit: Unit, rule: CompiledRule, key: string, wall: number): void {
  if (core.silent) return;
  for (const { suppression } of rule.standsFor) causeEnded(core, suppression.id, unit.device.id, wall);
  const alarm = core.desk.byKey(key);
  if (!alarm || alarm.active || alarm.latched || alarm.overrides.length === 0) return;
  if (alarm.overrides.some(({ kind }) => kind !== 'suppressed')) return;
  core.desk.close(key, wall, '在设计抑制期间恢复，无人需要处理 / it returned while it was hidden by design');
}

/** Looks at what is hidden again: shows whatever no longer has its cause. What ends a cause at once says so by itself. */
export function reviewHidden(core: Core, ids: Iterable<string>, wall: number): void {
  if (core.silent) return;
  for (const id of [...ids]) {
    const alarm = core.desk.byId(id);
    const unit = alarm && core.units.get(alarm.device);
    const rule = unit?.plan.rules.find(({ key }) => key === alarm?.rule);
    const standing = new Set(unit && rule ? causesOf(core, unit, rule) : []);
    const last = alarm?.overrides.findLast(({ kind }) => kind === 'suppressed');
    const note = shownAgain(core, last?.kind === 'suppressed' ? last.rule : '');
    core.desk.unhide(id, (o) => !standing.has(`${o.rule} ${o.because}`), wall, note);
  }
}

const causesOf = (core: Core, unit: Unit, rule: CompiledRule): string[] =>
  wouldHide(core, unit, rule).map(({ rule: id, because }) => `${id} ${because}`);
