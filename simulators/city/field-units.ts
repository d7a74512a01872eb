import type { Device } from '../../devices/contract/registry.ts';
import { conversion } from '../../devices/model/units.ts';
import { deviceType } from '../../devices/types/registry.ts';
import type { Values } from './behaviour/behaviour.ts';
import { rounded } from './chance.ts';

/**
 * Values in the units the device itself counts in: its declared `units`, and its `gasUnit` for combustible gas. The
 * platform converts them back at its door, as it must for a real device.
 */
export function toFieldUnits(device: Device, values: Values): Values {
  const type = deviceType(device.type);
  const out: Record<string, Values[string]> = {};
  for (const [name, value] of Object.entries(values)) {
    const measurement = type?.measurements[name];
    const own = device.units?.[name] ?? (measurement && 'combustible' in measurement ? device.gasUnit : undefined);
    if (typeof value !== 'number' || !measurement || !own || own === measurement.unit) {
      out[name] = value;
      continue;
    }
    const way = conversion(measurement.unit, own, device.gas);
    out[name] = 'convert' in way ? rounded(way.convert(value), 4) : value;
  }
  return out;
}
