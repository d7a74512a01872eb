import type { Kysely, Transaction } from 'kysely';
import { type Campaign, isVisitOpen, type Visit } from '../../devices/contract/campaign.ts';
import type { CampaignChanges, KeptCampaigns } from '../campaigns/book.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

const toVisitRow = (visit: Visit) => ({
  id: visit.id,
  campaign: visit.campaign,
  seq: visit.seq,
  open: isVisitOpen(visit) ? 1 : 0,
  stage: visit.stage,
  area: visit.area,
  site: visit.site,
  opens_at: visit.opensAt,
  closes_at: visit.closesAt,
  again_at: visit.againAt,
  actor_id: visit.by?.id ?? null,
  findings: visit.findings.length,
  body: JSON.stringify(visit),
});

/** Writes campaigns and visits whole, and the lines of their history. */
export async function writeCampaigns(trx: Db, { campaigns, visits, steps }: CampaignChanges): Promise<void> {
  for (const campaign of campaigns) {
    const { id, stage, kind, from, to } = campaign;
    const body = JSON.stringify(campaign);
    await trx
      .insertInto('campaigns')
      .values({ id, stage, kind, starts_at: from, ends_at: to, body })
      .onConflict((c) => c.column('id').doUpdateSet({ stage, body }))
      .execute();
  }
  for (const part of chunks(visits)) {
    await trx
      .insertInto('visits')
      .values(part.map(toVisitRow))
      .onConflict((c) =>
        c.column('id').doUpdateSet((eb) => ({
          seq: eb.ref('excluded.seq'),
          open: eb.ref('excluded.open'),
          stage: eb.ref('excluded.stage'),
          again_at: eb.ref('excluded.again_at'),
          actor_id: eb.ref('excluded.actor_id'),
          findings: eb.ref('excluded.findings'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
  }
  for (const part of chunks(steps))
    await trx
      .insertInto('visit_steps')
      .values(
        part.map((step) => ({
          seq: step.seq,
          visit: step.visit,
          at: step.at,
          kind: step.kind,
          actor_id: step.by?.id ?? null,
          body: JSON.stringify(step),
        })),
      )
      .execute();
}

/** Running campaigns and their open visits. */
export async function loadCampaigns(db: Db): Promise<KeptCampaigns> {
  const campaigns = await db.selectFrom('campaigns').select('body').where('stage', '=', 'running').execute();
  const visits = await db.selectFrom('visits').select('body').where('open', '=', 1).orderBy('opens_at').execute();
  const last = await db
    .selectFrom('visit_steps')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return {
    campaigns: campaigns.map(({ body }) => JSON.parse(body) as Campaign),
    visits: visits.map(({ body }) => JSON.parse(body) as Visit),
    lastSeq: Number(last?.seq ?? 0),
  };
}
