import type { Visit, VisitFinding } from '../../devices/contract/campaign.ts';
import type { Command, Refusal } from '../../devices/contract/command.ts';
import type { HazardReport } from '../../devices/contract/hazard.ts';
import type { Report } from '../../devices/contract/ticket.ts';
import type { Finds } from '../campaigns/book.ts';
import type { SampleFound } from '../campaigns/of-sample.ts';
import type { Engine } from '../engine/engine.ts';
import { notYourLook } from './refusals.ts';

/** What the register and the campaigns of a city are asked through. */
export type HazardEngine = Pick<Engine, 'hazards' | 'campaigns' | 'tickets'>;

/** What a command changed, by ids, or why it did not. */
type Done = readonly string[] | { readonly id: string; readonly refused: Refusal };

/**
 * Carries out a command about hazards, campaigns or visits, in memory, as executeOnDesk does for alarms and tickets; null for any
 * other. What a visit finds becomes a hazard or a ticket by the same command: both are committed, or neither.
 * @param sample the drawn sample that the command names, as the caller found it in the books
 */
export function executeOnHazards(
  { hazards, campaigns, tickets }: HazardEngine,
  command: Command,
  sample: SampleFound | null,
): Done | null {
  const { actor, at, id } = command;
  switch (command.type) {
    case 'hazard.report': {
      const told = hazards.report(id, command.report, actor, at);
      return 'hazard' in told ? [told.hazard.id] : { id, ...told };
    }
    case 'hazard.step': {
      const told = hazards.step(command.hazard, command.step, actor, at);
      return 'hazard' in told ? [told.hazard.id] : { id: command.hazard, ...told };
    }
    case 'hazard.look':
      if (!lookers.includes(actor.role)) return { id, refused: notYourLook(actor.role) };
      hazards.look(at);
      return [];
    case 'campaign.begin': {
      const told = campaigns.begin(id, command.draft, actor, at);
      return 'campaign' in told ? [told.campaign.id] : { id, ...told };
    }
    case 'campaign.sample': {
      const told = campaigns.ofSample(command, sample, actor, at);
      return 'campaign' in told ? [told.campaign.id] : { id: command.run, ...told };
    }
    case 'campaign.end': {
      const told = campaigns.end(command.campaign, command.reason, actor, at);
      return 'campaign' in told ? [told.campaign.id] : { id: command.campaign, ...told };
    }
    case 'visit.step': {
      const { step } = command;
      const told = campaigns.step(command.visit, step, actor, at, found);
      if ('refused' in told) return { id: command.visit, ...told };
      const last = step.kind === 'finding' ? told.visit.findings.at(-1) : undefined;
      return [told.visit.id, ...(last ? [last.id] : [])];
    }
    default:
      return null;
  }
  function found(visit: Visit, finding: VisitFinding): ReturnType<Finds> {
    const place = placeOfVisit(visit);
    if (finding.as === 'hazard') {
      const { as, ...rest } = finding;
      const report: HazardReport = { ...rest, ...place, source: 'report' };
      const told = hazards.report(id, report, actor, at, { visit: visit.id, campaign: visit.campaign });
      return 'hazard' in told ? { as, id: told.hazard.id } : told;
    }
    const { as, ...rest } = finding;
    const report: Report = { ...rest, ...place, channel: 'inspection', reference: visit.id, name: actor.name };
    const told = tickets.report(id, report, actor, at);
    return 'ticket' in told ? { as, id: told.ticket.id } : told;
  }
}

const lookers: readonly string[] = ['admin', 'supervisor', 'duty', 'dispatcher'];

/** A visit's place, as a report says it. */
const placeOfVisit = ({ lon, lat, area, address, site }: Visit) => ({
  lon,
  lat,
  ...(area !== null && { area }),
  ...(address !== null && { address }),
  ...(site !== null && { site }),
});
