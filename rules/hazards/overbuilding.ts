import type { Pipe } from '../../devices/contract/beside.ts';
import type { HazardCause } from '../../devices/contract/hazard.ts';
import type { HazardRules } from '../../devices/contract/hazard-policy.ts';
import type { Site } from '../../devices/contract/registry.ts';
import { cells, placeGrid } from '../../kit/cells.ts';
import { along, bounds } from '../incidents/ring.ts';

type Rule = NonNullable<HazardRules['overbuilding']>;

/** How near to a pipe of its pressure class a building is too near, metres; null where the city says nothing of it. */
const limitOf = ({ withinM }: Rule, { pressure }: Pipe): number | null => withinM[pressure] ?? withinM.other ?? null;

const CELL_M = 250;
const METRES_PER_DEGREE = 111_320;

/**
 * 占压: every pair of a building and a pipe that runs under it or too near to it, each found once. Sites are points: a large
 * building is found by the place that was registered for it.
 */
export function overbuilt(
  rule: Rule,
  sites: Iterable<Site>,
  pipes: Iterable<Pipe>,
  latitude: number,
): readonly { readonly site: Site; readonly cause: HazardCause }[] {
  const buildings = [...sites].filter(({ kind }) => rule.siteKinds.includes(kind));
  const grid = placeGrid(cells(CELL_M, latitude), buildings);
  const found = new Map<string, { readonly site: Site; readonly cause: HazardCause }>();
  for (const pipe of pipes) {
    const limit = limitOf(rule, pipe);
    if (limit === null) continue;
    for (let i = 1; i < pipe.line.length; i++)
      for (const site of grid.touching(around(pipe.line.slice(i - 1, i + 1), limit))) {
        const cause = overbuildingOf(rule, site, pipe);
        if (cause) found.set(cause.key, { site, cause });
      }
  }
  return [...found.values()].sort((a, b) => (a.cause.key < b.cause.key ? -1 : 1));
}

/** The box around a leg of a pipe, so many metres wider on each side. */
function around(
  leg: readonly (readonly [number, number])[],
  metres: number,
): readonly [number, number, number, number] {
  const [west, south, east, north] = bounds(leg);
  const up = metres / METRES_PER_DEGREE;
  const across = up / Math.cos((Math.max(Math.abs(south), Math.abs(north)) * Math.PI) / 180);
  return [west - across, south - up, east + across, north + up];
}

/** The cause for one site and one pipe; null where the site is far enough away. */
export function overbuildingOf(rule: Rule, site: Site, pipe: Pipe): HazardCause | null {
  const limit = limitOf(rule, pipe);
  const { besideM } = along(pipe.line, site);
  if (limit === null || besideM > limit) return null;
  const metres = besideM.toFixed(1);
  return {
    rule: 'overbuilding',
    key: `overbuilding:${site.id}:${pipe.id}`,
    evidence: {
      zh: `${site.name} 距 ${pipe.name} 中心线 ${metres} 米，应不小于 ${limit} 米`,
      en: `${site.nameEn ?? site.name} stands ${metres} m from the line of ${pipe.nameEn ?? pipe.name}; at least ${limit} m is asked for`,
    },
    facts: { site: site.id, pipe: pipe.id, metres: Number(metres), limit, pressure: pipe.pressure },
  };
}
