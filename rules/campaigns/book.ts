import {
  type Campaign,
  type CampaignDraft,
  isVisitOpen,
  type Visit,
  type VisitFinding,
  type VisitPersonStep,
  type VisitStep,
} from '../../devices/contract/campaign.ts';
import type { CampaignPolicy } from '../../devices/contract/campaign-policy.ts';
import type { Actor, Refusal } from '../../devices/contract/command.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import type { By } from '../../devices/contract/ticket.ts';
import { type BeginParts, type Begun, beginCampaign } from './begin.ts';
import { campaignOfSample, type SampleAsked, type SampleFound } from './of-sample.ts';
import { takeVisitStep } from './visit-step.ts';

/** What is to be written: campaigns and visits whole, lines of history numbered. */
export interface CampaignChanges {
  readonly campaigns: readonly Campaign[];
  readonly visits: readonly Visit[];
  readonly steps: readonly VisitStep[];
  /** What time did to campaigns, for whoever must hear of it. */
  readonly deadlines: readonly CampaignDeadline[];
}

/** A campaign that ends soon, or has ended by time. */
export interface CampaignDeadline {
  readonly campaign: Campaign;
  readonly kind: 'warned' | 'ended';
  readonly at: number;
  /** Visits not made so far. */
  readonly open: number;
}

/** What the database keeps that the book needs: running campaigns with their open visits. */
export interface KeptCampaigns {
  readonly campaigns: readonly Campaign[];
  readonly visits: readonly Visit[];
  readonly lastSeq: number;
}

export type CampaignTold = { readonly campaign: Campaign } | { readonly refused: Refusal };
export type VisitTold = { readonly visit: Visit } | { readonly refused: Refusal };
/** Makes a finding a hazard or a ticket: its id, or why it was refused. */
export type Finds = (
  visit: Visit,
  finding: VisitFinding,
) => { readonly as: 'hazard' | 'ticket'; readonly id: string } | { readonly refused: Refusal };

/** The running campaigns and their open visits. Pure; put back by {@link KeptCampaigns} alone. */
export interface CampaignBook {
  load(kept: KeptCampaigns): void;
  /** Lets windows pass, at `at` (ms on the journal's time). */
  settle(at: number): void;
  begin(id: string, draft: CampaignDraft, actor: Actor, at: number): CampaignTold;
  /** Begins the campaign of a drawn sample, `found` in the books. */
  ofSample(asked: SampleAsked, found: SampleFound | null, actor: Actor, at: number): CampaignTold;
  /** Ends it before its time; what was not visited is missed. */
  end(id: string, reason: string, actor: Actor, at: number): CampaignTold;
  /** A step at a place. A finding becomes what `finds` makes of it, or nothing changes at all. */
  step(id: string, step: VisitPersonStep, actor: Actor, at: number, finds: Finds): VisitTold;
  take(): CampaignChanges | null;
}

/** Who may begin and end campaigns. */
const chiefs: readonly ActorRole[] = ['admin', 'supervisor', 'manager'];
const HOUR = 3_600_000;
const byOf = ({ id, name, role }: Actor): By => ({ id, name, role });
/** At so much of its time the people of a campaign are told that it ends. */
const WARN_AT = 0.8;

interface Written {
  readonly by?: By | null;
  readonly step?: VisitPersonStep;
  readonly more?: VisitStep['more'];
}

export function campaignBook(policy: CampaignPolicy, parts: BeginParts): CampaignBook {
  const campaigns = new Map<string, Campaign>();
  const visits = new Map<string, Visit>();
  let changed = new Map<string, Visit>();
  let changedCampaigns = new Map<string, Campaign>();
  let steps: VisitStep[] = [];
  let deadlines: CampaignDeadline[] = [];
  let seq = 0;
  let next = Number.POSITIVE_INFINITY;

  const graceMs = policy.graceH * HOUR;
  const endOf = ({ to }: Campaign): number => to + graceMs;
  /** When time next does something to a campaign. */
  const momentOf = (campaign: Campaign): number =>
    campaign.warnedAt === undefined ? warnAt(campaign) : endOf(campaign);
  const put = (campaign: Campaign): Campaign => {
    const written = { ...campaign, seq };
    changedCampaigns.set(written.id, written);
    if (written.stage === 'running') {
      campaigns.set(written.id, written);
      next = Math.min(next, momentOf(written));
    } else campaigns.delete(written.id);
    return written;
  };
  const hold = (visit: Visit): void => {
    if (!isVisitOpen(visit)) visits.delete(visit.id);
    else {
      visits.set(visit.id, visit);
      next = Math.min(next, visit.closesAt + graceMs);
    }
  };
  const write = (
    visit: Visit,
    from: Visit['stage'],
    kind: VisitStep['kind'],
    at: number,
    { by = null, step, more = {} }: Written = {},
  ): Visit => {
    steps.push({
      seq: ++seq,
      visit: visit.id,
      at,
      doneAt: step?.doneAt ?? null,
      kind,
      by,
      place: step?.place ?? null,
      note: step?.note ?? null,
      photos: step?.photos ?? [],
      from,
      to: visit.stage,
      more,
    });
    const written = { ...visit, seq };
    changed.set(written.id, written);
    hold(written);
    return written;
  };
  const miss = (visit: Visit, at: number, more: VisitStep['more'] = {}): void => {
    // Somebody stood at the door in time, and nobody came again: that is not the same as nobody ever came.
    const stage = visit.rings > 0 ? 'unreached' : 'missed';
    write({ ...visit, stage, endedAt: at }, visit.stage, 'missed', at, { more });
  };
  const keep = (begun: Begun): CampaignTold => {
    if ('refused' in begun) return begun;
    for (const visit of begun.visits) {
      changed.set(visit.id, visit);
      hold(visit);
    }
    return { campaign: put(begun.campaign) };
  };
  const visitsOf = (campaign: string): Visit[] => [...visits.values()].filter((visit) => visit.campaign === campaign);
  return {
    load(kept) {
      seq = kept.lastSeq;
      for (const campaign of kept.campaigns) {
        campaigns.set(campaign.id, campaign);
        next = Math.min(next, momentOf(campaign));
      }
      for (const visit of kept.visits) hold(visit);
    },
    settle(at) {
      if (at < next) return;
      const openOf = ({ id }: Campaign): number => visitsOf(id).length;
      const over = [...campaigns.values()].filter((campaign) => at > endOf(campaign));
      for (const campaign of over) deadlines.push({ campaign, kind: 'ended', at, open: openOf(campaign) });
      for (const visit of [...visits.values()]) if (at > visit.closesAt + graceMs) miss(visit, at);
      for (const campaign of over) put({ ...campaign, stage: 'ended', endedAt: at });
      for (const campaign of [...campaigns.values()])
        if (campaign.warnedAt === undefined && at >= warnAt(campaign)) {
          const warned = put({ ...campaign, warnedAt: at });
          deadlines.push({ campaign: warned, kind: 'warned', at, open: openOf(warned) });
        }
      next = Number.POSITIVE_INFINITY;
      for (const visit of visits.values()) next = Math.min(next, visit.closesAt + graceMs);
      for (const campaign of campaigns.values()) next = Math.min(next, momentOf(campaign));
    },
    begin(id, draft, actor, at) {
      if (!chiefs.includes(actor.role)) return { refused: notYourRole(actor.role) };
      return keep(beginCampaign(parts, `campaign:${id}`, draft, byOf(actor), at));
    },
    ofSample(asked, found, actor, at) {
      if (!chiefs.includes(actor.role)) return { refused: notYourRole(actor.role) };
      return keep(campaignOfSample(parts, found, asked, byOf(actor), at));
    },
    end(id, reason, actor, at) {
      if (!chiefs.includes(actor.role)) return { refused: notYourRole(actor.role) };
      const campaign = campaigns.get(id);
      if (!campaign) return { refused: unknownCampaign };
      for (const visit of visitsOf(id)) miss(visit, at, { reason });
      return { campaign: put({ ...campaign, stage: 'ended', endedAt: at }) };
    },
    step(id, step, actor, at, finds) {
      const visit = visits.get(id);
      const campaign = visit && campaigns.get(visit.campaign);
      if (!visit || !campaign) return { refused: unknownVisit };
      const taken = takeVisitStep(policy, campaign, visit, step, actor, at);
      if ('refused' in taken) return taken;
      const by = byOf(actor);
      if (step.kind !== 'finding')
        return { visit: write(taken.visit, visit.stage, step.kind, at, { by, step, more: taken.more ?? {} }) };
      const found = finds(taken.visit, step.finding);
      if ('refused' in found) return found;
      const findings = [...taken.visit.findings, found];
      return { visit: write({ ...taken.visit, findings }, visit.stage, 'finding', at, { by, step, more: found }) };
    },
    take() {
      if (changed.size === 0 && changedCampaigns.size === 0) return null;
      const taken = { campaigns: [...changedCampaigns.values()], visits: [...changed.values()], steps, deadlines };
      changed = new Map();
      changedCampaigns = new Map();
      steps = [];
      deadlines = [];
      return taken;
    },
  };
}

const warnAt = ({ from, to }: Campaign): number => from + WARN_AT * (to - from);

const unknownCampaign: Refusal = {
  code: 'unknown-campaign',
  zh: '没有这个进行中的行动',
  en: 'there is no running campaign of this id',
};
const unknownVisit: Refusal = {
  code: 'unknown-visit',
  zh: '没有这次未完成的走访',
  en: 'there is no open visit of this id',
};
const notYourRole = (role: ActorRole): Refusal => ({
  code: 'not-your-role',
  zh: `您的角色（${role}）不能发起或结束行动；可以的角色：${chiefs.join('、')}`,
  en: `your role (${role}) may not begin or end campaigns; these may: ${chiefs.join(', ')}`,
});
