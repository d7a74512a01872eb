import { moved, type Place } from '../../kit/metres.ts';
import { dice } from '../../simulators/city/chance.ts';
import { type Campaign, type Release, type Sample, spanOf } from './campaign.ts';
import { logarithmic } from './chances.ts';
import { addPlume } from './plume.ts';
import { scoring } from './score.ts';

const MINUTE = 60_000;
/** Least time before, between and after invented releases, and their bounds, minutes. */
const APART = 60;
const [SHORTEST, LONGEST] = [10, 180];

/**
 * Measured air without its measured releases, and invented ones in the hours between, carried by the measured wind: nothing of
 * the background is invented, and none of the releases that were looked at is left. The same seed gives the same.
 */
export function injectedCampaign(campaign: Campaign, seed: string): Campaign {
  const chance = dice(`injected ${seed}`);
  const { sensors } = campaign;
  const centre = centreOf(sensors);
  const reach = Math.min(...sensors.map((sensor) => Math.abs(sensor.lat - centre.lat) * 111_320).filter((m) => m > 10));
  const releases = quietOf(campaign).flatMap(({ from, to }) => {
    const found: Release[] = [];
    for (let at = from + APART * MINUTE; ; ) {
      const end = at + Math.round(logarithmic(chance, SHORTEST, LONGEST)) * MINUTE;
      if (end + APART * MINUTE > to) return found;
      found.push({ start: at, end, equipment: 'invented', gramsPerHour: logarithmic(chance, 200, 6000) });
      at = end + chance.whole(APART, 3 * APART) * MINUTE;
    }
  });
  const sources = releases.map(() => ({
    place: moved(centre, chance.between(-reach, reach) / 2, chance.between(-reach, reach) / 2),
    height: chance.between(0.5, 4),
  }));
  const samples = campaign.samples.map((sample): Sample => {
    const ppm = measuredRelease(campaign, sample.at) ? sample.ppm.map(() => Number.NaN) : [...sample.ppm];
    const { at, windFrom: from, windSpeed: speed } = sample;
    releases.forEach((release, i) => {
      if (at < release.start || at > release.end || Number.isNaN(from) || Number.isNaN(speed)) return;
      addPlume(ppm, chance, { from, speed, night: speed < 2 }, sensors, sources[i]!, release.gramsPerHour);
    });
    return { ...sample, ppm };
  });
  return { sensors, samples, releases };
}

const covers = ({ start, end }: Release, at: number): boolean => at >= start && at <= end + scoring.graceMs;
const measuredRelease = ({ releases }: Campaign, at: number): boolean => releases.some((one) => covers(one, at));

function centreOf(sensors: readonly Place[]): Place {
  const mean = (of: (place: Place) => number) => sensors.reduce((sum, place) => sum + of(place), 0) / sensors.length;
  return { lon: mean(({ lon }) => lon), lat: mean(({ lat }) => lat) };
}

/** Stretches between the measured releases, ms. */
function quietOf(campaign: Campaign): { readonly from: number; readonly to: number }[] {
  const { from, to } = spanOf(campaign);
  const ends = [from, ...campaign.releases.map(({ end }) => end + scoring.graceMs)];
  const starts = [...campaign.releases.map(({ start }) => start), to];
  return ends.map((end, i) => ({ from: Math.max(from, end), to: starts[i]! }));
}
