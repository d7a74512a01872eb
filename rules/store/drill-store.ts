import type { Transaction } from 'kysely';
import type { Drill } from '../../devices/contract/drill.ts';
import type { RulesTables } from './migrations.ts';

/** Writes a drill whole. */
export async function writeDrill(trx: Transaction<RulesTables>, drill: Drill): Promise<void> {
  const over_at = drill.over?.at ?? null;
  const body = JSON.stringify(drill);
  await trx
    .insertInto('drills')
    .values({ id: drill.id, seat: drill.seat, started_at: drill.startedAt, over_at, body })
    .onConflict((c) => c.column('id').doUpdateSet({ over_at, body }))
    .execute();
}
