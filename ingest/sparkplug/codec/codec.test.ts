import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatatypeName, datatypes, integerTypes } from './datatypes.ts';
import { decodePayload, payloadLimits } from './decode.ts';
import { encodePayload } from './encode.ts';
import type { Integer, Metric, Payload, PropertySet, PropertyValue } from './payload.ts';
import { rawOf, readValue } from './value.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const decoded = (bytes: Uint8Array): Payload => {
  const outcome = decodePayload(bytes);
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.payload;
};
const narrow = (value: bigint): Integer =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;

const u64 = fc.bigInt(0n, 2n ** 64n - 1n).map(narrow);
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const raw = fc.oneof(
  u32.map((value) => ({ field: 'int' as const, value })),
  u64.map((value) => ({ field: 'long' as const, value })),
  fc.float().map((value) => ({ field: 'float' as const, value })),
  fc.double().map((value) => ({ field: 'double' as const, value })),
  fc.boolean().map((value) => ({ field: 'boolean' as const, value })),
  word.map((value) => ({ field: 'string' as const, value })),
);
const anyRaw = fc.oneof(
  raw,
  fc.uint8Array({ maxLength: 30 }).map((value) => ({ field: 'bytes' as const, value })),
  fc.constantFrom('dataset' as const, 'template' as const, 'extension' as const).map((field) => ({ field })),
);
const { set: properties } = fc.letrec<{ set: PropertySet; value: PropertyValue }>((tie) => ({
  set: fc.array(fc.tuple(word, tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  value: fc.record(
    {
      type: u32,
      isNull: fc.boolean(),
      raw: fc.oneof(
        { maxDepth: 1, depthIdentifier: 'properties' },
        raw,
        tie('set').map((value) => ({ field: 'set' as const, value })),
        fc.array(tie('set'), { maxLength: 3 }).map((value) => ({ field: 'sets' as const, value })),
      ),
    },
    { requiredKeys: [] },
  ),
}));
const metadata = fc.record(
  {
    isMultiPart: fc.boolean(),
    contentType: word,
    size: u64,
    seq: u64,
    fileName: word,
    fileType: word,
    md5: word,
    description: word,
  },
  { requiredKeys: [] },
);
const metric: fc.Arbitrary<Metric> = fc.record(
  {
    name: word,
    alias: u64,
    timestamp: u64,
    datatype: u32,
    isHistorical: fc.boolean(),
    isTransient: fc.boolean(),
    isNull: fc.boolean(),
    metadata,
    properties,
    raw: anyRaw,
  },
  { requiredKeys: [] },
);
const payload: fc.Arbitrary<Payload> = fc.record(
  {
    timestamp: u64,
    metrics: fc.array(metric, { maxLength: 6 }),
    seq: u64,
    uuid: word,
    body: fc.uint8Array({ maxLength: 20 }),
  },
  { requiredKeys: ['metrics'] },
);

describe('a payload', () => {
  it('comes back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(payload, (given) => {
        expect(decoded(encodePayload(given))).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('has the bytes that the field numbers of the specification give', () => {
    const bytes = encodePayload({
      timestamp: 1,
      seq: 255,
      metrics: [{ name: 'a', alias: 2, timestamp: 3, datatype: datatypes.Int32, raw: { field: 'int', value: 5 } }],
    });
    // 1: timestamp; 2: metric { 1: name, 2: alias, 3: timestamp, 4: datatype, 10: int_value }; 3: seq
    expect(Buffer.from(bytes)).toEqual(Buffer.from(hex('0801 120b 0a0161 1002 1803 2003 5005 18ff01')));
  });

  it('skips fields that it does not know, as extensions are', () => {
    expect(decoded(hex('0801 32 03 010203 1801'))).toEqual({ timestamp: 1, metrics: [], seq: 1 });
  });

  it('never throws, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const outcome = decodePayload(bytes);
        expect('payload' in outcome || outcome.refused.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws where good bytes were cut or one of them changed', () => {
    fc.assert(
      fc.property(payload, fc.nat(), fc.nat(255), (given, at, byte) => {
        const bytes = encodePayload(given);
        decodePayload(bytes.subarray(0, at % (bytes.length + 1)));
        const wrong = Uint8Array.from(bytes);
        if (wrong.length > 0) wrong[at % wrong.length] = byte;
        decodePayload(wrong);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['text', Buffer.from('{"alarm.ch4": 3.2}'), 'not protobuf'],
    ['a metric that is cut off', hex('12 20 0a'), 'not protobuf'],
    ['a name where a number belongs', hex('0a 01 61'), 'wire type'],
    ['a property set with a key too many', hex('12 08 4a 06 0a0161 0a0162'), '2 keys and 0 values'],
  ])('of %s is refused with the reason', (_what, bytes, reason) => {
    expect(decodePayload(bytes)).toEqual({ refused: expect.stringContaining(reason) });
  });

  it('stays within its limits of bytes, metrics, properties and depth', () => {
    const refusedAt = (bytes: Uint8Array, limits = payloadLimits) => {
      const outcome = decodePayload(bytes, limits);
      return 'refused' in outcome ? outcome.refused : '';
    };
    expect(refusedAt(new Uint8Array(11), { ...payloadLimits, bytes: 10 })).toContain('11 bytes');
    expect(refusedAt(encodePayload({ metrics: [{}, {}, {}] }), { ...payloadLimits, metrics: 2 })).toContain(
      'more than 2 metrics',
    );
    const many = new Map(Array.from({ length: 300 }, (_, i) => [`p${i}`, {} as PropertyValue]));
    expect(refusedAt(encodePayload({ metrics: [{ properties: many }] }))).toContain('more than 256 properties');
    let nested: PropertySet = new Map();
    for (let i = 0; i < 6; i++) nested = new Map([['p', { raw: { field: 'set', value: nested } }]]);
    expect(refusedAt(encodePayload({ metrics: [{ properties: nested }] }))).toContain('nested more than 4 deep');
    const sets = { field: 'sets' as const, value: Array.from({ length: 1000 }, () => new Map()) };
    expect(refusedAt(encodePayload({ metrics: [{ properties: new Map([['p', { raw: sets }]]) }] }))).toContain(
      'more than 256',
    );
  });
});

describe('a value', () => {
  const value = (name: DatatypeName, given: Integer | boolean | string | Uint8Array) =>
    readValue(rawOf(given, datatypes[name]), datatypes[name]);

  it('of every integer type comes back exactly, at both ends of its range too', () => {
    for (const [name, { bits, signed }] of Object.entries(integerTypes)) {
      const low = signed ? -(2n ** BigInt(bits - 1)) : 0n;
      const high = low + 2n ** BigInt(bits) - 1n;
      fc.assert(
        fc.property(fc.oneof(fc.bigInt(low, high), fc.constantFrom(low, high)), (given) => {
          expect(value(name as DatatypeName, narrow(given))).toEqual({ value: narrow(given) });
        }),
        { numRuns: 50 },
      );
    }
  });

  it('beyond what a double holds stays a bigint with its last digit', () => {
    expect(value('Int64', -9007199254740993n)).toEqual({ value: -9007199254740993n });
    expect(value('UInt64', 18446744073709551615n)).toEqual({ value: 18446744073709551615n });
    const bytes = encodePayload({ metrics: [{ raw: rawOf(-9007199254740993n, datatypes.Int64) }] });
    expect(readValue(decoded(bytes).metrics[0]?.raw as never, datatypes.Int64)).toEqual({ value: -9007199254740993n });
  });

  it.each([
    // tck-id-payloads-metric-datatype-value: every scalar of the table
    ['Float', 1.5],
    ['Double', 0.1],
    ['Boolean', true],
    ['String', '开'],
    ['Text', 'long'],
    ['UUID', '2c0e2b2c-7f2e-4b6e-9d2e-1e2d3c4b5a69'],
    ['Bytes', new Uint8Array([1, 2])],
    ['File', new Uint8Array([3])],
    ['DateTime', 1_795_361_715_000],
  ] as const)('of type %s is read', (name, given) => {
    expect(value(name, given)).toEqual({ value: given });
  });

  it.each([
    ['Int8', 'int', 0xff, -1],
    ['Int8', 'int', 0xffffffff, -1],
    ['Int16', 'int', 0x8000, -32768],
    ['Int32', 'int', 0xfffffffe, -2],
    ['UInt32', 'long', 4294967295, 4294967295],
    ['Int32', 'long', 18446744073709551614n, -2],
  ] as const)('of type %s that another maker wrote to %s_value as %s is %s', (name, field, given, want) => {
    expect(readValue({ field, value: given } as never, datatypes[name])).toEqual({ value: want });
  });

  it.each([
    ['Int8', { field: 'int', value: 300 }, '300 does not fit in Int8'],
    ['UInt8', { field: 'int', value: 256 }, '256 does not fit in UInt8'],
    ['Int32', { field: 'string', value: '5' }, 'stands in string_value'],
    ['Boolean', { field: 'int', value: 1 }, 'stands in int_value'],
    ['Template', { field: 'template' }, 'a Template is not taken here'],
    ['DataSet', { field: 'dataset' }, 'a DataSet is not taken here'],
    ['Int16Array', { field: 'bytes', value: new Uint8Array(3) }, 'not a whole number of elements'],
    ['BooleanArray', { field: 'bytes', value: hex('ffffffff') }, 'more than'],
    ['StringArray', { field: 'bytes', value: hex('6162') }, 'has no end'],
  ] as const)('of type %s that cannot be one is refused with the reason', (name, given, reason) => {
    expect(readValue(given as never, datatypes[name])).toEqual({ refused: expect.stringContaining(reason) });
  });

  it.each([
    // The examples of chapter 6; that of Int8Array says 0xEF for -23, which is -17.
    ['Int8Array', 'ef7b', [-17, 123]],
    ['Int16Array', 'd08a3075', [-30000, 30000]],
    ['Int32Array', 'fffffffffaafcb12', [-1, 315338746]],
    ['Int64Array', 'feffffffffffffff', [-2]],
    ['UInt8Array', '17fa', [23, 250]],
    ['UInt16Array', '1e0088cc', [30, 52360]],
    ['UInt32Array', '3400000049fb55c4', [52, 3293969225]],
    ['UInt64Array', '3400000000000000d99e02d1b27637e4', [52, 16444743074749521625n]],
    // Written big-endian in the specification's examples, against its own text, which counts.
    ['FloatArray', '0000c03f', [1.5]],
    ['DoubleArray', '000000000000f8bf', [-1.5]],
    ['BooleanArray', '0c00000034d0', [false, false, true, true, false, true, false, false, true, true, false, true]],
    ['StringArray', '4142430068656c6c6f00', ['ABC', 'hello']],
    ['DateTimeArray', 'c7d0907524010000b8bab89781010000', [1256102875335, 1656107875000]],
  ] as const)('of type %s is decoded as the specification packs it', (name, bytes, want) => {
    expect(readValue({ field: 'bytes', value: hex(bytes) }, datatypes[name])).toEqual({ value: want });
  });

  it('of a datatype that does not exist is refused', () => {
    expect(readValue({ field: 'int', value: 1 }, 99)).toEqual({ refused: expect.stringContaining('99') });
  });
});

/** A birth with every scalar type and some arrays, written by pysparkplug 0.6.1 from values of ours. */
describe('a birth written by another implementation', () => {
  const fileOf = (name: string) => readFileSync(new URL(`cases/pysparkplug-nbirth/${name}`, import.meta.url), 'utf8');
  const bytes = hex(fileOf('input.hex').trim());
  const shown = (value: unknown): unknown => {
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
    return Array.isArray(value) ? value.map(shown) : value;
  };

  it('is read with every value exact', () => {
    const { timestamp, seq, metrics } = decoded(bytes);
    const read = metrics.map(({ raw, datatype = 0, metadata: _, properties: __, ...metric }) => {
      const outcome = raw && readValue(raw, datatype);
      return { ...metric, ...(outcome && 'value' in outcome && { value: shown(outcome.value) }) };
    });
    expect({ timestamp, seq, metrics: read }).toEqual(JSON.parse(fileOf('expected.json')));
  });

  it('is written byte for byte as that implementation wrote it', () => {
    expect(Buffer.from(encodePayload(decoded(bytes)))).toEqual(Buffer.from(bytes));
  });
});
