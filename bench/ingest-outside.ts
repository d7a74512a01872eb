import { relayedTopic } from '../devices/contract/topics.ts';
import { startChild } from './child.ts';
import type { IngestStart, Passed } from './ingest-child.ts';
import { check, pathRounds, type Sending, sendingsOf, startOf } from './ingest-embedded.ts';
import { RECEIVE_MAXIMUM, VALUES } from './ingest-load.ts';
import type { IngestBenchOptions, Part } from './ingest-options.ts';
import { publishAll } from './publisher.ts';
import { atLeast, median } from './report.ts';
import { figuresOf, ofChild, ofProgram, paired, type Round, roundOf, summary, told, type Watched } from './rounds.ts';

/** The programs come from the tests' instruments, loaded only here. */
const tools = async () => ({
  ...(await import('../test/support/servers.ts')),
  ...(await import('../test/support/tool-list.ts')),
});

const skipped = (what: string, program: string): Part => ({
  goals: [],
  figures: {},
  notes: [`未测 not measured: ${what}: 本机没有 ${program} / ${program} is not on this machine`],
});

/** An influxd takes readings several times slower than DuckDB does: fewer passes say as much. */
const INFLUX_PASSES = 4;

/** The whole path with InfluxDB 1.x as the store, each process by itself. */
export async function besideInflux(options: IngestBenchOptions): Promise<Part> {
  const { findTool, startInflux } = await tools();
  const title = 'whole path to InfluxDB';
  if (!findTool('influxd')) return skipped(title, 'influxd');
  const influx = await startInflux();
  try {
    const size = { ...options, passes: Math.ceil(options.passes / INFLUX_PASSES) };
    const start = startOf(options, 'path', { store: { influx: influx.url }, rules: 'beside' });
    const { figures } = await pathRounds(size, start, title, [{ name: 'influxd', pid: influx.pid() ?? 0 }]);
    return { goals: [], figures };
  } finally {
    await influx.stop();
  }
}

/**
 * Through Mosquitto: ingest, which admits and journals before it acknowledges, against an mqtt.js subscriber that discards. In
 * alternating rounds of the same bytes; a round ends when the last message is received, or durable.
 */
export async function behindBroker(options: IngestBenchOptions, load: IngestStart['load']): Promise<Part> {
  const { findTool, startMosquitto } = await tools();
  const single = load === 'messages';
  const title = single ? 'messages through Mosquitto' : 'batches of 100 through Mosquitto';
  if (!findTool('mosquitto')) return skipped(title, 'mosquitto');
  const conf = ['allow_anonymous true', 'max_queued_messages 0', `max_inflight_messages ${RECEIVE_MAXIMUM}`].join('\n');
  const stops: (() => Promise<unknown>)[] = [];
  try {
    // A broker for each side: neither pays for what is delivered to the other.
    const bareBroker = await startMosquitto(conf);
    stops.push(() => bareBroker.stop());
    const ourBroker = await startMosquitto(conf);
    stops.push(() => ourBroker.stop());
    const start = startOf(options, load, { store: 'none', rules: 'none', externalBroker: ourBroker.url });
    const sendings = await sendingsOf(start, options);
    const bare = await startChild(new URL('./bare-subscriber-child.ts', import.meta.url), { url: bareBroker.url });
    stops.push(() => bare.stop());
    const ours = await startChild(new URL('./ingest-child.ts', import.meta.url), start);
    stops.push(() => ours.stop());
    const subscriber = [ofChild('bare mqtt.js', bare), ofProgram('mosquitto', bareBroker.pid() ?? 0)];
    const ingest = [ofChild('ingest', ours), ofProgram('mosquitto', ourBroker.pid() ?? 0)];
    await ours.ask('linked');
    const found = { bare: [] as Round[], ours: [] as Round[] };
    const { rounds, progress } = options;
    let sent = 0;
    for (let round = 0; round <= rounds; round++) {
      const sending = sendings.of(round);
      sent += sending.messages;
      const valuesEach = single ? VALUES : sending.things / sending.messages;
      const send = (port: number, who: readonly Watched[], arrived: () => Promise<unknown>) =>
        roundOf(who, sending.things, () => delivered(port, sending, arrived));
      const cost = {
        bare: await send(bareBroker.port, subscriber, () => bare.ask('received', sent)),
        ours: await send(ourBroker.port, ingest, () => ours.ask<Passed>('accepted', sent * valuesEach)),
      };
      progress(told(title, round, rounds, [...paired(subscriber, cost.bare), ...paired(ingest, cost.ours)]));
      if (round === 0) continue;
      found.bare.push(cost.bare);
      found.ours.push(cost.ours);
    }
    await check(ours, sendings.readings);
    const ratio = median(found.ours.map(({ perSecond }, i) => perSecond / (found.bare[i]?.perSecond ?? Number.NaN)));
    const thing = single ? 'message' : 'reading';
    return {
      goals: single ? [atLeast('external broker: rate, over a bare mqtt.js subscriber', ratio, '×', 0.6)] : [],
      figures: {
        ...figuresOf(title, thing, summary(ingest, found.ours)),
        ...figuresOf(`${title} to a bare subscriber`, thing, summary(subscriber, found.bare)),
        ...(!single && { [`${title}: rate, over a bare subscriber, ×`]: ratio }),
      },
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Publishes a round to the broker between and waits until the consumer has all of it. */
async function delivered(
  port: number,
  { users, subjects, topic, payload, messages }: Sending,
  arrived: () => Promise<unknown>,
): Promise<{ wallMs: number }> {
  const topicOf = (connection: number) => relayedTopic(subjects[connection] ?? '', topic);
  const { readyAt } = await publishAll({
    host: '127.0.0.1',
    port,
    users,
    topic: topicOf,
    payload,
    messages,
    inFlight: IN_FLIGHT,
  });
  await arrived();
  return { wallMs: performance.now() - readyAt };
}

/** Messages that a publisher may have unacknowledged at Mosquitto. */
const IN_FLIGHT = 256;
