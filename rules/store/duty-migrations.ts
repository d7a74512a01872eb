import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';

/** Who is responsible: every version of every record, none ever changed or deleted. */
export const dutyMigrations: Migrations = {
  '0040-duty': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('duty_records')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('version', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('duty_records_version')
        .on('duty_records')
        .columns(['kind', 'id', 'version'])
        .unique()
        .execute();
      await appendOnly(db, 'duty_records');
    },
  },
};
