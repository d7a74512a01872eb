import type { Kysely, Transaction } from 'kysely';
import type { OverrideAsk, StandingOverride } from '../../devices/contract/overrides.ts';
import type { OverrideChanges } from '../engine/overrides.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

/** What people have laid over points, and what waits for a second person. */
export async function loadOverrides(db: Db): Promise<{ standing: StandingOverride[]; asked: OverrideAsk[] }> {
  const standing = await db.selectFrom('overrides').select('body').execute();
  const asked = await db.selectFrom('override_asks').select('body').orderBy('at').execute();
  return {
    standing: standing.map(({ body }) => JSON.parse(body) as StandingOverride),
    asked: asked.map(({ body }) => JSON.parse(body) as OverrideAsk),
  };
}

/** Writes what changed; in the transaction of the alarms that show it. */
export async function writeOverrides(trx: Db, { put, gone, asked, answered }: OverrideChanges): Promise<void> {
  for (const { device, rule, override } of gone) {
    await trx
      .deleteFrom('overrides')
      .where('device', '=', device)
      .where('rule', '=', rule ?? '')
      .where('kind', '=', override.kind)
      .execute();
  }
  for (const one of put) {
    const body = JSON.stringify(one);
    await trx
      .insertInto('overrides')
      .values({ device: one.device, rule: one.rule ?? '', kind: one.override.kind, body })
      .onConflict((c) => c.columns(['device', 'rule', 'kind']).doUpdateSet({ body }))
      .execute();
  }
  if (answered.length > 0) await trx.deleteFrom('override_asks').where('id', 'in', answered).execute();
  for (const ask of asked) {
    await trx
      .insertInto('override_asks')
      .values({ id: ask.id, at: ask.at, body: JSON.stringify(ask) })
      .execute();
  }
}
