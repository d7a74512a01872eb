import { describe, expect, it } from 'vitest';
import { JournalVersion, jsonCodec } from './journal.ts';
import { packedCodec } from './packed-codec.ts';

const rows = Array.from({ length: 2000 }, (_, n) => ({
  device: `d-${n % 50}`,
  ts: 1_790_000_000_000 + n * 1200,
  values: { 'gully.level': (n * 7919) % 3000 },
}));

describe('packed blocks', () => {
  it('give back what went in, in a fraction of the bytes', () => {
    const codec = packedCodec<object>(1);
    const packed = codec.encode(rows);
    expect(codec.decode(1, packed)).toEqual(rows);
    expect(packed.length).toBeLessThan((jsonCodec(1).encode(rows) as string).length / 6);
  });

  it('are refused where they are of a version that is not known, or damaged', () => {
    const codec = packedCodec<object>(3);
    const packed = codec.encode(rows) as Uint8Array;
    expect(() => codec.decode(5, packed)).toThrow(JournalVersion);
    const damaged = Uint8Array.from(packed);
    damaged[damaged.length >> 1]! ^= 0xff;
    expect(() => codec.decode(3, damaged)).toThrow();
  });
});
