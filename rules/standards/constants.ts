import { knownConstants } from '../../devices/city/constants.ts';
import { compileLimit } from '../../devices/city/expressions.ts';
import type { Limit } from '../../devices/contract/catalogue.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { conversion, type UnitCode } from '../../devices/model/units.ts';

/** A limit as a number of the measurement's canonical unit, or why it cannot be had for this device. */
export type Resolved = { readonly value: number } | { readonly missing: string };

/**
 * The device's constants in `unit`, where they can be converted; a constant of another dimension keeps the unit the
 * catalogue documents it in, so that a condition may still read it.
 */
export function constantsIn(device: Device, unit: UnitCode): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, constant] of Object.entries(device.constants)) {
    const wanted = conversion(constant.unit, unit, device.gas);
    const usual = conversion(constant.unit, knownConstants[name]?.unit ?? constant.unit, device.gas);
    const how = 'convert' in wanted ? wanted : usual;
    if ('convert' in how) found[name] = how.convert(constant.value);
  }
  return found;
}

/** How a limit becomes a number: once for all devices, or for each by its constants and its gas. */
export type LimitOf = { readonly fixed: number } | { readonly of: (device: Device) => Resolved };

/**
 * Compiles the number behind a limit, in `canonical`. A width (a deadband) converts without the offset that a point has:
 * 1 °C of width is 1 K.
 */
export function compileNumber(
  limit: Extract<Limit, { unit: string }>,
  canonical: UnitCode,
  as: 'point' | 'width' = 'point',
): LimitOf {
  const converted = (value: number, device?: Device): Resolved => {
    const how = conversion(limit.unit, canonical, device?.gas);
    if ('refused' in how) return { missing: how.refused };
    return { value: as === 'width' ? how.convert(value) - how.convert(0) : how.convert(value) };
  };
  if ('value' in limit) {
    const fixed = converted(limit.value);
    return 'value' in fixed ? { fixed: fixed.value } : { of: (device) => converted(limit.value, device) };
  }
  const compiled = compileLimit(limit.expr);
  if ('refused' in compiled) return { of: () => ({ missing: compiled.refused }) };
  return {
    of(device) {
      const constants = constantsIn(device, limit.unit);
      const missing = compiled.names.filter((name) => !Object.hasOwn(constants, name));
      if (missing.length > 0) return { missing: `constant ${missing.join(', ')}` };
      const value = compiled.run(constants);
      return Number.isFinite(value) ? converted(value, device) : { missing: `a finite value of ${limit.expr}` };
    },
  };
}
