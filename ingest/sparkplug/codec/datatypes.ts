/** Sparkplug B datatypes by their number in the specification (chapter 6, "Data Types"). */
export const datatypes = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
  PropertySet: 20,
  PropertySetList: 21,
  Int8Array: 22,
  Int16Array: 23,
  Int32Array: 24,
  Int64Array: 25,
  UInt8Array: 26,
  UInt16Array: 27,
  UInt32Array: 28,
  UInt64Array: 29,
  FloatArray: 30,
  DoubleArray: 31,
  BooleanArray: 32,
  StringArray: 33,
  DateTimeArray: 34,
} as const;

export type DatatypeName = keyof typeof datatypes;
export type Datatype = (typeof datatypes)[DatatypeName];

const names = new Map<number, DatatypeName>(
  Object.entries(datatypes).map(([name, code]) => [code, name as DatatypeName]),
);

/** The name of a datatype's number; undefined for a number that the specification does not have. */
export const datatypeName = (code: number): DatatypeName | undefined => names.get(code);

/** Bits and sign of the integer types; a DateTime travels as an unsigned 64-bit integer. */
export const integerTypes: Readonly<
  Partial<Record<DatatypeName, { readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }>>
> = {
  Int8: { bits: 8, signed: true },
  Int16: { bits: 16, signed: true },
  Int32: { bits: 32, signed: true },
  Int64: { bits: 64, signed: true },
  UInt8: { bits: 8, signed: false },
  UInt16: { bits: 16, signed: false },
  UInt32: { bits: 32, signed: false },
  UInt64: { bits: 64, signed: false },
  DateTime: { bits: 64, signed: false },
};

/** What a datatype's values are to a measurement; `other` cannot be one. */
export function kindOfDatatype(name: DatatypeName): 'number' | 'boolean' | 'text' | 'other' {
  if (name === 'Boolean') return 'boolean';
  if (name === 'Float' || name === 'Double' || name in integerTypes) return 'number';
  return name === 'String' || name === 'Text' || name === 'UUID' ? 'text' : 'other';
}
