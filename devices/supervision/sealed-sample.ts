import { createHash } from 'node:crypto';
import type { CampaignPolicy } from '../contract/campaign-policy.ts';
import type { RunBody } from '../contract/score.ts';

/**
 * A run as people may see it at `now` (ms). 四不两直: where a sample is visited unannounced, nobody, whatever his role, sees the
 * lot before the last of its visits is open; each visit is told by its campaign when its own window opens. What is shown at once,
 * the hash of the seed and how many were drawn where, proves later that neither was changed.
 */
export function shownRun(body: RunBody, { kinds }: Pick<CampaignPolicy, 'kinds'>, now: number): RunBody {
  const { run, visits } = body;
  const { cycle, content, period } = run;
  if (content.kind !== 'sample' || cycle.kind !== 'sample') return body;
  const unannounced = kinds.find(({ id }) => id === cycle.campaign)?.unannounced ?? false;
  const until = visits?.openAt ?? period.to;
  if (!unannounced || now >= until) return body;
  const commitment = createHash('sha256').update(content.seed).digest('hex');
  const sealed = { until, commitment, drawn: content.strata.map(({ drawn }) => drawn.length) };
  const strata = content.strata.map((stratum) => ({ ...stratum, drawn: [] }));
  return { ...body, run: { ...run, content: { kind: 'sample', seed: '', strata, sealed } } };
}
