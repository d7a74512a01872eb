import type { Position } from '../../../kit/journal/journal.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import type { AccountTables } from '../accounts/tables.ts';

/** Keeps the live picture over a restart, so that a page opened right after it shows values with their true age. */
export interface LiveMemory {
  /** Restores each device and resolves with the journal position that the picture holds; 0 for another epoch. */
  load(epoch: string, restore: (device: string, body: string) => void): Promise<Position>;
  /** Notes how far the picture has come. */
  reached(position: Position): void;
  save(devices: readonly { device: string; body: string }[]): Promise<void>;
}

/** A {@link LiveMemory} in the dashboard's own database. */
export function sqlLiveMemory({ db }: Sql<AccountTables>): LiveMemory {
  let at: { epoch: string; position: Position } = { epoch: '', position: 0 };
  return {
    async load(epoch, restore) {
      for (const row of await db.selectFrom('live_devices').selectAll().execute()) restore(row.device, row.body);
      const held = await db.selectFrom('live_position').selectAll().executeTakeFirst();
      at = { epoch, position: held?.epoch === epoch ? Number(held.position) : 0 };
      return at.position;
    },
    reached(position) {
      at.position = position;
    },
    async save(devices) {
      const { epoch, position } = at;
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < devices.length; i += 400) {
          await trx
            .insertInto('live_devices')
            .values(devices.slice(i, i + 400))
            .onConflict((c) => c.column('device').doUpdateSet((e) => ({ body: e.ref('excluded.body') })))
            .execute();
        }
        await trx
          .insertInto('live_position')
          .values({ id: 1, epoch, position })
          .onConflict((c) => c.column('id').doUpdateSet({ epoch, position }))
          .execute();
      });
    },
  };
}
