import type { Core } from './core.ts';

/** Whether the registry is a demonstration's: real records and those of a demonstration are never in one. */
export function isDemonstration({ units, sites }: Pick<Core, 'units' | 'sites'>): boolean {
  for (const { device } of units.all()) return device.demo;
  for (const { demo } of sites.values()) return demo;
  return false;
}
