import type { Device } from '../../devices/contract/registry.ts';
import { distanceM } from '../derive/bins.ts';
import type { CompiledRule, Reach } from '../standards/compile.ts';
import type { Unit } from './units.ts';

const reachOf = ({ neighbours, against }: CompiledRule): Reach | undefined => neighbours?.reach ?? against?.reach;

/** Where devices stand to each other that a rule looks at together. Types without such a rule cost nothing here. */
export interface Places {
  put(unit: Unit): void;
  remove(unit: Unit): void;
  /**
   * Devices of the unit's type within reach of it, itself included, by id; found once until the registry changes. Across the border of
   * an overlay too, where rules may stand in another order: whoever asks looks a rule up by its key.
   */
  around(unit: Unit, reach: Reach): readonly Unit[];
}

export function places(): Places {
  const buckets = new Map<string, Set<Unit>>();
  let found = new Map<string, readonly Unit[]>();
  const each = (unit: Unit, act: (bucket: string) => void): void => {
    found = new Map();
    for (const rule of unit.plan.rules) {
      const reach = reachOf(rule);
      const bucket = reach ? bucketOf(unit, reach) : undefined;
      if (bucket !== undefined) act(bucket);
    }
  };
  const search = (unit: Unit, reach: Reach): readonly Unit[] => {
    const near = bucketsNear(unit, reach).flatMap((bucket) => [...(buckets.get(bucket) ?? [])]);
    const within =
      'withinM' in reach ? near.filter((other) => distanceM(unit.device, other.device) <= reach.withinM) : near;
    return within.sort((a, b) => (a.device.id < b.device.id ? -1 : 1));
  };
  return {
    put: (unit) => each(unit, (bucket) => void buckets.set(bucket, (buckets.get(bucket) ?? new Set()).add(unit))),
    remove(unit) {
      each(unit, (bucket) => {
        const there = buckets.get(bucket);
        there?.delete(unit);
        if (there?.size === 0) buckets.delete(bucket);
      });
    },
    around(unit, reach) {
      const key = `${unit.no} ${'withinM' in reach ? reach.withinM : reach.along}`;
      const known = found.get(key) ?? search(unit, reach);
      found.set(key, known);
      return known;
    },
  };
}

/** The one bucket that a device lies in; undefined where it has no circuit or site. */
function bucketOf({ plan, device }: Unit, reach: Reach): string | undefined {
  if ('withinM' in reach) return cell(plan.type.id, reach.withinM, cellOf(device, reach.withinM));
  const joined = device[reach.along];
  return joined === undefined ? undefined : `${plan.type.id} ${reach.along} ${joined}`;
}

function bucketsNear(unit: Unit, reach: Reach): string[] {
  if (!('withinM' in reach)) return [bucketOf(unit, reach)].filter((bucket) => bucket !== undefined);
  const [x, y, z] = cellOf(unit.device, reach.withinM);
  const near = [-1, 0, 1];
  return near.flatMap((i) =>
    near.flatMap((j) => near.map((k) => cell(unit.plan.type.id, reach.withinM, [x + i, y + j, z + k]))),
  );
}

type Cell = readonly [x: number, y: number, z: number];
const cell = (type: string, withinM: number, at: Cell): string => `${type} ${withinM} ${at.join(' ')}`;

const EARTH_M = 6_371_008.8;

/**
 * The cube of space, as wide as the radius, in which a place on the globe lies. Whoever is within the radius over ground is
 * nearer still through the earth, so in a cube that touches; no seam at a pole or a meridian.
 */
function cellOf({ lon, lat }: Pick<Device, 'lon' | 'lat'>, sizeM: number): Cell {
  const rad = Math.PI / 180;
  const ring = EARTH_M * Math.cos(lat * rad);
  const place = [ring * Math.cos(lon * rad), ring * Math.sin(lon * rad), EARTH_M * Math.sin(lat * rad)] as const;
  return [Math.floor(place[0] / sizeM), Math.floor(place[1] / sizeM), Math.floor(place[2] / sizeM)];
}
