/** Metres on the ground and degrees in WGS-84, on a sphere: good to a few parts in a thousand, plenty for a street. */
export interface Place {
  readonly lon: number;
  readonly lat: number;
}

const METRES_PER_DEGREE = 111_320;
const cosine = (lat: number): number => Math.cos((lat * Math.PI) / 180);

/** The place `east` and `north` metres from `from`, to a tenth of a metre. */
export function moved(from: Place, east: number, north: number): Place {
  const lon = from.lon + east / (METRES_PER_DEGREE * cosine(from.lat));
  const lat = from.lat + north / METRES_PER_DEGREE;
  return { lon: Math.round(lon * 1e6) / 1e6, lat: Math.round(lat * 1e6) / 1e6 };
}

/** How far east and north `to` lies from `from`, metres. */
export function offset(from: Place, to: Place): { east: number; north: number } {
  return {
    east: (to.lon - from.lon) * METRES_PER_DEGREE * cosine(from.lat),
    north: (to.lat - from.lat) * METRES_PER_DEGREE,
  };
}

/** Metres between two places. */
export function distance(a: Place, b: Place): number {
  const { east, north } = offset(a, b);
  return Math.hypot(east, north);
}

/** Length of a line in metres. */
export const lineLength = (line: readonly Place[]): number =>
  line.reduce((sum, point, i) => (i === 0 ? 0 : sum + distance(line[i - 1]!, point)), 0);

/** The place `metres` along a line; its ends beyond it. */
export function along(line: readonly Place[], metres: number): Place {
  let left = metres;
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!];
    const length = distance(from, to);
    if (left <= length && length > 0) {
      const { east, north } = offset(from, to);
      return moved(from, (east * left) / length, (north * left) / length);
    }
    left -= length;
  }
  return line[line.length - 1]!;
}
