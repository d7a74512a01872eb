import type { Client } from 'aedes';

/** The parts of aedes's (1.2.0) and mqtt-packet's private parser that the guard holds on to; pinned exactly for it. */
interface Parser {
  parse(chunk: Buffer): number;
  _parseLength(): boolean;
  _resetState(): void;
  _list: { readonly length: number; slice(start: number, end?: number): Buffer };
  packet: { cmd: string; qos: number; dup: boolean; retain: boolean; length: number };
  emit(event: 'packet' | 'error', value: unknown): boolean;
}

/** A PUBLISH that was too large: its beginning, and how long its payload truly was. */
export interface Oversize {
  readonly trueSize: number;
}

const oversize = new WeakMap<object, Oversize>();

/** Set for a packet that stands for one too large; its payload is only the beginning. */
export const oversizeOf = (packet: object): Oversize | undefined => oversize.get(packet);

/** Bytes of a too large packet that are kept for the quarantine. */
const HEAD = 64 * 1024;

/** A packet that is being thrown away as it comes. */
interface Skip {
  readonly packet: Parser['packet'];
  readonly length: number;
  readonly head: Buffer[];
  held: number;
  left: number;
}

/**
 * Bounds what a client can make us hold: aedes has no limit of its own (256 MB by the protocol). A PUBLISH above `most`
 * bytes is not buffered: its bytes are dropped as they come, and a packet with its beginning goes on in its place, so
 * that it is quarantined and acknowledged instead of being resent for ever. Anything else that large ends the connection.
 */
export function guardPacketSize(client: Client, most: number): void {
  const parser = (client as unknown as { _parser: Parser })._parser;
  const parse = parser.parse.bind(parser);
  const parseLength = parser._parseLength.bind(parser);
  let skip: Skip | undefined;
  let rest: Buffer | undefined;

  parser._parseLength = () => {
    const known = parseLength();
    const { packet } = parser;
    if (!known || packet.length <= most) return known;
    if (packet.cmd !== 'publish' || !client.connected) {
      parser.emit('error', new Error(`a ${packet.cmd} packet of ${packet.length} bytes: at most ${most} are taken`));
      return false;
    }
    const here = parser._list.slice(0);
    skip = { packet, length: packet.length, head: [], held: 0, left: packet.length };
    parser._resetState();
    rest = swallow(skip, here);
    return false;
  };

  parser.parse = (chunk) => {
    let next: Buffer | undefined = chunk;
    while (next && next.length > 0) {
      if (skip) next = swallow(skip, next);
      else {
        rest = undefined;
        parse(next);
        next = rest;
      }
      if (skip?.left === 0) {
        const done = skip;
        skip = undefined;
        emitHead(parser, done);
      }
    }
    return 0;
  };
}

/** Takes what belongs to the packet; returns what follows it. */
function swallow(skip: Skip, chunk: Buffer): Buffer {
  const own = chunk.subarray(0, Math.min(skip.left, chunk.length));
  if (skip.held < HEAD) {
    skip.head.push(Buffer.from(own.subarray(0, HEAD - skip.held)));
    skip.held = Math.min(HEAD, skip.held + own.length);
  }
  skip.left -= own.length;
  return chunk.subarray(own.length);
}

/** Sends on a PUBLISH (MQTT 3.1.1 §3.3) with the beginning of the payload. */
function emitHead(parser: Parser, { packet, head, length }: Skip): void {
  const bytes = Buffer.concat(head);
  const topicEnd = 2 + bytes.readUInt16BE(0);
  const payloadStart = topicEnd + (packet.qos > 0 ? 2 : 0);
  if (payloadStart > bytes.length) {
    parser.emit('error', new Error('a PUBLISH whose topic is longer than 64 KiB'));
    return;
  }
  const short = {
    cmd: 'publish',
    retain: packet.retain,
    qos: packet.qos,
    dup: packet.dup,
    length: bytes.length,
    topic: bytes.toString('utf8', 2, topicEnd),
    ...(packet.qos > 0 ? { messageId: bytes.readUInt16BE(topicEnd) } : {}),
    payload: bytes.subarray(payloadStart),
  };
  oversize.set(short, { trueSize: length - payloadStart });
  parser.emit('packet', short);
}

/** Told of what a client sends. */
export interface PacketWatch {
  /** A chunk has been read: its bytes, and the packets that ended in it. */
  readonly onChunk: (bytes: number, packets: number) => void;
  /** A PUBREL is about to be taken. */
  readonly onRelease: (messageId: number) => void;
}

/** Watches a client's packets. To be put on after {@link guardPacketSize}, so that bytes that are thrown away count too. */
export function watchPackets(client: Client, { onChunk, onRelease }: PacketWatch): void {
  const parser = (client as unknown as { _parser: Parser })._parser;
  const parse = parser.parse.bind(parser);
  const emit = parser.emit.bind(parser);
  let packets = 0;
  parser.parse = (chunk) => {
    packets = 0;
    const left = parse(chunk);
    onChunk(chunk.length, packets);
    return left;
  };
  parser.emit = (event, value) => {
    if (event === 'packet') {
      packets++;
      const { cmd, messageId } = value as { cmd: string; messageId?: number };
      if (cmd === 'pubrel' && messageId !== undefined) onRelease(messageId);
    }
    return emit(event, value);
  };
}
