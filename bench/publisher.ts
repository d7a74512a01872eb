import { connect, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';

/** One connection that publishes prepared payloads and counts acknowledgements: as little work as a client can do. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** One per connection. */
  readonly users: readonly string[];
  readonly topic: string | ((connection: number) => string);
  /** Payload of the n-th message of a connection. */
  readonly payload: (connection: number, n: number) => string;
  readonly messages: number;
  /** Messages a connection may have unacknowledged. */
  readonly inFlight: number;
}

/**
 * Publishes with QoS 1 over raw sockets and resolves with the wall time once every message is acknowledged, and with when
 * the first went out (`performance.now`). Packets are made
 * beforehand, so that the load costs the broker's machine as little as possible.
 */
export async function publishAll(options: LoadOptions): Promise<{ wallMs: number; readyAt: number }> {
  const { users, messages } = options;
  const each = Math.ceil(messages / users.length);
  const sockets = await Promise.all(users.map((user, i) => open(options, user, i)));
  const { topic } = options;
  const loads = sockets.map((_, connection) =>
    Array.from({ length: each }, (_, n) =>
      mqttPacket.generate({
        cmd: 'publish',
        topic: typeof topic === 'string' ? topic : topic(connection),
        payload: options.payload(connection, n),
        qos: 1,
        retain: false,
        dup: false,
        messageId: (n % 65_000) + 1,
      }),
    ),
  );
  const started = performance.now();
  await Promise.all(sockets.map((socket, i) => run(socket, loads[i] ?? [], options.inFlight)));
  const wallMs = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  return { wallMs, readyAt: started };
}

function open({ host, port }: LoadOptions, user: string, index: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(
        mqttPacket.generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: `bench-${index}`,
          keepalive: 0,
          username: user,
          password: Buffer.from(''),
        }),
      );
    });
    socket.once('data', (connack) => {
      if (connack[3] === 0) resolve(socket);
      else reject(new Error(`the broker refused user ${user} with code ${connack[3]}`));
    });
  });
}

/** A PUBACK of MQTT 3.1.1 is four bytes and nothing else arrives here, so bytes count acknowledgements. */
const pubackBytes = 4;

function run(socket: Socket, packets: readonly Buffer[], inFlight: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let bytes = 0;
    const fill = () => {
      const acked = Math.floor(bytes / pubackBytes);
      if (acked === packets.length) return resolve();
      const upTo = Math.min(packets.length, acked + inFlight);
      if (upTo > sent) {
        socket.write(Buffer.concat(packets.slice(sent, upTo)));
        sent = upTo;
      }
    };
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      fill();
    });
    socket.once('close', () =>
      reject(
        new Error(
          `the broker closed a connection after ${Math.floor(bytes / pubackBytes)} of ${packets.length} messages`,
        ),
      ),
    );
    fill();
  });
}
