import type { PageQuery } from '../../kit/telemetry/telemetry-store.ts';
import type { Device } from '../contract/registry.ts';
import type { DeviceType, Measurement } from '../model/device-type.ts';

/** One series that was asked for. */
export interface SelectedSeries {
  readonly device: Device;
  readonly name: string;
  readonly measurement: Measurement;
}

/** What was asked for and is not there. */
export interface NotThere {
  readonly missing: 'type' | 'device' | 'measurement';
  readonly name: string;
}

export interface Wanted {
  /** Ids; absent means every device of `type`. */
  readonly devices?: readonly string[] | undefined;
  /** Absent means every measurement of each device's type. */
  readonly measurements?: readonly string[] | undefined;
  readonly type?: string | undefined;
}

export interface Known {
  readonly device: (id: string) => Device | undefined;
  readonly devices: () => Iterable<Device>;
  readonly types: Readonly<Record<string, DeviceType>>;
}

/**
 * The series of the devices and measurements wanted, in their order. A device has only the measurements of its type: of
 * several types each gives what it has, and a measurement that none of them has is not there.
 */
export function selectSeries(wanted: Wanted, known: Known): readonly SelectedSeries[] | NotThere {
  if (wanted.type !== undefined && !Object.hasOwn(known.types, wanted.type)) {
    return { missing: 'type', name: wanted.type };
  }
  const devices: Device[] = [];
  for (const id of new Set(wanted.devices ?? idsOf(wanted.type, known))) {
    const device = known.device(id);
    if (!device) return { missing: 'device', name: id };
    if (wanted.type === undefined || device.type === wanted.type) devices.push(device);
  }
  const has = (device: Device, name: string): Measurement | undefined => {
    const measurements = known.types[device.type]?.measurements;
    return measurements && Object.hasOwn(measurements, name) ? measurements[name] : undefined;
  };
  const unknown = wanted.measurements?.find((name) => !devices.some((device) => has(device, name)));
  if (unknown !== undefined) return { missing: 'measurement', name: unknown };
  return devices.flatMap((device) =>
    [...new Set(wanted.measurements ?? Object.keys(known.types[device.type]?.measurements ?? {}))].flatMap((name) => {
      const measurement = has(device, name);
      return measurement ? [{ device, name, measurement }] : [];
    }),
  );
}

const idsOf = (type: string | undefined, { devices }: Known): string[] =>
  [...devices()].filter((device) => device.type === type).map(({ id }) => id);

/** The groups of a page query that give exactly the series selected. */
export function groupsOf(series: readonly SelectedSeries[]): PageQuery['groups'] {
  const groups = new Map<string, { devices: Set<string>; measurements: Set<string> }>();
  for (const { device, name } of series) {
    const group = groups.get(device.type) ?? { devices: new Set(), measurements: new Set() };
    groups.set(device.type, group);
    group.devices.add(device.id);
    group.measurements.add(name);
  }
  return [...groups].map(([type, { devices, measurements }]) => ({
    type,
    devices: [...devices],
    measurements: [...measurements],
  }));
}
