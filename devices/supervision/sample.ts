import { createHash } from 'node:crypto';
import type { Drawn, Stratum } from '../contract/score.ts';
import type { Cycle } from '../contract/supervision.ts';

/** Somewhere to look, under a category of the catalogue. */
export type Place = Omit<Drawn, 'lot'>;

/**
 * The unannounced sample: of each area and category the lowest lots, as many as the area's share, at least one. A lot is the
 * first 32 bits of SHA-256(`<seed>/<area>/<category>/<place>`) as a fraction of 2^32. The seed holds something that nobody knew
 * before the draw and everybody can read after it: nobody can know where he will be visited, and anybody can draw again.
 */
export function drawSample(
  cycle: Extract<Cycle, { kind: 'sample' }>,
  seed: string,
  places: readonly Place[],
): Stratum[] {
  const strata = new Map<string, Place[]>();
  for (const place of places) {
    if (cycle.categories && !cycle.categories.includes(place.category)) continue;
    const key = `${place.area}/${place.category}`;
    strata.set(key, [...(strata.get(key) ?? []), place]);
  }
  return [...strata.keys()].sort().map((key) => {
    const all = strata.get(key)!;
    const { area, category } = all[0]!;
    const share = cycle.share.areas[area] ?? cycle.share.usual;
    const lots = all
      .map((place) => ({ ...place, lot: lotOf(`${seed}/${key}/${place.place}`) }))
      .sort((a, b) => a.lot - b.lot || (a.place < b.place ? -1 : 1));
    const drawn = share === 0 ? [] : lots.slice(0, Math.max(1, Math.ceil(share * all.length - 1e-9)));
    return { area, category, of: all.length, drawn };
  });
}

const lotOf = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
