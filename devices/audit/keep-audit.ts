import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { AuditCheckpointRow } from '../contract/audit-tables.ts';

/** Months that rows of the audit are kept, at the least. */
export const LEAST_MONTHS = 6;

const DAY = 86_400_000;

/**
 * Looks once a day, and at the start, for rows that are older than they need be kept, and cuts them off piece by piece. `cut`
 * removes one piece and resolves with its checkpoint, null when nothing was old enough. What fails is tried again the next day.
 */
export function keepAudit(
  cut: () => Promise<AuditCheckpointRow | null>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Running {
  let under: Promise<void> = Promise.resolve();
  let stopped = false;
  const look = async () => {
    try {
      for (let done = await cut(); done && !stopped; done = await cut())
        log.info({ seq: done.seq, removed: done.removed }, 'the audit was cut: older rows than are kept were removed');
    } catch (err) {
      if (!stopped) log.warn({ err }, 'the audit could not be cut; tomorrow again');
    }
  };
  const again = () => {
    under = under.then(look);
  };
  again();
  const cancel = clock.every(DAY, again);
  return {
    async stop() {
      stopped = true;
      cancel();
      await under;
    },
  };
}
