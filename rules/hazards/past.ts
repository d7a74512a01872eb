import type { HazardEntry } from '../../devices/contract/hazard.ts';
import type { HazardPolicy } from '../../devices/contract/hazard-policy.ts';
import { distance } from '../../kit/metres.ts';

/** What is remembered of a closed hazard, so that the next one of its kind at its place is known as a repeat. */
export type PastHazard = Pick<HazardEntry, 'id' | 'kind' | 'site' | 'lon' | 'lat' | 'closedAt' | 'repeats'>;

/** Closed hazards by kind and site; those of no site by kind alone. */
export interface PastHazards {
  add(entry: PastHazard): void;
  /** The last of the same kind at the same place that closed not too long before `at`, ms. */
  before(what: Pick<HazardEntry, 'kind' | 'site' | 'lon' | 'lat'>, at: number): PastHazard | undefined;
}

const DAY = 86_400_000;
const keyOf = ({ kind, site }: Pick<PastHazard, 'kind' | 'site'>): string => `${kind} ${site ?? ''}`;

/** Whether two of one kind are at the same place: the same site, or where either names none, so near. */
export const isSamePlace = (
  a: Pick<HazardEntry, 'site' | 'lon' | 'lat'>,
  b: Pick<HazardEntry, 'site' | 'lon' | 'lat'>,
  withinM: number,
): boolean => (a.site !== null && b.site !== null ? a.site === b.site : distance(a, b) <= withinM);

export function pastHazards({ repeat }: Pick<HazardPolicy, 'repeat'>): PastHazards {
  const kept = new Map<string, PastHazard[]>();
  return {
    add(entry) {
      const key = keyOf(entry);
      const still = (kept.get(key) ?? []).filter(({ closedAt }) => isRecent(closedAt, entry.closedAt ?? 0));
      kept.set(key, [...still, entry]);
    },
    before(what, at) {
      const same = [...(kept.get(keyOf(what)) ?? []), ...(what.site === null ? [] : (kept.get(`${what.kind} `) ?? []))];
      return same
        .filter((one) => isRecent(one.closedAt, at) && isSamePlace(one, what, repeat.withinM))
        .sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0))[0];
    },
  };
  function isRecent(closedAt: number | null, at: number): boolean {
    return closedAt !== null && at - closedAt <= repeat.withinDays * DAY;
  }
}
