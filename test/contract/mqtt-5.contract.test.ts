import { connectAsync, type IClientOptions } from 'mqtt';
import { generate, type IConnectPacket, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../devices/contract/entry.ts';
import type { Credential } from '../../devices/contract/registry.ts';
import { topics as api } from '../../devices/contract/topics.ts';
import { type BenchParts, type IngestBench, ingestBench, tokenOf, tokensFor } from '../../ingest/ingest-bench.ts';
import { openDoor } from '../../ingest/mqtt/broker-bench.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { connectPacket, publishPacket, type RawClient, rawMqtt } from '../support/raw-mqtt.ts';
import { until } from '../support/until.ts';

/**
 * MQTT 5 at the platform's own broker: what it takes of the standard and what it says no to (docs/decisions/0005). Packet by
 * packet where a rule is broken on purpose; with a client that others wrote where none is.
 */
let bench: IngestBench;
let opened: { end(): unknown }[] = [];
const start = async (parts: BenchParts = {}): Promise<number> => {
  await bench?.stop();
  bench = await ingestBench(parts);
  return bench.ingest.mqttPort;
};
let port = 0;
beforeEach(async () => {
  port = await start();
});
afterEach(async () => {
  for (const client of opened) await client.end();
  opened = [];
  await bench.stop();
});

interface Connack {
  readonly reasonCode: number;
  readonly sessionPresent: boolean;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Signs in by hand. */
async function signIn(id = 'a', over: Partial<IConnectPacket> = {}): Promise<RawClient & { connack: Connack }> {
  const client = rawMqtt(port, 5);
  opened.push({ end: () => client.vanish() });
  client.send(connectPacket(id, { protocolVersion: 5, username: tokenOf('d-1'), ...over } as Partial<IConnectPacket>));
  return Object.assign(client, { connack: (await client.next('connack')) as unknown as Connack });
}

/** mqtt.js, in MQTT 5. */
async function library(options: IClientOptions = {}) {
  const client = await connectAsync(
    `mqtt://127.0.0.1:${port}`,
    { protocolVersion: 5, username: tokenOf('d-1'), reconnectPeriod: 0, ...options },
    false,
  );
  client.on('error', () => {});
  opened.push({ end: () => client.endAsync(true) });
  return client;
}

const endedOf = (client: RawClient) => until('the server has ended the connection', () => client.ended);
/** The reason code of the DISCONNECT that the connection ends with. */
async function reasonOf(client: RawClient): Promise<number | undefined> {
  const { reasonCode } = (await client.next('disconnect')) as { reasonCode?: number };
  await endedOf(client);
  return reasonCode;
}
const flow = (value: number) => `{"alarm.flow": ${value}}`;
const flows = async () => (await bench.telemetry()).map(({ values }) => values['alarm.flow']);

describe('MQTT 5 · signing in', () => {
  it('§3.2.2.3: the CONNACK says what there is and what there is not', async () => {
    const { connack } = await signIn('a', { clean: false, properties: { sessionExpiryInterval: 3600 } });
    expect(connack).toMatchObject({
      reasonCode: 0,
      sessionPresent: false,
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum: 128,
        maximumPacketSize: openDoor.maxPacketBytes,
        retainAvailable: false,
        sharedSubscriptionAvailable: false,
        subscriptionIdentifiersAvailable: false,
      },
    });
    // Not said, and so as the standard presumes: QoS 2, wildcards where they are granted, no topic alias.
    for (const unsaid of ['maximumQoS', 'wildcardSubscriptionAvailable', 'topicAliasMaximum', 'serverKeepAlive'])
      expect(connack.properties).not.toHaveProperty(unsaid);
  });

  it('MQTT-3.1.3-6, MQTT-3.2.2-16: who has no id is given one, and may come again under it', async () => {
    const first = await library({ clientId: '', clean: true });
    const { assignedClientIdentifier: id } = (await signIn('')).connack.properties ?? {};
    expect(id).toMatch(/^auto-/);
    const again = await signIn(id as string);
    expect(again.connack).toMatchObject({ reasonCode: 0 });
    expect(again.connack.properties).not.toHaveProperty('assignedClientIdentifier');
    expect(first.connected).toBe(true);
  });

  it.each([
    ['nobody', { username: undefined }, 0x87],
    ['an unknown token', { username: 'no-such-token-0123456789' }, 0x86],
    ['MQTT-4.12.0-1, an authentication method', { properties: { authenticationMethod: 'SCRAM' } }, 0x8c],
    ['MQTT-3.2.2-13, a retained will', { will: { topic: 't', payload: Buffer.from('x'), qos: 0, retain: true } }, 0x9a],
    [
      'a will to a reserved topic',
      { will: { topic: '$SYS/x', payload: Buffer.from('x'), qos: 0, retain: false } },
      0x87,
    ],
  ])('lets %s not in, and says why', async (_who, over, code) => {
    const client = await signIn('a', over as Partial<IConnectPacket>);
    expect(client.connack.reasonCode).toBe(code);
    await endedOf(client);
    expect(client.heard).toHaveLength(1);
  });

  it('0x97: puts off who connects too many times at once', async () => {
    const device = { ...openDoor.limits.device, connections: 1 };
    port = await start({ mqtt: { ...openDoor, limits: { ...openDoor.limits, device } } });
    expect((await signIn('a')).connack.reasonCode).toBe(0);
    expect((await signIn('b')).connack.reasonCode).toBe(0x97);
  });

  it('takes a CONNECT that comes byte by byte', async () => {
    const client = rawMqtt(port, 5);
    opened.push({ end: () => client.vanish() });
    const packet = connectPacket('a', { protocolVersion: 5, username: tokenOf('d-1') } as Partial<IConnectPacket>);
    for (const byte of generate(packet)) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.next('connack')) as unknown).toMatchObject({ reasonCode: 0 });
  });
});

describe('MQTT 5 · messages', () => {
  it('are taken with each QoS and with any properties, by a library that others wrote', async () => {
    const client = await library();
    const properties = { contentType: 'application/json', messageExpiryInterval: 60, userProperties: { unit: 'A-7' } };
    for (const qos of [0, 1, 2] as const) await client.publishAsync(api.telemetry, flow(60 + qos), { qos, properties });
    await until('all are kept', async () => (await flows()).length === 3);
    expect(await flows()).toEqual([60, 61, 62]);
  });

  it('are acknowledged when they are durable and not before', async () => {
    const journal = memoryJournal<JournalEntry>({ capBytes: 64e6, safetyBytes: 16e6 });
    let held: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => {
      held = resolve;
    });
    let asked = 0;
    const slow = {
      ...journal,
      append: async (...args: Parameters<typeof journal.append>) => {
        if (args[0].some((entry) => entry.kind === 'telemetry')) {
          asked++;
          await waits;
        }
        return journal.append(...args);
      },
    };
    port = await start({ journal: slow });
    const client = await signIn();
    client.send(publishPacket(api.telemetry, flow(1), 1, { messageId: 5 }));
    await until('it is on its way into the journal', () => asked === 1);
    await client.settled();
    expect(client.heard.some(({ cmd }) => cmd === 'puback')).toBe(false);
    held?.();
    expect(await client.next('puback')).toMatchObject({ messageId: 5, reasonCode: 0 });
    expect(await flows()).toEqual([1]);
  });

  it('that are refused are acknowledged with 0 and told of on the topic of errors, as in 3.1.1', async () => {
    const client = await signIn();
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: api.errors, qos: 0 }] } as Packet);
    await client.next('suback');
    client.send(publishPacket(api.telemetry, 'not json', 1, { messageId: 2 }));
    expect(await client.next('puback')).toMatchObject({ messageId: 2, reasonCode: 0 });
    const { payload } = await client.next('publish');
    expect(JSON.parse(String(payload))).toMatchObject({ topic: api.telemetry, refusals: [{ code: 'not-json' }] });
  });

  it.each([1e9, 777])(
    'that are too large are drained in pieces of %d bytes, quarantined and acknowledged',
    async (size) => {
      const client = await signIn();
      const bytes = Buffer.concat(
        [
          publishPacket(api.telemetry, flow(1), 1, { messageId: 1 }),
          publishPacket(api.telemetry, Buffer.alloc(600_000), 1, { messageId: 2 }),
          publishPacket(api.telemetry, flow(2), 1, { messageId: 3 }),
        ].map((packet) => generate(packet, { protocolVersion: 5 })),
      );
      for (let at = 0; at < bytes.length; at += size) client.socket.write(bytes.subarray(at, at + size));
      const acknowledged: unknown[] = [];
      for (let i = 0; i < 3; i++) acknowledged.push((await client.next('puback')).messageId);
      expect(acknowledged.sort()).toEqual([1, 2, 3]);
      expect(await flows()).toEqual([1, 2]);
      const [row] = await bench.ingest.quarantine({ client: 'd-1', limit: 1 });
      expect(row).toMatchObject({ code: 'too-large' });
    },
  );

  it('MQTT-4.3.3-10: a QoS 2 message that is sent again before its PUBREL is journaled once', async () => {
    const client = await signIn();
    const message = (value: number, dup: boolean) =>
      publishPacket(api.telemetry, flow(value), 2, { messageId: 9, dup });
    for (const dup of [false, true]) client.send(message(61, dup));
    for (let i = 0; i < 2; i++) await client.next('pubrec');
    for (let i = 0; i < 2; i++) {
      client.send({ cmd: 'pubrel', messageId: 9 });
      await client.next('pubcomp');
    }
    client.send(message(62, false));
    await client.next('pubrec');
    expect(await flows()).toEqual([61, 62]);
  });

  it('that ask to be retained are taken as any other, and counted', async () => {
    const client = await library();
    await client.publishAsync(api.telemetry, flow(7), { qos: 1, retain: true });
    expect(await flows()).toEqual([7]);
    expect((await bench.ingest.stats()).door.retained).toBe(1);
  });

  it('MQTT-3.1.2-24: an answer larger than the client takes is not sent, and counted', async () => {
    const small = await signIn('a', { properties: { maximumPacketSize: 100 } });
    small.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: api.errors, qos: 0 }] } as Packet);
    await small.next('suback');
    small.send(publishPacket(api.telemetry, 'not json', 1, { messageId: 2 }));
    await small.next('puback');
    await until('it is counted', async () => (await bench.ingest.stats()).door.unsentErrors === 1);
    await small.settled();
    expect(small.heard.filter(({ cmd }) => cmd === 'publish')).toEqual([]);
  });
});

describe('MQTT 5 · subscriptions', () => {
  it('§3.9.3, §3.11.3: each filter has its code', async () => {
    const client = await signIn();
    const filters = [api.errors, '#', '$share/g/v1/devices/me/telemetry', 'v1/devices/me/attributes/response/+'];
    const subscriptions = filters.map((topic) => ({ topic, qos: 1, nl: false, rap: true, rh: 2 }));
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions } as Packet);
    expect(await client.next('suback')).toMatchObject({ messageId: 1, granted: [1, 0x87, 0x9e, 1] });
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['#', api.errors] } as Packet);
    expect(await client.next('unsuback')).toMatchObject({ messageId: 2, granted: [0x11, 0] });
  });

  it('bring answers', async () => {
    const client = await library();
    await client.subscribeAsync('v1/devices/me/attributes/response/+', { qos: 1, nl: true });
    const told = new Promise((resolve) => client.once('message', resolve));
    await client.publishAsync('v1/devices/me/attributes/request/3', '{}', { qos: 1 });
    expect(await told).toBe('v1/devices/me/attributes/response/3');
  });
});

describe('MQTT 5 · the end of a connection', () => {
  const will = { topic: api.telemetry, payload: Buffer.from(flow(99)), qos: 1 as const, retain: false };

  it.each([
    ['MQTT-3.1.0-2', 'a second CONNECT', '10 0e 0004 4d515454 05 02 0000 00 0001 61', 0x82],
    ['MQTT-3.3.2-8', 'a topic alias', '30 07 0001 74 03 230001', 0x94],
    ['MQTT-3.3.2-2', 'a topic with a wildcard', '30 06 0003 612f23 00', 0x90],
    ['MQTT-3.3.1-4', 'a QoS of 3', '36 06 0001 74 0001 00', 0x81],
    ['MQTT-3.6.1-1', 'reserved flags of a PUBREL', '60 02 0001', 0x81],
    ['§2.2.2.2', 'a property that stands twice', '30 08 0001 74 04 01000100', 0x82],
    ['§3.15', 'an AUTH', 'f0 00', 0x82],
    ['§3.2.2.3.12', 'a subscription identifier', '82 09 0001 02 0b01 0001 61 00', 0xa1],
    ['§3.14.2.1', 'a SUBSCRIBE larger than any packet may be', '82 ffff7f', 0x95],
    ['a reserved topic', 'a message to $SYS', '30 08 0005 2453595331 00', 0x87],
  ])('%s: %s is told its reason', async (_statement, _what, hex, code) => {
    const client = await signIn();
    client.send(publishPacket(api.telemetry, flow(1), 1, { messageId: 1 }));
    client.bytes(hex);
    expect(await reasonOf(client)).toBe(code);
    // What it had said before is kept.
    expect(await flows()).toEqual([1]);
  });

  it('0x93: so does opening more QoS 2 exchanges than there is room for', async () => {
    const client = await signIn();
    for (let i = 1; i <= 1100; i++) client.send(publishPacket(api.telemetry, flow(i), 2, { messageId: i }));
    expect(await reasonOf(client)).toBe(0x93);
  });

  it('MQTT-3.14.4-3: a will is spoken after a DISCONNECT with 0x04, and not after one with 0', async () => {
    const inPeace = await signIn('a', { will });
    inPeace.send({ cmd: 'disconnect', reasonCode: 0 } as Packet);
    await endedOf(inPeace);
    const otherwise = await signIn('b', { will: { ...will, properties: { willDelayInterval: 60 } } });
    otherwise.send({ cmd: 'disconnect', reasonCode: 4 } as Packet);
    await endedOf(otherwise);
    // No session outlives its connection, and so no delay (§3.1.3.2.2).
    await until('the will is kept', async () => (await flows()).length > 0);
    const vanishes = await signIn('c', { will: { ...will, payload: Buffer.from(flow(98)) } });
    vanishes.vanish();
    await until('that of who vanished too', async () => (await flows()).length > 1);
    expect(await flows()).toEqual([99, 98]);
  });

  it('0x8E: who is taken over is told so; a client of 3.1.1 takes over one of 5', async () => {
    const first = await signIn('a');
    const second = await signIn('a');
    expect(await reasonOf(first)).toBe(0x8e);
    const old = rawMqtt(port);
    opened.push({ end: () => old.vanish() });
    old.send(connectPacket('a', { username: tokenOf('d-1') }));
    expect((await old.next('connack')) as unknown).toMatchObject({ returnCode: 0 });
    expect(await reasonOf(second)).toBe(0x8e);
  });

  it('0x8B: everybody is told that the platform stops', async () => {
    const client = await signIn('a', { will });
    await bench.ingest.stop();
    expect(await reasonOf(client)).toBe(0x8b);
    expect(await flows()).toEqual([]);
  });

  it('0x98: who is revoked is told so and cut at once, whatever it still sends', async () => {
    const client = await signIn('a', { will });
    const record = { ...(tokensFor(['d-1'])[0] as Credential), revoked: true };
    await bench.ingest.append([{ kind: 'registry', change: { version: 1, at: 0, put: 'credential', record } }]);
    const began = performance.now();
    const feeding = setInterval(() => client.socket.writable && client.send({ cmd: 'pingreq' }), 5);
    expect(await reasonOf(client)).toBe(0x98);
    clearInterval(feeding);
    expect(performance.now() - began).toBeLessThan(1000);
    expect((await signIn('a')).connack.reasonCode).toBe(0x87);
    expect(await flows()).toEqual([]);
  });

  it('0x8D: who is silent for one and a half keep-alives is told so, and its will spoken', async () => {
    const client = await signIn('a', { keepalive: 1, will });
    expect(await reasonOf(client)).toBe(0x8d);
    await until('the will is kept', async () => (await flows()).length === 1);
  });
});
