import readExif from 'exif-reader';

/** What a picture says of itself before that is taken out of it. */
export interface PhotoFacts {
  /** When it was taken, ms; null where it does not say, or says what cannot be. */
  readonly takenAt: number | null;
  /** Where, WGS-84 as cameras write it; null likewise. */
  readonly place: { readonly lon: number; readonly lat: number } | null;
}

/** How the picture's clock is understood. */
export interface PhotoClock {
  /** Offset of the city's time zone (ms) for cameras that do not name theirs. */
  readonly offsetAt: (at: number) => number;
  /** Now, ms: no picture is from the future. */
  readonly now: number;
}

const MOST_EXIF_BYTES = 262_144;
const DAY = 86_400_000;
/** Cameras that lost their clock begin here or before. */
const EARLIEST = Date.UTC(2005, 0, 1);

/** Time and place out of a picture's EXIF (CIPA DC-008). Whatever cannot be read is left out: no picture is refused for its metadata. */
export function exifFacts(exif: Buffer | undefined, clock: PhotoClock): PhotoFacts {
  if (!exif || exif.length > MOST_EXIF_BYTES) return { takenAt: null, place: null };
  try {
    const { Photo, GPSInfo } = readExif(exif);
    const taken = Photo?.DateTimeOriginal ?? Photo?.DateTimeDigitized;
    return { takenAt: momentOf(taken, Photo?.OffsetTimeOriginal, clock), place: placeOf(GPSInfo ?? {}) };
  } catch {
    return { takenAt: null, place: null };
  }
}

/** EXIF writes wall time; the reader hands it over as if it were UTC. */
function momentOf(wall: unknown, offset: unknown, { offsetAt, now }: PhotoClock): number | null {
  if (!(wall instanceof Date) || Number.isNaN(wall.getTime())) return null;
  const named = typeof offset === 'string' ? /^([+-])(\d{2}):(\d{2})/.exec(offset) : null;
  const offsetMs = named
    ? (named[1] === '-' ? -1 : 1) * (Number(named[2]) * 60 + Number(named[3])) * 60_000
    : offsetAt(wall.getTime());
  const at = wall.getTime() - offsetMs;
  return at >= EARLIEST && at <= now + DAY ? at : null;
}

function placeOf(gps: Readonly<Record<string, unknown>>): PhotoFacts['place'] {
  const lat = degreesOf(gps.GPSLatitude, gps.GPSLatitudeRef === 'S');
  const lon = degreesOf(gps.GPSLongitude, gps.GPSLongitudeRef === 'W');
  if (lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  // What cameras without a fix write.
  return lat === 0 && lon === 0 ? null : { lon, lat };
}

/** Degrees, minutes, seconds; to a tenth of a metre. */
function degreesOf(parts: unknown, negative: boolean): number | null {
  if (!Array.isArray(parts) || parts.length === 0) return null;
  const [degrees = 0, minutes = 0, seconds = 0] = parts.map(Number);
  const value = degrees + minutes / 60 + seconds / 3600;
  return Number.isFinite(value) ? Math.round((negative ? -value : value) * 1e6) / 1e6 : null;
}
