import type { Campaign, CampaignDraft, DrawnArea, Visit } from '../../devices/contract/campaign.ts';
import type { CampaignKind, CampaignPolicy } from '../../devices/contract/campaign-policy.ts';
import type { Step } from '../../devices/contract/catalogue.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { By } from '../../devices/contract/ticket.ts';
import type { Zone } from '../../kit/local-time.ts';
import { type Candidate, type Drawn, drawPlaces, fractionOf, lotOf, sha256 } from './draw.ts';
import { type SlotDay, slotDays } from './slots.ts';

export interface BeginParts {
  readonly policy: CampaignPolicy;
  readonly zone: Zone;
  /** Registered sites. */
  readonly sites: () => Iterable<Site>;
  readonly siteOf: (id: string) => Site | undefined;
  /** Codes of the city's areas. */
  readonly areas: readonly string[];
  /** The procedure of an item as a checklist; undefined where the standards know no such item. */
  readonly checklistOf: (item: string) => readonly Step[] | undefined;
  /** The registry is a demonstration's. */
  readonly isDemo: () => boolean;
}

export type Begun = { readonly campaign: Campaign; readonly visits: readonly Visit[] } | { readonly refused: Refusal };

/** A campaign with all its visits: whom it goes to, drawn or listed, and when each of them opens. Pure. */
export function beginCampaign(parts: BeginParts, id: string, draft: CampaignDraft, by: By, at: number): Begun {
  const kind = parts.policy.kinds.find((one) => one.id === draft.kind);
  if (!kind) return { refused: unknownKind(draft.kind, parts.policy.kinds) };
  if (draft.to <= at) return { refused: over };
  const found = candidatesOf(parts, draft);
  if ('refused' in found) return found;
  const checklist = draft.checklist ?? (draft.item === undefined ? kind.checklist : parts.checklistOf(draft.item));
  if (!checklist) return { refused: unknownItem(draft.item ?? '') };
  const windows = draft.windows ?? kind.windows ?? null;
  const days = slotDays(Math.max(draft.from, at), draft.to, windows, parts.zone);
  if (days.length === 0) return { refused: noWindow };
  const drawn: Drawn = draft.draw ? drawPlaces(draft.draw, found.places) : { chosen: found.places, areas: [] };
  const isDemo = parts.isDemo();
  const visits = visitsOf({ campaign: id, places: drawn.chosen, days, kind, seed: draft.draw?.seed ?? id, isDemo });
  if (visits.length > parts.policy.most) return { refused: tooMany(visits.length, parts.policy.most) };
  const { areas } = drawn;
  return { visits, campaign: campaignOf({ id, draft, kind, windows, checklist, areas, visits, by, at, isDemo }) };
}

interface Made {
  readonly id: string;
  readonly draft: CampaignDraft;
  readonly kind: CampaignKind;
  readonly windows: Campaign['windows'];
  readonly checklist: readonly Step[];
  /** What could have been drawn in each area. */
  readonly areas: readonly DrawnArea[];
  readonly visits: readonly Visit[];
  readonly by: By;
  readonly at: number;
  readonly isDemo: boolean;
}

export function campaignOf({ id, draft, kind, windows, checklist, areas, visits, by, at, isDemo }: Made): Campaign {
  const { draw } = draft;
  return {
    id,
    kind: kind.id,
    kindName: kind.name,
    name: draft.name,
    stage: 'running',
    from: draft.from,
    to: draft.to,
    areas: draft.areas ?? null,
    siteKinds: draft.siteKinds ?? null,
    unannounced: kind.unannounced,
    everyWindow: kind.everyWindow,
    windows,
    attempts: kind.attempts,
    againAfterH: kind.againAfterH,
    item: draft.item ?? null,
    checklist,
    inspectors: draft.inspectors ?? null,
    draw: draw
      ? {
          perArea: draw.perArea ?? null,
          share: draw.share ?? null,
          seed: draw.seed,
          commitment: sha256(draw.seed),
          areas,
        }
      : null,
    openAt: visits.reduce((last, { opensAt }) => Math.max(last, opensAt), draft.from),
    ...(isDemo && { demo: true }),
    visits: visits.length,
    createdAt: at,
    createdBy: by,
    endedAt: null,
    seq: 0,
  };
}

interface Visited {
  readonly campaign: string;
  readonly places: readonly Candidate[];
  readonly days: readonly SlotDay[];
  readonly kind: Pick<CampaignKind, 'everyWindow'>;
  readonly seed: string;
  readonly isDemo: boolean;
}

/** One visit a place, or one in every window of its day. The day, and else the window, falls by lot too. */
export function visitsOf({ campaign, places, days, kind: { everyWindow }, seed, isDemo }: Visited): readonly Visit[] {
  const pick = <T>(of: readonly T[], what: string, key: string): T =>
    of[Math.floor(fractionOf(lotOf(seed, `${key}/${what}`)) * of.length)]!;
  return places
    .flatMap((place) => {
      const { slots } = pick(days, 'day', place.key);
      return (everyWindow ? slots : [pick(slots, 'window', place.key)]).map((slot) => ({ place, slot }));
    })
    .map(({ place: { key: _, ...place }, slot }, i) => ({
      id: `${campaign}/${i + 1}`,
      campaign,
      stage: 'planned',
      ...place,
      ...(isDemo && { demo: true }),
      ...slot,
      againAt: null,
      rings: 0,
      by: null,
      startedAt: null,
      endedAt: null,
      answers: [],
      findings: [],
      photos: [],
      seq: 0,
    }));
}

/** The places that a campaign goes to, or may draw from. */
function candidatesOf(
  { sites, siteOf, areas }: BeginParts,
  draft: CampaignDraft,
): { readonly places: readonly Candidate[] } | { readonly refused: Refusal } {
  const unknown = [...(draft.areas ?? []), ...(draft.places ?? []).flatMap(({ area }) => area ?? [])].find(
    (area) => !areas.includes(area),
  );
  if (unknown !== undefined) return { refused: unknownArea(unknown) };
  const missing = draft.sites?.find((id) => !siteOf(id));
  if (missing !== undefined) return { refused: unknownSite(missing) };
  const listed = draft.sites !== undefined || draft.places !== undefined;
  const named = draft.sites ? [...new Set(draft.sites)].map((id) => siteOf(id)!) : listed ? [] : [...sites()];
  const fit = named.filter(
    ({ area, kind }) =>
      (!draft.areas || (area !== undefined && draft.areas.includes(area))) &&
      (!draft.siteKinds || draft.siteKinds.includes(kind)),
  );
  const places = [
    ...fit.map(ofSite).sort((a, b) => (a.key < b.key ? -1 : 1)),
    ...(draft.places ?? []).map(
      ({ name, area = null, lon, lat, address = null }, i): Candidate => ({
        key: `#${i + 1}`,
        site: null,
        name,
        area,
        lon,
        lat,
        address,
      }),
    ),
  ];
  return places.length > 0 ? { places } : { refused: nobody };
}

const ofSite = ({ id, name, area, lon, lat, address }: Site): Candidate => ({
  key: id,
  site: id,
  name,
  area: area ?? null,
  lon,
  lat,
  address: address ?? null,
});

export const unknownKind = (id: string, kinds: readonly CampaignKind[]): Refusal => ({
  code: 'unknown-kind',
  zh: `没有行动类别“${id}”；本市的类别：${kinds.map((kind) => `${kind.id}（${kind.name.zh}）`).join('、')}`,
  en: `there is no kind of campaign "${id}"; the city has: ${kinds.map((kind) => kind.id).join(', ')}`,
});
const unknownItem = (code: string): Refusal => ({
  code: 'unknown-item',
  zh: `现行标准中没有事项 ${code}，或它没有规程：请另写检查清单`,
  en: `the standards in force have no item ${code} with a procedure: give a checklist instead`,
});
const unknownArea = (code: string): Refusal => ({
  code: 'unknown-area',
  zh: `本市没有区划“${code}”`,
  en: `the city has no area "${code}"`,
});
const unknownSite = (id: string): Refusal => ({
  code: 'unknown-site',
  zh: `没有登记场所“${id}”`,
  en: `no site "${id}" is registered`,
});
const nobody: Refusal = {
  code: 'nobody-to-visit',
  zh: '范围内没有场所：请放宽区划或类别，或给出名单',
  en: 'no place is in scope: widen the areas or kinds, or give a list',
};
export const over: Refusal = {
  code: 'campaign-over',
  zh: '结束时间已经过去',
  en: 'its end has already passed',
};
export const noWindow: Refusal = {
  code: 'no-window',
  zh: '起止时间之内没有一个完整的走访时段',
  en: 'no whole window lies between its beginning and its end',
};
export const tooMany = (n: number, most: number): Refusal => ({
  code: 'too-many-visits',
  zh: `共 ${n} 次走访，最多 ${most} 次：请缩小范围或抽签`,
  en: `${n} visits, at most ${most}: narrow the scope or draw a lot`,
});
