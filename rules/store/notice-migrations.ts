import type { Kysely } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';

/** What people are told, and the proof of it. */
export const noticeMigrations: Migrations = {
  '0060-notices': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('notices')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('area', 'text')
        .addColumn('categories', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('look_at', 'bigint')
        .addColumn('held', 'integer', (c) => c.notNull())
        .addColumn('unreachable', 'integer', (c) => c.notNull())
        .addColumn('handled_at', 'bigint')
        .addColumn('handled_by', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('notices_look').on('notices').columns(['open', 'look_at']).execute();
      await db.schema.createIndex('notices_subject').on('notices').column('subject').execute();
      await db.schema.createIndex('notices_at').on('notices').column('at').execute();
      await db.schema
        .createTable('deliveries')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('notice', 'text', (c) => c.notNull())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('channel', 'text', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('reach', 'integer', (c) => c.notNull())
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('rung', 'integer', (c) => c.notNull())
        .addColumn('step', 'integer', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('due', 'bigint', (c) => c.notNull())
        .addColumn('sent', 'bigint')
        .addColumn('delivered', 'bigint')
        .addColumn('seen', 'bigint')
        .addColumn('accepted', 'bigint')
        .addColumn('failed', 'bigint')
        .addColumn('reason', 'text')
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('attempted_at', 'bigint')
        .addColumn('troubled_at', 'bigint')
        .addColumn('next_at', 'bigint')
        .addColumn('may_repeat', 'integer', (c) => c.notNull())
        .addColumn('message', 'text')
        .addColumn('far_id', 'text')
        .execute();
      await db.schema
        .createTable('push_subscriptions')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('endpoint', 'text', (c) => c.notNull())
        .addColumn('p256dh', 'text', (c) => c.notNull())
        .addColumn('auth', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('push_subscriptions_person')
        .on('push_subscriptions')
        .columns(['person', 'at'])
        .execute();
      await db.schema.createIndex('deliveries_due').on('deliveries').columns(['channel', 'state', 'next_at']).execute();
      await db.schema.createIndex('deliveries_notice').on('deliveries').columns(['notice', 'person', 'step']).execute();
      await db.schema.createIndex('deliveries_message').on('deliveries').column('message').execute();
      await db.schema.createIndex('deliveries_far').on('deliveries').columns(['channel', 'far_id']).execute();
      await db.schema.createIndex('deliveries_attempted').on('deliveries').column('attempted_at').execute();
    },
  },
  '0075-push-browsers': {
    async up(db: Kysely<unknown>) {
      const table = 'push_subscriptions';
      await db.schema
        .alterTable(table)
        .addColumn('name', 'text', (c) => c.notNull().defaultTo(''))
        .execute();
      for (const time of ['gone_at', 'delivered_at', 'seen_at'])
        await db.schema.alterTable(table).addColumn(time, 'bigint').execute();
    },
  },
};
