import type { Command, CommandOutcome, Refusal } from '../../devices/contract/command.ts';
import type { TicketBook } from '../tickets/book.ts';
import { decideWatch, type WatchCommand, type WatchWork, type WatchWorld } from '../watches/decide.ts';

export const isWatchCommand = (command: Command): command is WatchCommand => command.type.startsWith('watch.');

/**
 * Decides a command about a watch, and takes the steps of tickets that follow from it, in memory: what it did must be committed by
 * the caller. `changed` names watches, hand-overs and tickets; a ticket that could not be passed on is named with its reason.
 */
export function carryOutWatch(
  world: WatchWorld | { readonly refused: Refusal },
  command: WatchCommand,
  tickets: Pick<TicketBook, 'step'>,
): { readonly outcome: CommandOutcome; readonly work: WatchWork | null } {
  const work = 'refused' in world ? world : decideWatch(world, command);
  if ('refused' in work) return { outcome: work, work: null };
  const changed = [...work.watches, ...work.handovers].map(({ id }) => id);
  const refused: (Refusal & { id: string })[] = [];
  for (const { ticket, step, actor } of work.steps) {
    const told = tickets.step(ticket, step, actor, command.at);
    if ('ticket' in told) changed.push(ticket);
    else refused.push({ id: ticket, ...told.refused });
  }
  return { outcome: { done: true, changed, ...(refused.length > 0 && { refused }) }, work };
}
