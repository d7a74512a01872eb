import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/**
 * How much a zip unpacks to, measured and not believed: every member is unpacked once, and given up as soon as all of them
 * together exceed `most` bytes.
 */
export function unpackedBytes(zip: Uint8Array, most: number): number | 'too large' | 'not a zip' {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    let end = zip.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== END) end--;
    if (end < 0) return 'not a zip';
    const count = view.getUint16(end + 10, true);
    let at = view.getUint32(end + 16, true);
    let total = 0;
    for (let index = 0; index < count; index++) {
      if (view.getUint32(at, true) !== ENTRY) return 'not a zip';
      const method = view.getUint16(at + 10, true);
      const packed = view.getUint32(at + 20, true);
      const header = view.getUint32(at + 42, true);
      const begin = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      const member = zip.subarray(begin, begin + packed);
      total += method === 8 ? inflateRawSync(member, { maxOutputLength: most - total + 1 }).length : packed;
      if (total > most) return 'too large';
      at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    return total;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'not a zip';
  }
}
