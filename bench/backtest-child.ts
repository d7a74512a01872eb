import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LoadedCity, loadCity } from '../devices/city/load-city.ts';
import type { TelemetryEntry } from '../devices/contract/entry.ts';
import { type Device, deviceSchema } from '../devices/contract/registry.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { openDuckdbTelemetryStore } from '../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import type { TelemetryRow, TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import type { BacktestInput } from '../rules/backtest/backtest.ts';
import { candidateOf } from '../rules/backtest/candidate.ts';
import { runBacktest } from '../rules/backtest/run-backtest.ts';
import { createEngine, type Engine } from '../rules/engine/engine.ts';
import { compileCatalogue } from '../rules/standards/compile.ts';
import { answering, given } from './measured.ts';
import { percentile } from './report.ts';

/** A store of readings with rules beside it, as `yanshao start` has them in one process. */
export interface BacktestStart {
  readonly citiesDir: string;
  readonly city: string;
  /** Readings of the measurement that is tried. */
  readonly readings: number;
}

/** One back-test. */
export interface Tried {
  readonly readings: number;
  readonly tookMs: number;
  readonly cpuUs: number;
  readonly alarms: number;
}

/** How quick the live path is: a block judged, a batch stored; the worst of each hundred, ms. */
export interface Live {
  readonly judgeP99Ms: number;
  readonly writeP99Ms: number;
}

const DEVICES = 4000;
const MINUTE = 60_000;
const T0 = Date.UTC(2026, 9, 1);
const TYPE = 'gas-alarm-commercial';
const { citiesDir, city: cityId, readings: wanted } = given<BacktestStart>();
const minutes = Math.ceil(wanted / DEVICES);
const dir = mkdtempSync(join(tmpdir(), 'yanshao-bench-backtest-'));
const devices: readonly Device[] = Array.from({ length: DEVICES }, (_, n) =>
  deviceSchema.parse({ id: `k-${n}`, type: TYPE, name: `k-${n}`, lon: 0, lat: 0, gas: 'natural', gasUnit: '%{LEL}' }),
);

let store: TelemetryStore;
let city: LoadedCity;
let engine: Engine;
let position = 0;
let written = 0;
/** Where the live path goes on, after all that is stored. */
let live = T0 + minutes * MINUTE;

/** Mostly clean air; every device has a quarter of an hour of gas in about three weeks, none of them together. */
const methane = (device: number, minute: number): number =>
  (device * 7919 + minute) % 30_011 < 15 ? 26 : ((device * 31 + minute * 17) % 29) / 10;

async function open(): Promise<void> {
  store = await openDuckdbTelemetryStore(join(dir, 'telemetry.duckdb'));
  city = await loadCity(citiesDir, cityId);
  const catalogue = compileCatalogue(city.catalogue, deviceTypes, city.city.platformDepartment);
  engine = createEngine({ catalogue, city: city.city, types: deviceTypes, version: city.catalogue.version });
  engine.load({ devices, sites: [], gateways: [], version: 1 });
}

/** Stores the next minutes of every device; a fan reports every fifth, so that not every row is one that is wanted. */
async function fill(): Promise<{ stored: number; done: boolean }> {
  const upTo = Math.min(minutes, written + 50);
  for (; written < upTo; written += 5) {
    const rows: TelemetryRow[] = [];
    for (let minute = written; minute < Math.min(upTo, written + 5); minute++) {
      for (let n = 0; n < DEVICES; n++) {
        const values = { 'alarm.ch4': methane(n, minute), ...(minute % 5 === 0 && { 'alarm.fan': true }) };
        rows.push({ type: TYPE, device: devices[n]!.id, at: T0 + minute * MINUTE + n * 15, values });
      }
    }
    await store.write(rows);
  }
  written = upTo;
  return { stored: written * DEVICES, done: written >= minutes };
}

function inputOf(change?: Record<string, unknown>): BacktestInput {
  const rule = city.catalogue.domains
    .flatMap(({ categories }) => categories.flatMap(({ items }) => items))
    .filter(({ deviceType }) => deviceType === TYPE)
    .flatMap(({ code, rules }) => rules.map((one) => ({ key: `${code}.${one.id}`, one })))
    .find(({ one }) => one.kind === 'threshold' && one.measurement === 'alarm.ch4' && !one.windowS)!;
  const departments = city.city.departments.map(({ id }) => id);
  const found = candidateOf(city.catalogue, { rule: rule.key, change }, { types: deviceTypes, departments });
  if ('refused' in found) throw new Error(`${found.refused.en}: ${JSON.stringify(found.faults)}`);
  return {
    ...{ key: found.key, deviceType: TYPE, catalogue: found.catalogue, standing: found.before && city.catalogue },
    ...{
      overlays: city.overlays ?? [],
      records: {},
      city: city.city,
      devices,
      sites: [],
      from: T0,
      to: T0 + minutes * MINUTE,
      only: null,
      verdicts: [],
      hiding: { aside: [], causes: [] },
    },
  };
}

async function tryOnce(change?: Record<string, unknown>): Promise<Tried> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const report = await runBacktest(inputOf(change), store, new AbortController().signal, () => {});
  const { user, system } = process.cpuUsage(cpu);
  const { readings, after } = report;
  return { readings, tookMs: performance.now() - began, cpuUs: user + system, alarms: after.alarms };
}

const BLOCK = 1000;

/** The live path while `until` has not settled: twenty times a second a block is judged and a batch is stored. */
async function livePath(until: Promise<unknown>): Promise<Live> {
  let over = false;
  void until.finally(() => {
    over = true;
  });
  const judged: number[] = [];
  const stored: number[] = [];
  for (let from = 0; !over; from = (from + BLOCK) % DEVICES, live += 50) {
    const entries = devices.slice(from, from + BLOCK).map(
      (device): TelemetryEntry => ({
        kind: 'telemetry',
        device: device.id,
        at: live,
        received: live,
        source: 'mqtt',
        values: { 'alarm.ch4': 1.5 },
      }),
    );
    const began = performance.now();
    engine.take({ position: ++position, entries });
    judged.push(performance.now() - began);
    const writing = performance.now();
    await store.write(entries.map(({ device, at, values }) => ({ type: TYPE, device, at, values })));
    stored.push(performance.now() - writing);
    await pause(50);
  }
  return { judgeP99Ms: percentile(judged, 0.99), writeP99Ms: percentile(stored, 0.99) };
}

answering(open(), {
  fill,
  tried: async (change) => tryOnce((change as Record<string, unknown> | null) ?? undefined),
  alone: async (ms) => livePath(pause(Number(ms))),
  beside: async () => {
    const test = tryOnce();
    const figures = await livePath(test);
    return { ...figures, tookMs: (await test).tookMs };
  },
  stop: async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  },
});
