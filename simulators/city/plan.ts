import type { Demo, DemoGateway, DemoType } from '../../devices/city/demo.ts';
import type { LoadedCity } from '../../devices/city/load-city.ts';
import type { RegistryPut } from '../../devices/contract/command.ts';
import type { Device, Gateway } from '../../devices/contract/registry.ts';
import { deviceType } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import type { WorldSetting } from './behaviour/world.ts';
import { besideOf } from './beside.ts';
import { type Dice, dice } from './chance.ts';
import { contactsOf } from './contacts.ts';
import { placer, type Stand, shares } from './placing.ts';

/** By which way a simulated device's readings reach the platform. */
export type Route =
  /** Its own connection to the platform's MQTT door. */
  | { readonly by: 'mqtt' }
  /** The field broker, read by its gateway. */
  | { readonly by: 'field'; readonly gateway: string }
  /** The OPC UA server of the stations, read by its gateway. */
  | { readonly by: 'opcua'; readonly gateway: string }
  /** Measured data of elsewhere, sent on a connection of its own. */
  | { readonly by: 'replay' };

/** A simulated city, before anybody has a secret. */
export interface DemoPlan {
  readonly city: string;
  readonly seed: string;
  /** Everything to register; `credentials` is empty. All of it is marked `demo`. */
  readonly put: RegistryPut;
  readonly routes: Readonly<Record<string, Route>>;
  /** Mapping files of the data that is replayed beside the simulation. */
  readonly replays: readonly string[];
  /** What the simulated weather and light follow from. */
  readonly setting: WorldSetting;
}

export interface PlanOptions {
  /** The same seed gives the same plan; the city's own by default. */
  readonly seed?: number | string;
  /** How many devices, about: every type of the demonstration keeps at least one. */
  readonly devices?: number;
  /** The day the plan is made for, `YYYY-MM-DD`: dates of installation lie before it. */
  readonly today?: string;
}

/** Life of a combustible-gas detector in years, by where it is used. */
const lifeYears: Readonly<Record<string, number>> = { 'gas-alarm-commercial': 3, 'gas-alarm-household': 5 };
const DAY = 86_400_000;

/**
 * The simulated city of `cities/<id>/demo.yaml`: sites, gateways, devices with places, constants, gas and dates, and the
 * way each one's readings take. Pure: same city, seed, size and day give the same plan. A city without a demonstration,
 * or one that cannot be placed, is a {@link Problem}.
 */
export function demoPlan({ city, demo }: LoadedCity, options: PlanOptions = {}): DemoPlan {
  if (!demo) throw new Problem(`city ${city.id} has no demo.yaml: there is nothing to simulate`);
  const seed = String(options.seed ?? demo.seed);
  const random = dice(`${city.id}/${seed}/plan`);
  const places = placer(demo, random);
  const today = Date.parse(options.today ?? '2026-11-01');
  const counts = scaled(demo, options.devices);

  const devices: Device[] = [];
  for (const [typeId, type] of Object.entries(demo.types)) {
    if (!deviceType(typeId)) throw new Problem(`demo.yaml: there is no device type "${typeId}"`);
    const stands = places.stands(typeId, type, counts.get(typeId)!);
    const made = stands.map((stand, i) => deviceAt(typeId, type, overPipe(stand, type, demo), i, random, today));
    devices.push(...(typeId === 'pole-camera' ? mounted(made, devices) : made));
  }
  const expired = expire(devices, today);
  const placed = expired.map((device) => under(device, demo.gateways));
  const sites = places.sites();
  return {
    city: city.id,
    seed,
    put: {
      devices: placed,
      sites,
      gateways: demo.gateways.map(toGateway),
      credentials: [],
      ...besideOf(demo, today),
      contacts: sites.flatMap(contactsOf),
    },
    routes: Object.fromEntries(placed.map((device) => [device.id, routeOf(device)])),
    replays: [],
    setting: { seed: `${city.id}/${seed}`, timeZone: city.timeZone, lon: city.map.center[0], lat: city.map.center[1] },
  };
}

/** What stands over a pipe names it, so that a leak's way along it can be seen. */
function overPipe(stand: Stand, type: DemoType, demo: Demo): Stand {
  const pipe = type.alongPipe ? demo.pipes.find(({ street }) => street === stand.street) : undefined;
  return pipe ? { ...stand, circuit: pipe.id } : stand;
}

/** Counts by type for about `devices` in all. */
function scaled(demo: Demo, devices: number | undefined): Map<string, number> {
  const counts = Object.fromEntries(Object.entries(demo.types).map(([id, type]) => [id, type.count]));
  if (devices === undefined) return new Map(Object.entries(counts));
  return new Map([...shares(counts, devices)].map(([id, count]) => [id, Math.max(1, count)]));
}

function deviceAt(typeId: string, type: DemoType, stand: Stand, i: number, random: Dice, today: number): Device {
  const n = i + 1;
  const life = lifeYears[typeId];
  const installed = today - random.whole(40, life ? life * 365 - 120 : 1500) * DAY;
  const facts = { ...stand.facts, ...dealtFacts(type, random) };
  return {
    id: `${type.prefix}-${String(n).padStart(4, '0')}`,
    type: typeId,
    ...(type.model && { model: type.model }),
    name: stand.site ? `${stand.at.zh} ${type.title.zh}` : `${stand.at.zh} ${type.title.zh} ${n}`,
    nameEn: stand.site ? `${stand.at.en} ${type.title.en}` : `${stand.at.en} ${type.title.en} ${n}`,
    lon: stand.lon,
    lat: stand.lat,
    area: stand.area,
    ...(stand.address && { address: stand.address }),
    ...(stand.site && { site: stand.site }),
    ...(stand.circuit && { circuit: stand.circuit }),
    ...(type.gas && { gas: type.gas }),
    ...(type.gasUnit && { gasUnit: type.gasUnit }),
    ...(type.owner && { owner: type.owner }),
    ...(stand.site ? { operator: stand.at.zh } : type.owner && { operator: type.owner }),
    ...(type.maintainer && { maintainer: type.maintainer }),
    constants: { ...type.constants, ...stand.constants },
    facts,
    installed: dateOf(installed),
    ...(life && { expires: dateOf(installed + life * 365.25 * DAY) }),
    demo: true,
  };
}

/** Facts dealt by weight. A YAML key is a text, so `true` and `false` are taken for what they say. */
function dealtFacts(type: DemoType, random: Dice): Record<string, string | boolean> {
  const dealt = Object.entries(type.facts).map(([name, weights]) => [name, said(weighted(weights, random))] as const);
  return Object.fromEntries(dealt);
}

function weighted(weights: Readonly<Record<string, number>>, random: Dice): string {
  const entries = Object.entries(weights);
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries.at(-1)![0];
}

const said = (word: string): string | boolean => (word === 'true' ? true : word === 'false' ? false : word);

/** Cameras hang on poles of their own area, every fourth pole, and stand where their pole stands. */
function mounted(cameras: Device[], devices: readonly Device[]): Device[] {
  const poles = devices.filter(({ type }) => type === 'smart-pole');
  const taken = new Set<string>();
  return cameras.map((camera) => {
    const free = poles.filter((pole) => !taken.has(pole.id));
    const inArea = free.filter(({ area }) => area === camera.area);
    const from = inArea.length > 0 ? inArea : free;
    const pole = from[(taken.size * 4) % Math.max(1, from.length)];
    if (!pole) return camera;
    taken.add(pole.id);
    return { ...camera, mountedOn: pole.id, lon: pole.lon, lat: pole.lat, area: pole.area };
  });
}

/** Two detectors in a hundred are past their life: what a city really finds, and what the catalogue looks for. */
function expire(devices: readonly Device[], today: number): Device[] {
  const detectors = devices.filter(({ type }) => type === 'gas-alarm-commercial');
  const late = new Set(detectors.filter((_, i) => i % 50 === 7).map(({ id }) => id));
  return devices.map((device) => {
    if (!late.has(device.id)) return device;
    return { ...device, installed: dateOf(today - 3.1 * 365.25 * DAY), expires: dateOf(today - 0.1 * 365.25 * DAY) };
  });
}

/** The first gateway that speaks for the device's type in its area. */
function under(device: Device, gateways: readonly DemoGateway[]): Device {
  const gateway = gateways.find(
    ({ types, areas }) => types.includes(device.type) && (areas.length === 0 || areas.includes(device.area ?? '')),
  );
  return gateway ? { ...device, gateway: gateway.id } : device;
}

function routeOf(device: Device): Route {
  if (!device.gateway) return { by: 'mqtt' };
  return { by: device.type === 'gas-rtu' ? 'opcua' : 'field', gateway: device.gateway };
}

const toGateway = (gateway: DemoGateway): Gateway => ({
  id: gateway.id,
  name: gateway.name.zh,
  nameEn: gateway.name.en,
  lon: gateway.lon,
  lat: gateway.lat,
  area: gateway.area,
  demo: true,
});

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
