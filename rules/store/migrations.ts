import type { Kysely } from 'kysely';
import { chainAudit, createAudit, unguardAudit } from '../../devices/audit/audit-migration.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { type RegistryTables, registryMigrations } from '../../devices/registry/registry-store.ts';
import type { Migrations } from '../../kit/sql/sql.ts';
import { appendOnly } from './append-only.ts';
import { deskMigrations } from './desk-migrations.ts';
import { drillMigrations } from './drill-migrations.ts';
import { dutyMigrations } from './duty-migrations.ts';
import { hazardMigrations } from './hazard-migrations.ts';
import { noticeMigrations } from './notice-migrations.ts';
import { scoreMigrations } from './score-migrations.ts';
import { standardsMigrations } from './standards-migrations.ts';
import { ticketMigrations } from './ticket-migrations.ts';
import { watchMigrations } from './watch-migrations.ts';

/** Tables that only rules reads: where it stands, what it remembers, what it has carried out. */
export interface OwnTables {
  /** One row a device whose state differs from nothing; `*` holds time and gateways. */
  judge_state: { device: string; position: number; body: string };
  /** One row: the cursor, and the position up to which judge_state holds everything. */
  judge_cursor: { id: number; epoch: string; position: number; held: number };
  /** Outcomes by command id: the same id again gives the same outcome. */
  commands: { id: string; at: number; outcome: string };
  /** Who may write. `fence` counts up with every change of hands. */
  lease: { name: string; holder: string; fence: number; until: number };
  /** Versions of the standards that stand in the journal. */
  standards_published: { seq: number };
}

/** Everything in the state database. */
export type RulesTables = StateTables & RegistryTables & OwnTables;

export const rulesMigrations: Migrations = {
  ...registryMigrations,
  ...standardsMigrations,
  ...dutyMigrations,
  ...scoreMigrations,
  '0010-alarms': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('alarms')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seq', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('device', 'text', (c) => c.notNull())
        .addColumn('area', 'text')
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('raised_at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('alarms_open').on('alarms').columns(['open', 'raised_at']).execute();
      await db.schema.createIndex('alarms_device').on('alarms').columns(['device', 'since']).execute();
      await db.schema.createIndex('alarms_raised').on('alarms').column('raised_at').execute();
      await db.schema.createIndex('alarms_seq').on('alarms').column('seq').execute();
      await db.schema
        .createTable('alarm_events')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('alarm', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('actor', 'text')
        .addColumn('note', 'text')
        .execute();
      await db.schema.createIndex('alarm_events_alarm').on('alarm_events').columns(['alarm', 'seq']).execute();
    },
  },
  '0011-judge': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('judge_state')
        .addColumn('device', 'text', (c) => c.primaryKey())
        .addColumn('position', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('judge_cursor')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('epoch', 'text', (c) => c.notNull())
        .addColumn('position', 'bigint', (c) => c.notNull())
        .addColumn('held', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('lease')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('holder', 'text', (c) => c.notNull())
        .addColumn('fence', 'bigint', (c) => c.notNull())
        .addColumn('until', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '0012-audit': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('commands')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('outcome', 'text', (c) => c.notNull())
        .execute();
      await createAudit(db);
      for (const table of ['audit', 'alarm_events']) await appendOnly(db, table);
    },
  },
  ...deskMigrations,
  ...ticketMigrations,
  ...noticeMigrations,
  ...hazardMigrations,
  ...watchMigrations,
  ...drillMigrations,
  '0020-incidents': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('incidents')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('seq', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('opened_at', 'bigint', (c) => c.notNull())
        .addColumn('area', 'text')
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('detectors', 'integer', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('incidents_open').on('incidents').columns(['open', 'opened_at']).execute();
      await db.schema.createIndex('incidents_opened').on('incidents').column('opened_at').execute();
      await db.schema.createIndex('incidents_seq').on('incidents').column('seq').execute();
      await db.schema
        .createTable('incident_members')
        .addColumn('alarm', 'text', (c) => c.primaryKey())
        .addColumn('incident', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('incident_members_incident')
        .on('incident_members')
        .columns(['incident', 'since'])
        .execute();
      await db.schema
        .createTable('incident_events')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('incident', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('incident_events_incident')
        .on('incident_events')
        .columns(['incident', 'seq'])
        .execute();
      await appendOnly(db, 'incident_events');
    },
  },
  '0021-annunciations': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('annunciations')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('alarm', 'text', (c) => c.notNull())
        .addColumn('device', 'text', (c) => c.notNull())
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('priority', 'text', (c) => c.notNull())
        .addColumn('categories', 'text', (c) => c.notNull())
        .addColumn('area', 'text')
        .addColumn('acked_at', 'bigint')
        .addColumn('returned_at', 'bigint')
        .execute();
      await db.schema.createIndex('annunciations_at').on('annunciations').column('at').execute();
      await db.schema.createIndex('annunciations_alarm').on('annunciations').column('alarm').execute();
      await db.schema.createIndex('annunciations_returned').on('annunciations').column('returned_at').execute();
    },
  },
  '0030-audit-chain': {
    async up(db: Kysely<unknown>) {
      await unguardAudit(db);
      await chainAudit(db);
    },
  },
};
