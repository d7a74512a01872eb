import type { IncidentEvidence, IncidentMember } from '../../devices/contract/incident.ts';
import type { Cells } from '../../kit/cells.ts';
import { distance } from '../../kit/metres.ts';
import { farthestM, type IncidentPolicy, reachOf } from './policy.ts';

/** What of a gas alarm says whom it is a neighbour of. */
export type Sign = Pick<
  IncidentMember,
  'device' | 'deviceType' | 'site' | 'circuit' | 'lon' | 'lat' | 'since' | 'active' | 'returnedAt'
>;

/** Why two signs belong together, and how far apart they are, m. */
export interface Link {
  readonly by: Extract<IncidentEvidence, 'device' | 'site' | 'pipe' | 'distance'>;
  readonly metres: number;
}

/**
 * Whether two signs are one leak as far as place and time go: at one device or site, along one pipe, or within reach of each
 * other; and standing together, or the one begun soon after the other returned.
 */
export function linkOf(a: Sign, b: Sign, policy: IncidentPolicy): Link | null {
  if (!overlap(a, b, policy.withinMs)) return null;
  const metres = distance(a, b);
  if (a.device === b.device) return { by: 'device', metres };
  if (a.site !== null && a.site === b.site) return { by: 'site', metres };
  if (a.circuit !== null && a.circuit === b.circuit && metres <= policy.alongM) return { by: 'pipe', metres };
  return metres <= reachOf(policy, a.deviceType) + reachOf(policy, b.deviceType) ? { by: 'distance', metres } : null;
}

const overlap = (a: Sign, b: Sign, withinMs: number): boolean => begunBy(a, b, withinMs) && begunBy(b, a, withinMs);
const begunBy = (a: Sign, b: Sign, withinMs: number): boolean =>
  b.active || b.returnedAt === null || a.since <= b.returnedAt + withinMs;

const strength: Readonly<Record<Link['by'], number>> = { device: 0, site: 1, pipe: 2, distance: 3 };
/** Below 0 when `a` ties more closely than `b`. */
export const byStrength = (a: Link, b: Link): number => strength[a.by] - strength[b.by] || a.metres - b.metres;

/** The keys under which a sign is found, and those under which its neighbours are. */
export interface LinkKeys {
  own(sign: Sign): string[];
  near(sign: Sign): string[];
}

/** @param squares of at least the farthest distance at which two detectors are neighbours. */
export function linkKeys(squares: Cells, policy: IncidentPolicy): LinkKeys {
  const named = ({ device, site, circuit }: Sign): string[] => [
    `device ${device}`,
    ...(site === null ? [] : [`site ${site}`]),
    ...(circuit === null ? [] : [`pipe ${circuit}`]),
  ];
  const far = farthestM(policy);
  return {
    own: (sign) => [...named(sign), squares.of(sign)],
    near: (sign) => [...named(sign), ...squares.around(sign, far)],
  };
}
