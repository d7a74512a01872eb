import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import type { Message } from '../admission/admission.ts';
import { deviceApi } from '../api/device-api.ts';
import type { Intake } from '../intake.ts';
import { type Broker, type BrokerParts, startBroker } from './broker.ts';
import { openDoor } from './broker-bench.ts';

const kept = { entries: [], refusals: [], readings: 0, doubtful: 0, safety: false };
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const keepsAll: Pick<Intake, 'take' | 'settle'> = {
  take: (_message, done) => setImmediate(done, null, kept),
  settle: (_m, _s, admitted, done) => setImmediate(done, null, admitted),
};

const plainPort = ({ ports }: Broker): number => ports.plain ?? 0;

/** The broker over an intake of the test's own. */
type BenchParts = Partial<BrokerParts> & { readonly intake?: Pick<Intake, 'take' | 'settle'> };
async function brokerBench({ intake = keepsAll, ...over }: BenchParts = {}): Promise<Broker> {
  const broker = await startBroker({
    ...openDoor,
    maxPacketBytes: 10_000,
    isGateway: () => false,
    api: deviceApi({
      intake,
      admission: { admit: () => kept },
      registry: { device: () => undefined },
      maxPacketBytes: over.maxPacketBytes ?? 10_000,
      now: () => 0,
    }),
    identify: ({ username }) => ({ identity: { subject: username ?? '', credential: 'c' } }),
    onPresence: () => {},
    clock: { now: () => 0 },
    log: silentLog,
    ...over,
  });
  cleanUps.push(() => broker.stop());
  return broker;
}

/** A device that speaks MQTT by hand, so that it can misbehave. */
async function rawClient(port: number, protocolVersion: 4 | 5 = 4) {
  const socket: Socket = connect(port, '127.0.0.1');
  cleanUps.push(() => void socket.destroy());
  socket.on('error', () => {});
  const heard: Packet[] = [];
  const read = parser({ protocolVersion });
  read.on('packet', (packet) => heard.push(packet));
  socket.on('data', (chunk: Buffer) => read.parse(chunk));
  const send = (packet: Packet) => socket.write(generate(packet, { protocolVersion }));
  send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion,
    clean: true,
    clientId: 'raw',
    keepalive: 0,
    username: 'd-1',
  } as Packet);
  await vi.waitFor(() => expect(heard[0]?.cmd).toBe('connack'));
  return { socket, heard, send };
}

const publish = (messageId: number, payload: string | Buffer, topic = 'v1/devices/me/telemetry'): Packet => ({
  cmd: 'publish',
  topic,
  payload,
  qos: 1,
  messageId,
  dup: false,
  retain: false,
});

describe('the embedded broker', () => {
  it.each([4, 5] as const)(
    'holds back a sender that does not wait while nothing becomes durable (level %d)',
    async (protocolVersion) => {
      let taken = 0;
      const waiting: (() => void)[] = [];
      const broker = await brokerBench({
        intake: {
          take(_message, done) {
            taken++;
            waiting.push(() => done(null, kept));
          },
          settle: () => {},
        },
      });
      const { socket, heard } = await rawClient(plainPort(broker), protocolVersion);
      const hundred = Array.from({ length: 100 }, (_, i) => publish(i + 1, 'x'.repeat(1000)));
      const messages = Buffer.concat(hundred.map((packet) => generate(packet, { protocolVersion })));
      for (let i = 0; i < 300; i++) socket.write(messages);
      // Sampled until it stands still: 30,000 messages were sent, and reading must stop long before.
      let before = -1;
      while (before !== taken) {
        before = taken;
        await pause(200);
      }
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(3000);
      const release = setInterval(() => {
        for (const done of waiting.splice(0)) done();
      }, 1);
      await vi.waitFor(() => expect(heard.length).toBe(30_001), { timeout: 15_000 });
      clearInterval(release);
    },
  );

  it.each([
    ['in one piece', 1e9],
    ['in small pieces', 777],
  ])('drops a packet that is too large as it comes, %s, and reads on behind it', async (_how, size) => {
    const taken: Message[] = [];
    const large: number[] = [];
    const broker = await brokerBench({
      intake: {
        take(message, done) {
          taken.push(message);
          setImmediate(done, null, kept);
        },
        settle(_message, trueSize, admitted, done) {
          large.push(trueSize);
          setImmediate(done, null, admitted);
        },
      },
    });
    const { socket, heard } = await rawClient(plainPort(broker));
    const bytes = Buffer.concat([
      generate(publish(1, 'before')),
      generate(publish(2, Buffer.alloc(120_000))),
      generate(publish(3, 'between')),
      generate(publish(4, Buffer.alloc(10_500))),
      generate(publish(5, 'after')),
    ]);
    for (let at = 0; at < bytes.length; at += size) {
      socket.write(bytes.subarray(at, at + size));
      if (size < 1e9) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(heard).toHaveLength(6));
    expect(
      heard
        .slice(1)
        .map((packet) => packet.messageId)
        .sort(),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(taken.map((message) => String(message.payload))).toEqual(['before', 'between', 'after']);
    expect(large).toEqual([120_000, 10_500]);
  });

  it('puts out a client that is too large before it has said who it is', async () => {
    const broker = await brokerBench();
    const socket = connect(plainPort(broker), '127.0.0.1');
    cleanUps.push(() => void socket.destroy());
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', () => resolve(true)));
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: 'c',
        keepalive: 0,
        username: 'x'.repeat(20_000),
      } as Packet),
    );
    expect(await closed).toBe(true);
  });

  it('puts out a client that writes to the broker’s own topics', async () => {
    const broker = await brokerBench();
    const { socket, send } = await rawClient(plainPort(broker));
    const closed = new Promise((resolve) => socket.once('close', () => resolve(true)));
    send(publish(1, 'x', '$SYS/broker/new/clients'));
    expect(await closed).toBe(true);
  });

  it.each([
    [4, ['connack']],
    [5, ['connack', 'disconnect']],
  ] as const)(
    'does not acknowledge what could not be made durable: it ends the connection (level %d)',
    async (protocolVersion, heardOf) => {
      const broker = await brokerBench({
        intake: { take: (_message, done) => setImmediate(done, new Error('disk full'), kept), settle: () => {} },
      });
      const { socket, heard, send } = await rawClient(plainPort(broker), protocolVersion);
      const closed = new Promise((resolve) => socket.once('close', () => resolve(true)));
      send(publish(1, '{}'));
      expect(await closed).toBe(true);
      expect(heard.map((packet) => packet.cmd)).toEqual(heardOf);
    },
  );

  it('tells a device once, in both languages, that it sends too fast, and takes everything all the same', async () => {
    const { device } = openDoor.limits;
    const slow = { ...device, messages: { perSecond: 100, burst: 50 } };
    const broker = await brokerBench({ limits: { device: slow, gateway: device } });
    const { heard, send } = await rawClient(plainPort(broker));
    send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'v1/devices/me/errors', qos: 0 }] } as Packet);
    await vi.waitFor(() => expect(heard[1]?.cmd).toBe('suback'));
    for (let i = 1; i <= 200; i++) send(publish(i, '{}'));
    await vi.waitFor(() => expect(heard.filter(({ cmd }) => cmd === 'puback')).toHaveLength(200), { timeout: 15_000 });
    const told = heard
      .filter(({ cmd }) => cmd === 'publish')
      .map((packet) => JSON.parse(String((packet as IPublishPacket).payload)));
    expect(told).toHaveLength(1);
    expect(told[0].refusals[0]).toMatchObject({
      code: 'rate-limited',
      reason: { zh: expect.stringContaining('100 条'), en: expect.stringContaining('at most 100 messages') },
    });
    expect(broker.counts.holds).toBe(1);
  });

  it('is told what to do when its port is taken', async () => {
    const broker = await brokerBench();
    await expect(brokerBench({ plain: { host: '127.0.0.1', port: plainPort(broker) } })).rejects.toThrow(
      /YANSHAO_MQTT_PORT/,
    );
  });
});
