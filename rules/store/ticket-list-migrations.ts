import type { Kysely } from 'kysely';
import { NEVER } from '../../devices/tickets/ticket-line.ts';
import type { Migrations } from '../../kit/sql/sql.ts';

/** What lists of tickets sort and filter by, beside the columns that tickets began with. */
export const ticketListMigrations: Migrations = {
  '0047-ticket-lists': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('tickets')
        .addColumn('due_at', 'bigint', (c) => c.notNull().defaultTo(NEVER))
        .execute();
      await db.schema
        .alterTable('tickets')
        .addColumn('persons', 'text', (c) => c.notNull().defaultTo(''))
        .execute();
      await db.schema
        .alterTable('tickets')
        .addColumn('words', 'text', (c) => c.notNull().defaultTo(''))
        .execute();
      await db.schema.createIndex('tickets_due').on('tickets').columns(['open', 'due_at']).execute();
    },
  },
};
