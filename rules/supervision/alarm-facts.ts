import type { Kysely } from 'kysely';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Period } from '../../devices/contract/score.ts';
import type { AlarmFact } from '../../devices/supervision/facts.ts';
import type { RulesTables } from '../store/migrations.ts';

const PORTION = 500;

/** Alarms that began to sound in a period, each once, from its first sound to its first acknowledgement. */
export async function alarmFacts(
  db: Kysely<RulesTables>,
  { from, to }: Period,
  priorities: readonly string[],
  demonstration: boolean,
): Promise<AlarmFact[]> {
  const found = new Map<string, AlarmFact>();
  if (priorities.length === 0) return [];
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('annunciations')
      .innerJoin('alarms', 'alarms.id', 'annunciations.alarm')
      .select(['annunciations.seq', 'annunciations.at', 'annunciations.acked_at', 'alarms.body'])
      .where('annunciations.at', '>=', from)
      .where('annunciations.at', '<', to)
      .where('annunciations.priority', 'in', priorities)
      .where('annunciations.seq', '>', after)
      .orderBy('annunciations.seq')
      .limit(PORTION)
      .execute();
    for (const { at, acked_at, body } of rows) {
      const { id, clause, area, priority, hazard, demo } = JSON.parse(body) as Alarm;
      if ((demo && !demonstration) || found.has(id)) continue;
      const ackedAt = acked_at === null ? null : Number(acked_at);
      found.set(id, { id, department: clause.department, area, priority, hazard, raisedAt: Number(at), ackedAt });
    }
    const last = rows.at(-1);
    if (!last || rows.length < PORTION) return [...found.values()];
    after = Number(last.seq);
  }
}
