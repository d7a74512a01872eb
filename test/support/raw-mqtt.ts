import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { until } from './until.ts';

/** A client that speaks MQTT packet by packet, and so can break every rule. */
export interface RawClient {
  readonly socket: Socket;
  /** Every packet it was sent, oldest first. */
  readonly heard: readonly Packet[];
  /** The server has ended the connection. */
  readonly ended: boolean;
  send(packet: Packet): void;
  /** Bytes as they are. */
  bytes(hex: string): void;
  /** The next packet of that kind that no earlier call has handed back. */
  next<C extends Packet['cmd']>(cmd: C): Promise<Packet & { cmd: C }>;
  /** Resolves when everything sent before has been answered: a PINGREQ and its PINGRESP. */
  settled(): Promise<void>;
  close(): Promise<void>;
  /** Goes away as a device whose power fails: without a DISCONNECT. */
  vanish(): void;
}

/** A TCP connection to a broker, to be spoken on in MQTT 3.1.1 (4) or 5; nothing is sent yet. */
export function rawMqtt(port: number, protocolVersion: 4 | 5 = 4): RawClient {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const heard: Packet[] = [];
  const taken = new Set<Packet>();
  const read = parser({ protocolVersion });
  let ended = false;
  read.on('packet', (packet) => heard.push(packet));
  socket.on('data', (chunk: Buffer) => void read.parse(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
  });
  const send = (packet: Packet) => void socket.write(generate(packet, { protocolVersion }));
  const next = async <C extends Packet['cmd']>(cmd: C) => {
    const packet = await until(`a ${cmd}`, () => heard.find((found) => found.cmd === cmd && !taken.has(found)), {
      everyMs: 5,
    });
    taken.add(packet);
    return packet as Packet & { cmd: C };
  };
  return {
    socket,
    heard,
    get ended() {
      return ended;
    },
    send,
    bytes: (hex) => void socket.write(Buffer.from(hex.replace(/\s/g, ''), 'hex')),
    next,
    async settled() {
      send({ cmd: 'pingreq' });
      await next('pingresp');
    },
    async close() {
      send({ cmd: 'disconnect' });
      await until('the server has ended the connection', () => ended);
    },
    vanish: () => void socket.destroy(),
  };
}

/** A CONNECT of MQTT 3.1.1 with a clean session. */
export const connectPacket = (clientId: string, over: Partial<IConnectPacket> = {}): Packet => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId,
  keepalive: 0,
  ...over,
});

/** A PUBLISH; `messageId` goes with QoS 1 and 2. */
export const publishPacket = (
  topic: string,
  payload: string | Buffer,
  qos: 0 | 1 | 2 = 0,
  over: { messageId?: number; retain?: boolean; dup?: boolean } = {},
): Packet => ({ cmd: 'publish', topic, payload, qos, dup: false, retain: false, ...over }) as Packet;
