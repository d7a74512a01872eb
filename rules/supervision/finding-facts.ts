import type { Kysely } from 'kysely';
import { itemsOf } from '../../devices/city/items-of.ts';
import type { Campaign, Visit } from '../../devices/contract/campaign.ts';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { HazardEntry } from '../../devices/contract/hazard.ts';
import type { Period } from '../../devices/contract/score.ts';
import type { HazardFact, SampleFinding } from '../../devices/supervision/facts.ts';
import type { RulesTables } from '../store/migrations.ts';
import { categoryOf } from './place-facts.ts';

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

/**
 * Visits that were made in a period. The item looked at and its department are those of the campaign, or the departments those of
 * the category that was drawn; a drawn visit counts in the period it was drawn for.
 */
export async function visitFacts(
  db: Kysely<RulesTables>,
  { from, to }: Period,
  catalogue: Catalogue,
  demonstration: boolean,
): Promise<SampleFinding[]> {
  const leads = leadersOf(catalogue);
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
    const { id, area, endedAt, findings, category, demo } = JSON.parse(row.visit) as Visit;
    const { item, unannounced, sample } = JSON.parse(row.campaign) as Campaign;
    if (endedAt === null || (demo && !demonstration)) return [];
    // A phone that was off the network may send a visit of the last day after it.
    const at = sample ? Math.max(sample.period.from, Math.min(endedAt, sample.period.to - 1)) : endedAt;
    if (at < from || at >= to) return [];
    const departments = leads.get(item ?? category ?? '') ?? [];
    return [{ id, departments, area, at, item, unannounced, findings: findings.length }];
  });
}

/** Who leads, by item and by category. */
function leadersOf(catalogue: Catalogue): ReadonlyMap<string, readonly string[]> {
  const leads = new Map<string, readonly string[]>();
  for (const { code, leadDepartment } of itemsOf(catalogue))
    for (const key of [code, categoryOf(code)])
      leads.set(key, [...new Set([...(leads.get(key) ?? []), leadDepartment])]);
  return leads;
}
