import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadCity } from '../devices/city/load-city.ts';
import { safetyMeasurements } from '../devices/city/safety.ts';
import { entryCodec, type JournalEntry } from '../devices/contract/entry.ts';
import type { Credential } from '../devices/contract/registry.ts';
import { hashSecret } from '../devices/registry/credentials.ts';
import { registryCache } from '../devices/registry/registry-cache.ts';
import { loadRegistry, markPublished, putRegistry } from '../devices/registry/registry-store.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { type Ingest, startIngest } from '../ingest/app.ts';
import type { ExternalOptions } from '../ingest/external/external-door.ts';
import { ingestMethods } from '../ingest/main.ts';
import { openDoor } from '../ingest/mqtt/broker-bench.ts';
import { type IngestTables, ingestMigrations } from '../ingest/tables.ts';
import { cleanups } from '../kit/cleanups.ts';
import { systemClock } from '../kit/clock.ts';
import { openSqliteJournal } from '../kit/journal/sqlite/sqlite-journal.ts';
import { jsonLog } from '../kit/log.ts';
import { serveRpc } from '../kit/rpc/rpc.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import { openDuckdbTelemetryStore } from '../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import { influxTelemetryStore } from '../kit/telemetry/influx/influx-telemetry-store.ts';
import { memoryTelemetryStore } from '../kit/telemetry/memory/memory-telemetry-store.ts';
import { keepAll } from '../kit/telemetry/rollups.ts';
import type { TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import { type Rules, type RulesTables, rulesMigrations, startRules } from '../rules/app.ts';
import { type IngestLoad, RECEIVE_MAXIMUM, registryFor } from './ingest-load.ts';
import { answering, given, isQuiet, LOOKS } from './measured.ts';

/** Ingest as it runs in earnest, with SQLite journals on this machine's disk. */
export interface IngestStart extends IngestLoad {
  readonly citiesDir: string;
  readonly city: string;
  /** Where readings go; `none` takes them and forgets. */
  readonly store: 'none' | 'duckdb' | { readonly influx: string };
  /** Rules in this process, in one of its own beside it (`rules-beside-child.ts`), or nowhere. */
  readonly rules: 'here' | 'beside' | 'none';
  /** A broker whose messages are taken too. */
  readonly externalBroker?: string;
}

/** Where a process beside ingest finds it. */
export interface IngestPlace {
  readonly dir: string;
  readonly rpc: string;
  readonly secret: string;
}

/** What came through, so that a bench never counts work that was not done. */
export interface Passed {
  readonly readings: number;
  readonly refused: number;
  readonly doubtful: number;
  readonly judged: number;
  readonly openAlarms: number;
  readonly journalBytes: number;
}

const start = given<IngestStart>();
// That a link goes down at the end is no news.
const log = jsonLog({ process: 'bench' }, start.externalBroker === undefined ? 'warn' : 'error', 2);
const stopping = cleanups(log);
let ingest: Ingest;
let rules: Rules | undefined;
let place: IngestPlace | undefined;

async function open(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yanshao-bench-'));
  stopping.defer('folder', () => rmSync(dir, { recursive: true, force: true }));
  const city = await loadCity(start.citiesDir, start.city);
  const state = await openSql<RulesTables>({ url: join(dir, 'state.db'), migrations: rulesMigrations });
  if (start.rules === 'here') stopping.defer('state', () => state.close());
  const { devices, sites, gateways, senders } = registryFor(city, start);
  const credentials = senders.map(({ subject, token }): Credential => {
    return { id: `c-${subject}`, subject, kind: 'token', hash: hashSecret(token), revoked: false, created: 0 };
  });
  const put = { devices: [...devices], sites: [...sites], gateways: [...gateways], credentials };
  await putRegistry(state.db, put, Date.now());
  const snapshot = await loadRegistry(state.db);
  // The changes that made the registry are no part of the load.
  await markPublished(state.db, snapshot.version);
  if (start.rules !== 'here') await state.close();
  const journal = await openSqliteJournal<JournalEntry>(join(dir, 'journal.db'), entryCodec, {
    capBytes: 4 * 2 ** 30,
    safetyBytes: 2 ** 30,
  });
  stopping.defer('journal', () => journal.close());
  const sql = await openSql<IngestTables>({ url: join(dir, 'ingest.db'), migrations: ingestMigrations });
  stopping.defer('ingest.db', () => sql.close());
  const store = await openStore(dir);
  stopping.defer('store', () => store.close());
  ingest = stopping.add(
    'ingest',
    await startIngest({
      journal,
      store,
      sql,
      registry: registryCache(snapshot),
      types: deviceTypes,
      isSafety: safetyMeasurements(city.catalogue),
      clock: systemClock,
      log,
      mqtt: openDoor,
      quarantine: { rows: 10_000, bytes: 64e6 },
      external: start.externalBroker === undefined ? undefined : externalOptions(start.externalBroker),
    }),
  );
  if (start.rules === 'beside') {
    const secret = randomUUID();
    const served = await serveRpc({ port: 0, secret, methods: ingestMethods(ingest), log });
    stopping.add('rpc', served);
    place = { dir, rpc: served.url, secret };
  }
  if (start.rules !== 'here') return;
  const parts = { state, reader: journal, ingest, city, types: deviceTypes, clock: systemClock, log };
  rules = stopping.add('rules', await startRules(parts));
}

/**
 * Takes readings and forgets them, as the bare broker does with messages. The store in memory would not do: it holds every
 * sample as an object, and what is measured would be the garbage collector walking over a million of them.
 */
const forgettingStore = (): TelemetryStore => ({ ...memoryTelemetryStore(), write: async () => {} });

const externalOptions = (url: string): ExternalOptions => ({
  url,
  username: undefined,
  password: undefined,
  name: 'bench',
  receiveMaximum: RECEIVE_MAXIMUM,
  sessionSeconds: 0,
});

async function openStore(dir: string): Promise<TelemetryStore> {
  if (start.store === 'none') return forgettingStore();
  if (start.store === 'duckdb') return openDuckdbTelemetryStore(join(dir, 'telemetry.duckdb'));
  const { influx: url } = start.store;
  const store = influxTelemetryStore({ url, bucket: 'bench', api: 'v1', log });
  await store.arrange(keepAll, { dryRun: false });
  return store;
}

/** Waits until everything that was acknowledged is stored and judged, and nothing works on it any more. */
async function settle(): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    // The head moves on by a tick a second: what counts is what stood there when we looked.
    const { head } = (await ingest.stats()).journal;
    while ((await ingest.stats()).store.position < head || (rules && rules.stats().position < head)) await pause(50);
    if (await isQuiet()) return;
  }
}

async function passed(): Promise<Passed> {
  const { readings, refused, doubtful, journal } = await ingest.stats();
  const judged = rules?.stats();
  return {
    readings,
    refused,
    doubtful,
    judged: judged?.readings ?? 0,
    openAlarms: judged?.openAlarms ?? 0,
    journalBytes: journal.bytes,
  };
}

answering(
  open().catch(async (err) => {
    await stopping.run();
    throw err;
  }),
  {
    port: async () => ingest.mqttPort,
    place: async () => place,
    /** Resolves once the external broker is linked. */
    linked: async () => {
      while (!(await ingest.stats()).external?.up) await pause(20);
    },
    /** Resolves once so many readings have become durable in all. */
    accepted: async (count) => {
      while ((await ingest.stats()).readings < (count as number)) await pause(5);
    },
    settle,
    passed,
    stop: () => stopping.run(),
  },
);
