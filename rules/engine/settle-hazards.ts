import type { CoverageArea, HazardCause } from '../../devices/contract/hazard.ts';
import type { HazardKind } from '../../devices/contract/hazard-policy.ts';
import type { Site } from '../../devices/contract/registry.ts';
import { type HazardBook, hazardBook } from '../hazards/book.ts';
import {
  coverageByArea,
  coverageCause,
  type DetectorState,
  type SeenDetector,
  watchedBy,
} from '../hazards/coverage.ts';
import type { Found, Looked, Sees } from '../hazards/look.ts';
import { overbuildingOf, overbuilt } from '../hazards/overbuilding.ts';
import { noDuties } from '../tickets/duties.ts';
import type { Core } from './core.ts';
import { isDemonstration } from './demonstration.ts';
import { marksOfUnit } from './marks.ts';
import { isSilent } from './suppress.ts';
import type { Unit } from './units.ts';

/** The hazard register of an engine: it asks its registry, its newest readings and the duty list. */
export const hazardsOf = (core: Core): HazardBook =>
  hazardBook({
    city: core.parts.city,
    calendar: { working: core.parts.city.working, zone: core.zone },
    duties: core.parts.duties ?? (() => noDuties),
    siteOf: (id) => core.sites.get(id),
    isDemo: () => isDemonstration(core),
    sees: seesOf(core),
  });

/** Lets the clocks of hazards run, and the platform look when the city says so. */
export function settleHazards(core: Core, hazards: HazardBook): void {
  const at = core.time.lastTick;
  if (!core.silent && !Number.isNaN(at)) hazards.settle(at);
}

function seesOf(core: Core): Sees {
  const { rules, kinds } = core.parts.city.hazards;
  const kindOf = (id: string): HazardKind | undefined => kinds.find((kind) => kind.id === id);
  return {
    looks: rules.overbuilding !== undefined || rules.coverage !== undefined,
    look: () => lookAt(core, kindOf),
    stands: (cause) => standsNow(core, cause),
  };
}

function lookAt(core: Core, kindOf: (id: string) => HazardKind | undefined): Looked {
  const { overbuilding, coverage } = core.parts.city.hazards.rules;
  const found = new Map<string, Found>();
  const unobserved = new Set<string>();
  const keep = (rule: { readonly kind: string }, site: Site, cause: HazardCause): void => {
    const kind = kindOf(rule.kind);
    if (kind) found.set(cause.key, { cause, site, kind });
  };
  const built = overbuilding
    ? overbuilt(overbuilding, core.sites.values(), core.beside.of('pipe').values(), core.parts.city.map.center[1])
    : null;
  for (const { site, cause } of built ?? []) keep(overbuilding!, site, cause);
  let areas: readonly CoverageArea[] | null = null;
  if (coverage) {
    const at = detectorsBySite(core, coverage.deviceTypes);
    const watched = [...core.sites.values()]
      .filter(({ kind }) => coverage.siteKinds.includes(kind))
      .map((site) => ({ site, detectors: at.get(site.id) ?? [] }));
    for (const { site, detectors } of watched) {
      const state = watchedBy(detectors);
      if (state === 'failing') keep(coverage, site, coverageCause(site, detectors));
      else if (state === 'unobserved') unobserved.add(coverageCause(site, detectors).key);
    }
    areas = coverageByArea(
      watched.map(({ site, detectors }) => ({ area: site.area ?? null, watched: watchedBy(detectors) })),
    );
  }
  const looked = [...(overbuilding ? ['overbuilding'] : []), ...(coverage ? ['coverage'] : [])];
  return { rules: new Set(looked), found, unobserved, overbuilt: built?.length ?? null, coverage: areas };
}

/** Whether a cause is seen at this moment, for whoever would verify that it is gone. */
function standsNow(core: Core, { facts, rule }: HazardCause): HazardCause['evidence'] | null {
  const { rules } = core.parts.city.hazards;
  const site = core.sites.get(String(facts.site));
  if (!site) return null;
  if (rule === 'overbuilding') {
    const pipe = core.beside.of('pipe').get(String(facts.pipe));
    return (rules.overbuilding && pipe && overbuildingOf(rules.overbuilding, site, pipe)?.evidence) || null;
  }
  if (!rules.coverage?.siteKinds.includes(site.kind)) return null;
  const detectors = detectorsBySite(core, rules.coverage.deviceTypes).get(site.id) ?? [];
  return watchedBy(detectors) === 'failing' ? coverageCause(site, detectors).evidence : null;
}

/** Every detector that stands at a site, also of a type that no rule judges. */
function detectorsBySite(core: Core, types: readonly string[]): ReadonlyMap<string, readonly SeenDetector[]> {
  const bySite = new Map<string, SeenDetector[]>();
  for (const unit of core.units.all()) {
    const { id, site, type, drill } = unit.device;
    // What plays in a drill watches over nobody.
    if (site === undefined || drill !== undefined || !types.includes(type)) continue;
    const there = bySite.get(site) ?? [];
    there.push({ id, state: stateOf(core, unit) });
    bySite.set(site, there);
  }
  for (const detectors of bySite.values()) detectors.sort((a, b) => (a.id < b.id ? -1 : 1));
  return bySite;
}

/** Silence counts against a detector only where its gateway is not the cause, and once its own time of silence is over. */
function stateOf(core: Core, unit: Unit): DetectorState {
  const marks = marksOfUnit(core, unit);
  if (marks.includes('expired')) return 'expired';
  if (marks.includes('self-test-failed')) return 'self-test-failed';
  if (core.overrides.at({ device: unit.device.id, rule: null }, 'out-of-service')) return 'out-of-service';
  const { gateway } = unit.device;
  if (gateway !== undefined && (core.gateways.get(gateway)?.downSince ?? 0) !== 0) return 'unobserved';
  if (isSilent(core, unit)) return 'silent';
  return Number.isNaN(unit.newestAt) ? 'unobserved' : 'working';
}
