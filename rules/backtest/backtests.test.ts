import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BacktestJob } from '../../devices/contract/backtest.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { Device, Site } from '../../devices/contract/registry.ts';
import { besideBook } from '../../devices/registry/beside-book.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { silentLog } from '../../kit/log.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import { StoreUnavailable, type TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';
import {
  benchCatalogue,
  benchCity,
  benchDevice,
  catalogueOf,
  engineBench,
  kitchen,
  momentOf,
} from '../engine/engine-bench.ts';
import { type Backtests, startBacktests } from './backtests.ts';

const period = { from: momentOf('10:00'), to: momentOf('12:00') };
const rule = 'G05-14.com-l2';

/** A kitchen with two leaks in two hours, and a store that answers as the test says. */
async function bench(scan?: TelemetryStore['scan']) {
  const store = memoryTelemetryStore();
  for (let at = period.from; at < period.to; at += 60_000) {
    const leak = at === momentOf('10:30') || at === momentOf('11:30');
    await store.write([{ type: 'gas-alarm-commercial', device: 'k1', at, values: { 'alarm.ch4': leak ? 46 : 1 } }]);
  }
  let now = 1000;
  const tests = backtestsOver({ scan: scan ?? store.scan }, benchCatalogue, [kitchen('k1')], [], { now: () => now });
  return {
    tests,
    passes: (ms: number) => {
      now += ms;
    },
  };
}
function backtestsOver(
  store: Pick<TelemetryStore, 'scan'>,
  catalogue: Catalogue,
  devices: readonly Device[],
  sites: readonly Site[] = [],
  clock = { now: () => 1000 },
): Backtests {
  const tests = startBacktests({
    ...{ store, city: benchCity, types: deviceTypes, clock, log: silentLog },
    catalogue: () => catalogue,
    overlays: () => [],
    registry: {
      devices: () => devices,
      sites: () => sites,
      device: (id) => devices.find((one) => one.id === id),
      beside: besideBook(),
    },
    verdicts: async () => [],
    aside: async () => [],
    alarmsOf: async () => [],
  });
  running.push(tests);
  return tests;
}
const running: Backtests[] = [];
afterEach(async () => {
  for (const tests of running.splice(0)) await tests.stop();
});

async function begun(tests: Backtests): Promise<string> {
  const started = await tests.start({ ...period, rule }, 'mira');
  if ('refused' in started) throw new Error(started.refused.en);
  return started.job.id;
}
async function ended(tests: Backtests, id: string): Promise<BacktestJob> {
  await until('the back-test has ended', () => tests.job(id)!.state !== 'running');
  return tests.job(id)!;
}
/** `09:01:30`, as the bench's clock is set. */
const clockOf = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { timeZone: benchCity.timeZone });
const never = () => new Promise<never>(() => {});

describe('back-tests under way', () => {
  it('end with a report, and are known by who asked', async () => {
    const { tests } = await bench();
    const job = await ended(tests, await begun(tests));
    expect(job).toMatchObject({
      state: 'done',
      by: 'mira',
      progress: 1,
      readings: 120,
      report: { after: { alarms: 2 } },
    });
    expect(tests.jobs()).toMatchObject([{ id: job.id, report: null }]);
  });

  it('can be cancelled while the store does not answer', async () => {
    const { tests } = await bench(never);
    const id = await begun(tests);
    expect(tests.cancel(id)).toBe(true);
    expect(await ended(tests, id)).toMatchObject({ state: 'cancelled', report: null, problem: null });
    expect(tests.cancel('nobody')).toBe(false);
  });

  it('are two at a time at most; one that ends makes room', async () => {
    const { tests } = await bench(never);
    const first = await begun(tests);
    await begun(tests);
    expect(await tests.start({ ...period, rule }, 'mira')).toMatchObject({ refused: { code: 'backtests-busy' } });
    tests.cancel(first);
    await ended(tests, first);
    await begun(tests);
  });

  it('say in words why they failed', async () => {
    const { tests } = await bench(async () => {
      throw new StoreUnavailable('InfluxDB does not answer');
    });
    const job = await ended(tests, await begun(tests));
    expect(job).toMatchObject({ state: 'failed', problem: { zh: '试算中断：InfluxDB does not answer' } });
  });

  it('are kept for a day', async () => {
    const { tests, passes } = await bench();
    const id = await begun(tests);
    await ended(tests, id);
    passes(86_400_000);
    expect(tests.job(id)).toBeDefined();
    passes(1);
    expect(tests.job(id)).toBeUndefined();
  });

  it('end when rules stops', async () => {
    const { tests } = await bench(never);
    const id = await begun(tests);
    await tests.stop();
    expect(tests.job(id)?.state).toBe('cancelled');
  });
});

describe('waste sorted against waste driven away, counted by devices of two types', () => {
  const site = { id: 's1', kind: 'station', name: '东站', lon: 112.6, lat: 26.9, area: '000001', demo: false } as const;
  const devices = [
    benchDevice('station', 'sorting-station', { site: 's1' }),
    benchDevice('truck-1', 'waste-truck', { area: '000001' }),
    benchDevice('truck-2', 'waste-truck', { area: '000001' }),
    benchDevice('elsewhere', 'waste-truck', { area: '000002' }),
  ];
  const untraced = {
    id: 'untraced',
    kind: 'balance',
    measurement: 'sorting.binKg',
    inflow: { deviceType: 'sorting-station', measurement: 'sorting.binKg', as: 'sum' },
    outflow: { deviceType: 'waste-truck', measurement: 'truck.weight', as: 'sum' },
    over: 'area',
    windowS: 3600,
    op: '>',
    limit: { value: 20, unit: 'kg' },
    priority: 'P3',
  };
  const catalogue = catalogueOf('sorting-station', untraced);
  /** From 14:00 to 16:00 the second truck carries next to nothing. */
  const readings = Array.from({ length: 65 }, (_, i) => momentOf('09:00:10') + i * 600_000).flatMap(
    (at): { device: string; at: number; values: Record<string, number> }[] => [
      { device: 'station', at, values: { 'sorting.binKg': 20 } },
      { device: 'truck-1', at: at + 5000, values: { 'truck.weight': 0.01 } },
      {
        device: 'truck-2',
        at: at + 5000,
        values: { 'truck.weight': at >= momentOf('14:00') && at < momentOf('16:00') ? 0.001 : 0.01 },
      },
      { device: 'elsewhere', at: at + 7000, values: { 'truck.weight': 9 } },
    ],
  );

  const of = { from: momentOf('13:00'), to: momentOf('19:00'), rule: 'G05-01.untraced' };

  it('rings from the store when the engine rang from the journal', async () => {
    const engine = engineBench({ devices, sites: [site] }, '09:00', { catalogue });
    for (const { device, at, values } of readings) engine.reads(clockOf(at), device, values);
    const [rang, ...others] = engine.alarms().filter((alarm) => alarm.rule === of.rule);
    expect(others).toEqual([]);

    const folder = mkdtempSync(join(tmpdir(), 'yanshao-balance-'));
    const store = await openDuckdbTelemetryStore(join(folder, 'telemetry.duckdb'));
    const typeOf = new Map(devices.map(({ id, type }) => [id, type]));
    await store.write(readings.map((row) => ({ ...row, type: typeOf.get(row.device)! })));
    const tests = backtestsOver(store, catalogue, devices, [site]);
    const tried = async (asked: object) => {
      const started = await tests.start({ ...of, ...asked }, 'mira');
      if ('refused' in started) throw new Error(started.refused.en);
      const { report, problem } = await ended(tests, started.job.id);
      expect(problem).toBeNull();
      return report!;
    };
    const report = await tried({});
    const { device, since, raisedAt, returnedAt } = rang!;
    expect(report.after.list).toMatchObject([{ device, since, raisedAt, returnedAt }]);
    // Two hours before the period fill the window.
    expect(report).toMatchObject({ registered: 4, heard: 4, readings: 4 * 6 * 8 });
    const changed = await tried({ change: { limit: { value: 60 } } });
    expect(changed).toMatchObject({ before: { alarms: 1 }, after: { alarms: 0 }, difference: { lost: 1 } });
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('old verdicts', () => {
  it('are held against the tried rule: what people called real is missed by a limit too high', async () => {
    const b = await rulesBench();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:05', 'k1', { 'alarm.ch4': 42 });
    const [alarm] = (await b.alarms()).filter((one) => one.rule === rule);
    await b.asks({ type: 'judge', of: { alarms: [alarm!.id] }, kind: 'cooking', evidence: 'a first guess' });
    await b.asks({ type: 'judge', of: { alarms: [alarm!.id] }, kind: 'real', evidence: 'the crew found it' });
    await b.ingest.store.write([
      { type: 'gas-alarm-commercial', device: 'k1', at: momentOf('10:05'), values: { 'alarm.ch4': 42 } },
    ]);
    const checks = async (change: Record<string, unknown>) => {
      const started = await b.rules.tools.startBacktest({ ...period, rule, change }, 'mira');
      if ('refused' in started) throw new Error(started.refused.en);
      const job = async () => (await b.rules.tools.backtest(started.job.id))!;
      await until('the back-test has ended', async () => (await job()).state !== 'running');
      return (await job()).report?.verdicts;
    };
    expect(await checks({ limit: { value: 41 } })).toMatchObject([{ kind: 'real', total: 1, kept: 1 }]);
    expect(await checks({ limit: { value: 44 } })).toMatchObject([
      { kind: 'real', total: 1, kept: 0, missed: [{ device: 'k1' }] },
    ]);
    await b.stop();
  });
});
