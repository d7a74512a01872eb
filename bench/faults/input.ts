import fc from 'fast-check';
import { connectAsync } from 'mqtt';
import { topics } from '../../devices/contract/topics.ts';
import { atMost } from '../report.ts';
import type { Fault } from './fault.ts';
import { unreadSubscriber } from './unread-subscriber.ts';

/** Every message comes twice, and in no order. */
export const duplicatedAndShuffled: Fault = {
  zh: '重复与乱序的输入',
  en: 'duplicated and shuffled input',
  times: [3, 1],
  async act({ town, senders, random }) {
    const now = Date.now();
    // Older than anything these detectors say by themselves, newer than anything of another round.
    const readings = town.witnesses
      .slice(-10)
      .flatMap((device) =>
        Array.from({ length: 40 }, (_, i) => ({ device, ts: now - 8000 + i * 200, value: 1 + i / 1000 })),
      );
    for (const reading of random.shuffled([...readings, ...readings])) {
      const { device, ts, value } = reading;
      senders.speak({ [device]: [{ ts, values: { 'alarm.ch4': value } }] }, [reading]);
    }
    await senders.settled();
  },
};

/** Bytes of every kind: noise, JSON of the wrong shape, and good telemetry that was bent. Few of them can be read after all. */
const malformed = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc.string({ maxLength: 200 }).map((text) => Buffer.from(`{"ts": ${text}, "values": {"alarm.ch4": 3}}`)),
  fc.record({ at: fc.nat(40), byte: fc.nat(255) }).map(({ at, byte }) => {
    const good = Buffer.from('{"ts":1795361715000,"values":{"alarm.ch4":3.2}}');
    // Never at a digit of the time: a reading of another moment would be a good one.
    good[at < 6 ? at : 20 + (at % 27)] = byte;
    return good;
  }),
  fc
    .constantFrom('', '{}', '[]', 'null', '[[[[[[[[', '{"values":{}}', '{"alarm.ch4":{"a":1}}', '\u0000')
    .map((text) => Buffer.from(text)),
);

/** Ten thousand messages nobody can read, among good ones. */
export const malformedInput: Fault = {
  zh: '一万条坏报文',
  en: '10,000 malformed payloads',
  times: [1, 1],
  async act({ town, senders, random, spike, rings, goal }) {
    const before = town.program('ingest').pid;
    const payloads = fc.sample(malformed, { numRuns: 10_000, seed: Math.floor(random.between(1, 1e9)) });
    const client = await connectAsync({
      host: '127.0.0.1',
      port: town.mqttPort,
      username: town.unruly,
    });
    const topic = topics.telemetry;
    let acknowledged = 0;
    const took: number[] = [];
    for (let i = 0; i < payloads.length; i += 200) {
      const some = payloads.slice(i, i + 200);
      const alarm = i % 5000 === 0 ? spike() : null;
      senders.send([...town.direct.keys()][1] ?? '', 2);
      await Promise.all(some.map((payload) => client.publishAsync(topic, payload, { qos: 1 })));
      acknowledged += some.length;
      if (alarm) took.push(await rings(alarm));
    }
    await client.endAsync();
    goal(atMost('malformed payloads that were not acknowledged', payloads.length - acknowledged, '', 0));
    goal(atMost('malformed payloads: P1 alarm among them', Math.max(...took), 'ms', 1000));
    if (town.program('ingest').pid !== before || town.program('ingest').code() !== null)
      throw new Error('ingest did not survive malformed payloads');
  },
};

/** One device sends at a hundred times its rate; nobody else is to notice. */
export const flood: Fault = {
  zh: '一台设备百倍速率',
  en: 'one device at 100 times its rate',
  times: [1, 1],
  async act({ town, senders, spike, rings, goal }) {
    const seconds = 3;
    senders.watch();
    await wait(seconds);
    const calm = senders.waits().p95Ms;
    const client = await connectAsync({ host: '127.0.0.1', port: town.mqttPort, username: town.unruly });
    client.on('error', () => {});
    const end = performance.now() + seconds * 1000;
    senders.watch();
    const rung = rings(spike());
    const waiting: Promise<unknown>[] = [];
    while (performance.now() < end) {
      // Ten a second is its rate: ten in each hundredth of a second is a hundred times as much.
      for (let i = 0; i < 10; i++)
        waiting.push(client.publishAsync(topics.telemetry, '{"alarm.ch4": 2}', { qos: 1 }).catch(() => undefined));
      await wait(0.01);
    }
    goal(atMost('flood: P1 alarm meanwhile', await rung, 'ms', 1000));
    const busy = senders.waits().p95Ms;
    // Below some milliseconds the machine's own noise decides.
    goal(
      atMost(
        'flood: p95 of the others, over without (20 ms at least)',
        Math.max(busy, 20) / Math.max(calm, 20),
        '×',
        2,
      ),
    );
    client.end(true);
  },
};

/** A client that asks for its refusals and never reads them. */
export const neverReads: Fault = {
  zh: '从不读取的订阅者',
  en: 'a subscriber that never reads',
  times: [1, 1],
  async act({ town, spike, rings, goal, senders }) {
    const subscriber = await unreadSubscriber(town.mqttPort, town.unruly);
    senders.watch();
    // Each of them is refused, and its refusal is sent to a socket that nobody empties.
    for (let i = 0; i < 60; i++) {
      subscriber.provoke(100);
      await wait(0.05);
    }
    goal(atMost('never-reading subscriber: P1 alarm meanwhile', await rings(spike()), 'ms', 1000));
    goal(atMost('never-reading subscriber: longest wait of the others', senders.waits().longestMs, 'ms', 1000));
    subscriber.end();
  },
};

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
