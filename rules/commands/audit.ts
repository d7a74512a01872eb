import type { Transaction } from 'kysely';
import { appendAudit } from '../../devices/audit/append-audit.ts';
import { subjectsOf } from '../../devices/audit/subjects.ts';
import type { Command, CommandOutcome } from '../../devices/contract/command.ts';
import type { RulesTables } from '../store/migrations.ts';
import { withoutSecrets } from './execute.ts';

/** The outcome that a command of this id had before, if it had one. */
export async function outcomeOf(trx: Transaction<RulesTables>, id: string): Promise<CommandOutcome | undefined> {
  const row = await trx.selectFrom('commands').select('outcome').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.outcome) as CommandOutcome);
}

/** Carries out a command unless one of its id was carried out before, and puts its outcome into the audit. */
export async function carryOutOnce(
  trx: Transaction<RulesTables>,
  command: Command,
  now: () => number,
  carryOut: () => CommandOutcome | Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  const before = await outcomeOf(trx, command.id);
  if (before) return before;
  const outcome = await carryOut();
  await writeAudit(trx, command, outcome, now());
  return outcome;
}

/** Chains a command and its outcome to the audit, carried out or refused, and remembers the outcome by its id. */
export async function writeAudit(
  trx: Transaction<RulesTables>,
  command: Command,
  outcome: CommandOutcome,
  at: number,
): Promise<void> {
  const text = JSON.stringify(outcome);
  const body = withoutSecrets(command);
  const { id, type, actor } = command;
  await trx.insertInto('commands').values({ id, at, outcome: text }).execute();
  await appendAudit(
    trx,
    {
      at,
      command: id,
      type,
      actor_id: actor.id,
      actor_name: actor.name,
      via: actor.via,
      body: JSON.stringify(body),
      outcome: text,
    },
    subjectsOf(body, outcome),
  );
}
