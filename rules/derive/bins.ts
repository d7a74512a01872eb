import { hours, minutes } from '../../devices/model/device-type.ts';
import type { Derivation } from './derivation.ts';

const RATE_WINDOW_MS = minutes(3);
const EARTH_M = 6_371_008.8;

/** Great-circle distance by the haversine formula, metres. */
export function distanceM(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Heating, °C per minute: over the last three minutes, or since the last report where that is longer ago. */
export const temperatureRate: Derivation = {
  makes: 'bin.temperatureRate',
  from: ['bin.temperature'],
  repeatMs: minutes(30),
  compute({ memory, at, number }) {
    const value = number('bin.temperature');
    if (value === undefined) return null;
    // Times and values by turns, oldest first.
    const earlier = (memory.temperatures as number[] | undefined) ?? [];
    // The last one before the window stays: a bin that reports each half hour has nothing else to compare with.
    let from = 0;
    while (from + 2 < earlier.length && at - earlier[from + 2]! >= RATE_WINDOW_MS) from += 2;
    const kept = earlier.slice(from);
    memory.temperatures = [...kept, at, value].slice(-24);
    const [then = at, was = value] = kept;
    return at - then >= 1000 ? ((value - was) / (at - then)) * 60_000 : null;
  },
};

/** How far the bin stands from where it is registered, metres. */
export const distanceFromHome: Derivation = {
  makes: 'bin.distanceFromHome',
  from: ['bin.lon', 'bin.lat'],
  repeatMs: hours(6),
  compute({ device, number }) {
    const lon = number('bin.lon');
    const lat = number('bin.lat');
    return lon === undefined || lat === undefined ? null : distanceM(device, { lon, lat });
  },
};

/** Hours since the bin was emptied: by its own word, or when its level fell by at least 30 points to at most 25 %. */
export const hoursSinceEmptied: Derivation = {
  makes: 'bin.hoursSinceEmptied',
  from: ['bin.fillPercent', 'bin.emptied'],
  tickMs: minutes(30),
  repeatMs: minutes(30),
  throttleMs: minutes(10),
  compute({ memory, at, number, flag, timeOf }) {
    const fill = number('bin.fillPercent');
    const before = memory.fill as number | undefined;
    const fell = fill !== undefined && before !== undefined && before - fill >= 30 && fill <= 25;
    const said = flag('bin.emptied') === true && timeOf('bin.emptied') === at;
    if (fill !== undefined) memory.fill = fill;
    // Until it is first seen emptied, the count starts where we began to watch: never more than the truth.
    if (fell || said || memory.emptiedAt === undefined) memory.emptiedAt = at;
    return Math.max(0, at - (memory.emptiedAt as number)) / hours(1);
  },
};
