import type { Priority } from '../../devices/contract/alarm.ts';
import type { Incident, IncidentEvent, IncidentMember, IncidentPlace, Point } from '../../devices/contract/incident.ts';
import { byOnset } from './parts.ts';
import { guardRing, hull } from './ring.ts';

/** Members an incident names, and lines of history it carries; the tables have all. */
const NAMED = 100;
const LINES = 30;

/** An incident as the book keeps it: what it says of its members is carried along, so that a flood never counts them anew. */
export interface IncidentState {
  readonly id: string;
  readonly firstOut: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly area: string | null;
  readonly demo: boolean;
  readonly openedAt: number;
  readonly members: Map<string, IncidentMember>;
  /** The highest place taken. */
  lastNo: number;
  /** The first members by onset. */
  named: IncidentMember[];
  /** Alarms of each detector. */
  readonly devices: Map<string, number>;
  readonly circuits: Set<string>;
  /** The outermost members. */
  outer: Point[];
  /** The guard ring around them; null until it is asked for. */
  ring: IncidentPlace['ring'] | null;
  sumLon: number;
  sumLat: number;
  /** Members by priority: of all, and of those that are not closed. */
  readonly all: Record<Priority, number>;
  readonly open: Record<Priority, number>;
  active: number;
  history: IncidentEvent[];
  /** What was last told of it; null before the first time. */
  told: Incident | null;
}

const none = (): Record<Priority, number> => ({ P1: 0, P2: 0, P3: 0, P4: 0 });

/** An incident without members yet. */
export const newIncident = (
  of: Pick<IncidentState, 'id' | 'firstOut' | 'name' | 'nameEn' | 'area' | 'demo' | 'openedAt'>,
): IncidentState => ({
  ...of,
  members: new Map(),
  lastNo: 0,
  named: [],
  devices: new Map(),
  circuits: new Set(),
  outer: [],
  ring: null,
  sumLon: 0,
  sumLat: 0,
  all: none(),
  open: none(),
  active: 0,
  history: [],
  told: null,
});

/** Takes a member in, or takes over what changed of it. Its place and onset never change. */
export function hold(state: IncidentState, member: IncidentMember): void {
  const before = state.members.get(member.alarm);
  state.members.set(member.alarm, member);
  state.lastNo = Math.max(state.lastNo, member.no);
  if (before) count(state, before, -1);
  count(state, member, 1);
  if (before) {
    const at = state.named.indexOf(before);
    if (at >= 0) state.named[at] = member;
    return;
  }
  state.devices.set(member.device, (state.devices.get(member.device) ?? 0) + 1);
  if (member.circuit !== null) state.circuits.add(member.circuit);
  state.sumLon += member.lon;
  state.sumLat += member.lat;
  name(state, member);
  const outer = hull([...state.outer, { lon: member.lon, lat: member.lat }]);
  if (sameCorners(outer, state.outer)) return;
  state.outer = outer;
  state.ring = null;
}

/** Lets members go that have another incident from now on, and counts the rest anew. */
export function letGo(state: IncidentState, leaving: Iterable<IncidentMember>): void {
  for (const { alarm } of leaving) state.members.delete(alarm);
  const rest = [...state.members.values()];
  state.members.clear();
  state.devices.clear();
  state.circuits.clear();
  Object.assign(state, { lastNo: 0, named: [], outer: [], ring: null, sumLon: 0, sumLat: 0, active: 0 });
  Object.assign(state.all, none());
  Object.assign(state.open, none());
  for (const member of rest) hold(state, member);
}

function count(state: IncidentState, { priority, closedAt, active }: IncidentMember, by: 1 | -1): void {
  state.all[priority] += by;
  if (closedAt === null) state.open[priority] += by;
  if (active) state.active += by;
}

function name(state: IncidentState, member: IncidentMember): void {
  const { named } = state;
  if (named.length === NAMED && byOnset(named.at(-1)!, member) < 0) return;
  const at = named.findIndex((other) => byOnset(member, other) < 0);
  named.splice(at < 0 ? named.length : at, 0, member);
  if (named.length > NAMED) named.pop();
}

const sameCorners = (a: readonly Point[], b: readonly Point[]): boolean =>
  a.length === b.length && a.every((p, i) => p.lon === b[i]!.lon && p.lat === b[i]!.lat);

/** Writes a line into the history it carries. */
export function remember(state: IncidentState, event: IncidentEvent): void {
  state.history = [...state.history, event].slice(-LINES);
}

const total = (counts: Record<Priority, number>): number => counts.P1 + counts.P2 + counts.P3 + counts.P4;
const worst = (counts: Record<Priority, number>): Priority | undefined =>
  (['P1', 'P2', 'P3', 'P4'] as const).find((priority) => counts[priority] > 0);

/** The guard ring, `metres` from its members; drawn anew only when the outermost of them change. */
export function ringOf(state: IncidentState, metres: number): IncidentPlace['ring'] {
  state.ring ??= guardRing(state.outer, metres);
  return state.ring;
}

/** How many of its members are not closed. */
export const openMembers = (state: IncidentState): number => total(state.open);

/** The middle of all members. */
export const centre = ({ sumLon, sumLat, members }: IncidentState): Point => ({
  lon: Math.round((sumLon / members.size) * 1e6) / 1e6,
  lat: Math.round((sumLat / members.size) * 1e6) / 1e6,
});

/** What is told of it. */
export const describe = (
  state: IncidentState,
  place: IncidentPlace,
  end: Pick<Incident, 'closedAt' | 'mergedInto'>,
  seq: number,
): Incident => ({
  id: state.id,
  hazard: 'gas',
  name: state.name,
  nameEn: state.nameEn,
  area: state.area,
  openedAt: state.openedAt,
  ...end,
  firstOut: state.firstOut,
  priority: worst(state.open) ?? worst(state.all) ?? 'P4',
  members: state.named.map(({ alarm }) => alarm),
  counts: {
    detectors: state.devices.size,
    members: state.members.size,
    open: openMembers(state),
    active: state.active,
  },
  ...place,
  history: state.history,
  demo: state.demo,
  seq,
});
