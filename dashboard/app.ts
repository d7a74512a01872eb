import type { z } from 'zod';
import { cutAudit } from '../devices/audit/cut-audit.ts';
import { keepAudit } from '../devices/audit/keep-audit.ts';
import type { LoadedCity } from '../devices/city/load-city.ts';
import { seatsOf } from '../devices/city/seats.ts';
import type {
  AlarmBody,
  AlarmsBody,
  LedgerBody,
  OverridesBody,
  TicketBody,
  TicketsBody,
} from '../devices/contract/api.ts';
import type { Actor, CommandPort } from '../devices/contract/command.ts';
import type { NotifyPort } from '../devices/contract/notify-port.ts';
import type { PagesPort } from '../devices/contract/pages.ts';
import type { EntryReader, IngestPort } from '../devices/contract/ports.ts';
import type { RegistryChange } from '../devices/contract/registry.ts';
import type { RulesTools } from '../devices/contract/rules-tools.ts';
import type { StateTables } from '../devices/contract/state-tables.ts';
import type { RulesStats } from '../devices/contract/stats.ts';
import type { LedgerQuery } from '../devices/detectors/ledger.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import { type RegistryCache, RegistryGap } from '../devices/registry/registry-cache.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import { zoneOffset } from '../kit/local-time.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { type Accounts, accounts } from './server/accounts/accounts.ts';
import type { AccountTables } from './server/accounts/tables.ts';
import { alarmNow, alarmsNow, type alarmsQuery, overridesNow } from './server/alarms-now.ts';
import type { DemoControls, ServerContext } from './server/context.ts';
import { dutyPeople } from './server/duty-people.ts';
import { httpServer, type TlsFiles } from './server/http.ts';
import { startSeatMeters } from './server/kpi/seat-meters.ts';
import { ledgerNow } from './server/ledger-now.ts';
import { alarmFeed } from './server/live/alarm-feed.ts';
import { type Hub, type HubParts, startHub } from './server/live/hub.ts';
import { incidentFeed } from './server/live/incident-feed.ts';
import { sqlLiveMemory } from './server/live/live-memory.ts';
import { noticesOf } from './server/live/notices.ts';
import { type Picture, picture } from './server/live/picture.ts';
import { silentAfter } from './server/live/silent-after.ts';
import { readStages, type Stages, startStageNumbers } from './server/live/stage-numbers.ts';
import { ticketFeed } from './server/live/ticket-feed.ts';
import { openNotices } from './server/notices/open-notices.ts';
import { startPageBoard } from './server/notices/page-board.ts';
import { photoFolder } from './server/photos/photo-files.ts';
import { photoStore } from './server/photos/photo-store.ts';
import { photosNamed, startSweep } from './server/photos/sweep.ts';
import { principalOf } from './server/sign-in.ts';
import { ticketNow, ticketsNow, type ticketsQuery } from './server/tickets-now.ts';

export interface DashboardParts {
  readonly accountsDb: Sql<AccountTables>;
  /** The state database that rules writes; read here. */
  readonly state: Sql<StateTables>;
  readonly registry: RegistryCache;
  /** Loads the registry anew when changes of it were missed. */
  readonly reloadRegistry: () => Promise<void>;
  readonly reader: EntryReader;
  readonly ingest: IngestPort;
  readonly command: CommandPort;
  readonly rulesStats: () => Promise<RulesStats | null>;
  readonly rulesTools: RulesTools;
  /** Where it tells which pages are open, and hears what they are to be told. */
  readonly pages: PagesPort;
  /** Where it passes on what browsers and gateways tell of messages. */
  readonly notify: NotifyPort;
  /** Calls back after each commit of rules, where it runs in this process. */
  readonly onAlarms?: (notify: () => void) => () => void;
  readonly city: LoadedCity;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly demo: DemoControls | null;
  readonly version: string;
  readonly webDir: string;
  /** Where the pictures that people send are kept. */
  readonly photoDir: string;
  readonly clock: Clock;
  /** The world's time, ms, for sessions and locks: a demonstration's clock may run faster. */
  readonly worldNow?: () => number;
  readonly log: Log;
  readonly settings: {
    readonly httpHost: string;
    readonly httpPort: number;
    readonly tlsCert?: string | undefined;
    readonly tlsKey?: string | undefined;
    readonly trustProxy: boolean;
    readonly sessionHours: number;
    /** Calendar months that the audit of accounts is kept; 12 unless given. */
    readonly auditMonths?: number;
    /** Days that a picture is shown as it is to those who may see it; 365 unless given. */
    readonly photoDays?: number;
  };
}

export interface Dashboard extends Running {
  readonly url: string;
  readonly accounts: Accounts;
  /** The life and calibration ledger as it stands. */
  readonly ledger: (query: LedgerQuery) => LedgerBody;
  /** Tickets as the command line asks for them. */
  readonly tickets: (query: z.output<typeof ticketsQuery>) => Promise<TicketsBody>;
  readonly ticket: (id: string) => Promise<TicketBody | null>;
  /** Alarms, one of them, and what is put aside or waits for a second person, for the same. */
  readonly alarms: (query: z.output<typeof alarmsQuery>) => Promise<AlarmsBody>;
  readonly alarm: (id: string) => Promise<AlarmBody | null>;
  readonly overrides: () => Promise<OverridesBody>;
}

/** Whoever runs the command line may read this machine's files: he sees what an administrator sees. */
const atTheTerminal: Actor = { id: 'cli', name: 'cli', via: 'cli', role: 'admin' };

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Starts pages, API and live stream; resolves once they can be reached. */
export async function startDashboard(parts: DashboardParts): Promise<Dashboard> {
  const { settings, clock, log, registry } = parts;
  const tls = tlsOf(settings);
  const stopping = cleanups(log);
  try {
    const worldNow = parts.worldNow ?? systemClock.now;
    const people = accounts(parts.accountsDb, worldNow, settings.sessionHours);
    const { auditMonths: months = 12 } = settings;
    const cut = () => parts.accountsDb.db.transaction().execute((trx) => cutAudit(trx, { months, now: worldNow() }));
    stopping.add('retention of the audit', keepAudit(cut, { clock, log }));
    const photos = photoStore({
      sql: parts.accountsDb,
      files: photoFolder(parts.photoDir),
      named: (hashes) => photosNamed(parts.state.db, hashes),
      now: worldNow,
      offsetAt: zoneOffset(parts.city.city.timeZone),
      log,
    });
    stopping.add('sweep of pictures', startSweep(photos, { clock, log }));
    const alarms = alarmFeed(parts.state);
    const incidents = incidentFeed(parts.state);
    const tickets = ticketFeed(parts.state);
    const view = picture(silentAfter(parts.city, parts.types, registry), {
      has: (id) => registry.device(id) !== undefined,
      ids: () => deviceIds(registry),
    });
    const stages: Stages = { ingestStats: () => parts.ingest.stats(), rulesStats: parts.rulesStats };
    const numbers = stopping.add('stage numbers', await startStageNumbers(stages));
    const seats = stopping.add(
      'figures of the seats',
      await startSeatMeters({ db: parts.state.db, city: parts.city.city, clock, log }),
    );
    const duty = dutyPeople(parts.state, parts.city.city, registry);
    const board = stopping.add(
      'notices',
      startPageBoard({
        port: parts.pages,
        seats: seatsOf(parts.city.city).map(({ id }) => id),
        open: openNotices(parts.state.db),
        personOf: duty.personOf,
        now: clock.now,
        log: log.child({ component: 'notices' }),
      }),
    );
    let hub: Hub | null = null;

    const context: ServerContext = {
      accounts: people,
      state: parts.state,
      alarms,
      incidents,
      tickets,
      duty,
      picture: view,
      registry,
      types: parts.types,
      city: parts.city,
      command: parts.command,
      ingest: parts.ingest,
      notify: parts.notify,
      rulesStats: parts.rulesStats,
      rulesTools: parts.rulesTools,
      photos,
      photoDays: settings.photoDays ?? 365,
      worldNow,
      demo: parts.demo,
      version: parts.version,
      clock,
      log,
      secure: tls !== undefined,
      trustProxy: settings.trustProxy,
      webDir: parts.webDir,
      sessionEnded: async () => hub?.checkSessions(),
      hubState: () => hub?.state() ?? null,
      ready: async () => {
        const waitingFor = notReady(await readStages(stages), hub);
        return { ready: waitingFor.length === 0, waitingFor };
      },
    };
    const app = await httpServer(context, tls);
    stopping.defer('http', () => app.close());
    await app.ready();
    hub = await startHub({
      server: app.server,
      reader: parts.reader,
      picture: view,
      memory: sqlLiveMemory(parts.accountsDb),
      alarms,
      incidents,
      tickets,
      onAlarms: parts.onAlarms,
      // What a gateway says of itself outlives a restart too.
      isRegistered: (id) => registry.device(id) !== undefined || registry.isGateway(id),
      ...registryFollower(parts, view, () => hub?.restart()),
      strip: () => ({
        now: clock.now(),
        ...numbers.current(),
        seats: seats.current(),
        notices: noticesOf(registry.gateways(), (gateway) => view.device(gateway).attributes),
      }),
      onPage: board.add,
      authenticate: (headers, token) => principalOf(people, headers, token),
      hostOf: ({ host, 'x-forwarded-host': forwarded }) =>
        settings.trustProxy && typeof forwarded === 'string' ? forwarded : (host as string | undefined),
      clock,
      log,
    });
    stopping.add('live', hub);
    await listen(() => app.listen({ host: settings.httpHost, port: settings.httpPort }), settings);
    const address = app.server.address();
    const port = typeof address === 'object' && address ? address.port : settings.httpPort;
    const host = settings.httpHost.includes(':') ? `[${settings.httpHost}]` : settings.httpHost;
    return {
      url: `${tls ? 'https' : 'http'}://${host}:${port}`,
      accounts: people,
      ledger: (query) => ledgerNow(context, query),
      tickets: (query) => ticketsNow(context, query, atTheTerminal.id),
      ticket: (id) => ticketNow(context, id, atTheTerminal),
      alarms: (query) => alarmsNow(context, query),
      alarm: (id) => alarmNow(context, id),
      overrides: () => overridesNow(context),
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** The certificate, where there is one; anything that would send passwords over a network in the clear is refused. */
function tlsOf({ httpHost, tlsCert, tlsKey }: DashboardParts['settings']): TlsFiles | undefined {
  if (tlsCert && tlsKey) return { cert: tlsCert, key: tlsKey };
  if (tlsCert || tlsKey) {
    const [set, missing] = tlsCert ? ['YANSHAO_TLS_CERT', 'YANSHAO_TLS_KEY'] : ['YANSHAO_TLS_KEY', 'YANSHAO_TLS_CERT'];
    throw new Problem(`${set} is set and ${missing} is not: TLS needs both the certificate and its key.`);
  }
  if (loopback.has(httpHost)) return undefined;
  throw new Problem(
    `YANSHAO_HTTP_HOST is ${httpHost}: pages leave this machine only over TLS. Set YANSHAO_TLS_CERT and YANSHAO_TLS_KEY, or use 127.0.0.1 behind a proxy on this machine (YANSHAO_TRUST_PROXY).`,
  );
}

/** What stands between this process and a page that shows the whole truth. */
function notReady({ ingest, rules }: Awaited<ReturnType<typeof readStages>>, hub: Hub | null): string[] {
  const live = hub?.state();
  return [
    ...(ingest ? [] : ['ingest']),
    // The disk is full or failing: nothing is acknowledged, and people must hear of it without the disk.
    ...(ingest?.journal.problem ? ['journal'] : []),
    ...(rules ? [] : ['rules']),
    ...(live?.alarmsReadable ? [] : ['alarms']),
    ...(live?.journalReadable && live.caughtUp ? [] : ['live']),
  ];
}

/** Keeps the registry's cache and the picture's devices as the journal says. */
function registryFollower(
  { registry, reloadRegistry, log }: DashboardParts,
  view: Picture,
  restart: () => void,
): Pick<HubParts, 'onRegistry' | 'onGap'> {
  const reload = async () => {
    await reloadRegistry();
    restart();
  };
  const apply = async (change: RegistryChange): Promise<void> => {
    try {
      // Where ingest shares this process it has applied the change already; then this does nothing.
      registry.apply(change);
    } catch (err) {
      if (!(err instanceof RegistryGap)) throw err;
      log.warn({ holds: err.holds, came: err.came }, 'registry changes were missed; the registry is loaded anew');
      await reload();
    }
  };
  return {
    onGap: reload,
    async onRegistry(change) {
      await apply(change);
      if ('put' in change) {
        if (change.put === 'device') view.registered(change.record.id);
      } else if (change.remove === 'device' && !registry.device(change.id)) {
        view.forget(change.id);
        restart();
      }
    },
  };
}

function* deviceIds(registry: RegistryCache): Iterable<string> {
  for (const device of registry.devices()) yield device.id;
}

async function listen(
  start: () => Promise<unknown>,
  { httpHost, httpPort }: DashboardParts['settings'],
): Promise<void> {
  try {
    await start();
  } catch (err) {
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${httpPort} is taken by another program: stop it, or set YANSHAO_HTTP_PORT to a free one\n端口 ${httpPort} 已被其他程序占用：请停止该程序，或将 YANSHAO_HTTP_PORT 设为空闲端口`,
      EACCES: `this account may not listen on port ${httpPort}: set YANSHAO_HTTP_PORT to one above 1023\n当前账户无权监听端口 ${httpPort}：请将 YANSHAO_HTTP_PORT 设为 1023 以上`,
      EADDRNOTAVAIL: `this machine has no address ${httpHost}: set YANSHAO_HTTP_HOST to one of its own\n本机没有地址 ${httpHost}：请将 YANSHAO_HTTP_HOST 设为本机地址`,
    };
    const known = why[(err as NodeJS.ErrnoException).code ?? ''];
    throw known ? new Problem(known, err) : err;
  }
}
