import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';

/** Drills with their reports, for ever. */
export const drillMigrations: Migrations = {
  '0070-drills': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('drills')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seat', 'text', (c) => c.notNull())
        .addColumn('started_at', 'bigint', (c) => c.notNull())
        .addColumn('over_at', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('drills_started').on('drills').column('started_at').execute();
      await db.schema.createIndex('drills_over').on('drills').column('over_at').execute();
    },
  },
};
