import type { Transaction } from 'kysely';
import type { Command, CommandOutcome } from '../../devices/contract/command.ts';
import type { DutyRecords } from '../../devices/contract/duty.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import { type DutyEdited, putDuty, removeDuty } from '../../devices/duty/change-duty.ts';
import type { DutyWorld } from '../../devices/duty/check-duty.ts';
import { writeDuty } from '../store/duty-store.ts';
import type { RulesTables } from '../store/migrations.ts';
import { dutyFaults, mayNotChangeDuty } from './refusals.ts';

/** Everything that changes who is responsible. */
export type DutyCommand = Extract<Command, { type: `duty.${string}` }>;

export const isDutyCommand = (command: Command): command is DutyCommand => command.type.startsWith('duty.');

const mayChange: readonly ActorRole[] = ['admin', 'supervisor', 'system'];

/** What a command made of the records, before it is committed. */
export interface DutyDone {
  readonly outcome: CommandOutcome;
  /** The records as they now are; absent where nothing changed. */
  readonly records?: DutyRecords;
}

/**
 * Carries out a change of who is responsible inside the transaction: all of it, or nothing and every fault. `changed` names
 * records as `<kind> <id>`.
 */
export async function executeOnDuty(
  trx: Transaction<RulesTables>,
  command: DutyCommand,
  kept: DutyRecords,
  world: DutyWorld,
  now: number,
): Promise<DutyDone> {
  if (!mayChange.includes(command.actor.role)) return { outcome: { refused: mayNotChangeDuty } };
  const edited = editedBy(command, kept, world);
  if ('faults' in edited) return { outcome: { refused: dutyFaults(edited.faults), faults: edited.faults } };
  const { edits, records } = edited;
  const outcome: CommandOutcome = { done: true, changed: edits.map(({ kind, id }) => `${kind} ${id}`) };
  if (edits.length === 0 || (command.type === 'duty.put' && command.dryRun)) return { outcome };
  await writeDuty(trx, edits, command.actor, now);
  return { outcome, records };
}

function editedBy(command: DutyCommand, kept: DutyRecords, world: DutyWorld): DutyEdited {
  switch (command.type) {
    case 'duty.put':
      return putDuty(kept, command.put, command.replace ?? false, world);
    case 'duty.remove':
      return removeDuty(kept, command.records);
  }
}
