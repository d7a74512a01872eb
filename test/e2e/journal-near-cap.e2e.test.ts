import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConditionEntry, JournalEntry } from '../../devices/contract/entry.ts';
import { topics } from '../../devices/contract/topics.ts';
import { TEN } from '../../ingest/admission/admission-bench.ts';
import { type IngestBench, ingestBench } from '../../ingest/ingest-bench.ts';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import { StoreUnavailable, type TelemetryRow } from '../../kit/telemetry/telemetry-store.ts';
import { until } from '../support/until.ts';

const journalOptions = { capBytes: 400_000, safetyBytes: 100_000 };

/** A store that can be taken away. */
function fickleStore() {
  const inner = memoryTelemetryStore();
  const state = { down: true };
  const write = async (rows: readonly TelemetryRow[]): Promise<void> => {
    if (state.down) throw new StoreUnavailable('the store is away');
    await inner.write(rows);
  };
  return { store: { ...inner, write }, state };
}

let bench: IngestBench;
let journal: Journal<JournalEntry>;
let timers: NodeJS.Timeout[] = [];
/** Conditions as they came, also those that have been freed since. */
let conditions: ConditionEntry[] = [];

/** Ingest over a small journal whose store is away and whose rules keep up. */
async function start() {
  const { store, state } = fickleStore();
  journal = memoryJournal<JournalEntry>(journalOptions);
  bench = await ingestBench({
    journal,
    store,
    journalOptions,
    isJudged: (_type, measurement) => measurement === 'alarm.flow',
  });
  await journal.register('rules');
  await journal.unregister('test');
  let position = 0;
  conditions = [];
  const rules = setInterval(async () => {
    const blocks = await journal.read(position, 10_000);
    for (const { entries } of blocks)
      for (const entry of entries) if (entry.kind === 'condition') conditions.push(entry);
    position = Math.max(position, blocks.at(-1)?.position ?? 0);
    await journal.release('rules', position);
  }, 20);
  // The platform's seconds pass ten times as fast as ours.
  const seconds = setInterval(() => bench.clock.pass(1000), 100);
  timers = [rules, seconds];
  return state;
}
afterEach(async () => {
  for (const timer of timers) clearInterval(timer);
  await bench.stop();
});

let moment = TEN - 3_600_000;
/** About 20 KB of one measurement. */
const batch = (measurement: string): string => {
  const value = measurement === 'alarm.note' ? 'n'.repeat(200) : 1;
  const size = measurement === 'alarm.note' ? 60 : 130;
  moment += 1000;
  return JSON.stringify(Array.from({ length: size }, (_, i) => ({ ts: moment + i, values: { [measurement]: value } })));
};
const publish = (client: MqttClient, body: string, topic: string = topics.telemetry) =>
  client.publishAsync(topic, body, { qos: 1 });
/** Publishes until one is not acknowledged; hands that one back. */
async function publishUntilItWaits(client: MqttClient, measurement: string): Promise<{ settled(): boolean }> {
  for (let n = 0; n < 100; n++) {
    const under = publish(client, batch(measurement));
    let settled = false;
    // One that waits to the end of the test is never acknowledged.
    under.then(
      () => {
        settled = true;
      },
      () => {},
    );
    const before = journal.stats().waiting;
    await until('it is durable or waits', () => settled || journal.stats().waiting > before);
    if (!settled) return { settled: () => settled };
  }
  throw new Error('the journal took 100 batches');
}
const ms = async (what: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await what;
  return performance.now() - began;
};

describe('a journal near its cap', () => {
  it('makes what no rule judges wait first, then what P3 rules judge, and a gas alarm never', async () => {
    await start();
    const [routine, judged, safety] = await Promise.all([
      bench.connect('d-1'),
      bench.connect('d-4'),
      bench.connect('gw-1'),
    ]);
    const waits = await publishUntilItWaits(routine, 'alarm.note');
    expect(journal.stats().bytes).toBeLessThan(240_000);
    await until('the rules are told', () => conditions.find(({ condition }) => condition === 'journal-filling'));
    expect(conditions.at(-1)).toMatchObject({ subject: 'platform', active: true, facts: { consumer: 'store' } });

    // What P3 rules judge goes on, up to its own limit.
    await publish(judged, batch('alarm.flow'));
    await publishUntilItWaits(judged, 'alarm.flow');
    expect(journal.stats().bytes).toBeLessThan(300_000);

    const ch4 = JSON.stringify({ 'd-2': [{ ts: moment, values: { 'alarm.ch4': 30 } }] });
    expect(await ms(publish(safety, ch4, topics.gatewayTelemetry))).toBeLessThan(1000);
    expect(waits.settled()).toBe(false);
    expect((await bench.ingest.stats()).journal.waitingBy).toMatchObject({ routine: 1, normal: 1, safety: 0 });
  });

  it('does not put a gas alarm behind the waiting messages of its own gateway', async () => {
    await start();
    await publishUntilItWaits(await bench.connect('d-1'), 'alarm.note');
    const gateway = await bench.connect('gw-1');
    const routine = Array.from({ length: 64 }, () =>
      publish(gateway, `{"d-2": ${batch('alarm.note')}}`, topics.gatewayTelemetry),
    );
    let some = false;
    for (const one of routine)
      void one.then(
        () => (some = true),
        () => {},
      );
    const ch4 = JSON.stringify({ 'd-3': [{ ts: moment, values: { 'alarm.ch4': 30 } }] });
    expect(await ms(publish(gateway, ch4, topics.gatewayTelemetry))).toBeLessThan(1000);
    expect(some).toBe(false);
  });

  it('cuts off the store, with an alarm, before a gas alarm would have to wait, and lists what was lost', async () => {
    const store = await start();
    const safety = await bench.connect('gw-1');
    let slowest = 0;
    for (let n = 0; n < 60; n++) {
      slowest = Math.max(slowest, await ms(publish(safety, `{"d-2": ${batch('alarm.ch4')}}`, topics.gatewayTelemetry)));
    }
    expect(slowest).toBeLessThan(3000);
    const cut = await until('the rules are told', () =>
      conditions.find(({ condition }) => condition === 'consumer-cut-off'),
    );
    expect(cut).toMatchObject({ active: true, facts: { consumer: 'store' } });
    const { journal: now } = await bench.ingest.stats();
    expect(now.cutOffs).toBeGreaterThan(0);
    expect(now.cutOffBytes).toBeGreaterThan(100_000);

    store.down = false;
    await until('the store has what is left', async () => (await bench.ingest.stats()).store.lagMs === 0, {
      withinMs: 60_000,
    });
    await until('it is over', () => conditions.find((one) => one.condition === 'consumer-cut-off' && !one.active));
    // What the store never saw is counted where everybody looks.
    await until('the loss is counted', async () => {
      await publish(safety, `{"d-2": ${batch('alarm.ch4')}}`, topics.gatewayTelemetry);
      return (await bench.ingest.stats()).lost > 0;
    });
  });
});
