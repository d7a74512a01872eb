import { type Reason, reason } from './codes.ts';

/** Properties that are read here, by their identifiers (MQTT 5 §2.2.2.2). */
export const property = {
  sessionExpiryInterval: 0x11,
  assignedClientIdentifier: 0x12,
  authenticationMethod: 0x15,
  receiveMaximum: 0x21,
  topicAlias: 0x23,
  retainAvailable: 0x25,
  maximumPacketSize: 0x27,
  subscriptionIdentifier: 0x0b,
  subscriptionIdentifiersAvailable: 0x29,
  sharedSubscriptionAvailable: 0x2a,
} as const;
const USER_PROPERTY = 0x26;

type Shape = 'flag' | 'uint16' | 'uint32' | 'varint' | 'text' | 'pair';
/** How each property that a client may send is written. Binary data is written like text. */
const shapes: Readonly<Record<number, Shape>> = {
  1: 'flag',
  2: 'uint32',
  3: 'text',
  8: 'text',
  9: 'text',
  11: 'varint',
  17: 'uint32',
  21: 'text',
  22: 'text',
  23: 'flag',
  24: 'uint32',
  25: 'flag',
  31: 'text',
  33: 'uint16',
  34: 'uint16',
  35: 'uint16',
  38: 'pair',
  39: 'uint32',
};

/** Where properties may stand, and which (§2.2.2.2, the table). */
export const allowedIn = {
  connect: new Set([0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27]),
  will: new Set([0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]),
  publish: new Set([0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26]),
  acknowledgement: new Set([0x1f, 0x26]),
  subscribe: new Set([0x0b, 0x26]),
  unsubscribe: new Set([0x26]),
  disconnect: new Set([0x11, 0x1f, 0x26]),
} as const;

/** What was found: numbers as they are, texts by their length in bytes. */
export type Properties = ReadonlyMap<number, number>;
const none: Properties = new Map();

/** A variable byte integer (§1.5.5) and where it ends; undefined while bytes are missing; `refused` past four bytes. */
export function readVarint(
  bytes: Buffer,
  from: number,
): { value: number; end: number } | { refused: Reason } | undefined {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, end: from + i + 1 };
  }
  return { refused: reason.malformed };
}

/** The shortest form, which is the only one (MQTT-1.5.5-1). */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const byte = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? byte | 0x80 : byte);
  } while (left > 0);
  return bytes;
}

/**
 * Reads the properties that begin with their length at `from`. They are checked as far as it takes to say where they end
 * and which they are; a property that is not known, or not of this place, is malformed (§2.2.2.2), one that stands twice a
 * protocol error.
 */
export function readProperties(
  bytes: Buffer,
  from: number,
  allowed: ReadonlySet<number>,
): { readonly values: Properties; readonly end: number } | { readonly refused: Reason } {
  const length = readVarint(bytes, from);
  if (!length) return { refused: reason.malformed };
  if ('refused' in length) return length;
  const end = length.end + length.value;
  if (length.value === 0) return { values: none, end };
  if (end > bytes.length) return { refused: reason.malformed };
  const own = bytes.subarray(0, end);
  const values = new Map<number, number>();
  let at = length.end;
  while (at < end) {
    const id = own[at] as number;
    const shape = shapes[id];
    if (!shape || !allowed.has(id)) return { refused: reason.malformed };
    if (values.has(id) && id !== USER_PROPERTY) return { refused: reason.protocolError };
    const read = readValue(own, at + 1, shape);
    if ('refused' in read) return read;
    values.set(id, read.value);
    at = read.end;
  }
  return { values, end };
}

function readValue(own: Buffer, at: number, shape: Shape): { value: number; end: number } | { refused: Reason } {
  const short = { refused: reason.malformed };
  switch (shape) {
    case 'flag': {
      const value = own[at];
      if (value === undefined) return short;
      return value > 1 ? { refused: reason.protocolError } : { value, end: at + 1 };
    }
    case 'uint16':
      return at + 2 > own.length ? short : { value: own.readUInt16BE(at), end: at + 2 };
    case 'uint32':
      return at + 4 > own.length ? short : { value: own.readUInt32BE(at), end: at + 4 };
    case 'varint':
      return readVarint(own, at) ?? short;
    case 'text':
      return readText(own, at) ?? short;
    case 'pair': {
      const name = readText(own, at);
      return (name && readText(own, name.end)) ?? short;
    }
  }
}

/** A text or binary data with its length before it (§1.5.4, §1.5.6): how long it is, and where it ends. */
export function readText(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  if (at + 2 > bytes.length) return undefined;
  const value = bytes.readUInt16BE(at);
  const end = at + 2 + value;
  return end > bytes.length ? undefined : { value, end };
}
