import { moved, type Place } from '../../kit/metres.ts';
import { type Dice, dice } from '../../simulators/city/chance.ts';
import type { Campaign, Release, Sample, Sensor } from './campaign.ts';
import { logarithmic, normal } from './chances.ts';
import { addPlume, type Wind } from './plume.ts';

/**
 * Invented days of a fence line: a plume that the wind carries past some of its sensors, over a background of the kinds that
 * open air has. Nothing in it was fitted to measured releases; figures are those of the text books named beside them.
 */
export interface SyntheticOptions {
  readonly seed: string;
  readonly days: number;
}

const MINUTE = 60_000;
const BEGIN = Date.UTC(2022, 3, 1, 6);
const CENTRE: Place = { lon: -105.14, lat: 40.6 };
const NAMES = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;
/** Half the size of the fenced area, and of that in which equipment stands, m. */
const FENCE = 50;
const EQUIPMENT = 25;

/** A campaign that the same seed makes again. */
export function syntheticCampaign({ seed, days }: SyntheticOptions): Campaign {
  const chance = dice(`methane ${seed}`);
  const count = days * 1440;
  const sensors = fenceOf(chance);
  const wind = windOf(chance, count);
  const releases = releasesOf(chance, count);
  const places = releases.map(() => ({
    place: moved(CENTRE, chance.between(-EQUIPMENT, EQUIPMENT), chance.between(-EQUIPMENT, EQUIPMENT)),
    height: chance.between(0.5, 4),
  }));
  const background = backgroundOf(chance, wind, sensors.length);
  const samples = wind.map((now, i): Sample => {
    const at = BEGIN + i * MINUTE;
    const ppm = [...background[i]!];
    releases.forEach((release, k) => {
      if (at < release.start || at >= release.end + MINUTE) return;
      addPlume(ppm, chance, now, sensors, places[k]!, release.gramsPerHour);
    });
    return {
      at,
      windFrom: round(now.from, 1),
      windSpeed: round(now.speed, 2),
      ppm: ppm.map((value) => round(value, 3)),
    };
  });
  return { sensors, samples, releases };
}

/** Eight masts around a square, none exactly where it was planned. */
function fenceOf(chance: Dice): Sensor[] {
  return NAMES.map((name, i) => {
    const angle = (i * Math.PI) / 4;
    const reach = FENCE / Math.max(Math.abs(Math.sin(angle)), Math.abs(Math.cos(angle)));
    const east = Math.sin(angle) * reach + chance.between(-8, 8);
    const north = Math.cos(angle) * reach + chance.between(-8, 8);
    return { name, ...moved(CENTRE, east, north) };
  });
}

/** Windy by day, calm by night; its direction turns slowly, and more so in a calm. */
function windOf(chance: Dice, count: number): Wind[] {
  const byDay = chance.between(3, 6);
  const byNight = chance.between(0.8, 2.5);
  let from = chance.between(0, 360);
  let gust = 0;
  return Array.from({ length: count }, (_, i) => {
    // The data begin at midnight of the mountains: sun from about 06:00 to 19:00.
    const hour = (i / 60) % 24;
    const sun = Math.max(0, Math.sin((Math.PI * (hour - 6)) / 13)) * (hour > 6 && hour < 19 ? 1 : 0);
    gust = 0.9 * gust + 0.2 * normal(chance);
    const speed = Math.max(0.3, (byNight + (byDay - byNight) * sun) * Math.exp(0.5 * gust));
    from += (normal(chance) * 12) / Math.max(1, speed);
    // A front passes once in a day or so.
    if (chance.chance(1 / 1200)) from += chance.between(-150, 150);
    from = (from + 360) % 360;
    return { from, speed, night: sun === 0 };
  });
}

/** Two or three a day, from ten minutes to eight hours and 0.2 to 6 kg/h, each evenly on a logarithmic scale. */
function releasesOf(chance: Dice, count: number): Release[] {
  const releases: Release[] = [];
  for (let minute = chance.whole(60, 600); ; ) {
    const length = Math.round(logarithmic(chance, 10, 480));
    if (minute + length > count) return releases;
    const start = BEGIN + minute * MINUTE;
    const gramsPerHour = logarithmic(chance, 200, 6000);
    releases.push({ start, end: start + length * MINUTE, equipment: `invented-${releases.length + 1}`, gramsPerHour });
    minute += length + chance.whole(90, 720);
  }
}

/**
 * What stands behind the plumes, by minute and sensor, ppm: an offset of its own and a slow drift for each sensor, noise; by
 * night a common layer that builds up while the wind is low; air that drifts in from elsewhere and passes all sensors;
 * now and then a single false minute, a step after a fault, minutes without a reading.
 */
function backgroundOf(chance: Dice, wind: readonly Wind[], sensors: number): number[][] {
  const own = Array.from({ length: sensors }, () => ({
    offset: chance.between(1.6, 2.3),
    noise: logarithmic(chance, 0.005, 0.06),
    drift: chance.between(0.04, 0.12),
    hours: chance.between(0.7, 4),
    smooth: 0,
    slow: 0,
    step: 0,
    deaf: 0,
  }));
  const buildUp = chance.between(0, 0.5);
  let layer = 0;
  let passing = { left: 0, length: 1, size: 0 };
  return wind.map(({ speed, night }) => {
    layer += ((night && speed < 2.5 ? buildUp * (2.5 - speed) : 0) - layer) / 60;
    if (passing.left === 0 && chance.chance(1 / 720)) {
      const length = chance.whole(20, 90);
      passing = { left: length, length, size: logarithmic(chance, 0.1, 0.8) };
    }
    if (passing.left > 0) passing.left -= 1;
    const foreign = passing.size * Math.sin((Math.PI * passing.left) / passing.length);
    return own.map((sensor) => {
      // A random walk that is drawn back, smoothed once more: it has no corners, as a detector's temperature has none.
      const tau = sensor.hours * 60;
      sensor.smooth += -sensor.smooth / tau + sensor.drift * Math.sqrt(2 / tau) * normal(chance);
      sensor.slow += (sensor.smooth - sensor.slow) / 12;
      if (chance.chance(1 / (1440 * 6))) sensor.step += chance.between(-0.3, 0.3);
      if (chance.chance(1 / 1440)) sensor.deaf = chance.whole(1, 45);
      const spike = chance.chance(1 / 1440) ? logarithmic(chance, 0.3, 5) : 0;
      const noise = sensor.noise * normal(chance);
      const value =
        sensor.offset + sensor.step + sensor.slow + layer + foreign * chance.between(0.85, 1.15) + spike + noise;
      if (sensor.deaf === 0) return value;
      sensor.deaf -= 1;
      return Number.NaN;
    });
  });
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
