import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';

/** What the standards are, were, and are asked to become: nothing of it is ever changed or deleted. */
export const standardsMigrations: Migrations = {
  '0030-standards': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('standards_proposals')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('from_file', 'integer', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('base', 'bigint', (c) => c.notNull())
        .addColumn('version', 'text', (c) => c.notNull())
        .addColumn('needs', 'integer', (c) => c.notNull())
        .addColumn('wanted_from', 'bigint')
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('content', 'text', (c) => c.notNull())
        .addColumn('changes', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('standards_decisions')
        .addColumn('proposal', 'bigint', (c) => c.notNull())
        .addColumn('actor_id', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('standards_decisions_key', ['proposal', 'actor_id'])
        .execute();
      await db.schema
        .createTable('standards_versions')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('approved_at', 'bigint', (c) => c.notNull())
        .addColumn('begins', 'bigint', (c) => c.notNull())
        .addColumn('ends', 'bigint')
        .execute();
      await db.schema
        .createTable('standards_published')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .execute();
      for (const table of ['standards_proposals', 'standards_decisions', 'standards_versions'])
        await appendOnly(db, table);
    },
  },
};
