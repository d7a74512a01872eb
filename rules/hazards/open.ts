import type { HazardCause, HazardEntry, HazardReport, HazardSource } from '../../devices/contract/hazard.ts';
import type { HazardKind } from '../../devices/contract/hazard-policy.ts';
import type { Site } from '../../devices/contract/registry.ts';
import { clockOfDays } from './limits.ts';
import type { HazardParts } from './step.ts';

/** What a new entry of the register is about. */
export interface HazardSubject {
  readonly id: string;
  readonly no: string;
  readonly kind: HazardKind;
  readonly text: string;
  readonly source: HazardSource;
  readonly reference: string | null;
  readonly visit: string | null;
  readonly campaign: string | null;
  readonly cause: HazardCause | null;
  /** The site's name for English readers. */
  readonly siteNameEn: string | null;
  readonly place: Pick<HazardEntry, 'area' | 'site' | 'siteName' | 'device' | 'lon' | 'lat' | 'address'>;
  readonly before: readonly string[];
  /** Account of whoever found it. */
  readonly foundBy: string | null;
  readonly demo: boolean;
}

/** Where a report says it is, filled in from the site that it names. */
export const placeOf = (report: HazardReport, site: Site | undefined): HazardSubject['place'] => ({
  area: report.area ?? site?.area ?? null,
  site: report.site ?? null,
  siteName: site?.name ?? null,
  device: report.device ?? null,
  lon: report.lon,
  lat: report.lat,
  address: report.address ?? site?.address ?? null,
});

/** Where a registered site is. */
export const placeOfSite = (site: Site): HazardSubject['place'] => ({
  area: site.area ?? null,
  site: site.id,
  siteName: site.name,
  device: null,
  lon: site.lon,
  lat: site.lat,
  address: site.address ?? null,
});

/** An entry as it begins: found, the clock of its assignment running. */
export function newHazard(
  { policy, calendar }: Pick<HazardParts, 'policy' | 'calendar'>,
  subject: HazardSubject,
  earlier: { readonly id: string; readonly repeats: number } | undefined,
  at: number,
): HazardEntry {
  const { kind, place, foundBy, siteNameEn, ...rest } = subject;
  return {
    ...rest,
    ...place,
    stage: 'found',
    kind: kind.id,
    title: place.siteName === null ? kind.name : titleAt(place.siteName, siteNameEn ?? place.siteName, kind),
    grade: null,
    item: kind.item ?? null,
    assigned: null,
    rectifier: null,
    clocks: [clockOfDays(calendar, 'assign', policy.assign, at)],
    after: [],
    hands: { found: foundBy, rectified: [], verified: null },
    extended: { times: 0, days: 0 },
    repeatOf: earlier?.id ?? null,
    repeats: earlier ? earlier.repeats + 1 : 0,
    failed: 0,
    foundAt: at,
    assignedAt: null,
    closedAt: null,
    closedBy: null,
    seq: 0,
  };
}

const titleAt = (site: string, siteEn: string, { name }: HazardKind): HazardEntry['title'] => ({
  zh: `${site}：${name.zh}`,
  en: `${siteEn}: ${name.en}`,
});
