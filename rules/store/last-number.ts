import { type Kysely, sql, type Transaction } from 'kysely';
import type { RulesTables } from './migrations.ts';

/** The last number of a day that a table holds (rules/day-numbers.ts), also where a day has come to more than four digits. */
export async function lastNumber(
  db: Kysely<RulesTables> | Transaction<RulesTables>,
  table: 'tickets' | 'hazards' | 'drills',
): Promise<string | null> {
  // A drill goes by its number.
  const number = sql.ref<string>(table === 'drills' ? 'id' : 'no');
  const row = await db
    .selectFrom(table as 'tickets')
    .select(number.as('no'))
    // The day up to its dash, then the count as a number would be ordered.
    .orderBy(sql`substr(${number}, 1, ${table === 'tickets' ? 8 : 9})`, 'desc')
    .orderBy(sql`length(${number})`, 'desc')
    .orderBy(number, 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.no ?? null;
}
