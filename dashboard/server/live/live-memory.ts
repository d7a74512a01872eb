import type { Position } from '../../../kit/journal/journal.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import type { AccountTables } from '../accounts/tables.ts';
import type { KeptDevice, Picture } from './picture.ts';

/** Keeps the live picture over a restart, so that a page opened right after it shows values with their true age. */
export interface LiveMemory {
  /** Restores each device and resolves with the journal position that the picture holds; 0 for another epoch. */
  load(epoch: string, restore: (device: string, body: string) => void): Promise<Position>;
  /** Keeps these devices; a removed one is forgotten. */
  save(rows: readonly KeptDevice[]): Promise<void>;
  /** What is kept holds everything up to `position`. */
  reached(epoch: string, position: Position): Promise<void>;
}

/** Rows a statement; small enough that a request for an account waits for few milliseconds. */
const rowsAtATime = 400;
const pageOf = 5000;

/** A {@link LiveMemory} in the dashboard's own database. */
export function sqlLiveMemory({ db }: Sql<AccountTables>): LiveMemory {
  return {
    async load(epoch, restore) {
      for (let after = ''; ; ) {
        const rows = await db
          .selectFrom('live_devices')
          .selectAll()
          .where('device', '>', after)
          .orderBy('device')
          .limit(pageOf)
          .execute();
        for (const { device, body } of rows) restore(device, body);
        const last = rows.at(-1);
        if (!last || rows.length < pageOf) break;
        after = last.device;
      }
      const held = await db.selectFrom('live_position').selectAll().executeTakeFirst();
      return held?.epoch === epoch ? Number(held.position) : 0;
    },

    async save(rows) {
      const kept = rows.flatMap(({ device, body }) => (body === null ? [] : [{ device, body }]));
      const gone = rows.flatMap(({ device, body }) => (body === null ? [device] : []));
      if (kept.length > 0) {
        await db
          .insertInto('live_devices')
          .values(kept)
          .onConflict((c) => c.column('device').doUpdateSet((e) => ({ body: e.ref('excluded.body') })))
          .execute();
      }
      if (gone.length > 0) await db.deleteFrom('live_devices').where('device', 'in', gone).execute();
    },

    async reached(epoch, position) {
      await db
        .insertInto('live_position')
        .values({ id: 1, epoch, position })
        .onConflict((c) => c.column('id').doUpdateSet({ epoch, position }))
        .execute();
    },
  };
}

/**
 * Keeps what changed in `picture`, piece by piece, then the position it stood at when this began. Folding an entry twice
 * changes nothing, so devices that are kept ahead of the position do no harm. Rejects when the database cannot; what was
 * not kept stays due.
 */
export async function keepPicture(
  memory: LiveMemory,
  picture: Picture,
  epoch: string,
  position: Position,
): Promise<void> {
  for (let left = picture.unsaved; left > 0; left -= rowsAtATime) {
    const rows = picture.takeUnsaved(Math.min(left, rowsAtATime));
    try {
      await memory.save(rows);
    } catch (err) {
      picture.putBack(rows);
      throw err;
    }
  }
  await memory.reached(epoch, position);
}
