import type { Measurement } from './device-type.ts';
import type { UnitCode } from './units.ts';

/** What a device declares of the units it counts in. */
export interface DeclaredUnits {
  readonly units?: Readonly<Record<string, UnitCode>> | undefined;
  readonly gasUnit?: UnitCode | undefined;
}

/** The unit a device sends one measurement in: its own list, then its gas unit for combustible gas, else the canonical one. */
export function sentUnit(device: DeclaredUnits, name: string, measurement: Measurement): UnitCode {
  const own = device.units?.[name];
  if (own !== undefined) return own;
  return measurement.combustible && device.gasUnit ? device.gasUnit : measurement.unit;
}
