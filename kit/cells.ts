import type { Place } from './metres.ts';

const METRES_PER_DEGREE = 111_320;

/** Squares on the ground by which near places are found without looking at all of them. */
export interface Cells {
  /** The square that a place lies in. */
  of(place: Place): string;
  /** Every square that may hold a place within `metres` of this one, its own included. */
  around(place: Place, metres: number): string[];
  /** Every square that a box of [west, south, east, north] touches. */
  within(box: readonly [number, number, number, number]): string[];
}

/**
 * Squares of about `metres`. `latitude` is that of the city: a degree of longitude is taken to be as short there as it is one
 * degree nearer to the pole, so that a square is never narrower than it says.
 */
export function cells(metres: number, latitude: number): Cells {
  const north = metres / METRES_PER_DEGREE;
  const east = north / Math.cos((Math.min(89, Math.abs(latitude) + 1) * Math.PI) / 180);
  const row = (lat: number) => Math.floor(lat / north);
  const column = (lon: number) => Math.floor(lon / east);
  const between = (west: number, south: number, eastmost: number, northmost: number): string[] => {
    const found: string[] = [];
    for (let y = south; y <= northmost; y++) for (let x = west; x <= eastmost; x++) found.push(`${x} ${y}`);
    return found;
  };
  return {
    of: ({ lon, lat }) => `${column(lon)} ${row(lat)}`,
    around({ lon, lat }, far) {
      const [de, dn] = [(far / metres) * east, (far / metres) * north];
      return between(column(lon - de), row(lat - dn), column(lon + de), row(lat + dn));
    },
    within: ([west, south, eastmost, northmost]) => between(column(west), row(south), column(eastmost), row(northmost)),
  };
}

/** Things at places, by square. */
export interface PlaceGrid<T extends Place> {
  put(thing: T): void;
  /** All within `metres` of a place, nearest first. */
  near(place: Place, metres: number, distance: (a: Place, b: Place) => number): { thing: T; metres: number }[];
  /** All whose square a box touches; some may lie outside of it. */
  touching(box: readonly [number, number, number, number]): T[];
}

/** A {@link PlaceGrid} that holds these things. */
export function placeGrid<T extends Place>(squares: Cells, things: Iterable<T>): PlaceGrid<T> {
  const held = new Map<string, T[]>();
  const put = (thing: T): void => {
    const cell = squares.of(thing);
    const there = held.get(cell);
    if (there) there.push(thing);
    else held.set(cell, [thing]);
  };
  for (const thing of things) put(thing);
  return {
    put,
    near(place, most, distance) {
      const found: { thing: T; metres: number }[] = [];
      for (const cell of squares.around(place, most)) {
        for (const thing of held.get(cell) ?? []) {
          const metres = distance(place, thing);
          if (metres <= most) found.push({ thing, metres });
        }
      }
      return found.sort((a, b) => a.metres - b.metres);
    },
    touching: (box) => squares.within(box).flatMap((cell) => held.get(cell) ?? []),
  };
}
