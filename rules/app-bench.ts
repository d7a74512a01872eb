import type { Alarm } from '../devices/contract/alarm.ts';
import type { Actor, Command, CommandOutcome } from '../devices/contract/command.ts';
import type { JournalEntry, TelemetryEntry, Value } from '../devices/contract/entry.ts';
import type { IngestPort } from '../devices/contract/ports.ts';
import type { ReadmitQuery, Readmitted } from '../devices/contract/quarantine.ts';
import type { Device, Gateway, Site } from '../devices/contract/registry.ts';
import type { SiteBundle } from '../devices/contract/site-bundle.ts';
import { deviceTypes } from '../devices/types/registry.ts';
import { type Clock, handClock } from '../kit/clock.ts';
import type { Journal } from '../kit/journal/journal.ts';
import { memoryJournal } from '../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../kit/log.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { memoryTelemetryStore } from '../kit/telemetry/memory/memory-telemetry-store.ts';
import type { TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import { type Rules, type RulesParts, type RulesTables, rulesMigrations, startRules } from './app.ts';
import { benchCatalogue, benchCity, bystanders, glance, momentOf } from './engine/engine-bench.ts';
import type { TellingParts } from './telling.ts';

const MB = 1024 * 1024;

/** What rules ask of ingest; `down` makes appends fail, as when ingest is restarting. */
interface BenchIngest extends Pick<IngestPort, 'append' | 'register' | 'release' | 'readmit' | 'provision' | 'scan'> {
  down: boolean;
  /** Where readings are kept, for back-tests: a test writes what it needs. */
  readonly store: TelemetryStore;
  /** The rules of each gateway, as rules handed them over. */
  readonly provisioned: Map<string, SiteBundle>;
}

/** The journal as ingest offers it to rules. */
function benchIngest(journal: Journal<JournalEntry>): BenchIngest {
  const store = memoryTelemetryStore();
  const ingest: BenchIngest = {
    down: false,
    store,
    scan: store.scan,
    append: async (entries: readonly JournalEntry[]) => {
      if (ingest.down) throw new Error('ingest is down');
      return journal.append(entries);
    },
    register: (consumer: string) => journal.register(consumer),
    release: (consumer: string, position: number) => journal.release(consumer, position),
    /** A quarantine in which even ids are let in. */
    readmit: async (query: ReadmitQuery): Promise<Readmitted> => {
      if (ingest.down) throw new Error('ingest is down');
      const ids = 'ids' in query ? query.ids : [];
      const refused = ids
        .filter((id) => id % 2 === 1)
        .map((id) => ({ id, code: 'not-found' as const, zh: '无', en: 'none' }));
      return { readmitted: ids.filter((id) => id % 2 === 0), refused, readings: 1, more: false };
    },
    provisioned: new Map(),
    async provision(gateway, bundle) {
      ingest.provisioned.set(gateway, bundle);
    },
  };
  return ingest;
}

/**
 * The whole rules process over a memory journal and an in-memory database, in a day that is set by hand: a timeline of what
 * is published and what is shown. `kill` drops the process without a word; `start` begins a new one on the same data.
 */
export async function rulesBench(
  begins = '10:00',
  database: { url: string; schema?: string } = { url: ':memory:' },
  files: Pick<RulesParts['city'], 'city' | 'catalogue' | 'overlays' | 'text'> = {
    city: benchCity,
    catalogue: benchCatalogue,
  },
  telling?: (ingest: Pick<IngestPort, 'append'>, clock: Clock) => TellingParts,
) {
  let city = files;
  const journal = memoryJournal<JournalEntry>({ capBytes: 64 * MB, safetyBytes: MB });
  const clock = handClock(momentOf(begins));
  const ingest = benchIngest(journal);
  const state: Sql<RulesTables> = await openSql<RulesTables>({ ...database, migrations: rulesMigrations });
  let rules: Rules | undefined;
  let ids = 0;
  const start = async () => {
    rules = await startRules({
      state,
      reader: journal,
      ingest,
      city,
      types: deviceTypes,
      clock,
      log: silentLog,
      telling: telling?.(ingest, clock),
    });
    return rules;
  };
  /** Waits until rules has judged everything there is. */
  const judged = async () => {
    const head = await journal.head();
    while (rules!.stats().position < head) await new Promise((resolve) => setImmediate(resolve));
  };
  const passTo = async (time: string) => {
    const until = momentOf(time);
    // A block each, as ingest writes them: what follows from time is told at its second.
    for (let at = clock.now() + 1000; at <= until; at += 1000) await journal.append([{ kind: 'tick', at }]);
    clock.set(until);
  };
  await start();
  return {
    journal,
    clock,
    ingest,
    state,
    start,
    judged,
    get rules() {
      return rules!;
    },
    /**
     * The process dies at once: nothing it has not committed by now is ever written. (Its lease is taken away, so that the
     * database refuses whatever it would still write.)
     */
    async dies() {
      await state.db
        .updateTable('lease')
        .set(({ eb }) => ({ until: 0, fence: eb('fence', '+', 1) }))
        .execute();
      await rules?.stop();
    },
    /** What the city's files say when rules starts next. */
    files(next: typeof files) {
      city = next;
    },
    async passes(time: string) {
      await passTo(time);
      await judged();
    },
    async reads(time: string, device: string, values: Record<string, Value>, more: Partial<TelemetryEntry> = {}) {
      await passTo(time);
      const now = clock.now();
      await journal.append([{ kind: 'telemetry', device, at: now, received: now, source: 'mqtt', values, ...more }]);
      await judged();
    },
    /** Sends a command from a page, by default as Mira of the duty seat. */
    async asks(
      command: Omit<Extract<Command, { type: 'acknowledge' }>, 'id' | 'actor' | 'at'> | Record<string, unknown>,
      id?: string,
      actor: Actor = bystanders.mira,
    ): Promise<CommandOutcome> {
      const envelope = {
        id: id ?? `command-${++ids}`,
        actor,
        at: clock.now(),
      };
      const outcome = await rules!.command({ ...envelope, ...command } as Command);
      await judged();
      return outcome;
    },
    registers(put: { devices?: Device[]; sites?: Site[]; gateways?: Gateway[] }) {
      return this.asks({
        type: 'registry.put',
        put: { devices: [], sites: [], gateways: [], credentials: [], ...put },
      });
    },
    /** All alarms as the database holds them. */
    async alarms(): Promise<Alarm[]> {
      const rows = await state.db.selectFrom('alarms').select('body').orderBy('seq').execute();
      return rows.map(({ body }) => JSON.parse(body) as Alarm);
    },
    /** What the duty desk would list, from the database. */
    async shows(): Promise<string[]> {
      const rows = await state.db
        .selectFrom('alarms')
        .select('body')
        .where('open', '=', 1)
        .orderBy('raised_at')
        .execute();
      return rows.map(({ body }) => glance(JSON.parse(body) as Alarm));
    },
    async stop() {
      await rules?.stop();
      await state.close();
    },
  };
}
