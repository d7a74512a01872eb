import type { Device } from '../../../devices/contract/registry.ts';
import type { DeviceType, UndergroundRole } from '../../../devices/model/device-type.ts';
import { distance } from '../../../kit/metres.ts';

/** One measurement of a device, taken for its role. */
export interface Source {
  readonly device: Device;
  readonly measurement: string;
  /** From the space that is judged, m. */
  readonly metres: number;
}

/** How far from a space a companion still tells something of it, m; a mast's rain falls on a whole quarter. */
const within: Readonly<Record<UndergroundRole, number>> = {
  methane: 150,
  ethane: 0,
  temperature: 0,
  demand: 3000,
  pressure: 3000,
  rain: 10_000,
  knocks: 200,
  'cover-open': 15,
};
/** How many of a role are asked; one where not said. */
const most: Partial<Record<UndergroundRole, number>> = { methane: 4 };

/** What stands around a space, by role, the nearest first. The space's own methane is not among its companions. */
export type Companions = Readonly<Record<UndergroundRole, readonly Source[]>>;

/** The measurement of a type that has a role. */
export const measurementWith = (type: DeviceType | undefined, role: UndergroundRole): string | undefined =>
  Object.entries(type?.measurements ?? {}).find(([, { tells }]) => tells === role)?.[0];

/** Finds the companions of a space in one pass over the registry. */
export function companionsOf(
  space: Device,
  devices: Iterable<Device>,
  types: Readonly<Record<string, DeviceType>>,
): Companions {
  const found = Object.fromEntries(Object.keys(within).map((role) => [role, [] as Source[]])) as Record<
    UndergroundRole,
    Source[]
  >;
  const rolesOf = new Map(Object.values(types).map((type) => [type.id, rolesIn(type)]));
  for (const device of devices) {
    for (const [role, measurement] of rolesOf.get(device.type) ?? []) {
      const own = device.id === space.id;
      // What is played says nothing about what is real.
      if (!own && device.drill !== undefined) continue;
      const metres = own ? 0 : distance(space, device);
      if (own ? role !== 'methane' : metres <= within[role]) found[role].push({ device, measurement, metres });
    }
  }
  for (const [role, sources] of Object.entries(found) as [UndergroundRole, Source[]][]) {
    sources.sort((a, b) => a.metres - b.metres).splice(most[role] ?? 1);
  }
  return found;
}

const rolesIn = (type: DeviceType): [UndergroundRole, string][] =>
  Object.entries(type.measurements).flatMap(([name, { tells }]) => (tells ? [[tells, name]] : []));
