import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';

/** What people lay over alarms, and their verdicts. */
export const deskMigrations: Migrations = {
  '0020-overrides': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('overrides')
        .addColumn('device', 'text', (c) => c.notNull())
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('overrides_point', ['device', 'rule', 'kind'])
        .execute();
      await db.schema
        .createTable('override_asks')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '0021-verdicts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('verdicts')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('alarm', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('evidence', 'text', (c) => c.notNull())
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('device', 'text', (c) => c.notNull())
        .addColumn('device_type', 'text', (c) => c.notNull())
        .addColumn('model', 'text')
        .addColumn('site', 'text')
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('incident', 'text')
        .addColumn('raised_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('verdicts_alarm').on('verdicts').columns(['alarm', 'seq']).execute();
      await db.schema.createIndex('verdicts_raised').on('verdicts').column('raised_at').execute();
      await appendOnly(db, 'verdicts');
    },
  },
};
