import { type LoadedCity, loadCity } from '../devices/city/load-city.ts';
import type { TelemetryEntry } from '../devices/contract/entry.ts';
import type { Device } from '../devices/contract/registry.ts';
import { type RegistryCache, registryCache } from '../devices/registry/registry-cache.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { createEngine, type Engine, type StateRow } from '../rules/engine/engine.ts';
import { bytesOf } from '../rules/judge/baseline.ts';
import { type CompiledCatalogue, compileCatalogue } from '../rules/standards/compile.ts';
import { type BenchCity, benchCity, entryOf, healthy } from './city.ts';
import { answering, given } from './measured.ts';
import { upsets } from './upsets.ts';

/** The rules engine alone, over a mixed city: no disk, no network; what is measured is judging. */
export interface RulesStart {
  readonly citiesDir: string;
  readonly city: string;
  readonly devices: number;
  /** Part of the devices that report something abnormal at any one time. */
  readonly abnormal: number;
}

/** Memory, bytes. */
export interface Memory {
  /** Records of devices, sites and gateways. */
  readonly registry: number;
  /** What the engine holds beside the registry: values, rules, silence, derived measurements, and `learned`. */
  readonly state: number;
  /** Of it: what the baselines of devices that were heard take. */
  readonly learned: number;
}

/** A start: the registry handed to a fresh engine, and the state of every device put back; the database apart. */
export interface Reload {
  readonly ms: number;
  /** Bytes of the rows of state. */
  readonly bytes: number;
}

/** One minute of the city: every device reports once, and sixty seconds pass. */
export interface Minute {
  readonly cpuUs: number;
  readonly readings: number;
  readonly raised: number;
  readonly derived: number;
}

const { citiesDir, city: cityId, devices: count, abnormal } = given<RulesStart>();
/** Entries of one block, about what a group commit holds. */
const BLOCK = 1000;
const SECONDS = 60;
const BEGIN = Date.UTC(2026, 10, 22, 2);

let made: BenchCity;
let registry: RegistryCache;
let engine: Engine;
let compiled: CompiledCatalogue;
let newEngine: () => Engine;
let upset: (device: Device, minute: number) => Record<string, number | boolean | string> | undefined;
let minutes = 0;
let position = 0;
/** Bytes held before the registry was made, and before the engine was. */
let empty = 0;
let loaded = 0;

async function open(): Promise<void> {
  const found = await loadCity(citiesDir, cityId);
  const { city, catalogue } = found;
  compiled = compileCatalogue(catalogue, deviceTypes, city.platformDepartment);
  empty = held();
  registry = registryOf(found);
  loaded = held();
  newEngine = () => createEngine({ catalogue: compiled, city, types: deviceTypes, version: catalogue.version });
  engine = newEngine();
  upset = upsets(compiled, abnormal);
  register(engine);
  engine.take({ position: ++position, entries: [{ kind: 'tick', at: BEGIN }] });
}

const register = (into: Engine): void =>
  into.load({ devices: registry.devices(), sites: registry.sites(), gateways: registry.gateways(), version: 1 });

/** The registry as processes keep it; the list it is made from is let go. */
function registryOf(city: LoadedCity): RegistryCache {
  const all = benchCity(city, count);
  const { devices, sites, gateways } = all;
  const cache = registryCache({ version: 1, devices, sites, gateways, credentials: [] });
  made = { ...all, devices: [...cache.devices()], sites: [], gateways: [] };
  return cache;
}

/** Bytes in use once all garbage is gone, typed arrays included. */
function held(): number {
  if (!globalThis.gc) throw new Error('start this process with --expose-gc');
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes of what is learned of the devices, all of which were heard. */
function learned(): number {
  const devices = new Map<string, number>();
  for (const { type } of made.devices) devices.set(type, (devices.get(type) ?? 0) + 1);
  const rules = [...compiled.plans.values()].flatMap(({ type, rules }) =>
    rules.flatMap(({ baseline }) => (baseline ? (devices.get(type.id) ?? 0) * bytesOf(baseline) : [])),
  );
  return rules.reduce((sum, bytes) => sum + bytes, 0);
}

const memory = (): Memory => ({ registry: loaded - empty, state: held() - loaded, learned: learned() });

/** Two minutes in which nothing is abnormal anywhere, and what is held then. */
async function atRest(): Promise<Memory> {
  for (let n = 0; n < 2; n++) {
    await minute(true);
    snapshot();
  }
  return memory();
}

/** Lets one minute pass; in a `quiet` one no device is upset. Readings are made outside of the measured time and arrive as text does: fresh objects. */
async function minute(quiet = false): Promise<Minute> {
  const total = { cpuUs: 0, readings: 0, raised: 0, derived: 0 };
  const before = engine.counts.readings;
  const { devices } = made;
  for (let second = 0; second < SECONDS; second++) {
    const at = BEGIN + minutes * 60_000 + (second + 1) * 1000;
    const from = Math.floor((devices.length * second) / SECONDS);
    const upTo = Math.floor((devices.length * (second + 1)) / SECONDS);
    const world = made.world(at);
    const reports = devices.slice(from, upTo).map((device) => {
      return entryOf(device, at, { ...healthy(device, world), ...(quiet ? undefined : upset(device, minutes)) });
    });
    const blocks: (readonly (TelemetryEntry | { kind: 'tick'; at: number })[])[] = [];
    for (let i = 0; i < reports.length; i += BLOCK)
      blocks.push(JSON.parse(JSON.stringify(reports.slice(i, i + BLOCK))));
    blocks.push([{ kind: 'tick', at: at + 40 }]);
    const began = process.cpuUsage();
    for (const entries of blocks) {
      const effects = engine.take({ position: ++position, entries });
      total.raised += effects?.events.filter((event) => event.kind === 'raised').length ?? 0;
      total.derived += effects?.derived.length ?? 0;
    }
    const { user, system } = process.cpuUsage(began);
    total.cpuUs += user + system;
  }
  minutes++;
  total.readings = engine.counts.readings - before;
  return total;
}

/** A minute of the city, and the snapshot of every few seconds, which lets go of the list of what changed. */
async function minuteKept(): Promise<Minute> {
  const passed = await minute();
  snapshot();
  return passed;
}

/** The rows of a whole snapshot, time and gateways first, as the database gives them back. */
function snapshot(): StateRow[] {
  const rows: StateRow[] = [];
  for (;;) {
    const part = engine.snapshot(5000);
    rows.push(...part.rows);
    if (part.heldTo !== null) return [...rows.splice(-1), ...rows];
  }
}

/** Measures what a start does with the state of every device, after a minute in which all of them spoke. */
async function reload(): Promise<Reload> {
  await minute();
  const rows = snapshot();
  const began = performance.now();
  const again = newEngine();
  register(again);
  again.restore(rows);
  again.found();
  const ms = performance.now() - began;
  return { ms, bytes: rows.reduce((sum, { body }) => sum + body.length, 0) };
}

answering(open(), {
  minute: minuteKept,
  reload,
  atRest,
  memory: async (): Promise<Memory> => memory(),
  passed: async () => {
    const { unknownDevice, unknownMeasurement, duplicate, late } = engine.counts;
    return { notJudged: unknownDevice + unknownMeasurement + duplicate + late, openAlarms: engine.desk.size };
  },
  stop: async () => {},
});
