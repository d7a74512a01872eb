import type { Kysely, Transaction } from 'kysely';
import { type DutyRecords, dutyRecordsSchema } from '../contract/duty.ts';
import { type DutyRecordKind, dutyLists } from '../contract/duty-kinds.ts';
import type { DutyRecordRow, DutyTables } from '../contract/state-tables.ts';

/** Any handle whose database has the table of responsibility beside its own. */
type Db<DB extends DutyTables> = Kysely<DB> | Transaction<DB>;
const tables = <DB extends DutyTables>(db: Db<DB>) => db as unknown as Kysely<DutyTables>;

/** Records of responsibility at one version; 0 where there never was any. */
export interface KeptDuty {
  readonly version: number;
  readonly records: DutyRecords;
}

/** The number of the newest change. */
export async function dutyVersion<DB extends DutyTables>(db: Db<DB>): Promise<number> {
  const row = await tables(db)
    .selectFrom('duty_records')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/** Every record as its newest version has it; those that were taken away are left out. */
export async function keptDuty<DB extends DutyTables>(db: Db<DB>): Promise<KeptDuty> {
  const newest = tables(db)
    .selectFrom('duty_records')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .groupBy(['kind', 'id']);
  const rows = await tables(db)
    .selectFrom('duty_records')
    .select(['seq', 'kind', 'body'])
    .where('seq', 'in', newest)
    .orderBy('seq')
    .execute();
  const lists: Record<string, unknown[]> = {};
  for (const { kind, body } of rows) {
    if (body === null) continue;
    const list = dutyLists[kind];
    lists[list] = [...(lists[list] ?? []), JSON.parse(body)];
  }
  return {
    version: rows.reduce((most, { seq }) => Math.max(most, Number(seq)), 0),
    records: dutyRecordsSchema.parse(lists),
  };
}

/** One version of a record: what it said, or that it was taken away, and who did it. */
export interface DutyChange {
  readonly version: number;
  readonly at: number;
  readonly by: { readonly id: string; readonly name: string };
  /** Null: taken away. */
  readonly record: unknown;
}

/** Every version of a record, newest first. */
export async function dutyHistory<DB extends DutyTables>(
  db: Db<DB>,
  kind: DutyRecordKind,
  id: string,
): Promise<DutyChange[]> {
  const rows = await tables(db)
    .selectFrom('duty_records')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .orderBy('seq', 'desc')
    .execute();
  return rows.map(toChange);
}

const toChange = ({ version, at, actor_id, actor_name, body }: DutyRecordRow): DutyChange => ({
  version: Number(version),
  at: Number(at),
  by: { id: actor_id, name: actor_name },
  record: body === null ? null : JSON.parse(body),
});
