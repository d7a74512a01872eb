import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dashboard, type DashboardParts, startDashboard } from '../../dashboard/app.ts';
import { type AccountTables, accountMigrations } from '../../dashboard/server/accounts/tables.ts';
import { type LoadedCity, loadCity } from '../../devices/city/load-city.ts';
import { safetyMeasurements } from '../../devices/city/safety.ts';
import type { Command, RegistryPut } from '../../devices/contract/command.ts';
import { entryCodec, type JournalEntry, type Value } from '../../devices/contract/entry.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { TicketPolicy } from '../../devices/contract/ticket-policy.ts';
import { type RegistryCache, registryCache } from '../../devices/registry/registry-cache.ts';
import { loadRegistry } from '../../devices/registry/registry-store.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { type Ingest, startIngest } from '../../ingest/app.ts';
import { openDoor } from '../../ingest/mqtt/broker-bench.ts';
import { type IngestTables, ingestMigrations } from '../../ingest/tables.ts';
import { cleanups } from '../../kit/cleanups.ts';
import { systemClock } from '../../kit/clock.ts';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { openSqliteJournal } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { silentLog } from '../../kit/log.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import type { TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { type Rules, type RulesTables, rulesMigrations, startRules } from '../../rules/app.ts';
import type { TellingParts } from '../../rules/telling.ts';

const citiesDir = fileURLToPath(new URL('../../cities', import.meta.url));

/** A kitchen's gas alarm of the invented city. */
export const kitchen = (id: string): Device =>
  ({
    id,
    type: 'gas-alarm-commercial',
    name: `厨房 ${id}`,
    lon: 124.56,
    lat: 29.62,
    area: 'LB',
    gas: 'natural',
    gasUnit: '%{LEL}',
    constants: {},
    facts: {},
    demo: true,
  }) as Device;

export interface DashboardCity {
  readonly city: LoadedCity;
  readonly journal: Journal<JournalEntry>;
  readonly state: Sql<RulesTables>;
  readonly accountsDb: Sql<AccountTables>;
  readonly registry: RegistryCache;
  readonly ingest: Ingest;
  readonly rules: Rules;
  /** One more dashboard on the same city; it hears of alarms as `over` says. */
  dashboard(over?: Partial<DashboardParts>): Promise<Dashboard>;
  /** A folder to write to, gone afterwards. */
  readonly folder: string;
  put(put: Partial<RegistryPut>): Promise<void>;
  removeDevice(id: string): Promise<void>;
  /** A device reports; resolves when it is durable. */
  reports(device: string, values: Record<string, Value>, at?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface DashboardCityOptions {
  /** PostgreSQL for accounts and state; SQLite in memory without it. */
  readonly databaseUrl?: string;
  /** Journal on disk, as in the field. */
  readonly durable?: boolean;
  /** Where readings are kept; in memory without it. The caller closes it. */
  readonly store?: TelemetryStore;
  /** How people are reached; by open pages alone without it. */
  readonly telling?: TellingParts;
  /** What of the city's policy for tickets is otherwise. */
  readonly tickets?: Partial<TicketPolicy>;
}

/** The invented city, with ingest and rules as they run in the field, for tests of the dashboard. */
export async function dashboardCity({
  databaseUrl,
  durable,
  store,
  tickets,
  telling,
}: DashboardCityOptions = {}): Promise<DashboardCity> {
  const stopping = cleanups(silentLog);
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-dashboard-'));
  stopping.defer('folder', () => rmSync(folder, { recursive: true, force: true }));
  const linglan = await loadCity(citiesDir, 'linglan');
  const city = { ...linglan, city: { ...linglan.city, tickets: { ...linglan.city.tickets, ...tickets } } };
  const size = { capBytes: 64e6, safetyBytes: 16e6 };
  const journal = durable
    ? await openSqliteJournal<JournalEntry>(join(folder, 'journal.db'), entryCodec, size)
    : memoryJournal<JournalEntry>(size);
  stopping.defer('journal', () => journal.close());
  const open = async <T>(schema: string, migrations: Parameters<typeof openSql>[0]['migrations']) => {
    const sql = await openSql<T>({ url: databaseUrl ?? ':memory:', schema, ...(migrations && { migrations }) });
    stopping.defer(schema, () => sql.close());
    return sql;
  };
  const state = await open<RulesTables>('state', rulesMigrations);
  const accountsDb = await open<AccountTables>('accounts', accountMigrations);
  const ingestDb = await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations });
  stopping.defer('ingest.db', () => ingestDb.close());
  const registry = registryCache(await loadRegistry(state.db));
  const common = { clock: systemClock, log: silentLog, types: deviceTypes };
  const ingest = stopping.add(
    'ingest',
    await startIngest({
      ...common,
      journal,
      store: store ?? memoryTelemetryStore(),
      sql: ingestDb,
      registry,
      isSafety: safetyMeasurements(city.catalogue),
      mqtt: openDoor,
      quarantine: { rows: 1000, bytes: 16e6 },
      storeLingerMs: 0,
    }),
  );
  const rules = stopping.add('rules', await startRules({ ...common, state, reader: journal, ingest, city, telling }));
  let commands = 0;
  const command = async (asked: Pick<Command, 'type'> & Record<string, unknown>): Promise<void> => {
    commands += 1;
    const envelope = {
      id: `test-command-${commands}`,
      actor: { id: 'test', name: 'test', via: 'cli', role: 'admin' },
      at: Date.now(),
    };
    const outcome = await rules.command({ ...envelope, ...asked } as Command);
    if ('refused' in outcome && !('done' in outcome)) throw new Error(JSON.stringify(outcome.refused));
  };
  return {
    city,
    journal,
    state,
    accountsDb,
    registry,
    ingest,
    rules,
    folder,
    async dashboard(over = {}) {
      const dashboard = await startDashboard({
        ...common,
        accountsDb,
        state: state as unknown as DashboardParts['state'],
        registry,
        reloadRegistry: async () => registry.reset(await loadRegistry(state.db)),
        reader: journal,
        ingest,
        command: rules.command,
        rulesStats: async () => rules.stats(),
        rulesTools: rules.tools,
        pages: rules.pages,
        notify: rules.notify,
        onAlarms: (notify) => rules.onChange(notify),
        city,
        demo: null,
        version: '0.0.0-test',
        webDir: join(folder, 'dist'),
        photoDir: join(folder, 'media'),
        ...over,
        settings: { httpHost: '127.0.0.1', httpPort: 0, trustProxy: false, sessionHours: 12, ...over.settings },
      });
      return stopping.add('dashboard', dashboard);
    },
    put: (put) =>
      command({ type: 'registry.put', put: { devices: [], sites: [], gateways: [], credentials: [], ...put } }),
    removeDevice: (id) => command({ type: 'registry.remove', kind: 'device', ids: [id] }),
    async reports(device, values, at = Date.now()) {
      await ingest.append([{ kind: 'telemetry', device, at, received: Date.now(), source: 'mqtt', values }]);
    },
    stop: stopping.run,
  };
}

/** A browser as far as the server sees one: keeps its cookie and sends its check value. */
export function browser(url: string) {
  let cookie = '';
  let csrf = '';
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie && { cookie }),
        ...(csrf && { 'x-yanshao-csrf': csrf }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';', 1)[0] ?? '';
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    if (typeof json?.csrf === 'string') csrf = json.csrf;
    return { status: response.status, headers: response.headers, text, body: json, cookie: set };
  };
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) => send('POST', path, body, headers),
    get cookie() {
      return cookie;
    },
  };
}
