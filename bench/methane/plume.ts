import { offset, type Place } from '../../kit/metres.ts';
import type { Dice } from '../../simulators/city/chance.ts';
import type { Sensor } from './campaign.ts';
import { normal } from './chances.ts';

/** The wind of one minute. */
export interface Wind {
  /** Where it comes from, degrees. */
  readonly from: number;
  /** m/s. */
  readonly speed: number;
  /** The sun is down: the air near the ground lies still in layers. */
  readonly night: boolean;
}

/** Where gas escapes, m above the ground. */
export interface Source {
  readonly place: Place;
  readonly height: number;
}

/** Height of the inlets, m. */
const INLET = 2.4;
/** 1 mg of methane in a cubic metre of air is 1.5 ppm (20 °C, 101.3 kPa). */
const PPM_PER_MG = 1.5;
/** Pieces of a minute in which the wind turns by itself. */
const GUSTS = 12;

/**
 * A Gaussian plume, reflected by the ground, once for each gust of the minute: the wind swings by about 15° by day and night
 * (more in a calm), so that a sensor at the plume's edge is met now and then. Spread by distance x, open country (Briggs 1973):
 * class C by day (σy 0.11 x, σz 0.08 x), class E by night (σy 0.06 x, σz 0.03 x).
 */
export function addPlume(
  ppm: number[],
  chance: Dice,
  wind: Wind,
  sensors: readonly Sensor[],
  source: Source,
  gramsPerHour: number,
): void {
  const swing = 12 + 15 / Math.max(0.5, wind.speed);
  const [wide, high] = wind.night ? [0.06, 0.03] : [0.11, 0.08];
  const milligrams = gramsPerHour / 3.6;
  for (let gust = 0; gust < GUSTS; gust++) {
    const towards = ((wind.from + 180 + swing * normal(chance)) * Math.PI) / 180;
    const speed = Math.max(0.5, wind.speed);
    sensors.forEach((sensor, i) => {
      const { east, north } = offset(source.place, sensor);
      const along = east * Math.sin(towards) + north * Math.cos(towards);
      if (along <= 1) return;
      const across = east * Math.cos(towards) - north * Math.sin(towards);
      const [sy, sz] = [wide * along + 0.5, high * along + 0.5];
      const vertical =
        Math.exp(-((INLET - source.height) ** 2) / (2 * sz ** 2)) +
        Math.exp(-((INLET + source.height) ** 2) / (2 * sz ** 2));
      const density =
        (milligrams / (2 * Math.PI * speed * sy * sz)) * Math.exp(-(across ** 2) / (2 * sy ** 2)) * vertical;
      ppm[i]! += (density * PPM_PER_MG) / GUSTS;
    });
  }
}
