import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Sql } from '../../../kit/sql/sql.ts';

/** Rows read at a time. */
const changesAtATime = 2000;

/** What changed after a number of the stream. */
export interface Changed<T> {
  readonly rows: T[];
  /** The number after which to ask next. */
  readonly seq: number;
  /** There are further ones. */
  readonly more: boolean;
}

/**
 * Bodies of the rows of a table that changed after `seq`, oldest change first. Rows that one change touched stay together: the
 * next page begins after whole numbers only.
 */
export async function changedRows<T>(
  db: Sql<StateTables>['db'],
  table: 'alarms' | 'incidents' | 'tickets',
  seq: number,
): Promise<Changed<T>> {
  const rows = await db
    .selectFrom(table)
    .select(['seq', 'body'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(changesAtATime + 1)
    .execute();
  const more = rows.length > changesAtATime;
  const after = rows.at(-1)?.seq;
  const whole = more ? rows.filter((row) => row.seq !== after) : rows;
  const page = whole.length > 0 ? whole : rows;
  return {
    rows: page.map(({ body }) => JSON.parse(body) as T),
    seq: Number(page.at(-1)?.seq ?? seq),
    more,
  };
}
