import type { CoverageArea, HazardCause } from '../../devices/contract/hazard.ts';
import type { HazardKind, HazardPolicy } from '../../devices/contract/hazard-policy.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { addDays, minuteOf, type Zone } from '../../kit/local-time.ts';

/** A hazard that the platform sees by itself. */
export interface Found {
  readonly cause: HazardCause;
  readonly site: Site;
  readonly kind: HazardKind;
}

/** What a look over the whole city saw. */
export interface Looked {
  /** Rules that were looked at; what others found before stays as it is. */
  readonly rules: ReadonlySet<string>;
  readonly found: ReadonlyMap<string, Found>;
  /** Causes of which nobody can say now whether they stand: neither opened nor closed. */
  readonly unobserved: ReadonlySet<string>;
  readonly overbuilt: number | null;
  readonly coverage: readonly CoverageArea[] | null;
}

/** The registry and the newest readings, as the register asks them. */
export interface Sees {
  /** True where the city has asked for any look. */
  readonly looks: boolean;
  look(): Looked;
  /** In words why a cause stands now; null when it does not, or nobody knows. */
  stands(cause: HazardCause): Bilingual | null;
}

/** The next time of day at which the city looks, after `at`, ms. */
export function nextLook({ looksAt }: Pick<HazardPolicy, 'looksAt'>, zone: Zone, at: number): number {
  const { date } = zone.local(at);
  const today = zone.instant(date, minuteOf(looksAt));
  return today > at ? today : zone.instant(addDays(date, 1), minuteOf(looksAt));
}
