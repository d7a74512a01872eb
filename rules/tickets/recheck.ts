import { createHash } from 'node:crypto';
import type { Recheck, Ticket } from '../../devices/contract/ticket.ts';
import type { TicketPolicy } from '../../devices/contract/ticket-policy.ts';
import { fits } from '../../devices/tickets/which.ts';

const DAY = 86_400_000;

/**
 * 回头看: whether a closed ticket is looked at again, by its item or by lot. The lot is the first 32 bits of
 * SHA-256(`<city>/<id of the ticket>/<how often it was reopened>`) as a fraction of 2^32, drawn when it is less than the item's
 * share: anybody can draw it again, and nobody can choose.
 */
export function recheckOf(policy: TicketPolicy, city: string, ticket: Ticket, closedAt: number): Recheck | null {
  const rule = policy.recheck.find((one) => fits(one, ticket));
  if (!rule || rule.share === 0) return null;
  const seed = `${city}/${ticket.id}/${ticket.reopened}`;
  const why = rule.share >= 1 ? 'item' : lot(seed) < rule.share ? 'drawn' : 'none';
  return { due: closedAt + rule.afterDays * DAY, why, seed, passed: null, by: null, at: null };
}

/** The lot of a seed: from 0 to 1, 1 not included. */
export const lot = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
