import type { Kysely } from 'kysely';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { RulesTables } from './migrations.ts';

/** Alarms of these rules that stood at some time within [from, to). */
export async function alarmsOfRules(
  db: Kysely<RulesTables>,
  rules: readonly string[],
  from: number,
  to: number,
): Promise<readonly Alarm[]> {
  if (rules.length === 0) return [];
  // An alarm's id holds the key of its rule.
  const rows = await db
    .selectFrom('alarms')
    .select('body')
    .where('raised_at', '<', to)
    .where((eb) => eb.or(rules.map((rule) => eb('id', 'like', `%/${rule}/%`))))
    .execute();
  const alarms = rows.map(({ body }) => JSON.parse(body) as Alarm);
  return alarms.filter(
    ({ rule, returnedAt, closedAt, drill }) =>
      drill === undefined && rules.includes(rule) && (returnedAt ?? closedAt ?? to) > from,
  );
}
