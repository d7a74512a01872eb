import type { Limit } from '../contract/catalogue.ts';
import type { Device } from '../contract/registry.ts';
import { conversion } from '../model/units.ts';
import { compileLimit } from './expressions.ts';

export type LimitValue = { readonly value: number | boolean | string } | { readonly refused: string };

/**
 * What a catalogue limit is for one device, in the unit its measurement is judged in (`toUnit`). Expressions see the
 * device's constants, each converted to the limit's unit first; a missing constant is refused by name, never taken as 0.
 */
export function limitValue(limit: Limit, device: Pick<Device, 'constants' | 'gas'>, toUnit: string): LimitValue {
  if ('flag' in limit) return { value: limit.flag };
  if ('state' in limit) return { value: limit.state };
  if ('code' in limit) return { value: limit.code };
  const own = 'expr' in limit ? evaluate(limit, device) : { value: limit.value };
  if ('refused' in own) return own;
  const toCanonical = conversion(limit.unit, toUnit, device.gas);
  return 'refused' in toCanonical ? toCanonical : { value: toCanonical.convert(own.value) };
}

function evaluate(
  { expr, unit }: { expr: string; unit: string },
  { constants, gas }: Pick<Device, 'constants' | 'gas'>,
): { value: number } | { refused: string } {
  const program = compiled(expr);
  if ('refused' in program) return program;
  const scope: Record<string, number> = {};
  for (const name of program.names) {
    const constant = constants[name];
    if (!constant) return { refused: `${expr} needs the constant ${name}: add it to the device` };
    const toLimit = conversion(constant.unit, unit, gas);
    if ('refused' in toLimit) return { refused: `constant ${name} of ${expr}: ${toLimit.refused}` };
    scope[name] = toLimit.convert(constant.value);
  }
  const value = program.run(scope);
  return Number.isFinite(value) ? { value } : { refused: `${expr} gave ${value}` };
}

const programs = new Map<string, ReturnType<typeof compileLimit>>();

/** Catalogues hold a few dozen expressions over thousands of devices: each is compiled once. */
function compiled(expr: string): ReturnType<typeof compileLimit> {
  let program = programs.get(expr);
  if (!program) {
    program = compileLimit(expr);
    programs.set(expr, program);
  }
  return program;
}
