import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type JournalCodec, jsonCodec, type Packed } from './journal.ts';

/** Beyond it a block is no block of ours: a damaged one must not fill the memory, bytes. */
const largestUnpacked = 256 * 1024 * 1024;

/**
 * JSON packed with Zstandard: for journals whose blocks hold many entries that resemble each other and wait long. Blocks of a
 * few thousand readings come to about an eighth of their text; a block of one gains nothing.
 */
export function packedCodec<T>(version: number): JournalCodec<T> {
  const plain = jsonCodec<T>(version);
  return {
    version,
    encode: (entries) =>
      zstdCompressSync(asBytes(plain.encode(entries)), {
        params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
      }),
    decode: (found, packed) =>
      plain.decode(found, zstdDecompressSync(asBytes(packed), { maxOutputLength: largestUnpacked })),
  };
}

const asBytes = (packed: Packed): Uint8Array => (typeof packed === 'string' ? Buffer.from(packed) : packed);
