import { derivations } from '../derive/table.ts';
import { type Core, DERIVE, reminder } from './core.ts';
import { gatewayOf } from './gateway-watch.ts';
import type { Unit } from './units.ts';

/** Enters a unit into the lists by which others find it. */
export function index(core: Core, unit: Unit): void {
  const { circuit, mountedOn, gateway, drill } = unit.device;
  // What is played stands beside nothing real: no neighbour counts it, nothing is derived from it for others.
  if (drill !== undefined) return;
  if (circuit) joinCircuit(core, circuit, unit);
  if (mountedOn) into(core.mounts, mountedOn, unit);
  if (gateway) gatewayOf(core, gateway).units.add(unit);
  core.places.put(unit);
  const ticking = derivations[unit.plan.type.id]?.some((d) => d.tickMs !== undefined) ?? false;
  if (ticking && !unit.deriving && !Number.isNaN(core.time.now)) {
    unit.deriving = true;
    // Spread over a minute, so that a city does not derive itself all at once.
    core.timers.at(core.time.now + 1000 + (unit.no % 60) * 1000, reminder(unit, DERIVE));
  }
}

/** Takes it out of them. */
export function unindex(core: Core, unit: Unit): void {
  const { circuit, mountedOn, gateway } = unit.device;
  leaveSite(core, unit);
  const joined = circuit ? core.circuits.get(circuit) : undefined;
  joined?.units.delete(unit);
  joined?.sorted.clear();
  if (mountedOn) core.mounts.get(mountedOn)?.delete(unit);
  if (gateway) core.gateways.get(gateway)?.units.delete(unit);
  core.places.remove(unit);
}

/** Only devices that watch for something, or whose alarms may stand for others of their site, are looked for there. */
const countsAtSite = ({ plan }: Unit): boolean =>
  plan.watches.length > 0 ||
  plan.rules.some((rule) => rule.standsFor.some(({ suppression }) => suppression.scope === 'same-site'));

/** Those it stands in at its site. */
export function joinSite(core: Core, unit: Unit): void {
  const { site, drill } = unit.device;
  if (site === undefined || drill !== undefined || !countsAtSite(unit)) return;
  const there = core.atSite.get(site);
  if (there) there.push(unit);
  else core.atSite.set(site, [unit]);
}

function leaveSite(core: Core, unit: Unit): void {
  const { site } = unit.device;
  const left = core.atSite.get(site ?? '')?.filter((other) => other !== unit);
  if (site === undefined || !left) return;
  if (left.length > 0) core.atSite.set(site, left);
  else core.atSite.delete(site);
}

function joinCircuit(core: Core, name: string, unit: Unit): void {
  const circuit = core.circuits.get(name) ?? { units: new Set(), sorted: new Map() };
  circuit.units.add(unit);
  circuit.sorted.clear();
  core.circuits.set(name, circuit);
}

function into(map: Map<string, Set<Unit>>, key: string, unit: Unit): void {
  const there = map.get(key);
  if (there) there.add(unit);
  else map.set(key, new Set([unit]));
}
