import type { Transaction } from 'kysely';
import type { Command, CommandOutcome } from '../../devices/contract/command.ts';
import type { RulesTables } from '../store/migrations.ts';
import { withoutSecrets } from './execute.ts';

/** The outcome that a command of this id had before, if it had one. */
export async function outcomeOf(trx: Transaction<RulesTables>, id: string): Promise<CommandOutcome | undefined> {
  const row = await trx.selectFrom('commands').select('outcome').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.outcome) as CommandOutcome);
}

/** Writes a command and its outcome into the audit, carried out or refused, and remembers the outcome by its id. */
export async function writeAudit(
  trx: Transaction<RulesTables>,
  command: Command,
  outcome: CommandOutcome,
  at: number,
): Promise<void> {
  const text = JSON.stringify(outcome);
  const last = await trx
    .selectFrom('audit')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  await trx.insertInto('commands').values({ id: command.id, at, outcome: text }).execute();
  await trx
    .insertInto('audit')
    .values({
      seq: Number(last?.seq ?? 0) + 1,
      at,
      command: command.id,
      type: command.type,
      actor_id: command.actor.id,
      actor_name: command.actor.name,
      via: command.actor.via,
      body: JSON.stringify(withoutSecrets(command)),
      outcome: text,
    })
    .execute();
}
