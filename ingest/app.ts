import type { JournalEntry } from '../devices/contract/entry.ts';
import type { IngestPort } from '../devices/contract/ports.ts';
import type { DoorProcessStats, IngestStats } from '../devices/contract/stats.ts';
import { withHeartbeat, withHeartbeatSafe, withHeartbeatType } from '../devices/heartbeat/heartbeat-device.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Journal, JournalOptions } from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import type { Sql } from '../kit/sql/sql.ts';
import type { SteadyClock } from '../kit/steady-clock.ts';
import { keepAll } from '../kit/telemetry/rollups.ts';
import type { Retention, TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import { type AdmissionRegistry, admission } from './admission/admission.ts';
import type { ClockLimits } from './admission/clock-check.ts';
import type { IsSafety } from './admission/profile.ts';
import { findTopic } from './api/topic-table.ts';
import { startClockWatch } from './clock-watch.ts';
import { openConditionBook } from './conditions.ts';
import { openCutOffs } from './cut-offs.ts';
import { type JudgedMessage, settleJudged } from './door/judged-message.ts';
import { openDoors } from './doors.ts';
import type { ExternalOptions } from './external/external-door.ts';
import { ingestStats } from './ingest-stats.ts';
import { intake } from './intake.ts';
import { type JournalWatch, journalMarks, startJournalWatch } from './journal-watch.ts';
import { ledger } from './ledger.ts';
import type { BrokerOptions } from './mqtt/broker.ts';
import type { CredentialBook } from './mqtt/identity.ts';
import { openProvisions } from './provisions.ts';
import { openQuarantine, type QuarantineBounds, type RefusedMessage } from './quarantine/quarantine.ts';
import { readmission } from './quarantine/readmit.ts';
import { keepRejected, STORE_CLIENT } from './quarantine/rejected-rows.ts';
import { rate } from './rate.ts';
import { type FollowedRegistry, registryFeed } from './registry-feed.ts';
import type { SparkplugOptions } from './sparkplug/sparkplug-options.ts';
import { startStoreWatch } from './store-watch.ts';
import type { IngestTables } from './tables.ts';
import { startTicks } from './ticks.ts';
import { sqlCursor } from './writer/cursor.ts';
import { STORE_CONSUMER, startWriter } from './writer/writer.ts';

/** What ingest asks of the registry's cache. */
export type IngestRegistry = FollowedRegistry & AdmissionRegistry & CredentialBook;

export interface IngestParts {
  readonly journal: Journal<JournalEntry>;
  readonly store: TelemetryStore;
  /** `ingest.db`, opened with `ingestMigrations`. */
  readonly sql: Sql<IngestTables>;
  readonly registry: IngestRegistry;
  /** Loads the registry anew after a gap in its changes. */
  readonly reloadRegistry?: () => Promise<void>;
  readonly types: Readonly<Record<string, DeviceType>>;
  /** True where a P1 or P2 rule judges a measurement: it travels in the journal's reserved lane. */
  readonly isSafety: IsSafety;
  readonly clock: Clock;
  /** The same clock where it can hold back a step of the system's; a demonstration's cannot. */
  readonly steady?: SteadyClock | null;
  readonly log: Log;
  readonly mqtt: BrokerOptions;
  readonly quarantine: QuarantineBounds;
  /** True where a P3 rule judges a measurement; what no rule judges waits first when the journal fills. */
  readonly isJudged?: IsSafety;
  /** How the journal was opened: its cap and shares. */
  readonly journalOptions?: JournalOptions;
  /** Part of the reserved share in use at which the slowest consumer is cut off, 0 to 1. */
  readonly cutAt?: number;
  /** By how much a device's clock may be off before somebody is told, ms. */
  readonly clockToleratedMs?: number;
  readonly clockLimits?: Partial<ClockLimits>;
  /** A broker of the city's own, whose messages are taken too. */
  readonly external?: ExternalOptions | undefined;
  /** The Sparkplug host application; absent where no mapping file is. */
  readonly sparkplug?: SparkplugOptions | undefined;
  /** Access token of the heartbeat of the alarm path; without one there is none. */
  readonly heartbeatToken?: string | undefined;
  /** How long the store was opened to keep readings; for ever when absent. */
  readonly retention?: Retention;
  /** World time that blocks gather before the store is written, ms. */
  readonly storeLingerMs?: number;
}

/** Ingest while it runs. */
export interface Ingest extends Running, IngestPort {
  /** The port that plain MQTT truly has, on loopback; 0 where it is closed. */
  readonly mqttPort: number;
  /** The ports of all MQTT doors that are open. */
  readonly mqttPorts: { readonly plain?: number; readonly tls?: number; readonly wss?: number };
  /** Makes durable what a door in another process has judged; resolves when all of it is. */
  settle(messages: readonly JudgedMessage[]): Promise<void>;
  /** A door in another process tells how it does. */
  doorReport(door: DoorProcessStats): Promise<void>;
  /** Asks {@link IngestParts.isSafety} again: the catalogue changed. */
  safetyChanged(): void;
}

/**
 * Opens the doors: what comes in is judged, journaled and then acknowledged; a writer takes it from the journal to the
 * store. Stops in reverse: first the doors, then what is on its way, then the writer. Journal, store and database belong
 * to the caller.
 */
export async function startIngest(parts: IngestParts): Promise<Ingest> {
  const { journal, store, sql, registry, isSafety, clock, log, heartbeatToken } = parts;
  const stopping = cleanups(log);
  try {
    const quarantine = await openQuarantine(sql, parts.quarantine);
    const { isJudged, clockToleratedMs } = parts;
    const atDoor = heartbeatToken === undefined ? registry : withHeartbeat(registry, heartbeatToken);
    const types = withHeartbeatType(parts.types);
    const judge = admission({
      registry: atDoor,
      types,
      isSafety: withHeartbeatSafe(isSafety),
      isJudged,
      limits: parts.clockLimits,
      clockToleratedMs,
    });
    const book = ledger(await journal.head());
    const writer = stopping.add(
      'writer',
      await startWriter({
        journal,
        store,
        cursor: sqlCursor(sql, STORE_CONSUMER, journal.epoch),
        typeOf: judge.typeOf,
        reject: keepRejected(quarantine, clock),
        ledger: book,
        log: log.child({ component: 'writer' }),
        now: clock.now,
        lingerMs: parts.storeLingerMs,
      }),
    );
    const perSecond = rate();
    let watch: JournalWatch | null = null;
    const gate = stopping.add(
      'intake',
      intake({
        admission: judge,
        journal,
        quarantine: { keep: (message) => quarantine.keep(named(message, registry)) },
        ledger: book,
        onAccepted: (readings) => perSecond.add(clock.now(), readings),
        onJournal: (err) => watch?.told(err),
        log: log.child({ component: 'intake' }),
      }),
    );
    const conditions = stopping.add(
      'conditions',
      await openConditionBook({
        sql,
        append: (entries) => gate.append(entries, 'safety'),
        now: clock.now,
        log: log.child({ component: 'conditions' }),
      }),
    );
    const cutOffs = await openCutOffs(sql);
    watch = stopping.add(
      'journal watch',
      startJournalWatch({
        journal,
        marks: journalMarks(parts.journalOptions ?? quarterForSafety(journal.stats().capBytes), parts.cutAt),
        conditions,
        cutOffs,
        storePosition: () => writer.position,
        clock,
        log: log.child({ component: 'journal' }),
      }),
    );
    stopping.add(
      'store watch',
      startStoreWatch({ store, writer, conditions, clock, log: log.child({ component: 'store' }) }),
    );
    stopping.add(
      'clock watch',
      startClockWatch({
        admission: judge,
        conditions,
        isRegistered: (id) => registry.device(id) !== undefined,
        steady: parts.steady ?? null,
        clock,
      }),
    );
    stopping.add('ticks', startTicks({ intake: gate, clock }));
    const provisions = await openProvisions(sql);
    const readmit = readmission({
      quarantine,
      admission: judge,
      intake: gate,
      telemetryTopic: (topic) => {
        const rule = findTopic(topic)?.rule;
        return rule?.kind === 'judge' ? rule.as : topic === STORE_CLIENT ? topic : undefined;
      },
      now: clock.now,
    });
    const doors = stopping.add(
      'doors',
      await openDoors({ ...parts, registry: atDoor, admission: judge, intake: gate, shared: provisions.sharedWith }),
    );
    const feed = registryFeed({
      registry,
      admission: judge,
      broker: doors.broker,
      reload: parts.reloadRegistry,
      log: log.child({ component: 'registry' }),
    });

    const stats = async (): Promise<IngestStats> =>
      ingestStats({
        journal,
        store,
        intake: gate,
        quarantine,
        ledger: book,
        doors,
        admission: judge,
        writer,
        watch,
        cutOffs,
        perSecond,
        now: clock.now(),
      });

    return {
      mqttPort: doors.broker.ports.plain ?? 0,
      mqttPorts: doors.broker.ports,
      async append(entries) {
        const urgent = entries.some(
          (entry) => entry.kind !== 'telemetry' || isSafetyEntry(entry, judge.typeOf, isSafety),
        );
        const position = await gate.append(entries, urgent ? 'safety' : 'normal');
        await feed.follow(entries);
        return position;
      },
      register: (consumer) => journal.register(consumer),
      release: (consumer, position) => journal.release(consumer, position),
      series: (query) => store.series(query),
      curve: (query) => store.curve(query),
      page: (query) => store.page(query),
      scan: (query) => store.scan(query),
      storeStatus: () => store.status(),
      arrangeStore: (options) => store.arrange(parts.retention ?? keepAll, options),
      backupStore: (folder) => store.backup(folder),
      quarantine: (query) => quarantine.list(query),
      readmit,
      clock: async (device) => judge.clockOf(device),
      sparkplug: async (query) => doors.sparkplug?.status(query) ?? null,
      stats,
      provision: (gateway, bundle) => provisions.keep(gateway, bundle),
      settle: (messages) => settleJudged(gate, messages),
      doorReport: async (door) => doors.report(door),
      safetyChanged: judge.safetyChanged,
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** Shares of a journal of which only the cap is known. */
const quarterForSafety = (capBytes: number): JournalOptions => ({ capBytes, safetyBytes: capBytes / 4 });

/** What a device sends for itself is about that device, also where nothing of it can be read. */
function named(message: RefusedMessage, registry: Pick<IngestRegistry, 'device'>): RefusedMessage {
  if (!registry.device(message.client)) return message;
  const refusals = message.refusals.map((refusal) => ({ ...refusal, device: refusal.device ?? message.client }));
  return { ...message, refusals };
}

/** Derived telemetry that a P1 or P2 rule judges. */
function isSafetyEntry(
  { device, values }: { device: string; values: object },
  typeOf: (device: string) => string | undefined,
  isSafety: IsSafety,
): boolean {
  const type = typeOf(device);
  return type !== undefined && Object.keys(values).some((name) => isSafety(type, name));
}
