import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { shot, somewhere } from '../../../test/support/pictures.ts';
import { type Developed, develop } from './develop.ts';

const clock = { offsetAt: () => 8 * 3_600_000, now: Date.UTC(2026, 10, 22, 12) };
const developed = async (bytes: Buffer): Promise<Developed> => {
  const made = await develop(bytes, clock);
  if ('refused' in made) throw new Error(made.refused.en);
  return made;
};
const refusal = async (bytes: Buffer) => {
  const made = await develop(bytes, clock);
  return 'refused' in made ? made.refused : null;
};

/** Every marker of a JPEG up to its image data, by its second byte: e1 is EXIF and XMP, e2 a colour profile, ed IPTC, fe a comment. */
function markersOf(jpeg: Buffer): string[] {
  const found: string[] = [];
  for (let at = 2; jpeg[at] === 0xff && jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2))
    found.push(jpeg[at + 1]!.toString(16));
  return found;
}

describe('a picture that is taken in', () => {
  it.each(['jpeg', 'webp', 'png'] as const)(
    'of %s: time and place are read, and then nothing of them is left',
    async (format) => {
      const bytes = await shot({ format, taken: '2026:11:22 10:05:06', offset: '+08:00', gps: somewhere });
      expect(bytes.includes('Testcam')).toBe(true);
      const made = await developed(bytes);
      expect(made).toMatchObject({
        takenAt: Date.UTC(2026, 10, 22, 2, 5, 6),
        place: { lat: 29.623472, lon: 124.56 },
        width: 640,
        height: 480,
      });
      for (const file of [made.picture, made.thumb, made.blurred]) {
        expect(markersOf(file).filter((marker) => /^(e[1-9a-f]|fe)$/.test(marker))).toEqual([]);
        for (const told of ['Testcam', 'somebody', 'Exif', 'GPS', '2026:11', 'http://ns.adobe.com'])
          expect(file.includes(told)).toBe(false);
        expect((await sharp(file).metadata()).exif).toBeUndefined();
      }
    },
  );

  it('is at most 1600 px and 500 kB however large and grainy it was, its thumbnail 320 px', async () => {
    const made = await developed(await shot({ width: 4000, height: 3000, grain: 60 }));
    expect(Math.max(made.width, made.height)).toBeLessThanOrEqual(1600);
    expect(made.picture.length).toBeLessThanOrEqual(500_000);
    expect(await sharp(made.thumb).metadata()).toMatchObject({ width: 320, height: 240, format: 'jpeg' });
  });

  it('stands upright: what the camera says of its turning is applied', async () => {
    const lying = await sharp(await shot({ width: 400, height: 200 }))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const made = await developed(lying);
    expect([made.width, made.height]).toEqual([200, 400]);
    // What was above is now on the right.
    const [red, , blue] = await sharp(made.picture)
      .extract({ left: 180, top: 200, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect(red).toBeGreaterThan(blue! + 100);
  });

  it('blurred, it has lost every line thinner than a face', async () => {
    const stripes = Buffer.alloc(640 * 480 * 3, 0);
    for (let i = 0; i < 640 * 480; i++) stripes.fill(i % 16 < 8 ? 255 : 0, i * 3, i * 3 + 3);
    const bytes = await sharp(stripes, { raw: { width: 640, height: 480, channels: 3 } })
      .png()
      .toBuffer();
    const made = await developed(bytes);
    const contrast = async (file: Buffer) => (await sharp(file).stats()).channels[0]!.stdev;
    expect(await contrast(made.picture)).toBeGreaterThan(80);
    expect(await contrast(made.blurred)).toBeLessThan(8);
    const { width, height } = await sharp(made.thumb).metadata();
    expect(await sharp(made.blurred).metadata()).toMatchObject({ width, height });
  });

  it('the same bytes give the same picture, byte for byte', async () => {
    const bytes = await shot({ grain: 20 });
    expect((await developed(bytes)).picture.equals((await developed(bytes)).picture)).toBe(true);
  });
});

describe('what a picture says of time and place', () => {
  it.each([
    [
      'in the zone the camera names',
      { taken: '2026:11:22 10:05:06', offset: '-03:30' },
      Date.UTC(2026, 10, 22, 13, 35, 6),
      null,
    ],
    ['in the city’s zone where it names none', { taken: '2026:11:22 10:05:06' }, Date.UTC(2026, 10, 22, 2, 5, 6), null],
    ['not, where the camera lost its clock', { taken: '1980:01:01 00:00:00' }, null, null],
    ['not, where it is from next year', { taken: '2027:11:22 10:05:06' }, null, null],
    ['not at all', {}, null, null],
    ['south and west', { gps: { ...somewhere, latRef: 'S', lonRef: 'W' } }, null, { lat: -29.623472, lon: -124.56 }],
    [
      'not, where a camera without a fix writes zeros',
      { gps: { ...somewhere, lat: '0/1 0/1 0/1', lon: '0/1 0/1 0/1' } },
      null,
      null,
    ],
    ['not, where it cannot be', { gps: { ...somewhere, lat: '95/1 0/1 0/1' } }, null, null],
  ] as const)('is taken %s', async (_, told, takenAt, place) => {
    expect(await developed(await shot(told))).toMatchObject({ takenAt, place });
  });
});

describe('refused in both languages, with what to do', () => {
  const cut = async (bytes: Promise<Buffer>, share: number) => {
    const whole = await bytes;
    return whole.subarray(0, Math.floor(whole.length * share));
  };
  it.each([
    ['half a JPEG, as a lost connection leaves it', () => cut(shot({ grain: 30 }), 0.5), 'photo-damaged'],
    ['half a PNG', () => cut(shot({ grain: 30, format: 'png' }), 0.5), 'photo-damaged'],
    ['half a WebP', () => cut(shot({ grain: 30, format: 'webp' }), 0.5), 'photo-damaged'],
    ['the first bytes of a JPEG and nothing else', async () => Buffer.from('ffd8ffe000104a46', 'hex'), 'photo-damaged'],
    ['a bomb: a small PNG that unpacks to 900 million pixels', async () => bomb(30_000), 'photo-too-many-pixels'],
    [
      'an SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'photo-format',
    ],
    ['a text with another name', async () => Buffer.from('hello, I am evidence.jpg'), 'photo-format'],
    ['a GIF', async () => Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'), 'photo-format'],
    ['HEIC', async () => Buffer.from('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00', 'latin1'), 'photo-heic'],
    ['nothing', async () => Buffer.alloc(0), 'photo-missing'],
    ['16 MB', async () => Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.alloc(16_000_000)]), 'photo-too-large'],
  ])('%s', async (_, make, code) => {
    const refused = await refusal(await make());
    expect(refused?.code).toBe(code);
    expect(refused?.zh).toMatch(/[：，].*[传拍取]|multipart/);
    expect(refused?.en.length).toBeGreaterThan(40);
  });
});

/** A PNG of `edge` × `edge` black dots: a few hundred kilobytes that unpack to gigabytes. */
function bomb(edge: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(edge, 0);
  header.writeUInt32BE(edge, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(edge / 8) + 1) * edge), { level: 1 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let i = 0; i < 8; i++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
