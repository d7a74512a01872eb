import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { JournalEntry, TelemetryEntry } from '../devices/contract/entry.ts';
import { type Credential, gatewaySchema } from '../devices/contract/registry.ts';
import { hashSecret } from '../devices/registry/credentials.ts';
import { emptyRegistry, type RegistryCache, registryCache } from '../devices/registry/registry-cache.ts';
import { type HandClock, handClock } from '../kit/clock.ts';
import type { Journal } from '../kit/journal/journal.ts';
import { memoryJournal } from '../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../kit/log.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import { memoryTelemetryStore } from '../kit/telemetry/memory/memory-telemetry-store.ts';
import type { TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import { TEN, testAlarm, testDevice } from './admission/admission-bench.ts';
import { type Ingest, type IngestParts, startIngest } from './app.ts';
import { openDoor } from './mqtt/broker-bench.ts';
import { type IngestTables, ingestMigrations } from './tables.ts';

export const tokenOf = (subject: string): string => `token-of-${subject}-0123456789`;

/** A token for each subject. */
export const tokensFor = (subjects: readonly string[]): Credential[] =>
  subjects.map((subject) => ({
    id: `c-${subject}`,
    subject,
    kind: 'token',
    hash: hashSecret(tokenOf(subject)),
    revoked: false,
    created: 0,
  }));

/** Devices d-1 (alone), d-2 and d-3 (behind gw-1), d-4 (behind gw-2, with a token of its own). */
export const testRegistry = (): RegistryCache =>
  registryCache({
    ...emptyRegistry,
    gateways: ['gw-1', 'gw-2'].map((id) => gatewaySchema.parse({ id, name: id, lon: 112.6, lat: 26.9 })),
    devices: [
      testDevice('d-1'),
      testDevice('d-2', { gateway: 'gw-1' }),
      testDevice('d-3', { gateway: 'gw-1' }),
      testDevice('d-4', { gateway: 'gw-2' }),
    ],
    credentials: tokensFor(['d-1', 'd-4', 'gw-1', 'gw-2']),
  });

export type BenchParts = Partial<Omit<IngestParts, 'registry'>> & { readonly registry?: RegistryCache };

export interface IngestBench {
  readonly ingest: Ingest;
  readonly clock: HandClock;
  readonly journal: Journal<JournalEntry>;
  readonly store: TelemetryStore;
  readonly registry: RegistryCache;
  /** Everything in the journal, oldest first. */
  entries(): Promise<JournalEntry[]>;
  telemetry(): Promise<TelemetryEntry[]>;
  /** A client that signs in with its token. */
  connect(subject: string, options?: IClientOptions): Promise<MqttClient>;
  stop(): Promise<void>;
}

/** Ingest on real sockets over memory adapters and a hand-set clock. */
export async function ingestBench({ registry = testRegistry(), ...over }: BenchParts = {}): Promise<IngestBench> {
  const clock = handClock(TEN);
  const journal = over.journal ?? memoryJournal<JournalEntry>({ capBytes: 64e6, safetyBytes: 16e6 });
  // Whatever the store has passed stays readable for the test.
  await journal.register('test');
  const store = over.store ?? memoryTelemetryStore();
  const sql = over.sql ?? (await openSql<IngestTables>({ url: ':memory:', migrations: ingestMigrations }));
  const ingest = await startIngest({
    journal,
    store,
    sql,
    registry,
    types: { [testAlarm.id]: testAlarm },
    isSafety: (_type, measurement) => measurement === 'alarm.ch4',
    clock,
    log: silentLog,
    mqtt: openDoor,
    quarantine: { rows: 10_000, bytes: 64e6 },
    storeLingerMs: 0,
    ...over,
  });
  const open: MqttClient[] = [];
  const entries = async (): Promise<JournalEntry[]> => (await journal.read(0, 1e6)).flatMap((block) => block.entries);
  return {
    ingest,
    clock,
    journal,
    store,
    registry,
    entries,
    telemetry: async () => (await entries()).filter((entry): entry is TelemetryEntry => entry.kind === 'telemetry'),
    async connect(subject, options = {}) {
      const client = await connectAsync(
        `mqtt://127.0.0.1:${ingest.mqttPort}`,
        { username: tokenOf(subject), reconnectPeriod: 0, ...options },
        false,
      );
      client.on('error', () => {});
      open.push(client);
      return client;
    },
    async stop() {
      await Promise.all(open.map((client) => client.endAsync(true)));
      await ingest.stop();
      await journal.close();
      await store.close();
      await sql.close();
    },
  };
}
