import { campaignIdOf } from '../../devices/campaigns/secrecy.ts';
import type { CampaignDraft, CampaignSample } from '../../devices/contract/campaign.ts';
import type { CampaignKind } from '../../devices/contract/campaign-policy.ts';
import type { Command, Refusal } from '../../devices/contract/command.ts';
import type { Drawn, ScoreRun, Stratum } from '../../devices/contract/score.ts';
import type { By } from '../../devices/contract/ticket.ts';
import { type BeginParts, type Begun, campaignOf, noWindow, over, tooMany, unknownKind, visitsOf } from './begin.ts';
import type { Candidate } from './draw.ts';
import { slotDays } from './slots.ts';

/** A run that drew a sample, and what became of it, as the books have it. */
export interface SampleFound {
  readonly run: Pick<ScoreRun, 'id' | 'cycle' | 'period' | 'demo'>;
  readonly seed: string;
  readonly strata: readonly Stratum[];
  /** It was drawn anew since: another lot counts. */
  readonly superseded: boolean;
  /** The campaign that visits this lot, or one that still visits an earlier lot of its period; null where there is none. */
  readonly visitedBy: string | null;
}

/** What is asked of a sample. */
export type SampleAsked = Omit<Extract<Command, { type: 'campaign.sample' }>, 'type' | 'id' | 'actor' | 'at'>;

/**
 * The campaign that visits a drawn sample: one visit a lot, under the category it was drawn in. Nothing is drawn anew: day and
 * window fall by the seed of the lot, so that whoever has the run can work every visit out again. Pure.
 * @param found null where no run of that id drew a sample
 * @param at ms
 */
export function campaignOfSample(
  parts: BeginParts,
  found: SampleFound | null,
  asked: SampleAsked,
  by: By,
  at: number,
): Begun {
  if (!found) return { refused: unknownSample(asked.run) };
  const { run, seed } = found;
  const refused = whyNot(found) ?? whyNotThen(run.period, asked, at);
  if (refused) return { refused };
  const span = { from: Math.max(asked.from ?? at, run.period.from, at), to: asked.to ?? run.period.to };
  const kind = kindFor(parts.policy.kinds, asked.kind ?? nameOfKind(run.cycle));
  if (!kind) return { refused: unknownKind(asked.kind ?? nameOfKind(run.cycle) ?? '', parts.policy.kinds) };
  const windows = kind.windows ?? null;
  const days = slotDays(span.from, span.to, windows, parts.zone);
  if (days.length === 0) return { refused: noWindow };
  const places = found.strata.flatMap(({ drawn }) => drawn).map((one) => placeOf(parts, one));
  if (places.length === 0) return { refused: nothingDrawn };
  if (places.length > parts.policy.most) return { refused: tooMany(places.length, parts.policy.most) };
  const id = campaignIdOf(run.id);
  const isDemo = run.demo;
  const visits = visitsOf({ campaign: id, places, days, kind, seed, isDemo });
  const draft: CampaignDraft = {
    kind: kind.id,
    name: `${run.cycle.name.zh} ${run.period.key}`,
    ...span,
    draw: { seed },
    ...(asked.inspectors && { inspectors: asked.inspectors }),
  };
  const sample: CampaignSample = { run: run.id, cycle: run.cycle.id, period: run.period };
  const { checklist } = kind;
  const campaign = campaignOf({ id, draft, kind, windows, checklist, areas: [], visits, by, at, isDemo });
  return { visits, campaign: { ...campaign, sample } };
}

const nameOfKind = (cycle: ScoreRun['cycle']): string | undefined =>
  cycle.kind === 'sample' ? cycle.campaign : undefined;

const kindFor = (kinds: readonly CampaignKind[], id: string | undefined): CampaignKind | undefined =>
  kinds.find((kind) => (id === undefined ? kind.unannounced : kind.id === id));

/** A drawn place as one to be visited. Its key is that of its lot, since the same place may be drawn in two categories. */
const placeOf = (
  { siteOf }: Pick<BeginParts, 'siteOf'>,
  { place, kind, name, area, category, lon, lat }: Drawn,
): Candidate => ({
  key: `${area}/${category}/${place}`,
  site: kind === 'site' ? place : null,
  ...(kind === 'device' && { device: place }),
  category,
  ...{ name, area, lon, lat },
  address: (kind === 'site' ? siteOf(place)?.address : undefined) ?? null,
});

function whyNot({ superseded, visitedBy, run }: SampleFound): Refusal | null {
  if (superseded) return drawnAnew(run.id);
  return visitedBy === null ? null : visitedAlready(visitedBy);
}

/** Visits count for the period they were drawn for, so they are made in it. */
function whyNotThen({ key, from, to }: ScoreRun['period'], asked: SampleAsked, at: number): Refusal | null {
  if (Math.min(asked.to ?? to, to) <= at) return over;
  const first = asked.from ?? from;
  const last = asked.to ?? to;
  return first < from || last > to || first >= last ? outside(key) : null;
}

const unknownSample = (run: string): Refusal => ({
  code: 'unknown-sample',
  zh: `没有抽出样本的核算“${run}”`,
  en: `no run "${run}" has drawn a sample`,
});
const drawnAnew = (run: string): Refusal => ({
  code: 'drawn-anew',
  zh: `${run} 之后又重新抽过：请用最新的一稿`,
  en: `${run} was drawn anew since: take the newest revision`,
});
const visitedAlready = (campaign: string): Refusal => ({
  code: 'visited-already',
  zh: `这份样本已转为走访（${campaign}）；同一期的行动结束之前不能再转`,
  en: `the sample is visited already (${campaign}): there is one campaign for a lot, and one at a time for a period`,
});
const outside = (period: string): Refusal => ({
  code: 'outside-period',
  zh: `走访须在 ${period} 之内：结果计入这一期`,
  en: `the visits must lie within ${period}: they count for it`,
});
const nothingDrawn: Refusal = {
  code: 'nobody-to-visit',
  zh: '这份样本没有抽中任何地点',
  en: 'nothing was drawn in this sample',
};
