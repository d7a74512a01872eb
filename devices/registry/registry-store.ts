import { type Kysely, sql, type Transaction } from 'kysely';
import type { Migrations } from '../../kit/sql/sql.ts';
import {
  type BesideKind,
  type BesideListed,
  type BesideRecord,
  besideKinds,
  besideLists,
  listed,
} from '../contract/beside.ts';
import type { RegistryPut } from '../contract/command.ts';
import type { Credential, Device, Gateway, RegistryChange, Site } from '../contract/registry.ts';
import { canonicalJson } from './canonical-json.ts';

export type RegistryKind = 'device' | 'site' | 'gateway' | 'credential' | BesideKind;
export type RegistryRecord = Device | Site | Gateway | Credential | BesideRecord;

/** The registry's tables in the state database. `rules` alone writes them. */
export interface RegistryTables {
  registry_records: {
    kind: RegistryKind;
    id: string;
    /** Of a credential: whose it is. */
    subject: string | null;
    /** The record as canonical JSON. */
    body: string;
  };
  /** Append-only; versions count up by one. */
  registry_changes: {
    version: number;
    at: number;
    /** The change as JSON, without `version` and `at`. */
    body: string;
    /** 1 once it stands in the journal. */
    published: number;
  };
}

export const registryMigrations: Migrations = {
  '0001-registry': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('registry_records')
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('subject', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('registry_records_key', ['kind', 'id'])
        .execute();
      await db.schema
        .createIndex('registry_records_subject')
        .on('registry_records')
        .column('subject')
        .where('subject', 'is not', null)
        .execute();
      await db.schema
        .createTable('registry_changes')
        .addColumn('version', 'bigint', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('published', 'integer', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('registry_changes_unpublished')
        .on('registry_changes')
        .column('version')
        .where(sql<boolean>`published = 0`)
        .execute();
    },
  },
};

/** The whole registry at one version. */
export interface RegistrySnapshot extends BesideListed {
  readonly version: number;
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  readonly gateways: readonly Gateway[];
  readonly credentials: readonly Credential[];
}

/** Any handle whose database has the registry's tables beside its own. */
type Db<DB extends RegistryTables> = Kysely<DB> | Transaction<DB>;
const tables = <DB extends RegistryTables>(db: Db<DB>) => db as unknown as Kysely<RegistryTables>;

/** Rows a statement: far below the parameter limits of both engines, large enough that a million take minutes less. */
const CHUNK = 500;
const PAGE = 5_000;

/**
 * Reads the registry. Read while it is being written, records may be newer than `version`; a cache that then applies the
 * changes after `version` ends at the same registry, since a change carries the whole record.
 */
export async function loadRegistry<DB extends RegistryTables>(db: Db<DB>): Promise<RegistrySnapshot> {
  const version = await lastVersion(tables(db));
  return {
    version,
    devices: await recordsOf<Device>(tables(db), 'device'),
    sites: await recordsOf<Site>(tables(db), 'site'),
    gateways: await recordsOf<Gateway>(tables(db), 'gateway'),
    credentials: await recordsOf<Credential>(tables(db), 'credential'),
    ...(await besideOf(tables(db))),
  };
}

/** The lists that are not empty. */
async function besideOf(db: Kysely<RegistryTables>): Promise<BesideListed> {
  const lists: Record<string, readonly BesideRecord[]> = {};
  for (const kind of besideKinds) {
    const records = await recordsOf<BesideRecord>(db, kind);
    if (records.length > 0) lists[besideLists[kind]] = records;
  }
  return lists as BesideListed;
}

async function recordsOf<T>(db: Kysely<RegistryTables>, kind: RegistryKind): Promise<T[]> {
  const found: T[] = [];
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('registry_records')
      .select(['id', 'body'])
      .where('kind', '=', kind)
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const { body } of page) found.push(JSON.parse(body) as T);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return found;
    after = last.id;
  }
}

async function lastVersion(db: Kysely<RegistryTables>): Promise<number> {
  const { version } = await db
    .selectFrom('registry_changes')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirstOrThrow();
  return version ?? 0;
}

/** A change before it has its number. */
type Draft = Omit<RegistryChange, 'version' | 'at'>;

/**
 * Writes records and the changes that tell of them, and returns the changes. A record that is already there and says the
 * same makes none, so a file imported twice changes nothing. Of a record given twice the later one counts. The caller
 * has checked the records (check.ts) and holds the transaction; only `rules` may call this.
 */
export async function putRegistry<DB extends RegistryTables>(
  trx: Db<DB>,
  put: RegistryPut,
  at: number,
): Promise<RegistryChange[]> {
  const db = tables(trx);
  const drafts: Draft[] = [];
  // What others name comes before those who name it.
  for (const record of await changedOf(db, 'site', put.sites)) drafts.push({ put: 'site', record } as Draft);
  for (const record of await changedOf(db, 'gateway', put.gateways)) drafts.push({ put: 'gateway', record } as Draft);
  for (const record of await changedOf(db, 'device', put.devices)) drafts.push({ put: 'device', record } as Draft);
  for (const record of await changedOf(db, 'credential', put.credentials)) {
    drafts.push({ put: 'credential', record } as Draft);
  }
  for (const kind of besideKinds) {
    for (const record of await changedOf<BesideRecord>(db, kind, listed(put, kind))) {
      drafts.push({ put: kind, record } as Draft);
    }
  }
  return appendChanges(db, drafts, at);
}

/** Writes the records that differ from what is there, and returns them. */
async function changedOf<T extends RegistryRecord>(
  db: Kysely<RegistryTables>,
  kind: RegistryKind,
  records: readonly T[],
): Promise<T[]> {
  const latest = new Map(records.map((record) => [record.id, record]));
  const changed: T[] = [];
  for (const chunk of chunks([...latest.values()])) {
    const there = await bodies(
      db,
      kind,
      chunk.map(({ id }) => id),
    );
    const rows = chunk
      .map((record) => ({ record, body: canonicalJson(record) }))
      .filter(({ record, body }) => there.get(record.id) !== body);
    if (rows.length === 0) continue;
    await db
      .insertInto('registry_records')
      .values(rows.map(({ record, body }) => ({ kind, id: record.id, subject: subjectOf(record), body })))
      .onConflict((oc) =>
        oc
          .columns(['kind', 'id'])
          .doUpdateSet((eb) => ({ body: eb.ref('excluded.body'), subject: eb.ref('excluded.subject') })),
      )
      .execute();
    for (const { record } of rows) changed.push(record);
  }
  return changed;
}

const subjectOf = (record: RegistryRecord) => ('subject' in record ? record.subject : null);

async function bodies(db: Kysely<RegistryTables>, kind: RegistryKind, ids: readonly string[]) {
  const rows = await db
    .selectFrom('registry_records')
    .select(['id', 'body'])
    .where('kind', '=', kind)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/**
 * Takes records out and returns the changes; ids that are not there make none. With a device or gateway its credentials
 * are revoked (not removed), so that whoever still shows one is refused as revoked and not as unknown.
 */
export async function removeFromRegistry<DB extends RegistryTables>(
  trx: Db<DB>,
  kind: RegistryKind,
  ids: readonly string[],
  at: number,
): Promise<RegistryChange[]> {
  const db = tables(trx);
  const drafts: Draft[] = [];
  for (const chunk of chunks([...new Set(ids)])) {
    const there = await bodies(db, kind, chunk);
    const gone = chunk.filter((id) => there.has(id));
    if (gone.length === 0) continue;
    await db.deleteFrom('registry_records').where('kind', '=', kind).where('id', 'in', gone).execute();
    if (kind === 'device' || kind === 'gateway') drafts.push(...(await revoked(db, gone)));
    for (const id of gone) drafts.push({ remove: kind, id } as Draft);
  }
  return appendChanges(db, drafts, at);
}

/** Revokes every credential of a device or gateway and returns the changes; those revoked already make none. */
export async function revokeCredentials<DB extends RegistryTables>(
  trx: Db<DB>,
  subject: string,
  at: number,
): Promise<RegistryChange[]> {
  return appendChanges(tables(trx), await revoked(tables(trx), [subject]), at);
}

async function revoked(db: Kysely<RegistryTables>, subjects: readonly string[]): Promise<Draft[]> {
  const rows = await db
    .selectFrom('registry_records')
    .select('body')
    .where('kind', '=', 'credential')
    .where('subject', 'in', subjects)
    .orderBy('id')
    .execute();
  const live = rows.map(({ body }) => JSON.parse(body) as Credential).filter((credential) => !credential.revoked);
  const records = await changedOf(
    db,
    'credential',
    live.map((credential) => ({ ...credential, revoked: true })),
  );
  return records.map((record) => ({ put: 'credential', record }) as Draft);
}

/** Numbers the drafts after the last change and writes them down, not yet published. */
async function appendChanges(db: Kysely<RegistryTables>, drafts: readonly Draft[], at: number) {
  if (drafts.length === 0) return [];
  const last = await lastVersion(db);
  const changes = drafts.map((draft, index) => ({ ...draft, version: last + 1 + index, at }) as RegistryChange);
  for (const chunk of chunks(changes)) {
    await db
      .insertInto('registry_changes')
      .values(chunk.map(({ version, at, ...body }) => ({ version, at, body: JSON.stringify(body), published: 0 })))
      .execute();
  }
  return changes;
}

/** Changes that are committed but do not stand in the journal yet, oldest first, at most `limit` of them. */
export async function unpublishedChanges<DB extends RegistryTables>(
  db: Db<DB>,
  limit = 1_000,
): Promise<RegistryChange[]> {
  const rows = await tables(db)
    .selectFrom('registry_changes')
    .select(['version', 'at', 'body'])
    .where('published', '=', 0)
    .orderBy('version')
    .limit(limit)
    .execute();
  return rows.map(toChange);
}

/** Changes after `version`, oldest first, at most `limit` of them: how a cache with a gap catches up. */
export async function changesAfter<DB extends RegistryTables>(
  db: Db<DB>,
  version: number,
  limit = 1_000,
): Promise<RegistryChange[]> {
  const rows = await tables(db)
    .selectFrom('registry_changes')
    .select(['version', 'at', 'body'])
    .where('version', '>', version)
    .orderBy('version')
    .limit(limit)
    .execute();
  return rows.map(toChange);
}

const toChange = ({ version, at, body }: { version: number; at: number; body: string }): RegistryChange => ({
  ...(JSON.parse(body) as Draft as RegistryChange),
  version,
  at,
});

/** Notes that the journal holds every change up to `upTo`. Publishing one twice is harmless: caches skip what they hold. */
export async function markPublished<DB extends RegistryTables>(db: Db<DB>, upTo: number): Promise<void> {
  await tables(db)
    .updateTable('registry_changes')
    .set({ published: 1 })
    .where('published', '=', 0)
    .where('version', '<=', upTo)
    .execute();
}

function* chunks<T>(items: readonly T[]): Iterable<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
