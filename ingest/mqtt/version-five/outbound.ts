import { connackReason, connackWord, reason } from './codes.ts';
import type { Exchange } from './exchange.ts';
import { property, readVarint, varint } from './properties.ts';

/** What the door can do, as a CONNACK tells it. */
export interface Offer {
  /** Messages of QoS 1 and 2 that a client should have under way at a time. */
  readonly receiveMaximum: number;
  readonly maxPacketBytes: number;
}

/** What is to go out. */
export interface Said {
  readonly bytes: Buffer;
  /** A packet was larger than the client takes (MQTT-3.1.2-24) and was left out. */
  readonly unfit: boolean;
}

const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;
const UNSUBACK = 11;

/**
 * Turns what aedes says in MQTT 3.1.1 into MQTT 5. PUBACK, PUBREC, PUBREL, PUBCOMP and PINGRESP are the same bytes: without a
 * reason code they mean 0 (§3.4.2.1).
 */
export function outbound(exchange: Exchange, offer: Offer): { say(chunk: Buffer): Said } {
  let rest: Buffer = Buffer.alloc(0);
  const say = (chunk: Buffer): Said => {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const out: Buffer[] = [];
    let unfit = false;
    let at = 0;
    for (;;) {
      const length = readVarint(all, at + 1);
      if (!length || 'refused' in length) break;
      const end = length.end + length.value;
      if (end > all.length) break;
      const said = inFive(all[at] as number, all.subarray(at, end), all.subarray(length.end, end), exchange, offer);
      if (said.length > exchange.largest) unfit = true;
      else out.push(said);
      at = end;
    }
    rest = all.subarray(at);
    return { bytes: out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out), unfit };
  };
  return { say };
}

function inFive(first: number, whole: Buffer, body: Buffer, exchange: Exchange, offer: Offer): Buffer {
  switch (first >> 4) {
    case CONNACK:
      return packet(first, [connack(body, exchange, offer)]);
    case PUBLISH: {
      const headEnd = 2 + body.readUInt16BE(0) + ((first >> 1) & 3 ? 2 : 0);
      return packet(first, [body.subarray(0, headEnd), noProperties, body.subarray(headEnd)]);
    }
    case SUBACK:
      return packet(first, [body.subarray(0, 2), noProperties, suback(body, exchange)]);
    case UNSUBACK:
      return packet(first, [body, noProperties, unsuback(body, exchange)]);
    default:
      return whole;
  }
}

const noProperties = Buffer.from([0]);
const packet = (first: number, parts: readonly Buffer[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([first, ...varint(length)]), ...parts]);
};

/** §3.2. What is not said is as the standard presumes: QoS 2, wildcards (some filters have them), no topic alias. */
function connack(body: Buffer, exchange: Exchange, { receiveMaximum, maxPacketBytes }: Offer): Buffer {
  const returnCode = body[1] as number;
  exchange.answer = returnCode === 0 ? 'yes' : 'no';
  if (returnCode !== 0) return Buffer.from([0, connackReason(returnCode), 0]);
  const properties = Buffer.concat([
    ...(exchange.asksForSession ? [Buffer.from([property.sessionExpiryInterval, 0, 0, 0, 0])] : []),
    Buffer.from([property.receiveMaximum, ...uint16(receiveMaximum)]),
    Buffer.from([property.retainAvailable, 0]),
    Buffer.from([property.maximumPacketSize, ...uint16(maxPacketBytes >>> 16), ...uint16(maxPacketBytes & 0xffff)]),
    ...(exchange.assigned === undefined
      ? []
      : [Buffer.from([property.assignedClientIdentifier]), text(exchange.assigned)]),
    Buffer.from([property.subscriptionIdentifiersAvailable, 0, property.sharedSubscriptionAvailable, 0]),
  ]);
  return Buffer.concat([Buffer.from([body[0] as number, 0, ...varint(properties.length)]), properties]);
}

const uint16 = (value: number): [number, number] => [value >> 8, value & 0xff];
const text = (words: string): Buffer => {
  const bytes = Buffer.from(words);
  return Buffer.concat([Buffer.from(uint16(bytes.length)), bytes]);
};

/** §3.9.3: one code for each filter, in their order. aedes answers a filter that stands twice only once. */
function suback(body: Buffer, { subscribing, granted }: Exchange): Buffer {
  const id = body.readUInt16BE(0);
  const filters = subscribing.get(id) ?? [];
  subscribing.delete(id);
  const codes = new Map<string, number>();
  [...new Set(filters)].forEach((filter, i) => {
    const code = body[2 + i] ?? 0x80;
    if (code < 0x80) granted.add(filter);
    codes.set(
      filter,
      code < 0x80 ? code : filter.startsWith('$share/') ? reason.sharedNotSupported : reason.notAuthorized,
    );
  });
  return Buffer.from(filters.map((filter) => codes.get(filter) as number));
}

const NO_SUBSCRIPTION_EXISTED = 0x11;
/** §3.11.3 */
function unsuback(body: Buffer, { unsubscribing, granted }: Exchange): Buffer {
  const id = body.readUInt16BE(0);
  const filters = unsubscribing.get(id) ?? [];
  unsubscribing.delete(id);
  return Buffer.from(filters.map((filter) => (granted.delete(filter) ? 0 : NO_SUBSCRIPTION_EXISTED)));
}

/**
 * The last word to a client: a DISCONNECT, or a CONNACK where it has had none (MQTT-3.14.0-1); nothing where it has been
 * refused already.
 */
export function lastWord(code: number, { answer }: Exchange): Buffer | undefined {
  if (answer === 'no') return undefined;
  return Buffer.from(answer === 'yes' ? [0xe0, 2, code, 0] : [0x20, 3, 0, connackWord(code), 0]);
}
