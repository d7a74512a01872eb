import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';

/** aedes's (1.2.0) private pump: it reads when no packet of the last chunk is under way. Pinned exactly for it. */
interface Pump {
  _parsingBatch: number;
  readonly _paused?: boolean;
  _nextBatch(): void;
}

export interface ReadingGateParts {
  /** Nothing is read while this is true; {@link ReadingGate.open} ends it. */
  readonly held: () => boolean;
  /** Reading goes on in small pieces while this is true, so that a debt stays short. */
  readonly sparing: () => boolean;
}

export interface ReadingGate {
  /** What held the gate may be over: reads on if it is. */
  open(): void;
  /** Bytes have arrived that we have not taken. */
  readonly waiting: boolean;
}

/** Bytes read at a time while an allowance is scarce. */
const PIECE = 2048;
/** Bytes that may stand unread on their way to a client before nothing more is read from it. */
export const UNREAD_MAX = 256 * 1024;

/**
 * Stands between a socket and aedes and decides when it is read. What is not read stays with the kernel, then with the
 * sender: TCP holds it back and nobody else waits for it. aedes's own limits leak (each `readable` event lets another
 * chunk in), and its `pause` loses count of what is under way; so the gate is at the one place where bytes come in.
 */
export function gateReading(client: Client, { held, sparing }: ReadingGateParts): ReadingGate {
  const conn = client.conn as Duplex;
  const pump = client as unknown as Pump;
  const read = conn.read.bind(conn);
  let kicked = false;

  /** As if a packet had ended: reads when no other is under way. */
  const open = (): void => {
    if (client.closed || kicked) return;
    kicked = true;
    setImmediate(() => {
      kicked = false;
      // While its CONNECT is looked at aedes reads nothing, and loses count of who asks.
      if (client.closed || pump._paused) return;
      pump._parsingBatch++;
      pump._nextBatch();
    });
  };

  conn.read = (size?: number) => {
    // Node's own call, which fetches bytes into the buffer and takes none out.
    if (size === 0) return read(0);
    // A client that does not take its answers is not asked for more questions.
    if (held() || conn.writableLength > UNREAD_MAX) return null;
    const chunk = conn.readableLength > PIECE && sparing() ? read(PIECE) : read();
    // Newer Nodes hand out one buffer of several. It may hold no whole packet, and then nobody would ask for the next.
    if (conn.readableLength > 0) open();
    return chunk;
  };
  conn.on('drain', open);

  return {
    open,
    get waiting() {
      return conn.readableLength > 0;
    },
  };
}
