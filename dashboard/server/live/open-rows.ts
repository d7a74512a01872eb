import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Sql } from '../../../kit/sql/sql.ts';

/**
 * Bodies of all open rows of a table, and the number of the newest change they include. The number is read first: a row that
 * changes between the two is then seen again, and none is missed.
 */
export async function openRows<T>(
  db: Sql<StateTables>['db'],
  table: 'alarms' | 'incidents' | 'tickets',
): Promise<{ rows: T[]; seq: number }> {
  const { seq } = await db
    .selectFrom(table)
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow();
  const rows = await db.selectFrom(table).select('body').where('open', '=', 1).orderBy('seq').execute();
  return { rows: rows.map(({ body }) => JSON.parse(body) as T), seq: Number(seq ?? 0) };
}
