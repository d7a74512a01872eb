import { afterEach, describe, expect, it } from 'vitest';
import type { BacktestJob } from '../../devices/contract/backtest.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { silentLog } from '../../kit/log.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import { StoreUnavailable, type TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity, kitchen, momentOf } from '../engine/engine-bench.ts';
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
  const device = kitchen('k1');
  let now = 1000;
  const tests = startBacktests({
    store: { scan: scan ?? store.scan },
    catalogue: () => benchCatalogue,
    city: benchCity,
    types: deviceTypes,
    registry: { devices: () => [device], sites: () => [], device: (id) => (id === 'k1' ? device : undefined) },
    verdicts: async () => [],
    clock: { now: () => now },
    log: silentLog,
  });
  running.push(tests);
  return {
    tests,
    passes: (ms: number) => {
      now += ms;
    },
  };
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
