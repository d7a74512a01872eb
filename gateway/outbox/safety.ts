import { deviceTypes } from '../../devices/types/registry.ts';
import type { UplinkRow } from '../row.ts';

/** Rows wait in two classes: what alarms of life and limb are judged by, and the rest. */
export type RowClass = 'safety' | 'rest';

/** Measurements of every device type for gas or safety: what counts as safety unless a gateway's file says otherwise. */
export const safetyByType: readonly string[] = [
  ...new Set(
    Object.values(deviceTypes)
      .filter(({ layer, measuresGas }) => measuresGas || layer === 'gas' || layer === 'safety')
      .flatMap(({ measurements }) => Object.keys(measurements)),
  ),
].filter((name) => !name.startsWith('device.'));

/**
 * The class of a row: safety when any value of it is one of `patterns` (a name, or a beginning followed by `*`). What could not
 * be read has no values and is of the rest.
 */
export function classify(patterns: readonly string[]): (row: Pick<UplinkRow, 'values'>) => RowClass {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  const known = new Map<string, boolean>();
  const isSafety = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
    // Names come from the field: a device that makes them up must not fill the memory.
    if (known.size < mostRemembered) known.set(name, found);
    return found;
  };
  return ({ values }) => {
    for (const name in values) if (isSafety(name)) return 'safety';
    return 'rest';
  };
}

const mostRemembered = 10_000;
