import type { Alarm, Blindness, Priority } from '../../devices/contract/alarm.ts';
import { opcuaSeverity } from '../../devices/contract/alarm.ts';
import type { Suppression } from '../../devices/contract/catalogue.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { deadlinesOf } from '../standards/deadlines.ts';
import { isPeopled } from '../standards/silence.ts';
import { blindWords, withoutWords } from './blindness-words.ts';
import type { Core } from './core.ts';
import { gatewayDown, pathBlind } from './platform-alarms.ts';
import { isSilent } from './suppress.ts';
import type { Unit } from './units.ts';

/**
 * Blindness: what an alarm leaves unwatched, counted while it stands. The count is renewed as devices join, return or fail,
 * and renews the row and its words without an event; only more people unprotected than before is news.
 */

/** What an alarm speaks for: the devices it leaves unwatched, and the suppressions under which it hides others. */
interface Spoken {
  readonly units: Iterable<Unit>;
  readonly hides: readonly string[];
}

/** A device that watches now: heard, not silent, its gateway up. */
const works = (core: Core, unit: Unit): boolean => {
  if (Number.isNaN(unit.newestAt) || isSilent(core, unit)) return false;
  const { gateway } = unit.device;
  return gateway === undefined || (core.gateways.get(gateway)?.downSince ?? 0) === 0;
};

/** Counts devices by type, and sites that none of their own working devices watches for the same hazard, by kind. */
export function count(core: Core, units: Iterable<Unit>, hidden: number, nobodyWorks = false): Blindness {
  const types = new Map<string, number>();
  const sites = new Map<string, Site>();
  let devices = 0;
  for (const unit of units) {
    if (unit.device.drill !== undefined) continue;
    devices++;
    types.set(unit.device.type, (types.get(unit.device.type) ?? 0) + 1);
    const site = unit.plan.watches.length === 0 ? undefined : core.sites.get(unit.device.site ?? '');
    if (site && !sites.has(site.id) && (nobodyWorks || isUnprotected(core, unit))) sites.set(site.id, site);
  }
  const kinds = new Map<string, number>();
  for (const { kind } of sites.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return {
    devices,
    byType: mostFirst(types).map(([type, n]) => ({ type, count: n })),
    unprotected: mostFirst(kinds).map(([kind, n]) => ({ kind, count: n })),
    hidden,
  };
}

/** True where something that this device watches for is watched by no working device of its site. */
function isUnprotected(core: Core, unit: Unit): boolean {
  const there = core.atSite.get(unit.device.site ?? '') ?? [];
  return unit.plan.watches.some(
    (hazard) => !there.some((other) => other.plan.watches.includes(hazard) && works(core, other)),
  );
}

const mostFirst = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));

/** What an alarm speaks for; null for one that blinds nobody. */
function spokenFor(core: Core, alarm: Alarm): Spoken | null {
  if (alarm.rule === gatewayDown.rule) return behindGateway(core, alarm.device);
  if (alarm.rule === pathBlind.rule) return { units: behindAll(core), hides: [] };
  const unit = core.units.get(alarm.device);
  const rule = unit?.plan.rules.find(({ key }) => key === alarm.rule);
  return unit && rule ? spokenByRule(core, unit, rule) : null;
}

function behindGateway(core: Core, id: string): Spoken {
  const hides = [...core.parts.catalogue.suppressions.values()].filter(({ because }) => 'gateway' in because);
  return { units: core.gateways.get(id)?.units ?? [], hides: hides.map((one) => one.id) };
}

function* behindAll(core: Core): Iterable<Unit> {
  for (const gateway of core.gateways.values()) yield* gateway.units;
}

/** A silent device speaks for itself and for what is silent with it; any other alarm for all that it may hide. */
function spokenByRule(core: Core, unit: Unit, rule: CompiledRule): Spoken | null {
  const silence = rule.kind === 'absence';
  const hides = rule.standsFor.map(({ suppression }) => suppression.id);
  const under = new Set(rule.standsFor.flatMap(({ suppression }) => [...hiddenUnder(core, unit, suppression)]));
  const watches = silence && unit.plan.watches.length > 0;
  if (!watches && under.size === 0) return null;
  const units = silence ? [unit, ...[...under].filter((other) => other !== unit && isSilent(core, other))] : under;
  return { units, hides };
}

/** Devices in reach of a cause at `unit` that the suppression may hide. */
function* hiddenUnder(core: Core, unit: Unit, { scope, id }: Suppression): Iterable<Unit> {
  for (const other of inReach(core, unit, scope)) if (canHide(other, id)) yield other;
}

/** Units from which a cause at `unit` is in scope. */
function inReach(core: Core, { device }: Unit, scope: Suppression['scope']): Iterable<Unit> {
  if (scope === 'mounted-on') return core.mounts.get(device.id) ?? [];
  if (scope === 'same-circuit') return core.circuits.get(device.circuit ?? '')?.units ?? [];
  return scope === 'same-site' ? (core.atSite.get(device.site ?? '') ?? []) : [];
}

const canHide = ({ plan }: Unit, id: string): boolean =>
  plan.rules.some((rule) => rule.hiddenBy.some(({ suppression }) => suppression.id === id));

const hiddenNow = (core: Core, alarm: Alarm, hides: readonly string[]): number =>
  hides.reduce((sum, id) => sum + core.desk.hiddenBy(id, alarm.device).size, 0);

/** The alarm with what it leaves unwatched, its words and its priority; as it is where it blinds nobody. */
export function withBlindness(core: Core, alarm: Alarm): Alarm {
  const spoken = spokenFor(core, alarm);
  return spoken ? renewed(core, alarm, count(core, spoken.units, hiddenNow(core, alarm, spoken.hides))) : alarm;
}

/** The alarm with a new count. Its priority never falls while it stands. */
export function renewed(core: Core, alarm: Alarm, blind: Blindness): Alarm {
  const priority = urgency(core, alarm, blind);
  const title = (id: string) => core.parts.types[id]?.title ?? { zh: id, en: id };
  const base = withoutWords(alarm, title);
  const words = blindWords(alarm, blind, title);
  const explanation = { zh: base.zh + words.zh, en: base.en + words.en };
  if (priority === alarm.priority) return { ...alarm, blind, explanation };
  const rule = core.parts.catalogue.ruleByKey.get(`${alarm.deviceType} ${alarm.rule}`) ?? null;
  const { city } = core.parts;
  const since = Math.max(alarm.raisedAt, core.time.lastTick);
  const safety = core.units.get(alarm.device)?.plan.safety ?? false;
  const deadlines = deadlinesOf(rule, priority, since, city, core.zone, safety);
  return { ...alarm, blind, explanation, priority, severity: opcuaSeverity[priority], deadlines };
}

/** P2 at least while people stay unprotected, because what is unprotected counts, not what is broken. */
function urgency(core: Core, alarm: Alarm, blind: Blindness): Priority {
  const people = blind.unprotected.some(({ kind }) => isPeopled(kind));
  const watchers = alarm.rule === gatewayDown.rule && blind.byType.some(({ type }) => watchesAnything(core, type));
  return (people || watchers) && alarm.priority > 'P2' ? 'P2' : alarm.priority;
}

const watchesAnything = (core: Core, type: string): boolean =>
  (core.parts.catalogue.plans.get(type)?.watches.length ?? 0) > 0;

/** Above this many devices a count is renewed once a minute only. */
const LARGE = 50_000;

/** Renews what open alarms say of blindness; `when` tells what is due: hidden alarms always, devices as `due`. */
export function recount(core: Core, due: { readonly small: boolean; readonly large: boolean }): void {
  if (core.silent) return;
  for (const id of [...core.desk.blind()]) {
    const alarm = core.desk.byId(id)!;
    const spoken = spokenFor(core, alarm);
    const old = alarm.blind;
    if (!spoken || !old) continue;
    const hidden = hiddenNow(core, alarm, spoken.hides);
    const again = old.devices > LARGE ? due.large : due.small;
    if (!again && hidden === old.hidden) continue;
    const blind = again ? count(core, spoken.units, hidden) : { ...old, hidden };
    if (JSON.stringify(blind) === JSON.stringify(old)) continue;
    tell(core, alarm, renewed(core, alarm, blind));
  }
}

function tell(core: Core, before: Alarm, { blind, explanation, priority, severity, deadlines }: Alarm): void {
  const change = { blind, explanation, priority, severity, deadlines };
  // What nobody sees is put right in silence; it is shown with its true priority when its time comes.
  if (priority === before.priority || before.override !== null) core.desk.refresh(before.id, change);
  else {
    const note = `更多场所失去看护，升为 ${priority} / more is unprotected than before: now ${priority}`;
    core.desk.escalate(before.id, change, core.time.lastTick, note);
  }
}
