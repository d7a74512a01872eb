import type { LoadedCity } from '../devices/city/load-city.ts';
import { followed, judgedMeasurements, safetyMeasurements } from '../devices/city/safety.ts';
import { entryCodec, type JournalEntry } from '../devices/contract/entry.ts';
import type { EntryReader, IngestPort } from '../devices/contract/ports.ts';
import { heartbeatToken } from '../devices/heartbeat/heartbeat-device.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import type { RegistryCache } from '../devices/registry/registry-cache.ts';
import { cleanups } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { openSqliteJournal } from '../kit/journal/sqlite/sqlite-journal.ts';
import { zoneOffset } from '../kit/local-time.ts';
import type { Log } from '../kit/log.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import type { SteadyClock } from '../kit/steady-clock.ts';
import { packBatch } from '../kit/telemetry/scanning.ts';
import { type Ingest, startIngest } from './app.ts';
import { checkBrokerUrl, checkMqttDoor, type IngestConfig } from './config.ts';
import { externalOptions } from './external/external-options.ts';
import { brokerOptions } from './mqtt/broker-options.ts';
import { sparkplugOptions } from './sparkplug/sparkplug-options.ts';
import { openStore, retentionOf } from './store.ts';
import { type IngestTables, ingestMigrations } from './tables.ts';

export interface IngestNeeds {
  readonly config: IngestConfig;
  readonly folder: DataFolder;
  readonly registry: RegistryCache;
  readonly reloadRegistry?: () => Promise<void>;
  readonly city: LoadedCity;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly clock: Clock;
  readonly steady: SteadyClock | null;
  readonly log: Log;
}

/** The file of the platform's journal, which other processes of the host read. */
export const journalFile = (folder: DataFolder): string => folder.path('journal.db');

/** Opens journal, store and ingest's own database, and starts ingest on them; stopping it closes all. */
export async function openIngest(needs: IngestNeeds): Promise<Ingest & { readonly reader: EntryReader }> {
  const { config, folder, registry, reloadRegistry, city, types, clock, steady, log } = needs;
  checkMqttDoor(config);
  checkBrokerUrl(config);
  const stopping = cleanups(log);
  try {
    const capBytes = config.journalCapMb * 1_048_576;
    const safetyBytes = (capBytes * config.journalSafetyPercent) / 100;
    const journalOptions = { capBytes, safetyBytes, routineShare: config.journalRoutinePercent / 100 };
    const journal = await openSqliteJournal<JournalEntry>(journalFile(folder), entryCodec, journalOptions);
    stopping.defer('journal', () => journal.close());
    const sql = await openSql<IngestTables>({ url: folder.path('ingest.db'), migrations: ingestMigrations });
    stopping.defer('ingest.db', () => sql.close());
    const store = await openStore(config, folder, log);
    stopping.defer('store', () => store.close());
    const ingest = await startIngest({
      journal,
      store,
      retention: retentionOf(config),
      sql,
      registry,
      reloadRegistry,
      types,
      isSafety: followed(city, safetyMeasurements),
      isJudged: followed(city, judgedMeasurements),
      journalOptions,
      cutAt: config.journalCutPercent / 100,
      clockToleratedMs: config.clockToleranceSeconds * 1000,
      clock,
      steady,
      log,
      mqtt: brokerOptions(config),
      external: externalOptions(config),
      heartbeatToken: heartbeatToken(folder.secret()),
      sparkplug: sparkplugOptions(config, folder.path('sparkplug.yaml'), registry, types),
      quarantine: { rows: config.quarantineRows, bytes: config.quarantineCapMb * 1_048_576 },
      clockLimits: { zoneOffsetMs: zoneOffset(city.city.timeZone)(clock.now()) },
    });
    stopping.add('ingest', ingest);
    return { ...ingest, reader: journal, stop: stopping.run };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** What ingest offers the other processes of the host, for kit/rpc; `devices/contract/ingest-client.ts` is the other end. */
export function ingestMethods(
  ingest: IngestPort & Pick<Ingest, 'settle' | 'doorReport'>,
): Readonly<Record<string, (params: unknown) => Promise<unknown>>> {
  type P<K extends keyof typeof ingest> = Parameters<(typeof ingest)[K]>;
  return {
    'ingest.append': async (params) => ingest.append(...(params as P<'append'>)),
    'ingest.register': async (params) => ingest.register(...(params as P<'register'>)),
    'ingest.release': async (params) => ingest.release(...(params as P<'release'>)),
    'ingest.series': async (params) => ingest.series(...(params as P<'series'>)),
    'ingest.curve': async (params) => ingest.curve(...(params as P<'curve'>)),
    'ingest.page': async (params) => ingest.page(...(params as P<'page'>)),
    'ingest.scan': async (params) => packBatch(await ingest.scan(...(params as P<'scan'>))),
    'ingest.storeStatus': async () => ingest.storeStatus(),
    'ingest.arrangeStore': async (params) => ingest.arrangeStore(...(params as P<'arrangeStore'>)),
    'ingest.backupStore': async (params) => ingest.backupStore(...(params as P<'backupStore'>)),
    'ingest.quarantine': async (params) => ingest.quarantine(...(params as P<'quarantine'>)),
    'ingest.readmit': async (params) => ingest.readmit(...(params as P<'readmit'>)),
    'ingest.clock': async (params) => ingest.clock(...(params as P<'clock'>)),
    'ingest.provision': async (params) => ingest.provision(...(params as P<'provision'>)),
    'ingest.stats': async () => ingest.stats(),
    // For doors in processes of their own (ingest/door).
    'ingest.settle': async (params) => ingest.settle(...(params as P<'settle'>)),
    'ingest.doorReport': async (params) => ingest.doorReport(...(params as P<'doorReport'>)),
    'ingest.sparkplug': async (params) => ingest.sparkplug(...(params as P<'sparkplug'>)),
  };
}
