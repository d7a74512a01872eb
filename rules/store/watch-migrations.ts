import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';

/** Who was on watch at which seat, and the notes they handed over. */
export const watchMigrations: Migrations = {
  '0046-watches': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('watches')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seat', 'text', (c) => c.notNull())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('until', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('watches_seat').on('watches').columns(['seat', 'until']).execute();
      await db.schema
        .createTable('handovers')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seat', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('signed_at', 'bigint', (c) => c.notNull())
        .addColumn('taken_at', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('handovers_seat').on('handovers').columns(['seat', 'signed_at']).execute();
      await db.schema.createIndex('handovers_state').on('handovers').column('state').execute();
    },
  },
};
