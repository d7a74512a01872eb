import { join } from 'node:path';
import type { LoadedCity } from '../../devices/city/load-city.ts';
import type { DemoPlan } from '../city/plan.ts';
import { loadReplay } from './read-data.ts';
import { registryOf } from './registry.ts';

/**
 * The plan with the replays of the city's demonstration added: their sites and devices to register, and their mappings for
 * `startSimulators` to play. A mapping or file that does not hold is a `Problem` with all its faults.
 */
export async function withReplays(plan: DemoPlan, { demo, dir }: LoadedCity): Promise<DemoPlan> {
  let grown = plan;
  for (const place of demo?.replay ?? []) {
    const mapping = join(dir, 'replay', place.mapping);
    const put = registryOf(await loadReplay(mapping), place);
    grown = {
      ...grown,
      put: {
        ...grown.put,
        devices: [...grown.put.devices, ...put.devices],
        sites: [...grown.put.sites, ...put.sites],
      },
      routes: { ...grown.routes, ...Object.fromEntries(put.devices.map(({ id }) => [id, { by: 'replay' } as const])) },
      replays: [...grown.replays, mapping],
    };
  }
  return grown;
}
