import { type Kysely, sql, type Transaction } from 'kysely';
import type { RulesTables } from './migrations.ts';

/** The last number of a day that a table holds (rules/day-numbers.ts), also where a day has come to more than four digits. */
export async function lastNumber(
  db: Kysely<RulesTables> | Transaction<RulesTables>,
  table: 'tickets' | 'hazards',
): Promise<string | null> {
  const row = await db
    .selectFrom(table)
    .select('no')
    // The day up to its dash, then the count as a number would be ordered.
    .orderBy(sql`substr(no, 1, ${table === 'hazards' ? 9 : 8})`, 'desc')
    .orderBy(sql`length(no)`, 'desc')
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.no ?? null;
}
