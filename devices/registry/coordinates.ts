import module from 'gcoord';

/** A CommonJS package whose types describe its ESM build: what Node hands over is what they call `default`. */
const gcoord = module as unknown as typeof module.default;

/** Coordinate systems a file may be in; the registry holds WGS-84. */
export const coordinateSystems = ['WGS-84', 'GCJ-02', 'BD-09'] as const;
export type CoordinateSystem = (typeof coordinateSystems)[number];

const known = { 'WGS-84': gcoord.WGS84, 'GCJ-02': gcoord.GCJ02, 'BD-09': gcoord.BD09 } as const;

/**
 * A position in WGS-84, to a centimetre. GCJ-02 is what Chinese maps (AMap, Tencent) print and lies some 500 m off;
 * BD-09 is Baidu's. Which one a file is in cannot be seen from its numbers: whoever imports it must say.
 */
export function toWgs84(position: { lon: number; lat: number }, crs: CoordinateSystem): { lon: number; lat: number } {
  if (crs === 'WGS-84') return position;
  const [lon, lat] = gcoord.transform([position.lon, position.lat], known[crs], gcoord.WGS84);
  // Seven digits are a centimetre; the rest is noise of the computation.
  return { lon: Number(lon?.toFixed(7)), lat: Number(lat?.toFixed(7)) };
}
