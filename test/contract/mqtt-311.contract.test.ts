import { generate, type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { topics as api } from '../../devices/contract/topics.ts';
import { type IngestBench, ingestBench, tokenOf } from '../../ingest/ingest-bench.ts';
import type { Transport } from '../../ingest/mqtt/transport.ts';
import { refusedFilter, startOpenBroker } from '../support/open-broker.ts';
import { connectPacket, publishPacket, type RawClient, rawMqtt } from '../support/raw-mqtt.ts';
import { until } from '../support/until.ts';

/**
 * Every case of the public interoperability suite of Eclipse Paho for MQTT 3.1.1 (interoperability/client_test.py), made
 * anew packet by packet, and the statements of the standard behind it. First the hardened transport as a general broker,
 * where all of them hold; then the platform's own broker, which is a door and not a bus (docs/decisions, "A door, not a
 * bus"): there the cases hold that speak of one client and the server.
 */
const topics = ['TopicA', 'TopicA/B', 'Topic/C', 'TopicA/C', '/TopicA'] as const;

let opened: RawClient[] = [];
afterEach(() => {
  for (const client of opened) client.vanish();
  opened = [];
});

/** Signs in; `present` is the session-present flag of the CONNACK. */
async function signIn(port: number, id: string, over: Partial<IConnectPacket> = {}) {
  const client = rawMqtt(port);
  opened.push(client);
  client.send(connectPacket(id, over));
  const connack = await client.next('connack');
  const { returnCode, sessionPresent: present } = connack as unknown as { returnCode: number; sessionPresent: boolean };
  return Object.assign(client, { returnCode, present });
}

let ids = 0;
const nextId = () => (ids = (ids % 60_000) + 1);

async function subscribe(client: RawClient, ...filters: [topic: string, qos: 0 | 1 | 2][]): Promise<readonly number[]> {
  const messageId = nextId();
  client.send({
    cmd: 'subscribe',
    messageId,
    subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
  } as Packet);
  const suback = (await client.next('suback')) as unknown as { messageId: number; granted: number[] };
  // MQTT-3.8.4-2
  expect(suback.messageId).toBe(messageId);
  return suback.granted;
}

/** Publishes and goes through the whole exchange of its QoS. */
async function publish(client: RawClient, topic: string, payload: string, qos: 0 | 1 | 2 = 0, retain = false) {
  const messageId = nextId();
  client.send(publishPacket(topic, payload, qos, { retain, ...(qos > 0 && { messageId }) }));
  if (qos === 1) expect((await client.next('puback')).messageId).toBe(messageId);
  if (qos < 2) return;
  expect((await client.next('pubrec')).messageId).toBe(messageId);
  client.send({ cmd: 'pubrel', messageId });
  expect((await client.next('pubcomp')).messageId).toBe(messageId);
}

/** Takes the next message and answers it as its QoS asks. */
async function take(client: RawClient): Promise<IPublishPacket> {
  const message = (await client.next('publish')) as unknown as IPublishPacket;
  const { qos, messageId } = message;
  if (qos === 1) client.send({ cmd: 'puback', messageId } as Packet);
  if (qos === 2) {
    client.send({ cmd: 'pubrec', messageId } as Packet);
    expect((await client.next('pubrel')).messageId).toBe(messageId);
    client.send({ cmd: 'pubcomp', messageId } as Packet);
  }
  return message;
}
const messagesOf = (client: RawClient) => client.heard.filter((packet) => packet.cmd === 'publish');
const endedOf = (client: RawClient) => until('the server ends the connection', () => client.ended);

/** A client without an id asks for a session to be kept. */
async function refusedWithoutId(port: number, over: Partial<IConnectPacket> = {}): Promise<void> {
  const client = rawMqtt(port);
  opened.push(client);
  // mqtt-packet writes no such CONNECT: its clean-session flag is taken away by hand (§3.1.2.4, byte 8 of the variable header).
  const bytes = generate(connectPacket('', over));
  bytes[9] = (bytes[9] as number) & ~0x02;
  client.bytes(bytes.toString('hex'));
  expect((await client.next('connack')) as unknown).toMatchObject({ returnCode: 2 });
  await endedOf(client);
}

describe('MQTT 3.1.1 · the hardened transport with an open policy', () => {
  let broker: Transport<object>;
  let port = 0;
  beforeEach(async () => {
    broker = await startOpenBroker({ drainTimeoutMs: 2000 });
    port = broker.ports.plain ?? 0;
  });
  afterEach(() => broker.stop());

  it('Paho testBasic · MQTT-3.2.2-1, MQTT-4.3.1-1, MQTT-4.3.2-2, MQTT-4.3.3-2: one message of each QoS comes back', async () => {
    const client = await signIn(port, 'a');
    expect([client.returnCode, client.present]).toEqual([0, false]);
    expect(await subscribe(client, [topics[0], 2])).toEqual([2]);
    for (const qos of [0, 1, 2] as const) await publish(client, topics[0], `qos ${qos}`, qos);
    const got = [await take(client), await take(client), await take(client)];
    expect(got.map(({ qos, payload }) => [qos, String(payload)]).sort()).toEqual([
      [0, 'qos 0'],
      [1, 'qos 1'],
      [2, 'qos 2'],
    ]);
  });

  it('Paho testBasic · MQTT-3.1.0-2: a second CONNECT ends the connection', async () => {
    const client = await signIn(port, 'a');
    client.send(connectPacket('a'));
    await endedOf(client);
  });

  it('Paho testBasic · MQTT-3.1.2-1: a wrong protocol name ends the connection', async () => {
    const client = rawMqtt(port);
    opened.push(client);
    client.bytes('10 0d 0002 686a 04 02 0000 0003 6d6964');
    await endedOf(client);
    expect(client.heard).toEqual([]);
  });

  it('Paho test_retained_messages · MQTT-3.3.1-5, MQTT-3.3.1-6, MQTT-3.3.1-8, MQTT-3.3.1-10: kept for a new subscriber, and cleared by an empty one', async () => {
    const client = await signIn(port, 'a');
    await publish(client, topics[1], 'qos 0', 0, true);
    await publish(client, topics[2], 'qos 1', 1, true);
    await publish(client, topics[3], 'qos 2', 2, true);
    const late = await signIn(port, 'late');
    await subscribe(late, ['+/+', 2]);
    const got = [await take(late), await take(late), await take(late)];
    expect(got.map(({ topic, retain }) => `${topic} ${retain}`).sort()).toEqual([
      'Topic/C true',
      'TopicA/B true',
      'TopicA/C true',
    ]);
    await publish(client, topics[1], '', 0, true);
    await publish(client, topics[2], '', 1, true);
    await publish(client, topics[3], '', 2, true);
    await client.settled();
    const later = await signIn(port, 'later');
    await subscribe(later, ['+/+', 2]);
    await publish(client, topics[1], 'live', 1);
    // Were one retained still, it would stand before the live one.
    expect(String((await take(later)).payload)).toBe('live');
  });

  it('Paho will_message_test · MQTT-3.1.2-8: the will of a client that vanishes is spoken', async () => {
    const will = { topic: topics[2], payload: Buffer.from('client not disconnected'), qos: 1 as const, retain: false };
    const mourner = await signIn(port, 'b');
    await subscribe(mourner, [topics[2], 2]);
    const client = await signIn(port, 'a', { will, keepalive: 2 } as Partial<IConnectPacket>);
    client.vanish();
    expect(String((await take(mourner)).payload)).toBe('client not disconnected');
  });

  it('MQTT-3.1.2-10: the will of a client that takes its leave is not spoken', async () => {
    const will = { topic: topics[2], payload: Buffer.from('gone'), qos: 0 as const, retain: false };
    const mourner = await signIn(port, 'b');
    await subscribe(mourner, [topics[2], 0]);
    const client = await signIn(port, 'a', { will } as Partial<IConnectPacket>);
    await client.close();
    await publish(mourner, topics[2], 'after', 1);
    expect(String((await take(mourner)).payload)).toBe('after');
  });

  it('Paho test_zero_length_clientid · MQTT-3.1.3-7, MQTT-3.1.3-8: taken with a clean session, refused with 2 without', async () => {
    await refusedWithoutId(port);
    const clean = await signIn(port, '');
    expect(clean.returnCode).toBe(0);
    const other = await signIn(port, '');
    await clean.settled();
    expect([other.returnCode, clean.ended]).toEqual([0, false]);
  });

  it('Paho test_offline_message_queueing · MQTT-3.1.2-4, MQTT-3.1.2-5, MQTT-3.2.2-2: a kept session gets what came meanwhile', async () => {
    const client = await signIn(port, 'a', { clean: false });
    await subscribe(client, ['+/+', 2]);
    await client.close();
    const sender = await signIn(port, 'b');
    for (const [topic, qos] of [
      [topics[1], 0],
      [topics[2], 1],
      [topics[3], 2],
    ] as const)
      await publish(sender, topic, `qos ${qos}`, qos);
    await sender.settled();
    const again = await signIn(port, 'a', { clean: false });
    expect(again.present).toBe(true);
    const got = [await take(again), await take(again)];
    expect(got.map(({ payload }) => String(payload)).sort()).toEqual(['qos 1', 'qos 2']);
  });

  it('Paho test_overlapping_subscriptions · MQTT-3.3.5-1: one message at the highest QoS, or one for each filter', async () => {
    const client = await signIn(port, 'a');
    await subscribe(client, ['TopicA/#', 2], ['TopicA/+', 1]);
    await publish(client, topics[3], 'overlapping', 2);
    const first = await take(client);
    await client.settled();
    expect(messagesOf(client).length === 1 ? first.qos : messagesOf(client).length).toBe(2);
  });

  it('Paho test_keepalive · MQTT-3.1.2-24: silent for one and a half keep-alives, it is put out and its will spoken', async () => {
    const mourner = await signIn(port, 'b');
    await subscribe(mourner, [topics[4], 2]);
    const will = { topic: topics[4], payload: Buffer.from('keepalive expiry'), qos: 0 as const, retain: false };
    const silent = await signIn(port, 'a', { keepalive: 1, will } as Partial<IConnectPacket>);
    const began = performance.now();
    expect(String((await take(mourner)).payload)).toBe('keepalive expiry');
    expect(performance.now() - began).toBeGreaterThan(1400);
    await endedOf(silent);
  });

  it('MQTT-3.1.2-23: a PINGREQ in time keeps the connection', async () => {
    const client = await signIn(port, 'a', { keepalive: 1 });
    const began = performance.now();
    while (performance.now() - began < 2500) {
      await client.settled();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(client.ended).toBe(false);
  });

  it('Paho test_redelivery_on_reconnect · MQTT-4.4.0-1: what was not acknowledged comes again', async () => {
    const client = await signIn(port, 'b', { clean: false });
    await subscribe(client, ['TopicA/#', 2]);
    client.send(publishPacket(topics[1], 'one', 1, { messageId: 1 }));
    client.send(publishPacket(topics[3], 'two', 2, { messageId: 2 }));
    await client.next('publish');
    await client.next('publish');
    client.vanish();
    await until('the broker knows', () => broker.clients === 0);
    const again = await signIn(port, 'b', { clean: false });
    expect(again.present).toBe(true);
    const got = [await take(again), await take(again)];
    expect(got.map(({ payload }) => String(payload)).sort()).toEqual(['one', 'two']);
  });

  it('Paho test_subscribe_failure · MQTT-3.9.3-1: a filter that may not be subscribed to is answered with 0x80', async () => {
    const client = await signIn(port, 'a');
    expect(await subscribe(client, [refusedFilter, 2], ['TopicA', 1])).toEqual([0x80, 1]);
  });

  it('Paho test_dollar_topics · MQTT-4.7.2-1: a filter that begins with a wildcard does not match a topic that begins with $', async () => {
    const client = await signIn(port, 'b');
    await subscribe(client, ['+/+', 2], ['#', 2]);
    await publish(client, `$${topics[1]}`, 'hidden', 1);
    await publish(client, topics[1], 'seen', 1);
    expect(String((await take(client)).payload)).toBe('seen');
  });

  it('Paho test_unsubscribe · MQTT-3.10.4-1, MQTT-3.10.4-4: nothing more comes on a filter that was given up', async () => {
    const client = await signIn(port, 'b');
    await subscribe(client, [topics[0], 2], [topics[1], 2], [topics[2], 2]);
    client.send({ cmd: 'unsubscribe', messageId: 77, unsubscriptions: [topics[0]] } as Packet);
    expect((await client.next('unsuback')).messageId).toBe(77);
    const sender = await signIn(port, 'a');
    for (const topic of topics.slice(0, 3)) await publish(sender, topic, topic, 1);
    expect([(await take(client)).topic, (await take(client)).topic]).toEqual([topics[1], topics[2]]);
  });

  it('MQTT-3.1.4-2: a client that signs in under an id in use takes it over, again and again', async () => {
    let before = await signIn(port, 'same');
    await subscribe(before, [topics[0], 1]);
    for (let i = 0; i < 5; i++) {
      const after = await signIn(port, 'same');
      await endedOf(before);
      await subscribe(after, [topics[0], 1]);
      before = after;
    }
    await until('one is left', () => broker.clients === 1);
    await before.settled();
  });

  it('MQTT-4.3.3-2: a QoS 2 message that is sent twice before its PUBREL is delivered once', async () => {
    const listener = await signIn(port, 'b');
    await subscribe(listener, [topics[0], 2]);
    const client = await signIn(port, 'a');
    client.send(publishPacket(topics[0], 'once', 2, { messageId: 9 }));
    client.send(publishPacket(topics[0], 'once', 2, { messageId: 9, dup: true }));
    await client.next('pubrec');
    await client.next('pubrec');
    client.send(publishPacket(topics[0], 'once', 2, { messageId: 9, dup: true }));
    await client.next('pubrec');
    client.send({ cmd: 'pubrel', messageId: 9 });
    await client.next('pubcomp');
    // Released, the id stands for another message.
    await publish(client, topics[0], 'last', 1);
    expect([String((await take(listener)).payload), String((await take(listener)).payload)]).toEqual(['once', 'last']);
  });

  it('MQTT-3.1.0-1: anything before a CONNECT ends the connection', async () => {
    const client = rawMqtt(port);
    opened.push(client);
    client.send({ cmd: 'pingreq' });
    await endedOf(client);
  });

  it('MQTT-3.1.2-2: MQTT 5 is answered with return code 1', async () => {
    const client = rawMqtt(port);
    opened.push(client);
    client.bytes('10 0f 0004 4d515454 05 02 0000 00 0002 6d35');
    expect((await client.next('connack')) as unknown).toMatchObject({ returnCode: 1 });
    await endedOf(client);
  });

  it.each([
    ['MQTT-3.3.2-2', 'a topic with a wildcard', '30 05 0003 612f23'],
    ['MQTT-4.7.3-1', 'an empty topic', '30 02 0000'],
    ['MQTT-3.3.1-4', 'a QoS of 3', '36 06 0002 6161 0001'],
    ['MQTT-2.2.2-2', 'reserved flags of a PUBREL', '60 02 0001'],
  ])('%s: %s ends the connection', async (_statement, _what, hex) => {
    const client = await signIn(port, 'a');
    client.bytes(hex);
    await endedOf(client);
  });

  // Against a plain aedes 1.2.0 this ends the process with a RangeError within ten seconds.
  it('survives the slow subscriber that ends a plain aedes: a hundred publishers, each waiting for its PUBACK', async () => {
    const frozen = await signIn(port, 'frozen');
    await subscribe(frozen, ['flood', 0]);
    frozen.socket.pause();
    const payload = Buffer.alloc(4096, 120);
    let going = true;
    const acknowledged = Array.from({ length: 100 }, () => 0);
    const loop = async (n: number): Promise<void> => {
      const publisher = await signIn(port, `p-${n}`);
      for (let i = 0; going && !publisher.ended; i = (i + 1) % 60_000) {
        publisher.send(publishPacket('flood', payload, 1, { messageId: i + 1 }));
        await publisher.next('puback');
        acknowledged[n] = (acknowledged[n] ?? 0) + 1;
      }
    };
    const loops = acknowledged.map((_, n) => loop(n));
    await until('all publish', () => acknowledged.every((count) => count > 0), { withinMs: 30_000 });
    await until('the subscriber is too slow and is put out', () => broker.clients === 100, { withinMs: 40_000 });
    frozen.vanish();
    const before = [...acknowledged];
    await until(
      'every publisher is served still',
      () => acknowledged.every((count, n) => count > (before[n] ?? 0) + 3),
      {
        withinMs: 40_000,
      },
    );
    going = false;
    await Promise.all(loops);
  });
});

describe('MQTT 3.1.1 · the platform’s own broker, a door', () => {
  let bench: IngestBench;
  let port = 0;
  const as = (subject: string, over: Partial<IConnectPacket> = {}): Partial<IConnectPacket> => ({
    username: tokenOf(subject),
    ...over,
  });
  const flows = async () =>
    (await bench.telemetry()).filter(({ device }) => device === 'd-1').map(({ values }) => values['alarm.flow']);
  beforeAll(async () => {
    bench = await ingestBench();
    port = bench.ingest.mqttPort;
  });
  afterAll(() => bench.stop());

  it('Paho testBasic · MQTT-3.2.2-1, MQTT-4.3.1-1, MQTT-4.3.2-2, MQTT-4.3.3-2: one message of each QoS is taken, acknowledged and journaled', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    expect([client.returnCode, client.present]).toEqual([0, false]);
    for (const qos of [0, 1, 2] as const) await publish(client, api.telemetry, `{"alarm.flow": ${qos}}`, qos);
    await until('all are journaled', async () => (await flows()).length === 3);
    expect((await flows()).sort()).toEqual([0, 1, 2]);
  });

  it('Paho testBasic · MQTT-3.1.0-2, MQTT-3.1.2-1: a second CONNECT, and a wrong protocol name, end the connection', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    client.send(connectPacket('a', as('d-1')));
    await endedOf(client);
    const other = rawMqtt(port);
    opened.push(other);
    other.bytes('10 0d 0002 686a 04 02 0000 0003 6d6964');
    await endedOf(other);
  });

  it('Paho test_retained_messages, as far as it applies · MQTT-3.3.1-9: the message is taken, nothing is retained, and it is counted', async () => {
    const before = (await bench.ingest.stats()).door.retained;
    const client = await signIn(port, 'a', as('d-1'));
    await publish(client, api.telemetry, '{"alarm.flow": 31}', 1, true);
    expect(await flows()).toContain(31);
    expect((await bench.ingest.stats()).door.retained).toBe(before + 1);
  });

  it('Paho will_message_test, as far as it applies · MQTT-3.1.2-8: a will is judged like any message: journaled, or quarantined with a reason', async () => {
    const will = (topic: string, text: string) => ({
      topic,
      payload: Buffer.from(text),
      qos: 1 as const,
      retain: false,
    });
    const good = await signIn(port, 'a', as('d-1', { will: will(api.telemetry, '{"alarm.flow": 41}') } as object));
    good.vanish();
    await until('the will is journaled', async () => (await flows()).includes(41));
    const bad = await signIn(port, 'a', as('d-1', { will: will('somebody/else', 'gone') } as object));
    bad.vanish();
    await until('the will is quarantined', async () =>
      (await bench.ingest.quarantine({ client: 'd-1', limit: 5 })).some(({ topic }) => topic === 'somebody/else'),
    );
    const left = await signIn(port, 'a', as('d-1', { will: will(api.telemetry, '{"alarm.flow": 42}') } as object));
    await left.close();
    await publish(await signIn(port, 'a', as('d-1')), api.telemetry, '{"alarm.flow": 43}', 1);
    expect(await flows()).not.toContain(42);
    // A will that would put its sender out is refused where it is made.
    const reserved = await signIn(port, 'a', as('d-1', { will: will('$SYS/x', 'x') } as object));
    expect(reserved.returnCode).toBe(5);
  });

  it('Paho test_zero_length_clientid · MQTT-3.1.3-7, MQTT-3.1.3-8: taken with a clean session, refused with 2 without', async () => {
    await refusedWithoutId(port, as('d-1'));
    expect((await signIn(port, '', as('d-1'))).returnCode).toBe(0);
  });

  it('Paho test_offline_message_queueing does not apply · MQTT-3.2.2-3: no session is kept, and none is said to be', async () => {
    const client = await signIn(port, 'a', as('d-1', { clean: false }));
    await subscribe(client, [api.errors, 1]);
    await client.close();
    const again = await signIn(port, 'a', as('d-1', { clean: false }));
    expect(again.present).toBe(false);
    await publish(again, api.telemetry, 'not json', 1);
    await again.settled();
    expect(messagesOf(again)).toEqual([]);
  });

  it('Paho test_keepalive · MQTT-3.1.2-24: silent for one and a half keep-alives, it is put out and its will judged', async () => {
    const will = { topic: api.telemetry, payload: Buffer.from('{"alarm.flow": 51}'), qos: 0 as const, retain: false };
    const silent = await signIn(port, 'a', as('d-1', { keepalive: 1, will } as object));
    await endedOf(silent);
    await until('the will is journaled', async () => (await flows()).includes(51));
  });

  it('Paho test_subscribe_failure · MQTT-3.9.3-1: foreign topics, wildcards and shared subscriptions are answered with 0x80', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    const refused = ['#', '+/+', 'v1/devices/d-2/telemetry', `$share/g/${api.errors}`, '$SYS/#'];
    const granted = await subscribe(client, ...refused.map((filter): [string, 1] => [filter, 1]), [api.errors, 1]);
    expect(granted).toEqual([...refused.map(() => 0x80), 1]);
  });

  it('Paho test_dollar_topics, as far as it applies: who writes to a topic that begins with $ is put out', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    client.send(publishPacket('$TopicA/B', 'x', 1, { messageId: 1 }));
    await endedOf(client);
    expect(client.heard.map(({ cmd }) => cmd)).toEqual(['connack']);
  });

  it('Paho test_unsubscribe · MQTT-3.10.4-4: nothing more comes on a filter that was given up', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    await subscribe(client, [api.errors, 1]);
    await publish(client, api.telemetry, 'not json', 1);
    expect((await take(client)).topic).toBe(api.errors);
    client.send({ cmd: 'unsubscribe', messageId: 7, unsubscriptions: [api.errors] } as Packet);
    expect((await client.next('unsuback')).messageId).toBe(7);
    await publish(client, api.telemetry, 'not json', 1);
    await client.settled();
    expect(messagesOf(client)).toHaveLength(1);
  });

  it('MQTT-3.1.4-2: a client that signs in under an id in use takes it over; another identity’s is untouched', async () => {
    const before = await signIn(port, 'same', as('d-1'));
    const other = await signIn(port, 'same', as('d-4'));
    await subscribe(before, [api.errors, 1]);
    const after = await signIn(port, 'same', as('d-1'));
    await endedOf(before);
    await after.settled();
    await other.settled();
  });

  it('MQTT-4.3.3-2: a QoS 2 message that is sent again before its PUBREL is journaled once', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    const message = (dup: boolean) => publishPacket(api.telemetry, '{"alarm.flow": 61}', 2, { messageId: 9, dup });
    client.send(message(false));
    client.send(message(true));
    await client.next('pubrec');
    await client.next('pubrec');
    client.send(message(true));
    await client.next('pubrec');
    client.send({ cmd: 'pubrel', messageId: 9 });
    await client.next('pubcomp');
    // A PUBREL that is sent again is answered again.
    client.send({ cmd: 'pubrel', messageId: 9 });
    await client.next('pubcomp');
    client.send(publishPacket(api.telemetry, '{"alarm.flow": 62}', 2, { messageId: 9 }));
    await client.next('pubrec');
    expect((await flows()).filter((flow) => flow === 61 || flow === 62)).toEqual([61, 62]);
  });

  it('MQTT-3.1.4-3: nobody comes in without a credential', async () => {
    expect((await signIn(port, 'a')).returnCode).toBe(5);
    expect((await signIn(port, 'a', { username: 'a-token-nobody-has-0123' })).returnCode).toBe(4);
  });

  it('lets nobody fill its memory with half-open QoS 2 exchanges', async () => {
    const client = await signIn(port, 'a', as('d-1'));
    for (let i = 1; i <= 1100; i++) {
      client.send(publishPacket(api.telemetry, `{"alarm.flow": ${1000 + i}}`, 2, { messageId: i }));
    }
    await endedOf(client);
  });
});
