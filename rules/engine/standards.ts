import { nextChange, overlaysAt, versionAt } from '../../devices/city/standards-at.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import { episodeKey } from '../judge/identity.ts';
import { compileCatalogue } from '../standards/compile.ts';
import { recountLearning } from './baselines.ts';
import { putBalances, takeBalances } from './carry-balances.ts';
import type { Core } from './core.ts';
import { replan } from './replan.ts';
import { reviewHidden } from './suppress.ts';

/** Another version was approved: it judges from its moment on. One that is known already changes nothing. */
export function takeStandards(core: Core, version: StandardsVersion): void {
  const last = core.standards.known.at(-1)?.seq ?? 0;
  if (version.seq <= last) return;
  core.standards.known = [...core.standards.known, version];
  core.standards.next = Number.NEGATIVE_INFINITY;
  if (!Number.isNaN(core.time.lastTick)) settleStandards(core);
}

/** Puts in force what holds at the journal's present moment, for every device at once. */
export function settleStandards(core: Core): void {
  const { standards, parts, time } = core;
  const at = time.lastTick;
  if (at < standards.next) return;
  const zone = parts.city.timeZone;
  standards.next = nextChange(standards.known, at, zone);
  const version = versionAt(standards.known, at);
  if (!version) return;
  const overlays = overlaysAt(version, at, zone);
  const inForce = [version.seq, ...overlays.map(({ id }) => id)].join(' ');
  if (inForce === standards.inForce) return;
  standards.inForce = inForce;
  const catalogue = compileCatalogue(version.catalogue, parts.types, parts.city.platformDepartment, {
    overlays,
    ceilings: parts.city.ceilings,
    words: parts.catalogue.words,
  });
  closeOrphans(core, catalogue, at);
  const counted = takeBalances(core);
  parts.catalogue = catalogue;
  parts.version = catalogue.version;
  standards.changed = true;
  core.desk.regroup();
  for (const unit of core.units.all()) replan(core, unit, at);
  putBalances(core, counted);
  recountLearning(core);
  const hidden = [...core.desk.open()].filter(({ override }) => override !== null);
  reviewHidden(
    core,
    hidden.map(({ id }) => id),
    at,
  );
}

/** Alarms of rules that are gone have nobody left to end them. */
function closeOrphans(core: Core, next: Core['parts']['catalogue'], at: number): void {
  if (core.silent) return;
  for (const alarm of [...core.desk.open()]) {
    const unit = core.units.get(alarm.device);
    if (!unit?.plan.byKey.has(alarm.rule) || next.planOf(unit.device)?.byKey.has(alarm.rule)) continue;
    const note = `规则已不在标准 ${next.version} 中 / the rule is not part of the standards ${next.version} any more`;
    core.desk.close(episodeKey(alarm.device, alarm.rule), at, note);
  }
}
