import type { Transaction } from 'kysely';
import type { Actor } from '../../devices/contract/command.ts';
import type { DutyEdit } from '../../devices/duty/change-duty.ts';
import { dutyVersion } from '../../devices/duty/read-duty.ts';
import { canonicalJson } from '../../devices/registry/canonical-json.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

/** Appends a version of each edited record; resolves with the number of the newest change. */
export async function writeDuty(
  trx: Transaction<RulesTables>,
  edits: readonly DutyEdit[],
  actor: Pick<Actor, 'id' | 'name'>,
  at: number,
): Promise<number> {
  const before = await trx
    .selectFrom('duty_records')
    .select(({ fn }) => ['kind', 'id', fn.max('version').as('version')])
    .groupBy(['kind', 'id'])
    .execute();
  const versions = new Map(before.map(({ kind, id, version }) => [`${kind} ${id}`, Number(version)]));
  const last = await dutyVersion(trx);
  const rows = edits.map(({ kind, id, record }, index) => ({
    seq: last + index + 1,
    kind,
    id,
    version: (versions.get(`${kind} ${id}`) ?? 0) + 1,
    body: record === null ? null : canonicalJson(record),
    at,
    actor_id: actor.id,
    actor_name: actor.name,
  }));
  for (const part of chunks(rows)) await trx.insertInto('duty_records').values(part).execute();
  return last + rows.length;
}
