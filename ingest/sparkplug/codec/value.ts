import { type DatatypeName, datatypeName, datatypes, integerTypes } from './datatypes.ts';
import type { Integer, Raw } from './payload.ts';

/** A decoded value. Arrays are decoded so that they can be shown; no measurement of ours is one. */
export type SparkplugValue = Integer | boolean | string | Uint8Array | readonly (Integer | boolean | string)[];

export type ValueOutcome = { readonly value: SparkplugValue } | { readonly refused: string };

/** What a value field means as `datatype`. Bytes that cannot be it are refused with the reason, never guessed. */
export function readValue(raw: Raw, datatype: number): ValueOutcome {
  const name = datatypeName(datatype);
  if (!name) return { refused: `datatype ${datatype} is not one of the specification` };
  const integer = integerTypes[name];
  if (integer) return integerOf(raw, name, integer.bits, integer.signed);
  switch (name) {
    case 'Float':
    case 'Double':
      return raw.field === 'float' || raw.field === 'double' ? { value: raw.value } : wrongField(raw, name);
    case 'Boolean':
      return raw.field === 'boolean' ? { value: raw.value } : wrongField(raw, name);
    case 'String':
    case 'Text':
    case 'UUID':
      return raw.field === 'string' ? { value: raw.value } : wrongField(raw, name);
    case 'Bytes':
    case 'File':
      return raw.field === 'bytes' ? { value: raw.value } : wrongField(raw, name);
    case 'DataSet':
    case 'Template':
    case 'PropertySet':
    case 'PropertySetList':
      return { refused: `a ${name} is not taken here: send its members as metrics of their own` };
    default:
      return raw.field === 'bytes' ? arrayOf(raw.value, name) : wrongField(raw, name);
  }
}

const wrongField = (raw: Raw, name: DatatypeName): ValueOutcome => ({
  refused: `a ${name} stands in ${raw.field}_value`,
});

/**
 * Signed integers travel in unsigned fields as two's complement. Some senders fill only the type's own bits (Int8 -1 as 0xff), some
 * all 32 (0xffffffff) or, in long_value, all 64: each is unambiguous. Some write UInt32 to long_value; that is read too.
 */
function integerOf(raw: Raw, name: DatatypeName, bits: 8 | 16 | 32 | 64, signed: boolean): ValueOutcome {
  if (raw.field !== 'int' && raw.field !== 'long') return wrongField(raw, name);
  if (!signed) {
    const most = bits === 64 ? Number.POSITIVE_INFINITY : 2 ** bits - 1;
    return raw.value <= most ? { value: raw.value } : outOfRange(raw.value, name);
  }
  if (bits === 64) return { value: narrow(BigInt.asIntN(64, BigInt(raw.field === 'int' ? raw.value | 0 : raw.value))) };
  const wide = BigInt(raw.value);
  const width = raw.field === 'int' ? 32 : 64;
  const asWide = Number(BigInt.asIntN(width, wide));
  const half = 2 ** (bits - 1);
  if (asWide >= -half && asWide < half) return { value: asWide };
  return asWide >= half && asWide < 2 * half ? { value: asWide - 2 * half } : outOfRange(raw.value, name);
}

const outOfRange = (value: Integer, name: DatatypeName): ValueOutcome => ({
  refused: `${value} does not fit in ${name}`,
});

const narrow = (value: bigint): Integer =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** Elements that are decoded of one array. */
const ELEMENTS_MAX = 100_000;

/** Arrays are packed little-endian (chapter 6, "Array Types"). */
function arrayOf(bytes: Uint8Array, name: DatatypeName): ValueOutcome {
  if (name === 'BooleanArray') return booleans(bytes);
  if (name === 'StringArray') return strings(bytes);
  const element = elements[name];
  if (!element) return { refused: `a ${name} is not an array` };
  const [width, read] = element;
  if (bytes.length % width !== 0)
    return { refused: `${bytes.length} bytes are not a whole number of elements of a ${name}` };
  if (bytes.length / width > ELEMENTS_MAX) return { refused: `a ${name} has more than ${ELEMENTS_MAX} elements` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { value: Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width)) };
}

const elements: Partial<Record<DatatypeName, readonly [width: number, read: (view: DataView, at: number) => Integer]>> =
  {
    Int8Array: [1, (view, at) => view.getInt8(at)],
    Int16Array: [2, (view, at) => view.getInt16(at, true)],
    Int32Array: [4, (view, at) => view.getInt32(at, true)],
    Int64Array: [8, (view, at) => narrow(view.getBigInt64(at, true))],
    UInt8Array: [1, (view, at) => view.getUint8(at)],
    UInt16Array: [2, (view, at) => view.getUint16(at, true)],
    UInt32Array: [4, (view, at) => view.getUint32(at, true)],
    UInt64Array: [8, (view, at) => narrow(view.getBigUint64(at, true))],
    FloatArray: [4, (view, at) => view.getFloat32(at, true)],
    DoubleArray: [8, (view, at) => view.getFloat64(at, true)],
    DateTimeArray: [8, (view, at) => narrow(view.getBigUint64(at, true))],
  };

/** A count in four bytes, then bits, the highest of each byte first. */
function booleans(bytes: Uint8Array): ValueOutcome {
  if (bytes.length < 4) return { refused: 'a BooleanArray has no count' };
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (count > ELEMENTS_MAX) return { refused: `a BooleanArray has more than ${ELEMENTS_MAX} elements` };
  if (bytes.length - 4 !== Math.ceil(count / 8))
    return { refused: `a BooleanArray of ${count} has ${bytes.length - 4} bytes` };
  return {
    value: Array.from({ length: count }, (_, i) => (((bytes[4 + (i >> 3)] as number) >> (7 - (i & 7))) & 1) === 1),
  };
}

/** Texts in UTF-8, each ended by a zero byte. */
function strings(bytes: Uint8Array): ValueOutcome {
  if (bytes.length === 0) return { value: [] };
  if (bytes.at(-1) !== 0) return { refused: 'the last text of a StringArray has no end' };
  const texts = Buffer.from(bytes.subarray(0, -1)).toString('utf8').split('\0');
  return texts.length > ELEMENTS_MAX
    ? { refused: `a StringArray has more than ${ELEMENTS_MAX} elements` }
    : { value: texts };
}

/** The value field for a scalar of a datatype, as the specification's table places it. */
export function rawOf(value: Integer | boolean | string | Uint8Array, datatype: number): Raw {
  if (typeof value === 'boolean') return { field: 'boolean', value };
  if (typeof value === 'string') return { field: 'string', value };
  if (value instanceof Uint8Array) return { field: 'bytes', value };
  if (datatype === datatypes.Float) return { field: 'float', value: Number(value) };
  if (datatype === datatypes.Double) return { field: 'double', value: Number(value) };
  const integer = integerTypes[datatypeName(datatype) ?? 'Double'];
  if (!integer) throw new Error(`datatype ${datatype} is no scalar that can be written`);
  if (integer.bits === 64) return { field: 'long', value: unsignedLong(value) };
  // The type's own bits only, as the specification's examples have it.
  return { field: 'int', value: Number(BigInt.asUintN(integer.bits, BigInt(value))) };
}

const unsignedLong = (value: Integer): Integer => {
  const wide = BigInt.asUintN(64, BigInt(value));
  return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
};
