import type { Kysely } from 'kysely';
import { campaignIdOf } from '../../devices/campaigns/secrecy.ts';
import type { Campaign } from '../../devices/contract/campaign.ts';
import { runOf } from '../../devices/supervision/read-scores.ts';
import type { SampleFound } from '../campaigns/of-sample.ts';
import type { RulesTables } from './migrations.ts';
import { lastRevision } from './score-store.ts';

/** A drawn sample as the books have it, and which campaign visits it; null where no run of that id drew one. */
export async function sampleFound(db: Kysely<RulesTables>, id: string): Promise<SampleFound | null> {
  const run = await runOf(db, id);
  if (run?.content.kind !== 'sample') return null;
  const { seed, strata } = run.content;
  const superseded = (await lastRevision(db, run.cycle.id, run.period.key)) > run.revision;
  const own = campaignIdOf(run.id);
  const rows = await db
    .selectFrom('campaigns')
    .select(['id', 'body'])
    .where((eb) => eb.or([eb('id', '=', own), eb('stage', '=', 'running' satisfies Campaign['stage'])]))
    .execute();
  const visits = rows.find(({ id: campaign, body }) => {
    const { sample } = JSON.parse(body) as Campaign;
    return campaign === own || (sample?.cycle === run.cycle.id && sample.period.key === run.period.key);
  });
  return { run, seed, strata, superseded, visitedBy: visits?.id ?? null };
}
