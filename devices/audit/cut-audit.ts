import type { Transaction } from 'kysely';
import type { AuditCheckpointRow, AuditTables } from '../contract/audit-tables.ts';
import { appendAudit, auditOf } from './append-audit.ts';
import { CUT } from './verify-audit.ts';

/** Rows a cut takes at most, so that nothing waits long for it. */
export const MOST_CUT = 5000;

/** The moment `months` calendar months before `at` (ms), in UTC; the last day of a month where it has no such day. */
export function monthsBefore(at: number, months: number): number {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, days));
}

/**
 * Removes the oldest rows, those from before `months` months ago and at most {@link MOST_CUT}, and keeps what is needed to verify
 * the rest: a checkpoint, and a row of the chain that tells of it. What rows named goes with them, but for photos: a picture that
 * was named once is kept as long as what named it. Resolves with the checkpoint, null when nothing was old enough.
 */
export async function cutAudit<DB extends AuditTables>(
  trx: Transaction<DB>,
  { months, now }: { readonly months: number; readonly now: number },
): Promise<AuditCheckpointRow | null> {
  const db = auditOf(trx);
  const oldest = await db.selectFrom('audit').select('seq').orderBy('seq').limit(1).executeTakeFirst();
  if (!oldest) return null;
  const kept = await db
    .selectFrom('audit')
    .select('seq')
    .where('at', '>=', monthsBefore(now, months))
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  const end = Math.min(kept?.seq ?? Number.POSITIVE_INFINITY, oldest.seq + MOST_CUT);
  const last = await db
    .selectFrom('audit')
    .select(['seq', 'at', 'hash'])
    .where('seq', '<', end)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return null;
  const checkpoint = { ...last, removed: last.seq - oldest.seq + 1, cut_at: now };
  await db.insertInto('audit_checkpoints').values(checkpoint).execute();
  await db.deleteFrom('audit').where('seq', '<=', last.seq).execute();
  await db.deleteFrom('audit_subjects').where('seq', '<=', last.seq).where('kind', '!=', 'photo').execute();
  const { cut_at, ...told } = checkpoint;
  await appendAudit(
    trx,
    {
      at: cut_at,
      command: '',
      type: CUT,
      ...{ actor_id: 'system', actor_name: 'system', via: 'system' },
      body: JSON.stringify({ ...told, months }),
      outcome: JSON.stringify({ done: true, changed: [] }),
    },
    [],
  );
  return checkpoint;
}
