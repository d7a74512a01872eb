import type { Kysely } from 'kysely';
import { itemsOf } from '../../devices/city/items-of.ts';
import type { Campaign, Visit } from '../../devices/contract/campaign.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { HazardEntry } from '../../devices/contract/hazard.ts';
import type { Period } from '../../devices/contract/score.ts';
import type { HazardFact, SampleFinding } from '../../devices/supervision/facts.ts';
import type { RulesTables } from '../store/migrations.ts';

/** Hazards of the register that were due in a period. Put right counts once somebody verified it, or its cause is gone. */
export async function hazardFacts(
  db: Kysely<RulesTables>,
  { from, to }: Period,
  demonstration: boolean,
): Promise<HazardFact[]> {
  const rows = await db
    .selectFrom('hazards')
    .select(['id', 'department', 'area', 'due_at', 'rectified_at', 'closed_at', 'closed_by', 'demo', 'stage'])
    .where('due_at', '>=', from)
    .where('due_at', '<', to)
    .where('stage', '<>', 'rejected' satisfies HazardEntry['stage'])
    .orderBy('id')
    .execute();
  return rows
    .filter(({ demo }) => demonstration || Number(demo) === 0)
    .map(({ id, department, area, due_at, rectified_at, closed_at, closed_by }) => {
      const right = closed_by === null ? null : (rectified_at ?? closed_at);
      return {
        ...{ id, department: department ?? '', area, due: Number(due_at) },
        putRightAt: right === null ? null : Number(right),
      };
    });
}

/** Visits that were made in a period; the item looked at and its department are those of the campaign. */
export async function visitFacts(
  db: Kysely<RulesTables>,
  { from, to }: Period,
  catalogue: Catalogue,
): Promise<SampleFinding[]> {
  const lead = new Map(itemsOf(catalogue).map(({ code, leadDepartment }) => [code, leadDepartment]));
  const rows = await db
    .selectFrom('visits')
    .innerJoin('campaigns', 'campaigns.id', 'visits.campaign')
    .select(['visits.body as visit', 'campaigns.body as campaign'])
    .where('visits.stage', '=', 'done' satisfies Visit['stage'])
    .where('visits.closes_at', '>=', from)
    .where('visits.opens_at', '<', to)
    .orderBy('visits.id')
    .execute();
  return rows.flatMap((row) => {
    const { id, area, endedAt, findings } = JSON.parse(row.visit) as Visit;
    const { item, unannounced } = JSON.parse(row.campaign) as Campaign;
    if (endedAt === null || endedAt < from || endedAt >= to) return [];
    const department = item === null ? '' : (lead.get(item) ?? '');
    return [{ id, department, area, at: endedAt, item, unannounced, findings: findings.length }];
  });
}
