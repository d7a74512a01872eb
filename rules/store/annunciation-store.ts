import { sql, type Transaction } from 'kysely';
import type { AlarmEvent } from '../../devices/contract/alarm.ts';
import type { AnnunciationRow } from '../../devices/contract/state-tables.ts';
import type { RulesTables } from './migrations.ts';

/** Rows a statement: SQLite joins at most 500 selects into one. */
const CHUNK = 200;

/** Writes what began to sound, and when what sounded before was acknowledged or ended. */
export async function writeAnnunciations(
  trx: Transaction<RulesTables>,
  rows: readonly AnnunciationRow[],
  events: readonly AlarmEvent[],
): Promise<void> {
  for (let i = 0; i < rows.length; i += CHUNK) {
    await trx
      .insertInto('annunciations')
      .values(rows.slice(i, i + CHUNK))
      .execute();
  }
  await note(trx, 'acked_at', events, ['acknowledged']);
  await note(trx, 'returned_at', events, ['returned', 'closed']);
}

/** Fills a time into the rows that began before the event and have none yet. */
async function note(
  trx: Transaction<RulesTables>,
  column: 'acked_at' | 'returned_at',
  events: readonly AlarmEvent[],
  kinds: readonly AlarmEvent['kind'][],
): Promise<void> {
  const ends = events.filter(({ kind }) => kinds.includes(kind));
  for (let i = 0; i < ends.length; i += CHUNK) {
    const selects = ends
      .slice(i, i + CHUNK)
      .map(
        ({ alarm, at, seq }) =>
          sql`select cast(${alarm} as text) as alarm, cast(${at} as bigint) as at, cast(${seq} as bigint) as seq`,
      );
    const done = sql.ref(column);
    await sql`
      update annunciations set ${sql.ref(column)} = e.at
      from (${sql.join(selects, sql` union all `)}) as e
      where annunciations.alarm = e.alarm and annunciations.seq < e.seq and annunciations.${done} is null
    `.execute(trx);
  }
}
