import type { Client } from 'aedes';

/** The parts of mqtt-packet's (9.0) private parser that stand still between two packets; pinned exactly for it. */
interface Parser {
  parse(chunk: Buffer): number;
  readonly error: Error | null;
  readonly settings: { readonly protocolVersion?: number };
  readonly _stateCounter: number;
  readonly _list: { readonly length: number };
  emit(event: 'packet', packet: unknown): boolean;
}

const PUBLISH = 0x30;

/**
 * Reads the PUBLISH packets (MQTT 3.1.1 §3.3) that lie whole in a chunk where they lie, which is nearly all that a door is sent;
 * the parser's own way takes each through a list of buffers and costs three times as much. Everything else (other packets,
 * packets in parts, large or malformed ones) is the parser's, as ever. To be put on first.
 */
export function parsePublishQuickly(client: Client, most: number): void {
  const parser = (client as unknown as { _parser: Parser })._parser;
  const parse = parser.parse.bind(parser);
  let topicBytes = Buffer.alloc(0);
  let topic = '';

  /** The topic at this place: senders name the same one again and again. */
  const topicAt = (chunk: Buffer, start: number, end: number): string => {
    let same = end - start === topicBytes.length;
    for (let i = 0; same && i < topicBytes.length; i++) same = chunk[start + i] === topicBytes[i];
    if (!same) {
      topicBytes = Buffer.from(chunk.subarray(start, end));
      topic = topicBytes.toString('utf8');
    }
    return topic;
  };

  /** Emits the PUBLISH that begins here and returns where it ends; -1 where there is none that is whole and sound. */
  const take = (chunk: Buffer, start: number): number => {
    const first = chunk[start] as number;
    const qos = (first >> 1) & 3;
    if ((first & 0xf0) !== PUBLISH || qos === 3) return -1;
    let at = start + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 21 || at >= chunk.length) return -1;
      const byte = chunk[at++] as number;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const end = at + length;
    if (length > most || length < 2 || end > chunk.length) return -1;
    const topicEnd = at + 2 + (((chunk[at] as number) << 8) | (chunk[at + 1] as number));
    const payloadAt = topicEnd + (qos > 0 ? 2 : 0);
    if (payloadAt > end) return -1;
    const packet: Record<string, unknown> = {
      cmd: 'publish',
      retain: (first & 1) !== 0,
      qos,
      dup: (first & 8) !== 0,
      length,
      topic: topicAt(chunk, at + 2, topicEnd),
      payload: chunk.subarray(payloadAt, end),
      messageId: qos > 0 ? ((chunk[topicEnd] as number) << 8) | (chunk[topicEnd + 1] as number) : undefined,
    };
    parser.emit('packet', packet);
    return end;
  };

  parser.parse = (chunk) => {
    let at = 0;
    // Only between packets, of who is let in; MQTT 5 has properties before the payload.
    while (
      at < chunk.length &&
      parser._stateCounter === 0 &&
      parser._list.length === 0 &&
      !parser.error &&
      client.connected &&
      parser.settings.protocolVersion !== 5
    ) {
      const end = take(chunk, at);
      if (end < 0) break;
      at = end;
    }
    if (at === 0) return parse(chunk);
    return at === chunk.length ? 0 : parse(chunk.subarray(at));
  };
}
