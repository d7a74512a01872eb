import { loadCity } from '../devices/city/load-city.ts';
import { topics } from '../devices/contract/topics.ts';
import { type Child, startChild } from './child.ts';
import type { IngestPlace, IngestStart, Passed } from './ingest-child.ts';
import { BATCH_DEVICES, batchesOf, type LoadRegistry, messageOf, registryFor, VALUES } from './ingest-load.ts';
import type { IngestBenchOptions, Part } from './ingest-options.ts';
import { publishAll } from './publisher.ts';
import { atMost, median } from './report.ts';
import { figuresOf, ofChild, ofProgram, paired, type Round, roundOf, summary, told, type Watched } from './rounds.ts';
import type { RulesBesideStart } from './rules-beside-child.ts';

export const CONNECTIONS = 8;
const IN_FLIGHT = 64;

/** What is published in each round: the same bytes whoever receives them. */
export interface Sending {
  readonly users: readonly string[];
  /** Device or gateway ids, in the order of `users`. */
  readonly subjects: readonly string[];
  readonly topic: string;
  readonly messages: number;
  /** What is counted: messages, or the readings in them. */
  readonly things: number;
  readonly payload: (connection: number, n: number) => string;
}

/** The sendings of all rounds, the first of which warms up. */
export interface Sendings {
  readonly of: (round: number) => Sending;
  /** Readings in all of them. */
  readonly readings: number;
}

type Size = Pick<IngestBenchOptions, 'messages' | 'passes' | 'rounds'>;

export const startOf = (
  { citiesDir, city, devices }: IngestBenchOptions,
  load: IngestStart['load'],
  rest: Pick<IngestStart, 'store' | 'rules' | 'externalBroker'>,
): IngestStart => ({ citiesDir, city, devices, connections: CONNECTIONS, load, ...rest });

/** What is sent of a load, all rounds of it. */
export async function sendingsOf(start: IngestStart, size: Size): Promise<Sendings> {
  const registry = registryFor(await loadCity(start.citiesDir, start.city), start);
  const users = registry.senders.map(({ token }) => token);
  const subjects = registry.senders.map(({ subject }) => subject);
  return start.load === 'messages' ? single(users, subjects, size) : batched(registry, users, subjects, size);
}

function single(users: readonly string[], subjects: readonly string[], { messages, rounds }: Size): Sendings {
  const each = Math.ceil(messages / users.length);
  // A second between two messages of a device; the last round ends about now.
  const began = Date.now() - (rounds + 1) * each * 1000;
  const count = each * users.length;
  return {
    readings: (rounds + 1) * count * VALUES,
    of: (round) => ({
      users,
      subjects,
      topic: topics.telemetry,
      messages: count,
      things: count,
      payload: (_connection, n) => messageOf(began + (round * each + n) * 1000),
    }),
  };
}

/** Every gateway's messages of a round: the same number from each, made when the round comes. */
function batched(
  registry: LoadRegistry,
  users: readonly string[],
  subjects: readonly string[],
  { passes, rounds }: Size,
): Sendings {
  const began = Date.now() - (rounds + 1) * passes * 1000;
  const made = (round: number): string[][] => {
    const all = subjects.map((subject) =>
      Array.from({ length: passes }, (_, pass) => {
        return batchesOf(registry, subject, began + (round * passes + pass) * 1000);
      }).flat(),
    );
    const each = Math.min(...all.map(({ length }) => length));
    return all.map((messages) => messages.slice(0, each));
  };
  const first = made(0);
  const messages = (first[0]?.length ?? 0) * users.length;
  const things = messages * BATCH_DEVICES * VALUES;
  return {
    readings: (rounds + 1) * things,
    of(round) {
      const batches = round === 0 ? first : made(round);
      const payload = (connection: number, n: number) => batches[connection]?.[n] ?? '{}';
      return { users, subjects, topic: topics.gatewayTelemetry, messages, things, payload };
    },
  };
}

/** Publishes one round to a broker of ours or a bare one. */
export const publishTo = (port: number, { users, topic, payload, messages }: Sending) =>
  publishAll({ host: '127.0.0.1', port, users, topic, payload, messages, inFlight: IN_FLIGHT });

/** Single messages: the goal of design.md. */
export const messagesAgainstBare = (options: IngestBenchOptions): Promise<Part> =>
  againstBare(options, 'messages', ({ ratio, loopP99Ms }) => [
    atMost('ingest: processor time a message, over a bare aedes', ratio, '×', 2),
    atMost('ingest: event loop delay p99, single messages', loopP99Ms, 'ms', 50),
  ]);

/** Batches of 100 readings: aedes looks at one packet where we look at a hundred readings, so there is a figure and no goal. */
export const batchesAgainstBare = (options: IngestBenchOptions): Promise<Part> =>
  againstBare(options, 'path', () => []);

/** The same bytes to both brokers, in alternating rounds, so that a machine that slows down slows both. */
async function againstBare(
  options: IngestBenchOptions,
  load: IngestStart['load'],
  goals: (found: { readonly ratio: number; readonly loopP99Ms: number }) => Part['goals'],
): Promise<Part> {
  const { rounds, progress } = options;
  const start = startOf(options, load, { store: 'none', rules: 'none' });
  const sendings = await sendingsOf(start, options);
  const title = load === 'messages' ? 'messages' : 'batches of 100';
  const thing = load === 'messages' ? 'message' : 'reading';
  const bare = await startChild(new URL('./bare-broker-child.ts', import.meta.url), null);
  const ours = await startChild(new URL('./ingest-child.ts', import.meta.url), start);
  try {
    const aedes = [ofChild('bare aedes', bare)];
    const ingest = [ofChild('ingest', ours)];
    const found = { bare: [] as Round[], ours: [] as Round[] };
    for (let round = 0; round <= rounds; round++) {
      const sending = sendings.of(round);
      const send = async (child: Child, who: readonly Watched[]) => {
        const port = await child.ask<number>('port');
        return roundOf(who, sending.things, () => publishTo(port, sending));
      };
      const cost = { bare: await send(bare, aedes), ours: await send(ours, ingest) };
      progress(told(title, round, rounds, [...paired(aedes, cost.bare), ...paired(ingest, cost.ours)]));
      if (round === 0) continue;
      found.bare.push(cost.bare);
      found.ours.push(cost.ours);
    }
    await check(ours, sendings.readings);
    const ratio = median(found.ours.map(({ costs }, i) => cpu(costs) / cpu(found.bare[i]?.costs ?? [])));
    const measured = summary(ingest, found.ours);
    return {
      goals: goals({ ratio, loopP99Ms: measured.processes[0]?.loopP99Ms ?? Number.NaN }),
      figures: {
        ...figuresOf(title, thing, measured),
        ...figuresOf(`${title} to a bare aedes`, thing, summary(aedes, found.bare)),
        ...(load === 'path' && { [`${title}: ingest over a bare aedes, processor time, ×`]: ratio }),
      },
    };
  } finally {
    await Promise.all([bare.stop(), ours.stop()]);
  }
}

const cpu = (costs: Round['costs']): number => costs[0]?.cpuUs ?? Number.NaN;

/** Batches of gateways: admitted, journaled, stored in DuckDB, judged by the whole catalogue with its state in SQLite. */
export async function wholePath(options: IngestBenchOptions, rules: 'here' | 'beside'): Promise<Part> {
  const start = startOf(options, 'path', { store: 'duckdb', rules });
  const title = rules === 'here' ? 'whole path' : 'whole path in two processes';
  const { measured, figures } = await pathRounds(options, start, title, []);
  if (rules === 'beside') return { goals: [], figures };
  const [all] = measured.processes;
  return {
    goals: [
      atMost('whole path: processor time a reading', all?.cpuUs ?? Number.NaN, 'µs', 2),
      atMost('whole path: event loop delay p99', all?.loopP99Ms ?? Number.NaN, 'ms', 50),
    ],
    figures,
  };
}

/** Rounds of batches through ingest and rules, and the programs beside them. */
export async function pathRounds(
  options: IngestBenchOptions,
  start: IngestStart,
  title: string,
  programs: readonly { readonly name: string; readonly pid: number }[],
) {
  const { rounds, progress } = options;
  const sendings = await sendingsOf(start, options);
  const children: Child[] = [];
  try {
    const ingest = await startChild(new URL('./ingest-child.ts', import.meta.url), start);
    children.push(ingest);
    const rules = start.rules === 'beside' ? await startRulesBeside(ingest, start) : undefined;
    if (rules) children.push(rules);
    const port = await ingest.ask<number>('port');
    const watched: Watched[] = [
      ofChild(rules ? 'ingest' : 'ingest and rules', ingest),
      ...(rules ? [ofChild('rules', rules)] : []),
      ...programs.map(({ name, pid }) => ofProgram(name, pid)),
    ];
    const found: Round[] = [];
    for (let round = 0; round <= rounds; round++) {
      const sending = sendings.of(round);
      const cost = await roundOf(watched, sending.things, () => publishTo(port, sending));
      progress(told(title, round, rounds, paired(watched, cost)));
      if (round > 0) found.push(cost);
    }
    const passed = await check(ingest, sendings.readings);
    const judged = rules ? await rules.ask<number>('judged') : passed.judged;
    if (judged < sendings.readings) throw new Error(`${sendings.readings} readings were sent, ${judged} judged`);
    const measured = summary(watched, found);
    return { measured, figures: figuresOf(title, 'reading', measured) };
  } finally {
    for (const child of children.reverse()) await child.stop();
  }
}

async function startRulesBeside(ingest: Child, { citiesDir, city }: IngestStart): Promise<Child> {
  const place = await ingest.ask<IngestPlace>('place');
  const start: RulesBesideStart = { ...place, citiesDir, city };
  return startChild(new URL('./rules-beside-child.ts', import.meta.url), start);
}

/** A bench that did not do the work has measured nothing. */
export async function check(child: Child, readings: number): Promise<Passed> {
  const passed = await child.ask<Passed>('passed');
  if (passed.readings !== readings || passed.refused > 0) {
    throw new Error(`${readings} readings were sent, ${passed.readings} kept and ${passed.refused} refused`);
  }
  return passed;
}
