import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Incident } from '../../../devices/contract/incident.ts';

type Position = readonly [number, number];

/** What the map draws of an incident: its guard ring, ties from the first-out to the others, and the first-out's mark. */
export interface IncidentFeature {
  readonly type: 'Feature';
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
    | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
    | { readonly type: 'Point'; readonly coordinates: Position };
  readonly properties: {
    readonly incident: string;
    readonly part: 'ring' | 'tie' | 'first';
    /** Members that stand now; a ring around nothing active is drawn fainter. */
    readonly active: boolean;
    readonly selected: boolean;
  };
}

/**
 * Incidents as map features. A lone detector has its symbol already: its ring is drawn only while it is selected. `alarms` are
 * the open ones; members that are closed have left the picture.
 */
export function toIncidentFeatures(
  incidents: Iterable<Incident>,
  alarms: Iterable<Alarm>,
  selected: string | null,
): IncidentFeature[] {
  const members = membersByIncident(alarms);
  const features: IncidentFeature[] = [];
  for (const incident of incidents) {
    const isSelected = incident.id === selected;
    if (incident.counts.detectors < 2 && !isSelected) continue;
    const own = members.get(incident.id) ?? [];
    const properties = { incident: incident.id, active: incident.counts.active > 0, selected: isSelected };
    const add = (part: IncidentFeature['properties']['part'], geometry: IncidentFeature['geometry']) =>
      features.push({ type: 'Feature', geometry, properties: { ...properties, part } });
    add('ring', { type: 'Polygon', coordinates: [incident.ring] });
    const places = [...new Map(own.map((alarm) => [alarm.device, [alarm.lon, alarm.lat] as const])).values()];
    const [first, ...others] = places;
    if (!first || others.length === 0) continue;
    for (const other of others) add('tie', { type: 'LineString', coordinates: [first, other] });
    add('first', { type: 'Point', coordinates: first });
  }
  return features;
}

/** Open alarms of each incident by onset, the first-out first. */
export function membersByIncident(alarms: Iterable<Alarm>): ReadonlyMap<string, readonly Alarm[]> {
  const found = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    if (alarm.incident === null) continue;
    const own = found.get(alarm.incident);
    if (own) own.push(alarm);
    else found.set(alarm.incident, [alarm]);
  }
  for (const own of found.values()) own.sort(byOnset);
  return found;
}

const byOnset = (a: Alarm, b: Alarm): number =>
  Number(b.firstOut) - Number(a.firstOut) || a.since - b.since || (a.id < b.id ? -1 : 1);

/** One row a member: of several levels of one device the highest that stands stands for it. */
export function memberRows(own: readonly Alarm[]): readonly Alarm[] {
  const ids = new Set(own.map(({ id }) => id));
  return own.filter(({ supersededBy }) => supersededBy === null || !ids.has(supersededBy));
}
