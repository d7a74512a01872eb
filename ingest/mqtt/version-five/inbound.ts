import { randomUUID } from 'node:crypto';
import { type Reason, reason } from './codes.ts';
import type { Exchange } from './exchange.ts';
import { allowedIn, property, readProperties, readText, readVarint, varint } from './properties.ts';

/** What came of a chunk. */
export interface Taken {
  /** The same packets in MQTT 3.1.1. */
  readonly bytes: Buffer;
  /** Nothing more is taken of this client, and it is told so where there is a word for it. */
  readonly end?: { readonly reason?: Reason | undefined };
}

/** The next packet: so many bytes are needed to go on, or it is done and `used` up, the rest of its payload `passing` by. */
type Step =
  | { readonly need: number }
  | { readonly used: number; readonly out: readonly Buffer[]; readonly passing?: number; readonly leaves?: true }
  | { readonly refused: Reason };

const refuse = (code: Reason): { refused: Reason } => ({ refused: code });
const nothing = Buffer.alloc(0);

/**
 * Turns what a client sends in MQTT 5 into MQTT 3.1.1, as it comes. Both are the same bytes but for properties, options
 * and reason codes, so these are cut out and the rest is handed on: of a PUBLISH only its head is ever held, its payload
 * passes by, and what guards the 3.1.1 side guards this one too. Any other packet is held whole, up to `maxPacketBytes`.
 */
export function inbound(exchange: Exchange, maxPacketBytes: number): { take(chunk: Buffer): Taken } {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let need = 2;
  let passing = 0;

  const take = (chunk: Buffer): Taken => {
    const out: Buffer[] = [];
    let rest = chunk;
    for (;;) {
      if (passing > 0) {
        const own = rest.subarray(0, passing);
        out.push(own);
        passing -= own.length;
        rest = rest.subarray(own.length);
      }
      if (rest.length > 0) held.push(rest);
      heldBytes += rest.length;
      // Put together only when there is enough to go on with: small pieces of a large head would be copied again and again.
      if (passing > 0 || heldBytes < need) return { bytes: together(out) };
      const all = together(held);
      const step = nextPacket(all, exchange, maxPacketBytes);
      if ('refused' in step) return { bytes: together(out), end: { reason: step.refused } };
      if ('need' in step) {
        need = step.need;
        held = [all];
        rest = nothing;
        continue;
      }
      out.push(...step.out);
      if (step.leaves) return { bytes: together(out), end: {} };
      held = [];
      heldBytes = 0;
      need = 2;
      passing = step.passing ?? 0;
      rest = all.subarray(step.used);
    }
  };
  return { take };
}

const together = (parts: readonly Buffer[]): Buffer =>
  parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts as Buffer[]);

const CONNECT = 1;
const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
const PINGREQ = 12;
const DISCONNECT = 14;
const AUTH = 15;

function nextPacket(all: Buffer, exchange: Exchange, maxPacketBytes: number): Step {
  if (all.length < 2) return { need: 2 };
  const first = all[0] as number;
  const length = readVarint(all, 1);
  if (!length) return { need: all.length + 1 };
  if ('refused' in length) return length;
  const type = first >> 4;
  if (type === PUBLISH) return publish(first, all, length.end, length.value, maxPacketBytes);
  if (length.value > maxPacketBytes) return refuse(reason.packetTooLarge);
  const used = length.end + length.value;
  if (all.length < used) return { need: used };
  const done = packet(type, all.subarray(length.end, used), exchange);
  if ('refused' in done) return done;
  const { body } = done;
  const header = Buffer.from([first, ...varint(body.length)]);
  // A will is spoken unless the client says that it leaves in peace (MQTT-3.14.4-3): no DISCONNECT is handed on.
  if (done.leaves) return { used, out: done.leaves === 'in peace' ? [header, body] : [], leaves: true };
  return { used, out: [header, body] };
}

type Done = { readonly body: Buffer; readonly leaves?: 'in peace' | 'otherwise' } | { readonly refused: Reason };

function packet(type: number, body: Buffer, exchange: Exchange): Done {
  switch (type) {
    case CONNECT:
      return connect(body, exchange);
    case PUBACK:
    case PUBREC:
    case PUBREL:
    case PUBCOMP:
      return acknowledgement(body);
    case SUBSCRIBE:
      return subscribe(body, exchange);
    case UNSUBSCRIBE:
      return unsubscribe(body, exchange);
    case PINGREQ:
      return { body };
    case DISCONNECT:
      return disconnect(body);
    case AUTH:
      // §3.15: only where the CONNECT named a method, and that has been refused.
      return refuse(reason.protocolError);
    default:
      // Packets that only a server sends, and a type that does not exist.
      return refuse(type === 0 ? reason.malformed : reason.protocolError);
  }
}

/** §3.3: the topic and the id stay, the properties go, the payload passes by. */
function publish(first: number, all: Buffer, start: number, length: number, maxPacketBytes: number): Step {
  const qos = (first >> 1) & 3;
  // MQTT-3.3.1-4
  if (qos === 3) return refuse(reason.malformed);
  if (all.length < start + 2) return length < 2 ? refuse(reason.malformed) : { need: start + 2 };
  const topicEnd = start + 2 + all.readUInt16BE(start);
  const headEnd = topicEnd + (qos > 0 ? 2 : 0);
  const end = start + length;
  if (headEnd + 1 > end) return refuse(reason.malformed);
  const size = all.length > headEnd ? readVarint(all, headEnd) : undefined;
  if (!size) return { need: Math.max(all.length, headEnd) + 1 };
  if ('refused' in size) return size;
  const payload = size.end + size.value;
  if (payload > end) return refuse(reason.malformed);
  if (payload - start > maxPacketBytes + 65_536) return refuse(reason.packetTooLarge);
  if (all.length < payload) return { need: payload };
  const properties = readProperties(all.subarray(0, payload), headEnd, allowedIn.publish);
  if ('refused' in properties) return properties;
  // The CONNACK has said that no alias is known here (MQTT-3.2.2-17).
  if (properties.values.has(property.topicAlias)) return refuse(reason.topicAliasInvalid);
  const topic = all.subarray(start + 2, topicEnd);
  if (topic.length === 0) return refuse(reason.protocolError);
  // MQTT-3.3.2-2: no wildcards in a name.
  if (topic.includes(0x23) || topic.includes(0x2b)) return refuse(reason.topicNameInvalid);
  if (qos > 0 && all.readUInt16BE(topicEnd) === 0) return refuse(reason.protocolError);
  const header = Buffer.from([first, ...varint(headEnd - start + end - payload)]);
  return { used: payload, out: [header, all.subarray(start, headEnd)], passing: end - payload };
}

const CLEAN_START = 2;
const WILL = 4;
const WILL_RETAIN = 0x20;

/** §3.1: level 4, no properties, and an id where there was none. */
function connect(body: Buffer, exchange: Exchange): Done {
  // MQTT-3.1.0-2
  if (exchange.greeted) return refuse(reason.protocolError);
  exchange.greeted = true;
  // Name and level have been looked at before anything was translated; then flags and keep alive.
  if (body.length < 10) return refuse(reason.malformed);
  const flags = body[7] as number;
  const properties = readProperties(body, 10, allowedIn.connect);
  if ('refused' in properties) return properties;
  const { values, end } = properties;
  if (values.has(property.authenticationMethod)) return refuse(reason.badAuthenticationMethod);
  const size = values.get(property.maximumPacketSize);
  // Zero is a protocol error in both (§3.1.2.11.3, §3.1.2.11.4).
  if (size === 0 || values.get(property.receiveMaximum) === 0) return refuse(reason.protocolError);
  exchange.largest = size ?? Number.POSITIVE_INFINITY;
  exchange.asksForSession = (values.get(property.sessionExpiryInterval) ?? 0) > 0;
  const id = readText(body, end);
  if (!id) return refuse(reason.malformed);
  if (id.value === 0) exchange.assigned = `auto-${randomUUID()}`;
  const named = id.value === 0 ? text(exchange.assigned as string) : body.subarray(end, id.end);
  let after = id.end;
  if (flags & WILL) {
    // MQTT-3.2.2-13
    if (flags & WILL_RETAIN) return refuse(reason.retainNotSupported);
    const will = readProperties(body, id.end, allowedIn.will);
    if ('refused' in will) return will;
    after = will.end;
  }
  const head = Buffer.from(body.subarray(0, 10));
  head[6] = 4;
  // 3.1.1 knows a session without an id only if it is clean (MQTT-3.1.3-7); here no session outlives its connection anyhow.
  head[7] = flags | CLEAN_START;
  return { body: Buffer.concat([head, named, body.subarray(after)]) };
}

const text = (words: string): Buffer => {
  const bytes = Buffer.from(words);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** §3.4 to §3.7: the id. What the reason code says changes nothing in what follows. */
function acknowledgement(body: Buffer): Done {
  if (body.length < 2) return refuse(reason.malformed);
  if (body.length > 3) {
    const properties = readProperties(body, 3, allowedIn.acknowledgement);
    if ('refused' in properties) return properties;
  }
  return { body: body.subarray(0, 2) };
}

/** §3.8: of the options only the QoS is left. Nothing is retained here, and nobody hears what he says himself. */
function subscribe(body: Buffer, exchange: Exchange): Done {
  const id = packetId(body);
  if (!id) return refuse(reason.protocolError);
  const properties = readProperties(body, 2, allowedIn.subscribe);
  if ('refused' in properties) return properties;
  if (properties.values.has(property.subscriptionIdentifier)) return refuse(reason.subscriptionIdsNotSupported);
  const filters: string[] = [];
  const out: Buffer[] = [body.subarray(0, 2)];
  let at = properties.end;
  while (at < body.length) {
    const filter = readText(body, at);
    const options = filter && body[filter.end];
    if (!filter || options === undefined || options & 0xc0 || (options & 3) === 3) return refuse(reason.malformed);
    const name = body.toString('utf8', at + 2, filter.end);
    // MQTT-3.8.3-4: "no local" is not for shared subscriptions; retain handling knows no 3.
    if ((options & 0x30) === 0x30 || (options & 4 && name.startsWith('$share/'))) return refuse(reason.protocolError);
    filters.push(name);
    out.push(body.subarray(at, filter.end), Buffer.from([options & 3]));
    at = filter.end + 1;
  }
  // MQTT-3.8.3-2
  if (filters.length === 0) return refuse(reason.protocolError);
  exchange.subscribing.set(id, filters);
  return { body: Buffer.concat(out) };
}

/** §3.10 */
function unsubscribe(body: Buffer, exchange: Exchange): Done {
  const id = packetId(body);
  if (!id) return refuse(reason.protocolError);
  const properties = readProperties(body, 2, allowedIn.unsubscribe);
  if ('refused' in properties) return properties;
  const filters: string[] = [];
  let at = properties.end;
  while (at < body.length) {
    const filter = readText(body, at);
    if (!filter) return refuse(reason.malformed);
    filters.push(body.toString('utf8', at + 2, filter.end));
    at = filter.end;
  }
  // MQTT-3.10.3-2
  if (filters.length === 0) return refuse(reason.protocolError);
  exchange.unsubscribing.set(id, filters);
  return { body: Buffer.concat([body.subarray(0, 2), body.subarray(properties.end)]) };
}

/** 0 when there is none (MQTT-2.2.1-3). */
const packetId = (body: Buffer): number => (body.length < 2 ? 0 : body.readUInt16BE(0));

/** §3.14 */
function disconnect(body: Buffer): Done {
  if (body.length > 1) {
    const properties = readProperties(body, 1, allowedIn.disconnect);
    if ('refused' in properties) return properties;
  }
  return { body: nothing, leaves: (body[0] ?? 0) === 0 ? 'in peace' : 'otherwise' };
}
