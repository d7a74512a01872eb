import { getPosition } from 'suncalc';

/** The sun over a place: its altitude in degrees, and whether it is below civil dusk (−6°), when lamps are meant to burn. */
export function sunAt(at: number, place: { lon: number; lat: number }): { altitude: number; dark: boolean } {
  const { altitude } = getPosition(new Date(at), place.lat, place.lon);
  return { altitude, dark: altitude < -6 };
}
