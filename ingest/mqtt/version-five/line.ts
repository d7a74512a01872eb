import { Duplex } from 'node:stream';
import { disconnectReason, type Reason } from './codes.ts';
import { newExchange } from './exchange.ts';
import { inbound } from './inbound.ts';
import { lastWord, type Offer, outbound } from './outbound.ts';

/** A connection of MQTT 5, spoken with in MQTT 3.1.1. */
export interface FiveLine {
  /** What aedes reads and writes in 3.1.1. Destroying it ends the connection below, after a last word where there is one. */
  readonly conn: Duplex;
  /** Why the connection is about to be ended; said in a DISCONNECT when it is. */
  partWith(code: Reason): void;
  /** Whether the client takes a message of that topic and so many bytes (MQTT-3.1.2-24). */
  takes(topic: string, bytes: number): boolean;
  /** The connection below is no more: half a second after {@link FiveLine.conn} was destroyed at the latest. */
  readonly closed: Promise<void>;
  /** Bytes that were read and not handed on since this was last asked. They count against whoever sent them. */
  leftOut(): number;
}

/** How long a client may take to hear why it is put out, ms; nothing of what it still says is looked at. */
const LAST_WORD_MS = 500;

/**
 * Stands between a socket of MQTT 5 and aedes. It reads only when it is read from, and tells that it has written only when
 * the socket can take more: so waiting on either side is felt on the other, and nothing is held here but the head of one packet.
 */
export function fiveLine(socket: Duplex, offer: Offer): FiveLine {
  const exchange = newExchange();
  const { take } = inbound(exchange, offer.maxPacketBytes);
  const { say } = outbound(exchange, offer);
  let code: number | undefined;
  let wanted = false;
  let over = false;
  let cut = 0;

  const pull = (): void => {
    while (wanted && !over) {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      const { bytes, end } = take(chunk);
      cut += Math.max(0, chunk.length - bytes.length);
      if (bytes.length > 0) {
        wanted = false;
        conn.push(bytes);
      }
      if (!end) continue;
      // As if the client had closed: what came before is still taken, then aedes ends the connection, and the code is said.
      over = true;
      code ??= end.reason;
      conn.push(null);
    }
  };
  const onEnd = (): void => {
    if (over) return;
    over = true;
    conn.push(null);
  };

  const write = (chunk: Buffer, done: () => void): void => {
    const { bytes, unfit } = say(chunk);
    if (unfit) conn.destroy();
    // Where the socket never takes what it was given, aedes ends the connection in its time.
    if (bytes.length === 0 || socket.write(bytes)) done();
    else socket.once('drain', done);
  };
  const leave = (err: Error | null): void => {
    over = true;
    socket.off('readable', pull);
    if (socket.destroyed) return;
    code ??= disconnectReason(err);
    const gone = setTimeout(() => socket.destroy(), LAST_WORD_MS);
    socket.once('close', () => clearTimeout(gone));
    const word = code === undefined ? undefined : lastWord(code, exchange);
    if (word) socket.write(word);
    // Unread bytes at the end would be answered with a reset, which can overtake the last word.
    socket.resume();
    socket.end();
  };

  const conn: Duplex = new Duplex({
    read() {
      wanted = true;
      pull();
    },
    write: (chunk: Buffer, _encoding, done) => write(chunk, done),
    writev: (chunks, done) => write(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    destroy(err, done) {
      leave(err);
      done(err);
    },
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('readable', pull);
  socket.on('end', onEnd);
  socket.on('error', (err) => conn.destroy(err));
  // A client that closed in good order: what it sent before is taken first, and the end comes by itself.
  socket.on('close', () => {
    if (!over) conn.destroy();
  });
  return {
    conn,
    closed,
    partWith(why) {
      code ??= why;
    },
    takes: (topic, bytes) => 1 + 4 + 2 + Buffer.byteLength(topic) + 1 + bytes <= exchange.largest,
    leftOut() {
      const since = cut;
      cut = 0;
      return since;
    },
  };
}
