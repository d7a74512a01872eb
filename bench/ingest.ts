import { loadCity } from '../devices/city/load-city.ts';
import { topics } from '../devices/contract/topics.ts';
import { type Child, startChild } from './child.ts';
import type { IngestStart, Passed } from './ingest-child.ts';
import { BATCH_DEVICES, batchesOf, type LoadRegistry, messageOf, registryFor, VALUES } from './ingest-load.ts';
import type { Usage } from './measured.ts';
import { publishAll } from './publisher.ts';
import { atMost, busyness, machine, median, type Report } from './report.ts';

export interface IngestBenchOptions {
  readonly citiesDir: string;
  readonly city: string;
  /** Messages of one device in each round, to each broker. */
  readonly messages: number;
  /** Passes of all gateways over all their devices, in each round of the whole path. */
  readonly passes: number;
  readonly rounds: number;
  readonly devices: number;
  readonly progress: (line: string) => void;
}

/** Two hundred thousand messages and some three million readings after the warm-up. */
export const ingestBenchSize = { messages: 40_000, passes: 16, rounds: 5, devices: 10_000 };

const CONNECTIONS = 8;
const IN_FLIGHT = 64;

/** One round's cost. */
interface Cost {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

/** Measures ingest against a bare aedes, and the whole path by itself. */
export async function ingestBench(options: IngestBenchOptions): Promise<Report> {
  const busy = busyness();
  const messages = await messageBench(options);
  const path = await pathBench(options);
  return {
    name: 'ingest',
    machine: machine(),
    goals: [...messages.goals, ...path.goals],
    figures: { ...messages.figures, ...path.figures, ...busy },
  };
}

type Part = Pick<Report, 'goals' | 'figures'>;

/** The same bytes to both brokers, in alternating rounds, so that a machine that slows down slows both. */
async function messageBench(options: IngestBenchOptions): Promise<Part> {
  const { progress, rounds, messages } = options;
  const start = { ...startOf(options), load: 'messages' as const };
  const { senders } = registryFor(await loadCity(start.citiesDir, start.city), start);
  const users = senders.map(({ token }) => token);
  const bare = await startChild(new URL('./bare-broker-child.ts', import.meta.url), null);
  const ours = await startChild(new URL('./ingest-child.ts', import.meta.url), start);
  try {
    const each = Math.ceil(messages / CONNECTIONS);
    // A second between two messages of a device; the last round ends about now.
    const began = Date.now() - (rounds + 1) * each * 1000;
    const costs = { bare: [] as Cost[], ours: [] as Cost[] };
    for (let round = 0; round <= rounds; round++) {
      const payload = (_connection: number, n: number) => messageOf(began + (round * each + n) * 1000);
      const send = (child: Child) =>
        costOf(child, { users, topic: topics.telemetry, payload, messages: each * users.length }, each * users.length);
      const cost = { bare: await send(bare), ours: await send(ours) };
      const said = `${cost.bare.cpuUs.toFixed(2)} µs aedes, ${cost.ours.cpuUs.toFixed(2)} µs ingest`;
      progress(round === 0 ? `messages, warm-up: ${said}` : `messages, round ${round} of ${rounds}: ${said}`);
      if (round === 0) continue;
      costs.bare.push(cost.bare);
      costs.ours.push(cost.ours);
    }
    await check(ours, (rounds + 1) * each * users.length * VALUES);
    const bareUs = median(costs.bare.map(({ cpuUs }) => cpuUs));
    const oursUs = median(costs.ours.map(({ cpuUs }) => cpuUs));
    const ratios = costs.ours.map(({ cpuUs }, i) => cpuUs / (costs.bare[i]?.cpuUs ?? Number.NaN));
    return {
      goals: [
        atMost('ingest: processor time a message, over a bare aedes', median(ratios), '×', 2),
        atMost('ingest: event loop delay p99, single messages', median(costs.ours.map((c) => c.loopP99Ms)), 'ms', 50),
      ],
      figures: {
        'messages: bare aedes, µs of processor a message': bareUs,
        'messages: ingest, µs of processor a message': oursUs,
        'messages: bare aedes, messages/s': median(costs.bare.map(({ perSecond }) => perSecond)),
        'messages: ingest, messages/s durable': median(costs.ours.map(({ perSecond }) => perSecond)),
        'messages: worst event loop delay, ms': Math.max(...costs.ours.map(({ loopMaxMs }) => loopMaxMs)),
      },
    };
  } finally {
    await Promise.all([bare.stop(), ours.stop()]);
  }
}

/** Batches of gateways: admitted, journaled, stored in DuckDB, judged by the whole catalogue with its state in SQLite. */
async function pathBench(options: IngestBenchOptions): Promise<Part> {
  const { progress, rounds, passes } = options;
  const start = { ...startOf(options), load: 'path' as const };
  const registry = registryFor(await loadCity(start.citiesDir, start.city), start);
  const users = registry.senders.map(({ token }) => token);
  const child = await startChild(new URL('./ingest-child.ts', import.meta.url), start);
  try {
    const began = Date.now() - (rounds + 1) * passes * 1000;
    const costs: Cost[] = [];
    let readings = 0;
    for (let round = 0; round <= rounds; round++) {
      const batches = roundOf(registry, began + round * passes * 1000, passes);
      const each = batches[0]?.length ?? 0;
      const count = each * users.length * BATCH_DEVICES * VALUES;
      readings += count;
      const payload = (connection: number, n: number) => batches[connection]?.[n] ?? '{}';
      const load = { users, topic: topics.gatewayTelemetry, payload, messages: each * users.length };
      const cost = await costOf(child, load, count);
      const said = `${cost.cpuUs.toFixed(2)} µs a reading, ${Math.round(cost.perSecond)} readings/s`;
      progress(round === 0 ? `whole path, warm-up: ${said}` : `whole path, round ${round} of ${rounds}: ${said}`);
      if (round > 0) costs.push(cost);
    }
    const passed = await check(child, readings);
    if (passed.judged < readings) throw new Error(`${readings} readings were sent, ${passed.judged} judged`);
    return {
      goals: [
        atMost('whole path: processor time a reading', median(costs.map(({ cpuUs }) => cpuUs)), 'µs', 2),
        atMost('whole path: event loop delay p99', median(costs.map((c) => c.loopP99Ms)), 'ms', 50),
      ],
      figures: {
        'whole path: readings/s acknowledged': median(costs.map(({ perSecond }) => perSecond)),
        'whole path: worst event loop delay, ms': Math.max(...costs.map(({ loopMaxMs }) => loopMaxMs)),
        'whole path: readings sent': readings,
        'whole path: open alarms at the end': passed.openAlarms,
      },
    };
  } finally {
    await child.stop();
  }
}

const startOf = ({ citiesDir, city, devices }: IngestBenchOptions): Omit<IngestStart, 'load'> => ({
  citiesDir,
  city,
  devices,
  connections: CONNECTIONS,
});

/** Every gateway's messages of a round: the same number from each. */
function roundOf(registry: LoadRegistry, began: number, passes: number): string[][] {
  const all = registry.senders.map(({ subject }) =>
    Array.from({ length: passes }, (_, pass) => batchesOf(registry, subject, began + pass * 1000)).flat(),
  );
  const each = Math.min(...all.map(({ length }) => length));
  return all.map((messages) => messages.slice(0, each));
}

type Sending = Omit<Parameters<typeof publishAll>[0], 'host' | 'port' | 'inFlight'>;

/** Publishes one round and says what it cost a thing (`things` of them), work left behind the acknowledgement included. */
async function costOf(child: Child, sending: Sending, things: number): Promise<Cost> {
  const port = await child.ask<number>('port');
  const before = await child.ask<Usage>('usage');
  const { wallMs } = await publishAll({ ...sending, host: '127.0.0.1', port, inFlight: IN_FLIGHT });
  await child.ask('settle');
  const after = await child.ask<Usage>('usage');
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / things,
    perSecond: (things / wallMs) * 1000,
    loopP99Ms: after.loopP99Ms,
    loopMaxMs: after.loopMaxMs,
  };
}

/** A bench that did not do the work has measured nothing. */
async function check(child: Child, readings: number): Promise<Passed> {
  const passed = await child.ask<Passed>('passed');
  if (passed.readings !== readings || passed.refused > 0) {
    throw new Error(`${readings} readings were sent, ${passed.readings} kept and ${passed.refused} refused`);
  }
  return passed;
}
