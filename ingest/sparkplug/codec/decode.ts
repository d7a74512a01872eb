import protobuf from 'protobufjs/minimal.js';
import type { Integer, MetaData, Metric, Payload, PropertySet, PropertyValue, Raw } from './payload.ts';

type Reader = protobuf.Reader;

/** How much of a payload is read. A foreign message costs no more than this, whatever its bytes say. */
export interface PayloadLimits {
  readonly bytes: number;
  readonly metrics: number;
  /** Properties of one metric, those of nested sets included. */
  readonly properties: number;
  /** Property sets within property sets. */
  readonly depth: number;
}

export const payloadLimits: PayloadLimits = { bytes: 4_194_304, metrics: 20_000, properties: 256, depth: 4 };

export type Decoded = { readonly payload: Payload } | { readonly refused: string };

/** A limit that was passed; caught by {@link decodePayload} alone. */
class TooMuch extends Error {}

/**
 * Reads a Sparkplug B payload (field numbers of the specification's protobuf definition). Never throws: bytes that are no such
 * payload, or more than the limits allow, are refused in words. Unknown fields are skipped, as protobuf asks. Templates and data
 * sets are recognised and not looked into.
 */
export function decodePayload(bytes: Uint8Array, limits: PayloadLimits = payloadLimits): Decoded {
  if (bytes.length > limits.bytes)
    return { refused: `the payload has ${bytes.length} bytes, at most ${limits.bytes} are read` };
  try {
    return { payload: readPayload(protobuf.Reader.create(bytes), limits) };
  } catch (err) {
    return { refused: err instanceof TooMuch ? err.message : `the bytes are not protobuf: ${(err as Error).message}` };
  }
}

/** A wire type other than the field's own: the bytes are something else. */
function expectWire(tag: number, wire: number): void {
  if ((tag & 7) !== wire) throw new Error(`field ${tag >>> 3} has wire type ${tag & 7}, not ${wire}`);
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Reads the fields of one message up to `end`; `take` hands back false for a field that it does not know. */
function readFields(reader: Reader, end: number, take: (field: number, tag: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new Error('a field has number 0');
    if (!take(tag >>> 3, tag)) reader.skipType(tag & 7, 0, tag >>> 3);
  }
  if (reader.pos !== end) throw new Error('a part is longer than it says');
}

/** Where the length-delimited part that begins here ends. */
function endOf(reader: Reader, tag: number): number {
  expectWire(tag, BYTES);
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new Error('a part is longer than the message');
  return end;
}

function readPayload(reader: Reader, limits: PayloadLimits): Payload {
  const payload: Mutable<Payload> & { metrics: Metric[] } = { metrics: [] };
  readFields(reader, reader.len, (field, tag) => {
    switch (field) {
      case 1:
        payload.timestamp = unsigned64(reader, tag);
        return true;
      case 2:
        if (payload.metrics.length >= limits.metrics)
          throw new TooMuch(`the payload has more than ${limits.metrics} metrics`);
        payload.metrics.push(readMetric(reader, endOf(reader, tag), limits));
        return true;
      case 3:
        payload.seq = unsigned64(reader, tag);
        return true;
      case 4:
        payload.uuid = text(reader, tag);
        return true;
      case 5:
        payload.body = blob(reader, tag);
        return true;
      default:
        return false;
    }
  });
  return payload;
}

/** A straight list of fields: longer than most functions here, and nothing but the specification's table. */
function readMetric(reader: Reader, end: number, limits: PayloadLimits): Metric {
  const metric: Mutable<Metric> = {};
  readFields(reader, end, (field, tag) => {
    switch (field) {
      case 1:
        metric.name = text(reader, tag);
        return true;
      case 2:
        metric.alias = unsigned64(reader, tag);
        return true;
      case 3:
        metric.timestamp = unsigned64(reader, tag);
        return true;
      case 4:
        metric.datatype = unsigned32(reader, tag);
        return true;
      case 5:
        metric.isHistorical = bool(reader, tag);
        return true;
      case 6:
        metric.isTransient = bool(reader, tag);
        return true;
      case 7:
        metric.isNull = bool(reader, tag);
        return true;
      case 8:
        metric.metadata = readMetaData(reader, endOf(reader, tag));
        return true;
      case 9:
        metric.properties = readPropertySet(reader, endOf(reader, tag), limits, 1, { properties: 0 });
        return true;
      default: {
        const raw = readRaw(reader, field - 10, tag) ?? readOpaque(reader, field, tag);
        if (raw) metric.raw = raw;
        return raw !== undefined;
      }
    }
  });
  return metric;
}

/** The scalar fields of a value; `offset` counts from `int_value`, which metrics and properties number differently. */
function readRaw(reader: Reader, offset: number, tag: number): Raw | undefined {
  switch (offset) {
    case 0:
      return { field: 'int', value: unsigned32(reader, tag) };
    case 1:
      return { field: 'long', value: unsigned64(reader, tag) };
    case 2:
      expectWire(tag, FIXED32);
      return { field: 'float', value: reader.float() };
    case 3:
      expectWire(tag, FIXED64);
      return { field: 'double', value: reader.double() };
    case 4:
      return { field: 'boolean', value: bool(reader, tag) };
    case 5:
      return { field: 'string', value: text(reader, tag) };
    default:
      return undefined;
  }
}

function readOpaque(reader: Reader, field: number, tag: number): Raw | undefined {
  if (field === 16) return { field: 'bytes', value: blob(reader, tag) };
  const kind = field === 17 ? 'dataset' : field === 18 ? 'template' : field === 19 ? 'extension' : undefined;
  if (!kind) return undefined;
  reader.pos = endOf(reader, tag);
  return { field: kind };
}

function readMetaData(reader: Reader, end: number): MetaData {
  const data: Mutable<MetaData> = {};
  readFields(reader, end, (field, tag) => {
    if (field === 1) data.isMultiPart = bool(reader, tag);
    else if (field === 2) data.contentType = text(reader, tag);
    else if (field === 3) data.size = unsigned64(reader, tag);
    else if (field === 4) data.seq = unsigned64(reader, tag);
    else if (field === 5) data.fileName = text(reader, tag);
    else if (field === 6) data.fileType = text(reader, tag);
    else if (field === 7) data.md5 = text(reader, tag);
    else if (field === 8) data.description = text(reader, tag);
    else return false;
    return true;
  });
  return data;
}

interface Count {
  properties: number;
}

function readPropertySet(reader: Reader, end: number, limits: PayloadLimits, depth: number, count: Count): PropertySet {
  if (depth > limits.depth) throw new TooMuch(`property sets are nested more than ${limits.depth} deep`);
  const keys: string[] = [];
  const values: PropertyValue[] = [];
  const counted = () => {
    if (++count.properties > limits.properties * 2)
      throw new TooMuch(`a metric has more than ${limits.properties} properties`);
  };
  readFields(reader, end, (field, tag) => {
    if (field === 1) keys.push(text(reader, tag));
    else if (field === 2) values.push(readPropertyValue(reader, endOf(reader, tag), limits, depth, count));
    else return false;
    counted();
    return true;
  });
  // tck-id-payloads-propertyset-keys-array-size: which value belongs to which key is not to be guessed.
  if (keys.length !== values.length)
    throw new Error(`a property set has ${keys.length} keys and ${values.length} values`);
  return new Map(keys.map((key, i) => [key, values[i] as PropertyValue]));
}

function readPropertyValue(
  reader: Reader,
  end: number,
  limits: PayloadLimits,
  depth: number,
  count: Count,
): PropertyValue {
  const property: Mutable<PropertyValue> = {};
  readFields(reader, end, (field, tag) => {
    if (field === 1) property.type = unsigned32(reader, tag);
    else if (field === 2) property.isNull = bool(reader, tag);
    else if (field === 9) {
      property.raw = { field: 'set', value: readPropertySet(reader, endOf(reader, tag), limits, depth + 1, count) };
    } else if (field === 10) {
      property.raw = { field: 'sets', value: readPropertySets(reader, endOf(reader, tag), limits, depth + 1, count) };
    } else {
      const raw = readRaw(reader, field - 3, tag);
      if (raw) property.raw = raw;
      return raw !== undefined;
    }
    return true;
  });
  return property;
}

function readPropertySets(
  reader: Reader,
  end: number,
  limits: PayloadLimits,
  depth: number,
  count: Count,
): PropertySet[] {
  const sets: PropertySet[] = [];
  readFields(reader, end, (field, tag) => {
    if (field !== 1) return false;
    // Empty sets count too: a list of a million of them is small in bytes.
    if (++count.properties > limits.properties * 2)
      throw new TooMuch(`a metric has more than ${limits.properties} properties`);
    sets.push(readPropertySet(reader, endOf(reader, tag), limits, depth, count));
    return true;
  });
  return sets;
}

function unsigned32(reader: Reader, tag: number): number {
  expectWire(tag, VARINT);
  return reader.uint32();
}

function unsigned64(reader: Reader, tag: number): Integer {
  expectWire(tag, VARINT);
  const { high, low } = reader.uint64() as { high: number; low: number };
  // Up to 2^53 - 1 a double is exact.
  if (high >>> 0 < 0x200000) return (high >>> 0) * 4_294_967_296 + (low >>> 0);
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function bool(reader: Reader, tag: number): boolean {
  expectWire(tag, VARINT);
  return reader.bool();
}

function text(reader: Reader, tag: number): string {
  expectWire(tag, BYTES);
  return reader.string();
}

/** A copy: what is kept must not hold on to the whole packet. */
function blob(reader: Reader, tag: number): Uint8Array {
  expectWire(tag, BYTES);
  return Uint8Array.from(reader.bytes());
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
