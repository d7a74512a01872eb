import type { LoadedCity } from '../devices/city/load-city.ts';
import type { TelemetryEntry } from '../devices/contract/entry.ts';
import type { Device, Gateway, Site } from '../devices/contract/registry.ts';
import type { Values } from '../simulators/city/behaviour/behaviour.ts';
import { behaviours } from '../simulators/city/behaviour/registry.ts';
import { type World, worldOf } from '../simulators/city/behaviour/world.ts';
import { demoPlan } from '../simulators/city/plan.ts';

/** A mixed city of any size. Its device types come in the shares of the city's demonstration. */
export interface BenchCity {
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  readonly gateways: readonly Gateway[];
  /** The world at a moment, ms; all of its devices share it. */
  readonly world: (at: number) => World;
}

/** Devices of one tile; larger cities are made of several with ids of their own. */
const TILE = 10_000;

/**
 * A city of about `count` devices. Beyond one tile the same plan repeats under other ids, circuits, sites and gateways:
 * every record is an object of its own, as after loading it from a database.
 */
export function benchCity(loaded: LoadedCity, count: number): BenchCity {
  const plan = demoPlan(loaded, { devices: Math.min(count, TILE), today: '2026-11-01' });
  const devices: Device[] = [];
  const sites: Site[] = [];
  const gateways: Gateway[] = [];
  for (let tile = 0; devices.length < count; tile++) {
    const here = (id: string | undefined) => (id === undefined ? undefined : `${id}-t${tile}`);
    const left = plan.put.devices.slice(0, count - devices.length);
    for (const device of left) {
      const { id, circuit, site, mountedOn, gateway } = device;
      const placed = { circuit: here(circuit), site: here(site), mountedOn: here(mountedOn), gateway: here(gateway) };
      devices.push(copied({ ...device, id: `${id}-t${tile}`, name: `${device.name}·${tile}`, ...placed }));
    }
    for (const site of plan.put.sites) sites.push(copied({ ...site, id: `${site.id}-t${tile}` }));
    for (const gateway of plan.put.gateways) gateways.push(copied({ ...gateway, id: `${gateway.id}-t${tile}` }));
  }
  return { devices, sites, gateways, world: worldOf(plan.setting) };
}

/** Text joined by `+` keeps its parts alive, and spread objects share them: a record read from text does neither. */
const copied = <T>(record: T): T => JSON.parse(JSON.stringify(record)) as T;

/** What a healthy device reports at a moment of the world; empty for a type that is not simulated. */
export const healthy = (device: Device, world: World): Values =>
  behaviours[device.type]?.(device, {}, world).values ?? {};

/** A report as it stands in the journal after admission. */
export const entryOf = (device: Device, at: number, values: Values): TelemetryEntry => ({
  kind: 'telemetry',
  device: device.id,
  at,
  received: at + 40,
  source: 'gateway',
  ...(device.gateway && { gateway: device.gateway }),
  values,
});
