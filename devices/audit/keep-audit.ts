import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import { daily } from '../../kit/daily.ts';
import type { Log } from '../../kit/log.ts';
import type { AuditCheckpointRow } from '../contract/audit-tables.ts';

/** Months that rows of the audit are kept, at the least. */
export const LEAST_MONTHS = 6;

/**
 * Cuts off, once a day and at the start, what is older than it need be kept. `cut` removes one piece and resolves with its
 * checkpoint, null when nothing was old enough.
 */
export const keepAudit = (
  cut: () => Promise<AuditCheckpointRow | null>,
  parts: { readonly clock: Clock; readonly log: Log },
): Running =>
  daily(
    'retention of the audit',
    async (stopped) => {
      for (let done = await cut(); done && !stopped.aborted; done = await cut())
        parts.log.info({ seq: done.seq, removed: done.removed }, 'the audit was cut: rows past retention were removed');
    },
    parts,
  );
