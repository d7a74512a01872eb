import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command, CommandOutcome } from '../devices/contract/command.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { Problem } from '../kit/problem.ts';
import { sharedNow } from '../kit/shared-clock.ts';
import { connect } from './connect.ts';

/** A command without what every command carries. */
type Wanted = Command extends infer C ? (C extends Command ? Omit<C, 'id' | 'actor' | 'at'> : never) : never;

/** Carries out a command on the running platform as the person at the terminal; a refusal is a {@link Problem}. */
export async function carryOut(folder: DataFolder, wanted: Wanted): Promise<readonly string[]> {
  return (await outcomeOf(folder, wanted)).changed;
}

/** As {@link carryOut}, with what was refused in part. */
export async function outcomeOf(
  folder: DataFolder,
  wanted: Wanted,
): Promise<Extract<CommandOutcome, { readonly done: true }>> {
  const outcome = await asked(folder, wanted);
  if (!('done' in outcome)) throw new Problem(`${outcome.refused.zh}\n${outcome.refused.en}`);
  return outcome;
}

/** Asks the running platform for a command as the person at the terminal, whatever comes of it. */
export async function asked(folder: DataFolder, wanted: Wanted): Promise<CommandOutcome> {
  const rules = connect(folder, 'rules');
  try {
    const { username } = userInfo();
    const actor = { id: `cli:${username}`, name: username, via: 'cli', role: 'admin' } as const;
    const command = { ...wanted, id: randomUUID(), actor, at: sharedNow(folder) } as Command;
    return await rules.call<CommandOutcome>('rules.command', command);
  } finally {
    rules.close();
  }
}
