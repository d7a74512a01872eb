import { getPosition } from 'suncalc';
import { clamp, draw, fixed, wave } from '../chance.ts';
import { localTimeOf } from '../local-time.ts';

/** What all devices of the city have in common at one moment: light, weather, people's day. */
export interface World {
  readonly seed: string;
  readonly at: number;
  /** Local time of day, 0 to 24. */
  readonly hour: number;
  readonly weekday: number;
  readonly day: number;
  /** Altitude of the sun, degrees; the lamps follow it. */
  readonly sunAltitude: number;
  /** Air, Cel. */
  readonly temperature: number;
  /** Relative, %. */
  readonly humidity: number;
  /** Rain now, mm/h, and in the last one and three hours, mm. */
  readonly rainRate: number;
  readonly rain1h: number;
  readonly rain3h: number;
  readonly windSpeed: number;
  readonly windFrom: number;
  readonly pm10: number;
  readonly noise: number;
  /** Gas drawn now over the day's mean: 1 is the mean. */
  readonly gasDemand: number;
  /** How busy the streets are, 0 to 1. */
  readonly bustle: number;
}

export interface WorldSetting {
  readonly seed: string;
  readonly timeZone: string;
  readonly lon: number;
  readonly lat: number;
}

const HOUR = 3_600_000;

/**
 * Hourly unevenness of household and catering gas: peaks at breakfast, lunch and dinner. An invented curve in the usual
 * shape of such tables; its mean is 1.
 */
const gasByHour = [
  0.3, 0.25, 0.22, 0.22, 0.24, 0.32, 1.2, 1.77, 1.05, 0.85, 1.15, 1.9, 1.7, 1.0, 0.75, 0.8, 1.15, 1.9, 2.1, 1.6, 1.15,
  0.95, 0.68, 0.45,
];

/** Linear between the whole hours of a 24-row table. */
export function byHour(table: readonly number[], hour: number): number {
  const low = Math.floor(hour) % 24;
  const within = hour - Math.floor(hour);
  return table[low]! * (1 - within) + table[(low + 1) % 24]! * within;
}

/** Rain in mm/h. A third of the half-days is wet; a wet one rains in showers of at most about 6 mm/h. */
export function rainAt(seed: string, at: number): number {
  if (draw(`${seed}/wet`, at, 12 * HOUR) > 0.33) return 0;
  return clamp(6 * wave(`${seed}/shower`, at, 2 * HOUR), 0, 6);
}

function rainSince(seed: string, at: number, hours: number): number {
  const step = HOUR / 12;
  let sum = 0;
  for (let t = Math.floor(at / step) * step, n = hours * 12; n > 0; n--, t -= step) sum += rainAt(seed, t) / 12;
  return sum;
}

/** The world of one city as a function of time alone. The newest answer is kept: many devices ask for the same moment. */
export function worldOf({ seed, timeZone, lon, lat }: WorldSetting): (at: number) => World {
  const local = localTimeOf(timeZone);
  let newest: World | undefined;
  return (at) => {
    if (newest?.at === at) return newest;
    newest = reckon(at);
    return newest;
  };

  function reckon(at: number): World {
    const { hour, weekday, day, season } = local(at);
    const sunAltitude = getPosition(new Date(at), lat, lon).altitude;
    const rain1h = rainSince(seed, at, 1);
    const temperature =
      airTemperature(lat, season, hour) + 3 * wave(`${seed}/air`, at, 36 * HOUR) - (rain1h > 0 ? 2 : 0);
    const bustle = clamp(Math.sin(((hour - 5) / 18) * Math.PI), 0, 1) * (weekday >= 6 ? 0.9 : 1);
    const windSpeed = clamp(
      2 + 1.2 * bustle + 1.5 * wave(`${seed}/wind`, at, 3 * HOUR) + 0.5 * wave(`${seed}/gust`, at, 60_000),
      0,
      9,
    );
    return {
      seed,
      at,
      hour,
      weekday,
      day,
      sunAltitude,
      temperature,
      humidity: clamp(72 - 12 * bustle + 10 * wave(`${seed}/damp`, at, 12 * HOUR) + 15 * Math.min(1, rain1h), 30, 99),
      rainRate: rainAt(seed, at),
      rain1h,
      rain3h: rainSince(seed, at, 3),
      windSpeed,
      windFrom: (360 * fixed(`${seed}/${day}/vane`) + 40 * wave(`${seed}/vane`, at, HOUR) + 360) % 360,
      // Rain washes dust out of the air; traffic raises it.
      pm10: clamp((48 + 28 * bustle + 18 * wave(`${seed}/dust`, at, 6 * HOUR)) * (rain1h > 0.2 ? 0.6 : 1), 8, 120),
      noise: 43 + 18 * bustle,
      gasDemand: byHour(gasByHour, hour) * (1 + 0.04 * wave(`${seed}/gas`, at, 2 * HOUR)),
      bustle,
    };
  }
}

/**
 * Air temperature of a year and a day: mean by latitude, warmest at the end of July, warmest at 15:00. A rule of thumb,
 * good for the northern mid-latitudes; turned round in the south.
 */
export function airTemperature(lat: number, season: number, hour: number): number {
  const north = lat >= 0 ? 1 : -1;
  const yearly = -0.42 * Math.abs(lat) * north * Math.cos(2 * Math.PI * (season - 0.07));
  return 27.5 - 0.35 * Math.abs(lat) + yearly + 4 * Math.cos((2 * Math.PI * (hour - 15)) / 24);
}
