import type { Campaign, Visit } from '../contract/campaign.ts';

/** The campaign of a run that drew a sample: a lot is visited by one campaign and no more. */
export const campaignIdOf = (run: string): string => `campaign:${run}`;

/**
 * 四不两直: of an unannounced campaign nobody, whatever his role, sees where a visit goes before its window opens; and the seed,
 * with which the whole lot could be drawn, is nobody's before the last window has opened.
 */
export const isVisitShown = (
  campaign: Pick<Campaign, 'unannounced'>,
  visit: Pick<Visit, 'opensAt'>,
  now: number,
): boolean => !campaign.unannounced || now >= visit.opensAt;

/** A campaign as people may see it now: its lot without the seed while that would tell where the next visits go. */
export const shownCampaign = (campaign: Campaign, now: number): ShownCampaign => {
  const { draw, ...rest } = campaign;
  if (!draw) return { ...rest, draw };
  return { ...rest, draw: { ...draw, seed: campaign.unannounced && now < campaign.openAt ? null : draw.seed } };
};

export interface ShownCampaign extends Omit<Campaign, 'draw'> {
  readonly draw: (Omit<NonNullable<Campaign['draw']>, 'seed'> & { readonly seed: string | null }) | null;
}
