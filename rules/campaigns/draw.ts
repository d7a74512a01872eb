import { createHash } from 'node:crypto';
import type { Draw, DrawnArea } from '../../devices/contract/campaign.ts';

/** A place that may be visited. */
export interface Candidate {
  /** Id of the site, or the number of the place in the list that was given. */
  readonly key: string;
  readonly site: string | null;
  /** A device that stands at no site, and the category under which it was drawn: of a cycle's sample. */
  readonly device?: string;
  readonly category?: string;
  readonly name: string;
  readonly area: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly address: string | null;
}

export interface Drawn {
  readonly chosen: readonly Candidate[];
  readonly areas: readonly DrawnArea[];
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The lot of a place: SHA-256(`<seed>/<key>`). Whoever knows the seed and the places draws the same again. */
export const lotOf = (seed: string, key: string): string => sha256(`${seed}/${key}`);

/** A lot as a fraction, from 0 to 1, 1 not included: its first 32 bits. */
export const fractionOf = (lot: string): number => Number.parseInt(lot.slice(0, 8), 16) / 2 ** 32;

/**
 * Draws in each area on its own, so that no area is passed over: the places are ordered by their lots, and the first are taken, a
 * number or a share rounded up. In the order of the areas, then of the lots.
 */
export function drawPlaces({ seed, perArea, share }: Draw, candidates: readonly Candidate[]): Drawn {
  const strata = new Map<string | null, Candidate[]>();
  for (const one of candidates) strata.set(one.area, [...(strata.get(one.area) ?? []), one]);
  const inOrder = [...strata].sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  const areas: DrawnArea[] = [];
  const chosen: Candidate[] = [];
  for (const [area, pool] of inOrder) {
    const take = Math.min(pool.length, perArea ?? Math.ceil((share ?? 1) * pool.length));
    const lots = pool.map((place) => ({ place, lot: lotOf(seed, place.key) }));
    lots.sort((a, b) => (a.lot < b.lot ? -1 : 1));
    chosen.push(...lots.slice(0, take).map(({ place }) => place));
    areas.push({ area, candidates: pool.length, drawn: take, pool: poolOf(pool) });
  }
  return { chosen, areas };
}

/** What proves later which places could have been drawn: the SHA-256 of their keys, sorted, one a line. */
export const poolOf = (pool: readonly Candidate[]): string =>
  sha256(
    pool
      .map(({ key }) => key)
      .sort()
      .join('\n'),
  );
