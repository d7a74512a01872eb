import type { Catalogue } from '../../devices/contract/catalogue.ts';
import { type CampaignBook, campaignBook } from '../campaigns/book.ts';
import type { Core } from './core.ts';
import { isDemonstration } from './demonstration.ts';
import { standardsFor } from './settle-tickets.ts';

/** The campaigns of an engine: they draw from its registry, and take checklists from its standards. */
export function campaignsOf(core: Core, inForce: () => Catalogue | undefined): CampaignBook {
  const { city } = core.parts;
  const standards = standardsFor(core, inForce);
  return campaignBook(city.campaigns, {
    policy: city.campaigns,
    zone: core.zone,
    sites: () => core.sites.values(),
    siteOf: (id) => core.sites.get(id),
    isDemo: () => isDemonstration(core),
    areas: city.areas.map(({ code }) => code),
    checklistOf(code) {
      const item = standards.itemOf(code);
      const procedure = item && standards.procedureOf(standards.clauseOf(item).procedure ?? '');
      return procedure?.steps;
    },
  });
}

/** Lets the windows of visits pass. */
export function settleCampaigns(core: Core, campaigns: CampaignBook): void {
  const at = core.time.lastTick;
  if (!core.silent && !Number.isNaN(at)) campaigns.settle(at);
}
