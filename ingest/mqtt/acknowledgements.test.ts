import { PassThrough } from 'node:stream';
import type { Client, PublishPacket } from 'aedes';
import { describe, expect, it } from 'vitest';
import { gatherAcknowledgements } from './acknowledgements.ts';

const message = (messageId: number) => ({ cmd: 'publish', qos: 1, messageId }) as unknown as PublishPacket;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function clientOn(conn: PassThrough) {
  const waiting: (() => void)[] = [];
  const inside = { conn, closed: false, connected: true, waitForDrain: (done: () => void) => waiting.push(done) };
  return { waiting, inside, acknowledge: gatherAcknowledgements(inside as unknown as Client) };
}

describe('acknowledgements', () => {
  it('go out as one piece for one turn of the event loop, in the order in which messages ended', async () => {
    const conn = new PassThrough();
    const { acknowledge } = clientOn(conn);
    const told: number[] = [];
    const packets = [message(1), message(700), message(65_535)];
    for (const packet of packets) acknowledge(packet, () => told.push(packet.messageId as number));
    expect(told).toEqual([]);
    await turn();
    expect(conn.read()).toEqual(Buffer.from([0x40, 2, 0, 1, 0x40, 2, 2, 188, 0x40, 2, 255, 255]));
    expect(told).toEqual([1, 700, 65_535]);
    // aedes must not acknowledge them once more.
    expect(packets.map(({ qos }) => qos)).toEqual([0, 0, 0]);
  });

  it('hold their messages up while the client does not read', async () => {
    const { acknowledge, waiting } = clientOn(new PassThrough({ highWaterMark: 4 }));
    let told = 0;
    for (let id = 1; id <= 3; id++) acknowledge(message(id), () => told++);
    await turn();
    expect(told).toBe(0);
    expect(waiting).toHaveLength(3);
  });

  it('are left to aedes where the connection is gone', async () => {
    const conn = new PassThrough();
    const { acknowledge, inside } = clientOn(conn);
    inside.closed = true;
    const packet = message(1);
    let told = 0;
    acknowledge(packet, () => told++);
    await turn();
    expect([told, packet.qos, conn.read()]).toEqual([1, 1, null]);
  });
});
