import type { Kysely } from 'kysely';
import type { Alarm, VerdictKind } from '../../devices/contract/alarm.ts';
import type { JudgedAlarm } from '../backtest/check-verdicts.ts';
import type { RulesTables } from './migrations.ts';

/** Alarms of a rule that began in [from, to) and that people judged (研判), with the newest verdict of each. */
export async function judgedAlarms(
  db: Kysely<RulesTables>,
  rule: string,
  from: number,
  to: number,
): Promise<JudgedAlarm[]> {
  const rows = await db
    .selectFrom('verdicts')
    .innerJoin('alarms', 'alarms.id', 'verdicts.alarm')
    .select(['verdicts.alarm', 'verdicts.kind', 'alarms.body'])
    .where('verdicts.rule', '=', rule)
    .where('alarms.since', '>=', from)
    .where('alarms.since', '<', to)
    .orderBy('verdicts.seq')
    .execute();
  const newest = new Map(rows.map((row) => [row.alarm, row]));
  return [...newest.values()].map(({ kind, body }) => {
    const { device, since, returnedAt } = JSON.parse(body) as Alarm;
    return { device, since, returnedAt, kind: kind as VerdictKind };
  });
}
