import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';
import { ticketListMigrations } from './ticket-list-migrations.ts';

/** Tickets and their histories. */
export const ticketMigrations: Migrations = {
  ...ticketListMigrations,
  '0030-tickets': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tickets')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('no', 'text', (c) => c.notNull().unique())
        .addColumn('seq', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('department', 'text', (c) => c.notNull())
        .addColumn('crew', 'text')
        .addColumn('owner', 'text')
        .addColumn('area', 'text')
        .addColumn('item', 'text', (c) => c.notNull())
        .addColumn('incident', 'text')
        .addColumn('opened_at', 'bigint', (c) => c.notNull())
        .addColumn('closed_at', 'bigint')
        .addColumn('recheck_at', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('tickets_open').on('tickets').columns(['open', 'opened_at']).execute();
      await db.schema.createIndex('tickets_opened').on('tickets').column('opened_at').execute();
      await db.schema.createIndex('tickets_closed').on('tickets').column('closed_at').execute();
      await db.schema.createIndex('tickets_recheck').on('tickets').column('recheck_at').execute();
      await db.schema.createIndex('tickets_seq').on('tickets').column('seq').execute();
      await db.schema
        .createTable('ticket_alarms')
        .addColumn('alarm', 'text', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('ticket_alarms_ticket').on('ticket_alarms').column('ticket').execute();
      await db.schema
        .createTable('ticket_steps')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('actor_id', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('ticket_steps_ticket').on('ticket_steps').columns(['ticket', 'seq']).execute();
      await appendOnly(db, 'ticket_steps');
    },
  },
};
