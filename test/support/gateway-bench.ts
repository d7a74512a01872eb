import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import type { JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import { type Device, deviceSchema, gatewaySchema } from '../../devices/contract/registry.ts';
import { emptyRegistry, registryCache } from '../../devices/registry/registry-cache.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { type Gateway, startGateway } from '../../gateway/app.ts';
import { gatewayConfigSchema } from '../../gateway/config.ts';
import type { OutboxJournals } from '../../gateway/outbox/outbox.ts';
import { memoryJournals } from '../../gateway/outbox/outbox-bench.ts';
import type { UplinkRow } from '../../gateway/row.ts';
import { type Ingest, startIngest } from '../../ingest/app.ts';
import { tokenOf, tokensFor } from '../../ingest/ingest-bench.ts';
import { openDoor } from '../../ingest/mqtt/broker-bench.ts';
import { type IngestTables, ingestMigrations } from '../../ingest/tables.ts';
import { systemClock } from '../../kit/clock.ts';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { type Log, silentLog } from '../../kit/log.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import { freePort } from './servers.ts';

export const GATEWAY = 'gw-1';

/** A device behind the gateway of these tests. */
export const behindGateway = (id: string, type: string): Device =>
  deviceSchema.parse({
    id,
    type,
    name: id,
    lon: 112.6,
    lat: 26.9,
    gateway: GATEWAY,
    ...(type === 'gas-rtu' && { gas: 'natural', gasUnit: '%{LEL}' }),
  });

/** The platform as a gateway sees it: real ingest on one port, which may stop and start again with what it had. */
export interface Harbour {
  readonly url: string;
  readonly token: string;
  start(): Promise<void>;
  /** Stops ingest; what it accepted stays. */
  stop(): Promise<void>;
  /** Everything accepted of devices, oldest first, redeliveries included. */
  telemetry(): Promise<TelemetryEntry[]>;
  /** What a device or gateway said of itself, oldest first. */
  attributes(subject: string): Promise<Readonly<Record<string, unknown>>[]>;
  /** Readings the store holds of a device: redeliveries are one. */
  stored(device: Device): Promise<number>;
  close(): Promise<void>;
}

/** A platform that knows these devices; not started yet. */
export async function harbour(devices: readonly Device[]): Promise<Harbour> {
  const port = await freePort();
  const journal = memoryJournal<JournalEntry>({ capBytes: 256e6, safetyBytes: 16e6 });
  // Whatever the store has passed stays readable for the test.
  await journal.register('test');
  const store = memoryTelemetryStore();
  const sql = await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations });
  const registry = registryCache({
    ...emptyRegistry,
    gateways: [gatewaySchema.parse({ id: GATEWAY, name: GATEWAY, lon: 112.6, lat: 26.9 })],
    devices: [...devices],
    credentials: tokensFor([GATEWAY]),
  });
  let ingest: Ingest | undefined;
  const stop = async () => {
    await ingest?.stop();
    ingest = undefined;
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    token: tokenOf(GATEWAY),
    async start() {
      ingest = await startIngest({
        journal,
        store,
        sql,
        registry,
        types: deviceTypes,
        isSafety: () => true,
        clock: systemClock,
        log: silentLog,
        mqtt: { ...openDoor, plain: { host: '127.0.0.1', port } },
        quarantine: { rows: 1000, bytes: 16e6 },
        storeLingerMs: 0,
      });
    },
    stop,
    async telemetry() {
      const entries = (await journal.read(0, 1e9)).flatMap((block) => block.entries);
      return entries.filter((entry) => entry.kind === 'telemetry');
    },
    async attributes(subject) {
      const entries = (await journal.read(0, 1e9)).flatMap((block) => block.entries);
      return entries.flatMap((entry) =>
        entry.kind === 'attributes' && entry.device === subject ? [entry.values] : [],
      );
    },
    stored: ({ type, id }) => store.count(type, id),
    async close() {
      await stop();
      await journal.close();
      await store.close();
      await sql.close();
    },
  };
}

/** A log that can be read back. */
export function readableLog(): { log: Log; said: () => string[] } {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
  );
  return { log, said: () => [...lines] };
}

export interface BenchGateway extends Gateway {
  /** What comes from the field lies here first. */
  readonly outbox: Journal<UplinkRow>;
  readonly journals: OutboxJournals;
}

/** A gateway in this process over an outbox in memory. */
export async function gatewayIn(
  dir: string,
  harbourOf: Pick<Harbour, 'url' | 'token'>,
  sources: { readonly mqtt?: readonly object[]; readonly opcua?: readonly object[] },
  {
    outbox,
    log = silentLog,
    more,
    wall,
  }: {
    outbox?: Journal<UplinkRow>;
    log?: Log;
    /** Put over the configuration. */
    more?: object;
    /** This machine's clock. */
    wall?: () => number;
  } = {},
): Promise<BenchGateway> {
  const journals = memoryJournals(outbox);
  const { url, token } = harbourOf;
  const config = gatewayConfigSchema.parse({ id: GATEWAY, uplink: { url, token }, ...sources, ...more });
  const gateway = await startGateway({
    config,
    journals,
    pkiDir: join(dir, 'pki'),
    opcuaDir: join(dir, 'opcua'),
    alarmsDir: join(dir, 'alarms'),
    clock: wall ? { ...systemClock, now: wall } : systemClock,
    ...(wall && { time: { wall, monotonic: () => performance.now() } }),
    log,
  });
  return { ...gateway, outbox: journals.front, journals };
}

/** A folder that is removed by the returned function. */
export function tempDir(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'yanshao-gateway-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A field device's own connection to its broker. */
export async function fieldDevice(url: string): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0 });
  client.on('error', () => {});
  return client;
}
