import sharp, { type Sharp } from 'sharp';
import type { Refusal } from '../../../devices/contract/command.ts';
import { exifFacts, type PhotoClock, type PhotoFacts } from './exif-facts.ts';
import { MOST_BYTES, MOST_PIXELS, photoRefusals } from './refusals.ts';

/** A picture made anew from what arrived: three JPEGs without any metadata, and what the original said of itself. */
export interface Developed extends PhotoFacts {
  readonly picture: Buffer;
  readonly thumb: Buffer;
  /** The whole picture so blurred that no face and no number plate can be told. */
  readonly blurred: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Longest edge and JPEG quality, tried in turn until the picture is small enough; the last is taken as it comes. */
const tries = [
  [1600, 82],
  [1600, 70],
  [1600, 58],
  [1280, 58],
  [1024, 50],
  [800, 40],
] as const;
const MOST_KEPT_BYTES = 500_000;
const THUMB_EDGE = 320;
/** What is left of a picture for those who may not see faces: a face that fills it whole is some twenty dots. */
const BLURRED_DOTS = 24;

// Only these three can be opened in this process, whatever a file pretends to be: libvips could read SVG, PDF and more.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
// One core at most, and no memory held between pictures: alarms need both more.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Opens a picture, turns it upright, reads time and place, and encodes it anew: at most 1600 px and 500 kB, with a thumbnail of
 * 320 px and a blurred picture. What is too large, no picture, or damaged is refused; a bomb is refused by its header.
 */
export async function develop(bytes: Buffer, clock: PhotoClock): Promise<Developed | { readonly refused: Refusal }> {
  const refused = refusalOf(bytes);
  if (refused) return { refused };
  try {
    const { width, height, exif } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height > MOST_PIXELS) return { refused: photoRefusals.tooManyPixels(width, height) };
    const { data: picture, info } = await smallEnough(bytes);
    const thumb = await within(sharp(picture), THUMB_EDGE).jpeg({ quality: 70, mozjpeg: true }).toBuffer();
    const blurred = await blur(thumb);
    return { picture, thumb, blurred, width: info.width, height: info.height, ...exifFacts(exif, clock) };
  } catch (err) {
    return { refused: photoRefusals.damaged((err as Error).message.split('\n', 1)[0]!.slice(0, 200)) };
  }
}

/** What the first bytes tell. */
function refusalOf(bytes: Buffer): Refusal | null {
  if (bytes.length === 0) return photoRefusals.none;
  if (bytes.length > MOST_BYTES) return photoRefusals.tooLarge;
  const head = bytes.toString('latin1', 0, 12);
  if (/^\xff\xd8\xff/.test(head) || head.startsWith('\x89PNG\r\n\x1a\n') || /^RIFF.{4}WEBP$/s.test(head)) return null;
  return /^.{4}ftyp(hei|hev|mif|msf)/s.test(head) ? photoRefusals.heic : photoRefusals.notAPicture(bytes.length);
}

const open = (bytes: Buffer): Sharp => sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });

const within = (picture: Sharp, edge: number): Sharp =>
  picture.resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true });

async function smallEnough(bytes: Buffer) {
  for (const [i, [edge, quality]] of tries.entries()) {
    const made = await within(open(bytes).autoOrient(), edge)
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality, mozjpeg: true })
      .toBuffer({ resolveWithObject: true });
    if (made.data.length <= MOST_KEPT_BYTES || i === tries.length - 1) return made;
  }
  throw new Error('there is always a last try');
}

/** Made of a few dots, so that nothing can be sharpened out of it again. */
async function blur(thumb: Buffer): Promise<Buffer> {
  const dots = await within(sharp(thumb), BLURRED_DOTS).png().toBuffer();
  const { width = 1, height = 1 } = await sharp(thumb).metadata();
  return sharp(dots).resize({ width, height, fit: 'fill', kernel: 'cubic' }).blur(6).jpeg({ quality: 60 }).toBuffer();
}
