import type { Client } from 'aedes';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { parsePublishQuickly } from './quick-publish.ts';

const publish = (topic: string, payload: string, qos: 0 | 1 | 2, messageId?: number, retain = false) =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos, retain, dup: false, messageId } as Packet);

/** What a parser makes of these chunks: packets, or the error it ends with. */
function heard(chunks: readonly Buffer[], quick: boolean, connected = true): unknown[] {
  const parser = mqttPacket.parser();
  const found: unknown[] = [];
  if (quick) parsePublishQuickly({ _parser: parser, connected } as unknown as Client, 1000);
  parser.on('packet', (packet) => {
    const { cmd, retain, qos, dup, length, topic, payload, messageId } = packet as unknown as Record<string, unknown>;
    const bytes = Buffer.isBuffer(payload) ? payload.toString('hex') : payload;
    found.push({ cmd, retain, qos, dup, length, topic, messageId, payload: bytes });
  });
  parser.on('error', (err) => found.push((err as unknown as Error).message));
  for (const chunk of chunks) parser.parse(chunk);
  return found;
}

const all = Buffer.concat([
  publish('v1/devices/me/telemetry', '{"a":1}', 1, 1),
  publish('v1/devices/me/telemetry', '{"a":2}', 1, 65_535),
  publish('v1/devices/me/telemetrx', '', 0),
  mqttPacket.generate({ cmd: 'pingreq' }),
  publish('城市/表', '{"值":2}', 2, 258, true),
  publish('big', 'x'.repeat(5000), 1, 7),
  mqttPacket.generate({ cmd: 'pubrel', messageId: 258 }),
  publish('', 'no topic', 1, 9),
  publish('v1/gateway/telemetry', 'y'.repeat(300), 1, 10),
]);

describe('quick PUBLISH', () => {
  it('reads what the parser reads, however the bytes are cut', () => {
    const plain = heard([all], false);
    expect(plain).toHaveLength(9);
    expect(heard([all], true)).toEqual(plain);
    for (let size = 1; size < 400; size += 7) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
      expect(heard(chunks, true)).toEqual(plain);
    }
  });

  it('leaves what is malformed to the parser', () => {
    const topicTooLong = Buffer.from([0x32, 5, 0, 9, 65, 0, 1]);
    const qosThree = Buffer.from([0x36, 5, 0, 1, 65, 0, 1]);
    const lengthTooLong = Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]);
    for (const bad of [topicTooLong, qosThree, lengthTooLong, Buffer.from([0x30, 0]), Buffer.from([0x30, 1, 0])]) {
      const after = [publish('t', '1', 1, 1), bad];
      expect(heard([Buffer.concat(after)], true)).toEqual(heard([Buffer.concat(after)], false));
    }
  });

  it('takes nothing before the client is let in', () => {
    expect(heard([all], true, false)).toEqual(heard([all], false));
  });
});
