import { type Kysely, sql } from 'kysely';
import type { Condition } from '../devices/contract/entry.ts';
import type { RefusalCode } from '../devices/contract/quarantine.ts';
import type { Migrations } from '../kit/sql/sql.ts';

/** Refused parts of messages. Rows of one message share `message`, and its bytes stand in the first of them only. */
export interface QuarantineTable {
  id: number;
  message: number;
  received: number;
  client: string;
  device: string | null;
  topic: string;
  code: RefusalCode;
  reason_zh: string;
  reason_en: string;
  /** Base64, cut; null in all rows of a message but the first. */
  payload: string | null;
  size: number;
  /** When it was let in after a fix, ms; null while it is refused. */
  readmitted: number | null;
  /** When it was last judged again, ms. */
  tried: number | null;
}

/** What is wrong with ingest itself and has not ended. */
export interface ConditionTable {
  subject: string;
  condition: Condition;
  at: number;
  /** JSON. */
  facts: string;
}

/** Blocks that a consumer lost: those after `after`, up to and including `through`. */
export interface CutOffTable {
  consumer: string;
  at: number;
  after: number;
  through: number;
  bytes: number;
}

/** Counters that outlive the process. */
export interface CounterTable {
  name: string;
  value: number;
}

/** How far a journal consumer of ingest has come. */
export interface CursorTable {
  name: string;
  epoch: string;
  position: number;
}

/** What each gateway needs to judge alone, as JSON. */
export interface SiteBundleTable {
  gateway: string;
  body: string;
}

/** What ingest keeps in its own database, `ingest.db`. */
export interface IngestTables {
  quarantine: QuarantineTable;
  counters: CounterTable;
  cursors: CursorTable;
  conditions: ConditionTable;
  cut_offs: CutOffTable;
  site_bundles: SiteBundleTable;
}

/** The tables of `ingest.db`. Pass them to `openSql`. */
export const ingestMigrations: Migrations = {
  '0001-ingest': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('quarantine')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('message', 'bigint', (column) => column.notNull())
        .addColumn('received', 'bigint', (column) => column.notNull())
        .addColumn('client', 'text', (column) => column.notNull())
        .addColumn('device', 'text')
        .addColumn('topic', 'text', (column) => column.notNull())
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('reason_zh', 'text', (column) => column.notNull())
        .addColumn('reason_en', 'text', (column) => column.notNull())
        .addColumn('payload', 'text')
        .addColumn('size', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('quarantine_device').on('quarantine').columns(['device', 'id']).execute();
      await db.schema.createIndex('quarantine_client').on('quarantine').columns(['client', 'id']).execute();
      await db.schema.createIndex('quarantine_message').on('quarantine').columns(['message']).execute();
      await db.schema
        .createTable('counters')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'bigint', (column) => column.notNull().defaultTo(sql`0`))
        .execute();
      await db.schema
        .createTable('cursors')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('epoch', 'text', (column) => column.notNull())
        .addColumn('position', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '0002-nothing-is-lost': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('quarantine').addColumn('readmitted', 'bigint').execute();
      await db.schema.alterTable('quarantine').addColumn('tried', 'bigint').execute();
      await db.schema
        .createTable('conditions')
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('condition', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('facts', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('conditions_key', ['subject', 'condition'])
        .execute();
      await db.schema
        .createTable('cut_offs')
        .addColumn('consumer', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('after', 'bigint', (column) => column.notNull())
        .addColumn('through', 'bigint', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '0003-site-bundles': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('site_bundles')
        .addColumn('gateway', 'text', (column) => column.primaryKey())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute();
    },
  },
};
