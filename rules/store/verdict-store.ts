import type { Kysely, Transaction } from 'kysely';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Command } from '../../devices/contract/command.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;
type Judge = Extract<Command, { type: 'judge' }>;

/** The rows that a verdict speaks of, open or closed: those named, or all members of an incident. */
export async function judgedRows(db: Db, of: Judge['of']): Promise<Alarm[]> {
  const rows =
    'alarms' in of
      ? await db.selectFrom('alarms').select('body').where('id', 'in', of.alarms).execute()
      : await db
          .selectFrom('incident_members as m')
          .innerJoin('alarms as a', 'a.id', 'm.alarm')
          .select('a.body')
          .where('m.incident', '=', of.incident)
          .orderBy('m.since')
          .execute();
  return rows.map(({ body }) => JSON.parse(body) as Alarm);
}

/** Keeps a verdict on each of these alarms but those of a drill, which count nowhere; nothing is ever changed or deleted here. */
export async function writeVerdicts(
  trx: Db,
  alarms: readonly Alarm[],
  { kind, evidence, actor, at }: Judge,
  modelOf: (device: string) => string | null,
): Promise<void> {
  const last = await trx
    .selectFrom('verdicts')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  let seq = Number(last?.seq ?? 0);
  for (const alarm of alarms) {
    if (alarm.drill !== undefined) continue;
    await trx
      .insertInto('verdicts')
      .values({
        seq: ++seq,
        at,
        alarm: alarm.id,
        kind,
        evidence,
        actor_id: actor.id,
        actor_name: actor.name,
        device: alarm.device,
        device_type: alarm.deviceType,
        model: modelOf(alarm.device),
        site: alarm.site,
        rule: alarm.rule,
        priority: alarm.priority,
        incident: alarm.incident,
        raised_at: alarm.raisedAt,
      })
      .execute();
  }
}
