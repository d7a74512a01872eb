import type { Kysely } from 'kysely';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Running } from '../../../kit/cleanups.ts';
import type { Clock } from '../../../kit/clock.ts';
import { daily } from '../../../kit/daily.ts';
import type { Log } from '../../../kit/log.ts';
import type { Photos } from './photo-store.ts';

/**
 * Which of these pictures a command named that was carried out. Everything that names a picture comes about by a command, and a
 * command is audited in the same transaction; what it named outlives the retention of the audit.
 */
export async function photosNamed(db: Kysely<StateTables>, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('audit_subjects')
    .select('id')
    .where('kind', '=', 'photo')
    .where('id', 'in', hashes)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Removes, once a day and at the start, pictures that nothing named. */
export const startSweep = (photos: Photos, parts: { readonly clock: Clock; readonly log: Log }): Running =>
  daily(
    'sweep of pictures',
    async () => {
      const removed = await photos.sweep();
      if (removed > 0) parts.log.info({ removed }, 'pictures that nothing named within a day were removed');
    },
    parts,
  );
