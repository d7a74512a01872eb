import protobuf from 'protobufjs/minimal.js';
import type { Integer, MetaData, Metric, Payload, PropertySet, PropertyValue, Raw } from './payload.ts';

type Writer = protobuf.Writer;

const tagOf = (field: number, wire: number): number => ((field << 3) | wire) >>> 0;

/**
 * Writes a Sparkplug B payload. Used for commands to edge nodes and by what plays an edge node; data sets and templates cannot be
 * written, as nothing of ours sends them.
 */
export function encodePayload(payload: Payload): Uint8Array {
  const writer = protobuf.Writer.create();
  if (payload.timestamp !== undefined) long(writer.uint32(tagOf(1, 0)), payload.timestamp);
  for (const metric of payload.metrics) {
    writeMetric(writer.uint32(tagOf(2, 2)).fork(), metric);
    writer.ldelim();
  }
  if (payload.seq !== undefined) long(writer.uint32(tagOf(3, 0)), payload.seq);
  if (payload.uuid !== undefined) writer.uint32(tagOf(4, 2)).string(payload.uuid);
  if (payload.body !== undefined) writer.uint32(tagOf(5, 2)).bytes(payload.body);
  return writer.finish();
}

function writeMetric(writer: Writer, metric: Metric): void {
  const { name, alias, timestamp, datatype, isHistorical, isTransient, isNull, metadata, properties, raw } = metric;
  if (name !== undefined) writer.uint32(tagOf(1, 2)).string(name);
  if (alias !== undefined) long(writer.uint32(tagOf(2, 0)), alias);
  if (timestamp !== undefined) long(writer.uint32(tagOf(3, 0)), timestamp);
  if (datatype !== undefined) writer.uint32(tagOf(4, 0)).uint32(datatype);
  if (isHistorical !== undefined) writer.uint32(tagOf(5, 0)).bool(isHistorical);
  if (isTransient !== undefined) writer.uint32(tagOf(6, 0)).bool(isTransient);
  if (isNull !== undefined) writer.uint32(tagOf(7, 0)).bool(isNull);
  if (metadata) {
    writeMetaData(writer.uint32(tagOf(8, 2)).fork(), metadata);
    writer.ldelim();
  }
  if (properties) {
    writePropertySet(writer.uint32(tagOf(9, 2)).fork(), properties);
    writer.ldelim();
  }
  if (raw) writeRaw(writer, raw, 10);
}

/** `first` is the number of `int_value`: 10 in a metric, 3 in a property. */
function writeRaw(writer: Writer, raw: Raw, first: number): void {
  switch (raw.field) {
    case 'int':
      writer.uint32(tagOf(first, 0)).uint32(raw.value >>> 0);
      return;
    case 'long':
      long(writer.uint32(tagOf(first + 1, 0)), raw.value);
      return;
    case 'float':
      writer.uint32(tagOf(first + 2, 5)).float(raw.value);
      return;
    case 'double':
      writer.uint32(tagOf(first + 3, 1)).double(raw.value);
      return;
    case 'boolean':
      writer.uint32(tagOf(first + 4, 0)).bool(raw.value);
      return;
    case 'string':
      writer.uint32(tagOf(first + 5, 2)).string(raw.value);
      return;
    case 'bytes':
      writer.uint32(tagOf(first + 6, 2)).bytes(raw.value);
      return;
    case 'dataset':
    case 'template':
    case 'extension':
      // An empty one: enough to say what it is.
      writer.uint32(tagOf({ dataset: 17, template: 18, extension: 19 }[raw.field], 2)).bytes(new Uint8Array(0));
  }
}

function writeMetaData(writer: Writer, data: MetaData): void {
  if (data.isMultiPart !== undefined) writer.uint32(tagOf(1, 0)).bool(data.isMultiPart);
  if (data.contentType !== undefined) writer.uint32(tagOf(2, 2)).string(data.contentType);
  if (data.size !== undefined) long(writer.uint32(tagOf(3, 0)), data.size);
  if (data.seq !== undefined) long(writer.uint32(tagOf(4, 0)), data.seq);
  if (data.fileName !== undefined) writer.uint32(tagOf(5, 2)).string(data.fileName);
  if (data.fileType !== undefined) writer.uint32(tagOf(6, 2)).string(data.fileType);
  if (data.md5 !== undefined) writer.uint32(tagOf(7, 2)).string(data.md5);
  if (data.description !== undefined) writer.uint32(tagOf(8, 2)).string(data.description);
}

function writePropertySet(writer: Writer, set: PropertySet): void {
  for (const key of set.keys()) writer.uint32(tagOf(1, 2)).string(key);
  for (const value of set.values()) {
    writePropertyValue(writer.uint32(tagOf(2, 2)).fork(), value);
    writer.ldelim();
  }
}

function writePropertyValue(writer: Writer, { type, isNull, raw }: PropertyValue): void {
  if (type !== undefined) writer.uint32(tagOf(1, 0)).uint32(type);
  if (isNull !== undefined) writer.uint32(tagOf(2, 0)).bool(isNull);
  if (raw?.field === 'set') {
    writePropertySet(writer.uint32(tagOf(9, 2)).fork(), raw.value);
    writer.ldelim();
  } else if (raw?.field === 'sets') {
    writer.uint32(tagOf(10, 2)).fork();
    for (const set of raw.value) {
      writePropertySet(writer.uint32(tagOf(1, 2)).fork(), set);
      writer.ldelim();
    }
    writer.ldelim();
  } else if (raw && raw.field !== 'bytes') writeRaw(writer, raw, 3);
}

/** A 64-bit integer, negative ones in two's complement. */
function long(writer: Writer, value: Integer): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  // Byte by byte, as a uint32 varint would go on after 32 bits: the writer's own form wants a Long.
  const low = Number(rest & 0xffffffffn);
  rest >>= 32n;
  writer.uint64({ low: low | 0, high: Number(rest) | 0, unsigned: true } as never);
}
