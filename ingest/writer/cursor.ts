import type { Position } from '../../kit/journal/journal.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import type { IngestTables } from '../tables.ts';

/** A consumer's place in the journal, kept in `ingest.db`. */
export interface Cursor {
  /** 0 when there is none, or when it belongs to a journal of another epoch: then every block kept is new. */
  load(): Promise<Position>;
  save(position: Position): Promise<void>;
}

/** The cursor named `name` over the journal of this epoch. */
export function sqlCursor({ db }: Sql<IngestTables>, name: string, epoch: string): Cursor {
  return {
    async load() {
      const row = await db.selectFrom('cursors').selectAll().where('name', '=', name).executeTakeFirst();
      return row?.epoch === epoch ? Number(row.position) : 0;
    },
    async save(position) {
      await db
        .insertInto('cursors')
        .values({ name, epoch, position })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet(({ ref }) => ({ epoch: ref('excluded.epoch'), position: ref('excluded.position') })),
        )
        .execute();
    },
  };
}
