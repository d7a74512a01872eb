import type { Transaction } from 'kysely';
import type { Delivery } from '../../devices/contract/notice.ts';
import { writeAttempts } from '../store/attempt-store.ts';
import type { RulesTables } from '../store/migrations.ts';

/**
 * Keeps what became of attempts, many in one transaction when many end together. Rejects when the database no longer takes them
 * from this process: what it then does not know is tried again by the next.
 */
export function resultKeeper(
  transaction: <T>(fn: (trx: Transaction<RulesTables>) => Promise<T>) => Promise<T>,
  now: () => number,
) {
  let waiting: Delivery[] = [];
  let tail: Promise<void> = Promise.resolve();
  const flush = async () => {
    const settled = waiting;
    waiting = [];
    if (settled.length > 0) await transaction((trx) => writeAttempts(trx, settled, now()));
  };
  return (settled: readonly Delivery[]): Promise<void> => {
    waiting.push(...settled);
    tail = tail.then(flush);
    return tail;
  };
}
