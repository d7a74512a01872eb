import type { Kysely } from 'kysely';
import type { Period } from '../../devices/contract/score.ts';
import type { HazardFact } from '../../devices/supervision/facts.ts';
import type { RulesTables } from '../store/migrations.ts';

/**
 * Hazards that were to be put right within a period, of the department that they lie with. Once verified, what counts is the moment
 * at which the department had put it right: how long others took to look is not its fault. One whose cause is gone is put right as
 * well; rejected ones are none.
 */
export async function hazardFacts(
  db: Kysely<RulesTables>,
  { from, to }: Pick<Period, 'from' | 'to'>,
): Promise<HazardFact[]> {
  const rows = await db
    .selectFrom('hazards')
    .select(['id', 'department', 'area', 'due_at', 'rectified_at', 'closed_at'])
    .where('due_at', '>=', from)
    .where('due_at', '<', to)
    .where('stage', '<>', 'rejected')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id, department, area, due_at, rectified_at, closed_at }) => {
    if (department === null) return [];
    const verifiedAt = closed_at === null ? null : Number(rectified_at ?? closed_at);
    return [{ id, department, area, due: Number(due_at), verifiedAt }];
  });
}
