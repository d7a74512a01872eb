import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';

/** The hazard register, inspection campaigns and their visits, with their histories. */
export const hazardMigrations: Migrations = {
  '0044-hazards': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('hazards')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('no', 'text', (c) => c.notNull().unique())
        .addColumn('seq', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('grade', 'text')
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('campaign', 'text')
        .addColumn('cause', 'text')
        .addColumn('area', 'text')
        .addColumn('site', 'text')
        .addColumn('lon', 'double precision', (c) => c.notNull())
        .addColumn('lat', 'double precision', (c) => c.notNull())
        .addColumn('department', 'text')
        .addColumn('repeats', 'integer', (c) => c.notNull())
        .addColumn('due_at', 'bigint')
        .addColumn('rectified_at', 'bigint')
        .addColumn('found_at', 'bigint', (c) => c.notNull())
        .addColumn('closed_at', 'bigint')
        .addColumn('closed_by', 'text')
        .addColumn('demo', 'integer', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('hazards_open').on('hazards').columns(['open', 'found_at']).execute();
      await db.schema.createIndex('hazards_found').on('hazards').column('found_at').execute();
      await db.schema.createIndex('hazards_closed').on('hazards').column('closed_at').execute();
      await db.schema.createIndex('hazards_cause').on('hazards').column('cause').execute();
      await db.schema
        .createTable('hazard_steps')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('hazard', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('actor_id', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('hazard_steps_hazard').on('hazard_steps').columns(['hazard', 'seq']).execute();
      await appendOnly(db, 'hazard_steps');
      await db.schema
        .createTable('hazard_looks')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await appendOnly(db, 'hazard_looks');
    },
  },
  '0044-campaigns': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('campaigns')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('starts_at', 'bigint', (c) => c.notNull())
        .addColumn('ends_at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('campaigns_stage').on('campaigns').columns(['stage', 'ends_at']).execute();
      await db.schema
        .createTable('visits')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('campaign', 'text', (c) => c.notNull())
        .addColumn('seq', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('area', 'text')
        .addColumn('site', 'text')
        .addColumn('opens_at', 'bigint', (c) => c.notNull())
        .addColumn('closes_at', 'bigint', (c) => c.notNull())
        .addColumn('again_at', 'bigint')
        .addColumn('actor_id', 'text')
        .addColumn('findings', 'integer', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('visits_campaign').on('visits').columns(['campaign', 'stage']).execute();
      await db.schema.createIndex('visits_open').on('visits').columns(['open', 'opens_at']).execute();
      await db.schema
        .createTable('visit_steps')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('visit', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('actor_id', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('visit_steps_visit').on('visit_steps').columns(['visit', 'seq']).execute();
      await appendOnly(db, 'visit_steps');
    },
  },
};
