import sharp from 'sharp';

export interface Shot {
  readonly width?: number;
  readonly height?: number;
  /** EXIF wall time `2026:11:22 10:05:06`; without it none is written. */
  readonly taken?: string;
  readonly offset?: string;
  readonly gps?: { readonly lat: string; readonly latRef: 'N' | 'S'; readonly lon: string; readonly lonRef: 'E' | 'W' };
  /** Grain makes a picture that compresses badly; another sigma, another picture. */
  readonly grain?: number;
  readonly format?: 'jpeg' | 'png' | 'webp';
}

/** Where the pictures below are taken: 29°37'24.5" N, 124°33'36" E. */
export const somewhere = { lat: '29/1 37/1 2450/100', latRef: 'N', lon: '124/1 33/1 3600/100', lonRef: 'E' } as const;

/** A picture as a telephone makes it: red above, blue below, with what its EXIF says of time and place. */
export async function shot({
  width = 640,
  height = 480,
  taken,
  offset,
  gps,
  grain = 0,
  format = 'jpeg',
}: Shot = {}): Promise<Buffer> {
  const below = { create: { width, height: Math.ceil(height / 2), channels: 3, background: '#2030c0' } } as const;
  const noise = { noise: { type: 'gaussian', mean: 128, sigma: grain } } as const;
  const base = sharp({
    create: { width, height, channels: 3, background: '#c03020', ...(grain > 0 && noise) },
  });
  const painted = grain > 0 ? base : base.composite([{ input: below, top: Math.floor(height / 2), left: 0 }]);
  const exif = {
    IFD0: { Make: 'Testcam', Artist: 'somebody' },
    ...(taken && { IFD2: { DateTimeOriginal: taken, ...(offset && { OffsetTimeOriginal: offset }) } }),
    ...(gps && {
      IFD3: {
        ...{ GPSLatitude: gps.lat, GPSLatitudeRef: gps.latRef },
        ...{ GPSLongitude: gps.lon, GPSLongitudeRef: gps.lonRef },
      },
    }),
  };
  return painted.withExif(exif).toFormat(format, { quality: 90 }).toBuffer();
}
