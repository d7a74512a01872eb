import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import type { IdentityLimits } from './allowances.ts';
import { openDoor } from './broker-bench.ts';
import type { Pace } from './token-bucket.ts';
import { type Outlet, type Policy, startTransport, type Transport, type TransportParts } from './transport.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Who {
  readonly name: string;
  readonly outlet: Outlet;
}

/** A door whose visitors are whoever they say; what they publish is noted with the time it came. */
async function doorBench(limits: Partial<IdentityLimits> = {}, over: Partial<TransportParts<Who>> = {}) {
  const taken: { name: string; text: string; at: number }[] = [];
  const held: string[] = [];
  const policy: Policy<Who> = {
    signIn: ({ username }) =>
      username === undefined
        ? { refused: 5 }
        : {
            identity: username,
            limits: { ...openDoor.limits.device, ...(username.startsWith('flood') && limits) },
            begin: (outlet) => ({ name: username, outlet }),
          },
    maySubscribe: () => true,
    receive({ name }, { payload }, done) {
      taken.push({ name, text: String(payload), at: performance.now() });
      setImmediate(done, null);
    },
    onHeld: ({ name }) => held.push(name),
  };
  const door: Transport<Who> = await startTransport({ ...openDoor, policy, kind: 'door', log: silentLog, ...over });
  cleanUps.push(() => door.stop());
  const of = (name: string) => taken.filter((message) => message.name === name);
  return { door, held, taken, of, port: door.ports.plain ?? 0 };
}

/** A device that speaks MQTT by hand. */
function device(port: number, name: string | undefined, over: Partial<IConnectPacket> = {}) {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true);
  cleanUps.push(() => void socket.destroy());
  const heard: Packet[] = [];
  const state = { ended: false };
  const { protocolVersion = 4 } = over;
  const read = parser({ protocolVersion });
  socket.on('error', () => {});
  socket.on('close', () => {
    state.ended = true;
  });
  read.on('packet', (packet) => heard.push(packet));
  socket.on('data', (chunk: Buffer) => void read.parse(chunk));
  const send = (packet: Packet) => socket.write(generate(packet, { protocolVersion }));
  const identity = name === undefined ? {} : { username: name };
  const id = { protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'c', keepalive: 0 } as const;
  send({ cmd: 'connect', ...id, ...identity, ...over } as Packet);
  const answered = async (): Promise<number> => {
    await vi.waitFor(() => expect(heard[0]?.cmd).toBe('connack'), { timeout: 15_000 });
    const { returnCode, reasonCode } = heard[0] as unknown as { returnCode: number; reasonCode?: number };
    return reasonCode ?? returnCode;
  };
  return { socket, heard, state, send, answered };
}

const message = (text: string, qos: 0 | 1 = 0, messageId = 1): Packet =>
  ({ cmd: 'publish', topic: 't', payload: text, qos, dup: false, retain: false, ...(qos && { messageId }) }) as Packet;
/** Both ways to speak: 3.1.1 as it is, and 5 through the translator. */
const versions = [4, 5] as const;
const pace = (perSecond: number, burst = perSecond): Pace => ({ perSecond, burst });

describe('a device that sends faster than it may', () => {
  it.each(versions)(
    'is read more slowly, loses nothing, stays connected, and is told of once (level %d)',
    async (protocolVersion) => {
      const { of, port, held, door } = await doorBench({ messages: pace(1000) });
      const flood = device(port, 'flood', { protocolVersion });
      await flood.answered();
      const began = performance.now();
      // Several chunks: one is always taken whole, and paid for afterwards.
      for (let i = 0; i < 3000; i++) flood.send(message(String(i).padEnd(200)));
      await vi.waitFor(() => expect(of('flood')).toHaveLength(3000), { timeout: 15_000 });
      // A thousand at once, the rest at a thousand a second, but for the last chunk.
      expect(performance.now() - began).toBeGreaterThan(1000);
      expect(of('flood').map(({ text }) => Number(text))).toEqual(Array.from({ length: 3000 }, (_, i) => i));
      expect([held, door.counts.holds, flood.state.ended]).toEqual([['flood'], 1, false]);
      await vi.waitFor(() => expect(door.held).toBe(0));
    },
  );

  it('at a hundred times its rate for as long as it likes: the others wait no longer for their answers', async () => {
    const { of, port, door } = await doorBench({ messages: pace(100), bytes: pace(50_000) });
    const flood = device(port, 'flood-1');
    await flood.answered();
    let flooding = true;
    cleanUps.push(() => {
      flooding = false;
    });
    const more = () => {
      if (!flooding) return;
      // Writes as long as TCP takes it, then waits for TCP.
      while (flood.socket.write(generate(message('x'.repeat(200))))) if (flood.socket.writableLength > 1e6) break;
      flood.socket.once('drain', more);
    };
    more();
    await vi.waitFor(() => expect(door.held).toBe(1));
    const good = device(port, 'good');
    await good.answered();
    const waits: number[] = [];
    const began = performance.now();
    for (let i = 1; i <= 200; i++) {
      const at = performance.now();
      good.send(message('1', 1, i));
      await vi.waitFor(() => expect(good.heard.length).toBe(i + 1), { interval: 1 });
      waits.push(performance.now() - at);
    }
    const seconds = (performance.now() - began) / 1000;
    waits.sort((a, b) => a - b);
    expect(waits[100]).toBeLessThan(50);
    // What came through of the flood is its allowance and a chunk at most, not what it sent.
    expect(of('flood-1').length).toBeLessThan(100 * (seconds + 5) + 1000);
    expect(flood.socket.writableLength).toBeGreaterThan(0);
    expect(flood.state.ended).toBe(false);
  });

  it('shares one allowance among its connections, and a new connection brings no new one', async () => {
    const { of, port } = await doorBench({ messages: pace(100) });
    const send = async () => {
      const client = device(port, 'flood', { clientId: '' });
      await client.answered();
      for (let i = 0; i < 100; i++) client.send(message('x'));
    };
    const began = performance.now();
    await Promise.all([send(), send(), send()]);
    await vi.waitFor(() => expect(of('flood')).toHaveLength(300), { timeout: 15_000 });
    // What one connection owes, the others wait for.
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it.each(versions)('is not put out for silence while it is us who do not read (level %d)', async (protocolVersion) => {
    const { of, port } = await doorBench({ bytes: { perSecond: 2000, burst: 1000 } });
    const flood = device(port, 'flood', { keepalive: 1, protocolVersion });
    await flood.answered();
    for (let i = 0; i < 40; i++) flood.send(message(`${i}`.padEnd(200)));
    // Nothing else is sent for more than one and a half keep-alives.
    await vi.waitFor(() => expect(of('flood')).toHaveLength(40), { timeout: 15_000 });
    expect(flood.state.ended).toBe(false);
    // Now it is silent of its own accord.
    await vi.waitFor(() => expect(flood.state.ended).toBe(true), { timeout: 10_000 });
  });

  it('is held by bytes as well: a large message comes through whole, in its time', async () => {
    const { of, port } = await doorBench({ bytes: { perSecond: 100_000, burst: 100_000 } });
    const flood = device(port, 'flood');
    await flood.answered();
    const began = performance.now();
    flood.send(message('x'.repeat(250_000)));
    await vi.waitFor(() => expect(of('flood')[0]?.text).toHaveLength(250_000), { timeout: 15_000 });
    expect(performance.now() - began).toBeGreaterThan(500);
  });
});

describe('connections', () => {
  it('of one identity are so many at a time; one that takes its own place over needs no room', async () => {
    const { port, door } = await doorBench({ connections: 2 });
    const [one, two] = [device(port, 'flood', { clientId: '1' }), device(port, 'flood', { clientId: '2' })];
    expect([await one.answered(), await two.answered()]).toEqual([0, 0]);
    expect(await device(port, 'flood', { clientId: '3' }).answered()).toBe(3);
    expect(await device(port, 'flood', { clientId: '2' }).answered()).toBe(0);
    await vi.waitFor(() => expect(two.state.ended).toBe(true));
    expect([one.state.ended, door.counts.putOff]).toEqual([false, 1]);
  });

  it('of one identity come so often; the rest are put off', async () => {
    const { port } = await doorBench({ attempts: { perSecond: 0.01, burst: 3 } });
    const codes: number[] = [];
    for (let i = 0; i < 6; i++) codes.push(await device(port, 'flood').answered());
    expect(codes).toEqual([0, 0, 0, 0, 3, 3]);
    expect(await device(port, 'good').answered()).toBe(0);
  });

  it('from one address are so many at a time, and no more than the platform takes in all', async () => {
    for (const over of [{ perAddress: { ...openDoor.perAddress, connections: 2 } }, { maxClients: 2 }]) {
      const { port, door } = await doorBench({}, over);
      const clients = ['a', 'b'].map((name) => device(port, name));
      for (const client of clients) expect(await client.answered()).toBe(0);
      const third = device(port, 'c');
      await vi.waitFor(() => expect(third.state.ended).toBe(true));
      expect(door.counts.putOff).toBe(1);
      clients[0]?.socket.destroy();
      await vi.waitFor(() => expect(door.clients).toBe(1));
      expect(await device(port, 'd').answered()).toBe(0);
    }
  });

  it('that fail to sign in wait longer each time for their answer; a valid one from the same address does not', async () => {
    const failures = { perSecond: 1, burst: 2 };
    const { port, door } = await doorBench({}, { perAddress: { ...openDoor.perAddress, failures } });
    const times: number[] = [];
    const attempts = Array.from({ length: 4 }, async () => {
      const began = performance.now();
      expect(await device(port, undefined).answered()).toBe(5);
      times.push(performance.now() - began);
    });
    await vi.waitFor(() => expect(door.counts.turnedAway).toBe(4));
    const began = performance.now();
    expect(await device(port, 'good').answered()).toBe(0);
    expect(performance.now() - began).toBeLessThan(900);
    await Promise.all(attempts);
    expect(Math.max(...times)).toBeGreaterThan(1500);
  });

  it.each(versions)(
    'are ended at once when they are dismissed, also while they are held, and their wills are not spoken (level %d)',
    async (protocolVersion) => {
      const { port, door, of } = await doorBench({ messages: pace(10) });
      const will = { topic: 't', payload: Buffer.from('will'), qos: 0 as const, retain: false };
      const flood = device(port, 'flood', { will, protocolVersion } as object);
      const good = device(port, 'good', { will, protocolVersion } as object);
      await Promise.all([flood.answered(), good.answered()]);
      for (let i = 0; i < 1000; i++) flood.send(message('x'));
      await vi.waitFor(() => expect(door.held).toBe(1));
      door.dismiss(({ name }) => name === 'flood');
      await vi.waitFor(() => expect(flood.state.ended).toBe(true), { timeout: 1000 });
      await vi.waitFor(() => expect([door.held, door.clients]).toEqual([0, 1]));
      good.socket.destroy();
      await vi.waitFor(() => expect(of('good').map(({ text }) => text)).toEqual(['will']));
      expect(of('flood').some(({ text }) => text === 'will')).toBe(false);
    },
  );

  it.each(versions)(
    'that do not read what they are sent are not read from either, and put out when that lasts (level %d)',
    { timeout: 90_000 },
    async (protocolVersion) => {
      const { port, taken, door } = await doorBench({}, { drainTimeoutMs: 1500 });
      const frozen = device(port, 'frozen', { protocolVersion });
      await frozen.answered();
      frozen.socket.pause();
      // Each PUBACK that is not read stands in our memory.
      const pings = Buffer.concat(Array.from({ length: 100_000 }, () => generate({ cmd: 'pingreq' })));
      const feed = setInterval(() => frozen.socket.writableLength < 1e6 && frozen.socket.write(pings), 1);
      cleanUps.push(() => clearInterval(feed));
      await vi.waitFor(() => expect(door.clients).toBe(0), { timeout: 80_000 });
      expect(taken).toEqual([]);
    },
  );

  it.each(versions)(
    'take each other’s place under one id, with a subscription under way, as often as they like (level %d)',
    async (protocolVersion) => {
      const { port, door } = await doorBench();
      for (let i = 0; i < 20; i++) {
        const client = device(port, 'a', { clientId: 'same', protocolVersion });
        expect(await client.answered()).toBe(0);
        client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 0 }] } as Packet);
      }
      await vi.waitFor(() => expect(door.clients).toBe(1));
      door.dismiss(() => true);
      await vi.waitFor(() => expect(door.clients).toBe(0));
    },
  );
});
