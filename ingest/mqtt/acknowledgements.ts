import type { Duplex } from 'node:stream';
import type { Client, PublishPacket } from 'aedes';

type Done = (err?: Error | null) => void;

/** The private parts of an aedes (1.2.0) client that are used here; pinned exactly for them. */
interface Inside {
  readonly connackSent?: boolean;
  readonly connected: boolean;
  readonly errored?: boolean;
  waitForDrain(done: () => void): void;
}

/** Ends a QoS 1 message that is durable: its PUBACK goes out, and aedes is told. */
export type Acknowledge = (packet: PublishPacket, done: Done) => void;

const PUBACK = 0x40;
const PUBACK_BYTES = 4;

/**
 * Writes the PUBACKs (MQTT 3.1.1 §3.4) of one turn of the event loop as one piece, in the order in which messages ended: a
 * group commit ends hundreds at once, and aedes writes each in three pieces. For a door only: aedes must have nothing else
 * to do with the message than to acknowledge it. Where the client does not read, aedes waits as ever, and ends it as ever.
 */
export function gatherAcknowledgements(client: Client): Acknowledge {
  const inside = client as unknown as Inside;
  const conn = client.conn as Duplex;
  let ended: { readonly packet: PublishPacket; readonly done: Done }[] = [];

  const write = (): void => {
    const all = ended;
    ended = [];
    if (client.closed || !inside.connected || !conn.writable) {
      // aedes' own way finds out that the connection is gone, and says so.
      for (const { done } of all) done();
      return;
    }
    const bytes = Buffer.allocUnsafe(all.length * PUBACK_BYTES);
    let at = 0;
    for (const { packet } of all) {
      const id = packet.messageId as number;
      bytes[at++] = PUBACK;
      bytes[at++] = 2;
      bytes[at++] = id >> 8;
      bytes[at++] = id & 0xff;
      // For aedes it is one that needs no acknowledgement any more.
      packet.qos = 0;
    }
    if (conn.write(bytes) || inside.errored) for (const { done } of all) done();
    else for (const { done } of all) inside.waitForDrain(done);
  };

  return (packet, done) => {
    if (ended.length === 0) process.nextTick(write);
    ended.push({ packet, done });
  };
}
