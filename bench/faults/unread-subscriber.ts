import { once } from 'node:events';
import { connect } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { topics } from '../../devices/contract/topics.ts';

/** A client that subscribed to its refusals and has stopped reading its socket. */
export interface UnreadSubscriber {
  /** Sends so many messages that are refused, QoS 0. */
  provoke(count: number): void;
  end(): void;
}

export async function unreadSubscriber(port: number, token: string): Promise<UnreadSubscriber> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const heard = new Promise<void>((resolve) => {
    const read = parser();
    read.on('packet', ({ cmd }: Packet) => cmd === 'suback' && resolve());
    socket.on('data', (chunk: Buffer) => read.parse(chunk));
  });
  socket.on('error', () => {});
  const id = { protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'never-reads', keepalive: 0 };
  socket.write(generate({ cmd: 'connect', ...id, username: token } as Packet));
  socket.write(
    generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topics.errors, qos: 0 }] } as Packet),
  );
  await heard;
  socket.pause();
  const payload = `{"no.such.measurement.${'x'.repeat(200)}": 1}`;
  const bad = generate({ cmd: 'publish', topic: topics.telemetry, payload, qos: 0, dup: false, retain: false });
  return {
    provoke(count) {
      for (let i = 0; i < count && socket.writableLength < 1_000_000; i++) socket.write(bad);
    },
    end: () => void socket.destroy(),
  };
}
