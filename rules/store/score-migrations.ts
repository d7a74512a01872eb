import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';

/** Supervision by figures. Every table is append-only: a number is corrected by a new revision, never changed. */
export const scoreMigrations: Migrations = {
  '0045-scores': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('score_runs')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seq', 'bigint', (c) => c.notNull().unique())
        .addColumn('cycle', 'text', (c) => c.notNull())
        .addColumn('period', 'text', (c) => c.notNull())
        .addColumn('revision', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('score_runs_period')
        .unique()
        .on('score_runs')
        .columns(['cycle', 'period', 'revision'])
        .execute();
      await db.schema
        .createTable('score_numbers')
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('unit', 'text', (c) => c.notNull())
        .addColumn('indicator', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('score_numbers_key', ['run', 'unit', 'indicator'])
        .execute();
      await db.schema
        .createTable('score_appeals')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        // The appeal that this row decides; null where it is the appeal itself.
        .addColumn('decides', 'bigint')
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('score_appeals_run').on('score_appeals').columns(['run', 'seq']).execute();
      await db.schema
        .createTable('score_signatures')
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('score_signatures_key', ['subject', 'hash', 'actor_id'])
        .execute();
      await db.schema
        .createTable('score_publications')
        .addColumn('run', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('score_weights')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('class', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('score_promises')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('department', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('score_promises_run').on('score_promises').column('run').execute();
      for (const table of [
        'score_runs',
        'score_numbers',
        'score_appeals',
        'score_signatures',
        'score_publications',
        'score_weights',
        'score_promises',
      ])
        await appendOnly(db, table);
    },
  },
  '0085-cycle-ends': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('score_cycle_ends')
        .addColumn('cycle', 'text', (c) => c.notNull())
        .addColumn('period', 'text', (c) => c.notNull())
        .addColumn('starts_at', 'bigint', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        // Null where it was not worked out: nobody was there, or the cycle began to run by itself with the one after it.
        .addColumn('run', 'text')
        .addPrimaryKeyConstraint('score_cycle_ends_key', ['cycle', 'period'])
        .execute();
      await appendOnly(db, 'score_cycle_ends');
    },
  },
};
