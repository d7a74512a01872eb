import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Device } from '../../../devices/contract/registry.ts';
import { rankOf } from '../alarms/order.ts';

/** What the map needs of a device. */
export type MapDevice = Pick<Device, 'id' | 'name' | 'type' | 'lon' | 'lat'>;

/** Geometry of every device that can be drawn; colour comes by feature-state. */
export interface DeviceProperties {
  readonly id: string;
  readonly layer: string;
}

/** A device that is abnormal: the symbol that stands on it. */
export interface AlertProperties {
  readonly id: string;
  /** Image name: `p1` … `p4` and `stale`; `-hollow` for returned but unacknowledged. */
  readonly icon: string;
  /** 1–4, 5 for stale: lower is drawn later, so on top. */
  readonly rank: number;
  readonly unacked: boolean;
  /** Further alarms at the same device, `+2`; empty for none. */
  readonly more: string;
  /** Played in a drill: the word stands beside the symbol at every scale. */
  readonly drill: boolean;
}

export interface PointFeature<P> {
  readonly type: 'Feature';
  readonly id?: string;
  readonly geometry: { readonly type: 'Point'; readonly coordinates: readonly [number, number] };
  readonly properties: P;
}

/** A device that is not drawn, and why; listed beside the map. */
export interface OffMap {
  readonly id: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly why: 'not-a-position' | 'null-island' | 'outside-city';
}

export interface MapFeatures {
  readonly devices: readonly PointFeature<DeviceProperties>[];
  readonly alerts: readonly PointFeature<AlertProperties>[];
  readonly offMap: readonly OffMap[];
}

type Bounds = readonly [west: number, south: number, east: number, north: number];

/** Why a position is not drawn, or null. One bad longitude must never freeze the map (ThingsBoard#6681). */
export function positionFault(lon: number, lat: number, bounds?: Bounds): OffMap['why'] | null {
  if (!Number.isFinite(lon) || !Number.isFinite(lat) || Math.abs(lon) > 180 || Math.abs(lat) > 90)
    return 'not-a-position';
  if (Math.abs(lon) < 0.01 && Math.abs(lat) < 0.01) return 'null-island';
  if (!bounds) return null;
  // Neighbouring counties share pipes and poles: a margin of the city's own size is still believable.
  const [west, south, east, north] = bounds;
  const wide = east - west;
  const high = north - south;
  const inside = lon >= west - wide && lon <= east + wide && lat >= south - high && lat <= north + high;
  return inside ? null : 'outside-city';
}

/**
 * What the map draws: a quiet dot for every device, a symbol for the worst open alarm of each, a dashed ring for the
 * stale ones. `alarms` are the rows of the table, so that map and list agree; put-aside ones are left out.
 */
export function toMapFeatures(
  devices: Iterable<MapDevice>,
  alarms: Iterable<Alarm>,
  options: { stale?: ReadonlySet<string>; layerOf?: (type: string) => string; bounds?: Bounds } = {},
): MapFeatures {
  const dots: PointFeature<DeviceProperties>[] = [];
  const alerts: PointFeature<AlertProperties>[] = [];
  const offMap: OffMap[] = [];
  const byDevice = alarmsByDevice(alarms);
  const drawn = new Set<string>();
  for (const device of devices) {
    drawn.add(device.id);
    const why = positionFault(device.lon, device.lat, options.bounds);
    if (why) {
      offMap.push({ id: device.id, name: device.name, lon: device.lon, lat: device.lat, why });
      continue;
    }
    const at = [device.lon, device.lat] as const;
    dots.push(point(at, { id: device.id, layer: options.layerOf?.(device.type) ?? '' }, device.id));
    const here = byDevice.get(device.id);
    if (here) alerts.push(point(at, alertOf(device.id, here)));
    else if (options.stale?.has(device.id)) alerts.push(point(at, staleAt(device.id)));
  }
  // An alarm whose device the registry does not hold (removed, or newer than our copy) still has a place of its own.
  for (const [id, here] of byDevice) {
    const first = here[0];
    if (drawn.has(id) || !first) continue;
    const why = positionFault(first.lon, first.lat, options.bounds);
    if (why) offMap.push({ id, name: first.deviceName, lon: first.lon, lat: first.lat, why });
    else alerts.push(point([first.lon, first.lat], alertOf(id, here)));
  }
  alerts.sort((a, b) => b.properties.rank - a.properties.rank);
  return { devices: dots, alerts, offMap };
}

function alarmsByDevice(alarms: Iterable<Alarm>): Map<string, Alarm[]> {
  const byDevice = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    if (alarm.override) continue;
    const here = byDevice.get(alarm.device);
    if (here) here.push(alarm);
    else byDevice.set(alarm.device, [alarm]);
  }
  return byDevice;
}

function alertOf(id: string, here: readonly Alarm[]): AlertProperties {
  const worst = here.reduce((a, b) => (rankOf(b.priority) < rankOf(a.priority) ? b : a));
  const rank = rankOf(worst.priority);
  const unacked = here.some((alarm) => !alarm.acked && alarm.priority === worst.priority);
  const hollow = here.every((alarm) => !alarm.active);
  const more = here.length > 1 ? `+${here.length - 1}` : '';
  return { id, icon: `p${rank}${hollow ? '-hollow' : ''}`, rank, unacked, more, drill: worst.drill !== undefined };
}

const staleAt = (id: string): AlertProperties => ({
  id,
  icon: 'stale',
  rank: 5,
  unacked: false,
  more: '',
  drill: false,
});

const point = <P>(coordinates: readonly [number, number], properties: P, id?: string): PointFeature<P> => ({
  type: 'Feature',
  ...(id === undefined ? {} : { id }),
  geometry: { type: 'Point', coordinates },
  properties,
});
