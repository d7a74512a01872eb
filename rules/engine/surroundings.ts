import type { Crew, Pipe, Valve } from '../../devices/contract/beside.ts';
import type {
  CrewNear,
  IncidentPlace,
  Point,
  RecordInside,
  SiteInside,
  ValveNear,
  WindNear,
} from '../../devices/contract/incident.ts';
import type { Site } from '../../devices/contract/registry.ts';
import { cells, type PlaceGrid, placeGrid } from '../../kit/cells.ts';
import { distance } from '../../kit/metres.ts';
import type { ClosedValve } from '../incidents/evidence.ts';
import type { Sign } from '../incidents/link.ts';
import { along, bounds, inside } from '../incidents/ring.ts';
import type { Around, Outline, Surroundings } from '../incidents/surroundings.ts';
import { type Core, decode, siteOf } from './core.ts';
import { type Dated, inForce } from './place-records.ts';
import type { Unit } from './units.ts';

/** Lists that an incident carries end here; the counts go on. */
const SITES = 40;
const VALVES = 4;
const CREWS = 2;
const RECORDS = 20;
/** Farther away a valve, or a fence line's wind, says nothing of this place, m. */
const VALVE_M = 2000;
const WIND_M = 3000;
/** Wind older than this is not told, ms. */
const WIND_MS = 3_600_000;
const CELL_M = 250;

/** What lies around an incident, from the engine's registry and newest readings. */
export function surroundings(core: Core): Surroundings {
  const squares = cells(CELL_M, core.parts.city.map.center[1]);
  const sites = remade(
    () => core.registered.sites,
    () => placeGrid(squares, core.sites.values()),
  );
  const valves = remade(
    () => core.registered.beside,
    () => placeGrid(squares, core.beside.of('valve').values()),
  );
  const fences = remade(
    () => core.registered.devices,
    () => [...core.units.all()].filter(({ plan, device }) => device.drill === undefined && windOf(plan.names) >= 0),
  );
  const onPipes = remade(
    () => core.registered.beside,
    () => valvesOnPipes(core),
  );
  let closed: { readonly position: number; readonly found: readonly OnPipe[] } = { position: -1, found: [] };
  return {
    deviceOf(id) {
      const device = core.units.get(id)?.device;
      return { circuit: device?.circuit ?? null, nameEn: device?.nameEn ?? null };
    },
    around({ ring, centre, circuits, area }: Outline, at): Around {
      const inRing = sitesInside(sites(), ring, centre);
      return {
        sites: inRing.slice(0, SITES),
        siteCounts: countsOf(inRing),
        valves: valvesNear(core, valves(), onPipes(), centre, circuits),
        crews: crewsNear(core.beside.of('crew').values(), centre, area),
        records: core.placeRecords
          .all()
          .filter((one) => inForce(one, at) && touches(core, one, ring, centre, area))
          .slice(0, RECORDS)
          .map(toRecordInside),
        wind: windNear(core, fences(), centre, at),
      };
    },
    closedBetween() {
      if (closed.position !== core.position)
        closed = {
          position: core.position,
          found: onPipes().filter(({ valve }) => stateOf(core, valve).state === 'closed'),
        };
      const { found } = closed;
      return found.length === 0 ? null : (a, b) => between(found, a, b);
    },
  };
}

/** Something worked out when first asked for, and again when its version moved on. */
function remade<T>(version: () => number, make: () => T): () => T {
  let held: { readonly version: number; readonly thing: T } | undefined;
  return () => {
    const now = version();
    if (held?.version !== now) held = { version: now, thing: make() };
    return held.thing;
  };
}

function sitesInside(grid: PlaceGrid<Site>, ring: IncidentPlace['ring'], centre: Point): SiteInside[] {
  return grid
    .touching(bounds(ring))
    .filter((site) => inside(ring, site))
    .map(({ id, kind, name, nameEn, lon, lat }) => {
      const distanceM = Math.round(distance(centre, { lon, lat }));
      return { id, kind, name, nameEn: nameEn ?? null, lon, lat, distanceM };
    })
    .sort((a, b) => a.distanceM - b.distanceM || (a.id < b.id ? -1 : 1));
}

function countsOf(sites: readonly SiteInside[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { kind } of sites) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
}

/** A valve on a pipe that devices name, and where on it. */
interface OnPipe {
  readonly valve: Valve;
  readonly pipe: Pipe;
  readonly alongM: number;
}

function valvesOnPipes(core: Core): OnPipe[] {
  const pipes = core.beside.of('pipe');
  return [...core.beside.of('valve').values()].flatMap((valve) => {
    const pipe = valve.pipe === undefined ? undefined : pipes.get(valve.pipe);
    return pipe?.circuit === undefined ? [] : [{ valve, pipe, alongM: along(pipe.line, valve).alongM }];
  });
}

/** The closed valve between two signs of one pipe. */
function between(closed: readonly OnPipe[], a: Sign, b: Sign): ClosedValve | null {
  if (a.circuit === null || a.circuit !== b.circuit || a.device === b.device) return null;
  for (const { valve, pipe, alongM } of closed) {
    if (pipe.circuit !== a.circuit) continue;
    const [one, other] = [along(pipe.line, a).alongM, along(pipe.line, b).alongM];
    if (Math.min(one, other) < alongM && alongM < Math.max(one, other))
      return { id: valve.id, name: valve.name, nameEn: valve.nameEn ?? null };
  }
  return null;
}

/** Those on a pipe that members name first, then by distance. */
function valvesNear(
  core: Core,
  grid: PlaceGrid<Valve>,
  onPipes: readonly OnPipe[],
  centre: Point,
  circuits: ReadonlySet<string>,
): ValveNear[] {
  const onPipe = onPipes.filter(({ pipe }) => circuits.has(pipe.circuit!)).map(({ valve }) => valve);
  const first = new Set(onPipe);
  const near = grid.near(centre, VALVE_M, distance).map(({ thing }) => thing);
  return [...byDistance(onPipe, centre), ...near.filter((valve) => !first.has(valve))]
    .slice(0, VALVES)
    .map((valve) => ({
      id: valve.id,
      name: valve.name,
      nameEn: valve.nameEn ?? null,
      lon: valve.lon,
      lat: valve.lat,
      distanceM: Math.round(distance(centre, valve)),
      pipe: valve.pipe ?? null,
      onPipe: first.has(valve),
      ...stateOf(core, valve),
    }));
}

const byDistance = <T extends Point & { readonly id: string }>(things: Iterable<T>, centre: Point): T[] =>
  [...things].sort((a, b) => distance(centre, a) - distance(centre, b) || (a.id < b.id ? -1 : 1));

/** What the newest reading says of a valve: nothing is operated, and silence is no state. */
function stateOf(core: Core, valve: Valve): Pick<ValveNear, 'state' | 'stateAt'> {
  const unit = valve.stateDevice === undefined ? undefined : core.units.get(valve.stateDevice);
  const i = unit?.plan.indexOf.get(valve.stateMeasurement ?? '');
  const at = unit === undefined || i === undefined ? Number.NaN : core.units.columns.times[unit.m + i]!;
  if (unit === undefined || i === undefined || Number.isNaN(at)) return { state: 'unknown', stateAt: null };
  const said = String(decode(core, unit.plan, i, core.units.columns.values[unit.m + i]!));
  const closed = valve.closedIs === undefined ? said === 'true' || said === 'closed' : said === valve.closedIs;
  return { state: closed ? 'closed' : 'open', stateAt: at };
}

function crewsNear(crews: Iterable<Crew>, centre: Point, area: string | null): CrewNear[] {
  const fit = [...crews].filter(
    ({ for: goesFor, areas }) =>
      goesFor.includes('gas') && (areas.length === 0 || area === null || areas.includes(area)),
  );
  return byDistance(fit, centre)
    .slice(0, CREWS)
    .map(({ id, name, nameEn, department, phone, lon, lat }) => ({
      id,
      name,
      nameEn: nameEn ?? null,
      department,
      phone,
      lon,
      lat,
      distanceM: Math.round(distance(centre, { lon, lat })),
    }));
}

/** True when a record's place and the ring have something in common. */
function touches(
  core: Core,
  { record }: Dated,
  ring: IncidentPlace['ring'],
  centre: Point,
  area: string | null,
): boolean {
  const { lon, lat, radiusM, site, devices, wholeArea } = record;
  if (wholeArea && record.area === area) return true;
  if (lon !== undefined && lat !== undefined && radiusM !== undefined) {
    if (inside(ring, { lon, lat }) || distance(centre, { lon, lat }) <= radiusM) return true;
  }
  const place = site === undefined ? undefined : core.sites.get(site);
  if (place && inside(ring, place)) return true;
  return devices.some((id) => {
    const unit = core.units.get(id);
    return unit !== undefined && (inside(ring, unit.device) || siteIn(core, unit, ring));
  });
}

const siteIn = (core: Core, unit: Unit, ring: IncidentPlace['ring']): boolean => {
  const site = siteOf(core, unit.device);
  return site !== undefined && inside(ring, site);
};

const toRecordInside = ({ kind, record }: Dated): RecordInside => ({
  kind,
  id: record.id,
  name: record.name,
  reference: record.reference,
  who: record.who ?? null,
  from: record.from,
  to: record.to ?? null,
});

/** Place of the wind's direction among a type's measurements; -1 for a type that has none. */
const windOf = (names: readonly string[]): number => names.findIndex((name) => name.endsWith('.windDirection'));

/** The wind at the nearest station that measured it within the last hour. */
function windNear(core: Core, fences: readonly Unit[], centre: Point, at: number): WindNear | null {
  const { values, times } = core.units.columns;
  let best: { unit: Unit; metres: number } | undefined;
  for (const unit of fences) {
    const time = times[unit.m + windOf(unit.plan.names)]!;
    if (Number.isNaN(time) || time < at - WIND_MS) continue;
    const metres = distance(centre, unit.device);
    if (metres <= WIND_M && (!best || metres < best.metres)) best = { unit, metres };
  }
  if (!best) return null;
  const { unit } = best;
  const direction = windOf(unit.plan.names);
  const speed = unit.plan.names.findIndex((name) => name.endsWith('.windSpeed'));
  const heard = speed >= 0 && !Number.isNaN(times[unit.m + speed]!);
  return {
    device: unit.device.id,
    fromDeg: Math.round(values[unit.m + direction]!),
    speed: heard ? values[unit.m + speed]! : null,
    at: times[unit.m + direction]!,
  };
}
