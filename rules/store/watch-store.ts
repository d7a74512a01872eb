import type { Transaction } from 'kysely';
import type { Handover, Watch } from '../../devices/contract/watch.ts';
import type { RulesTables } from './migrations.ts';

/** Writes watches and hand-overs whole. */
export async function writeWatches(
  trx: Transaction<RulesTables>,
  { watches, handovers }: { readonly watches: readonly Watch[]; readonly handovers: readonly Handover[] },
): Promise<void> {
  for (const watch of watches) {
    const until = watch.ended?.at ?? null;
    const body = JSON.stringify(watch);
    await trx
      .insertInto('watches')
      .values({ id: watch.id, seat: watch.seat, person: watch.by.id, since: watch.since, until, body })
      .onConflict((c) => c.column('id').doUpdateSet({ until, body }))
      .execute();
  }
  for (const one of handovers) {
    const { state } = one;
    const taken_at = one.taken?.at ?? null;
    const body = JSON.stringify(one);
    await trx
      .insertInto('handovers')
      .values({ id: one.id, seat: one.seat, state, signed_at: one.signedAt, taken_at, body })
      .onConflict((c) => c.column('id').doUpdateSet({ state, taken_at, body }))
      .execute();
  }
}
