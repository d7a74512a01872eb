import type { Kysely } from 'kysely';
import { type VisitStage, visitStages } from '../contract/campaign.ts';
import type { StateTables } from '../contract/state-tables.ts';

/** How far a campaign has come in one area. */
export interface AreaProgress {
  readonly area: string | null;
  readonly all: number;
  /** Visits by where they stand; every stage is there. */
  readonly stages: Readonly<Record<VisitStage, number>>;
  /** Second visits whose time has come. */
  readonly againDue: number;
  /** Hazards and tickets that were found. */
  readonly findings: number;
}

const none = (): Record<VisitStage, number> =>
  Object.fromEntries(visitStages.map((stage) => [stage, 0])) as Record<VisitStage, number>;

/** Progress by area, in the order of their codes. `now`: ms. */
export async function campaignProgress(
  db: Kysely<StateTables>,
  campaign: string,
  now: number,
): Promise<readonly AreaProgress[]> {
  const rows = await db
    .selectFrom('visits')
    .select(['area', 'stage', 'again_at', 'findings'])
    .where('campaign', '=', campaign)
    .execute();
  const areas = new Map<
    string | null,
    { all: number; stages: Record<VisitStage, number>; againDue: number; findings: number }
  >();
  for (const { area, stage, again_at, findings } of rows) {
    const sum = areas.get(area) ?? { all: 0, stages: none(), againDue: 0, findings: 0 };
    sum.all++;
    sum.stages[stage as VisitStage]++;
    if (stage === 'again' && again_at !== null && Number(again_at) <= now) sum.againDue++;
    sum.findings += Number(findings);
    areas.set(area, sum);
  }
  return [...areas].map(([area, sum]) => ({ area, ...sum })).sort((a, b) => ((a.area ?? '') < (b.area ?? '') ? -1 : 1));
}
