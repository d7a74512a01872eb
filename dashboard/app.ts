import type { LoadedCity } from '../devices/city/load-city.ts';
import type { CommandPort } from '../devices/contract/command.ts';
import type { EntryReader, IngestPort } from '../devices/contract/ports.ts';
import type { StateTables } from '../devices/contract/state-tables.ts';
import type { RulesStats } from '../devices/contract/stats.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import type { RegistryCache } from '../devices/registry/registry-cache.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { type Accounts, accounts } from './server/accounts/accounts.ts';
import type { AccountTables } from './server/accounts/tables.ts';
import type { DemoControls, ServerContext } from './server/context.ts';
import { httpServer } from './server/http.ts';
import { alarmFeed } from './server/live/alarm-feed.ts';
import { type Hub, startHub } from './server/live/hub.ts';
import { sqlLiveMemory } from './server/live/live-memory.ts';
import { picture } from './server/live/picture.ts';
import { silentAfter } from './server/live/silent-after.ts';
import { principalOf } from './server/sign-in.ts';

export interface DashboardParts {
  readonly accountsDb: Sql<AccountTables>;
  /** The state database that rules writes; read here. */
  readonly state: Sql<StateTables>;
  readonly registry: RegistryCache;
  readonly reader: EntryReader;
  readonly ingest: IngestPort;
  readonly command: CommandPort;
  readonly rulesStats: () => Promise<RulesStats | null>;
  /** Calls back after each commit of rules, where it runs in this process. */
  readonly onAlarms?: (notify: () => void) => () => void;
  readonly city: LoadedCity;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly demo: DemoControls | null;
  readonly version: string;
  readonly webDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    readonly httpHost: string;
    readonly httpPort: number;
    readonly tlsCert?: string | undefined;
    readonly tlsKey?: string | undefined;
    readonly sessionHours: number;
  };
}

export interface Dashboard extends Running {
  readonly url: string;
  readonly accounts: Accounts;
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
const stripEveryMs = 500;

/** Starts pages, API and live stream; resolves once they can be reached. */
export async function startDashboard(parts: DashboardParts): Promise<Dashboard> {
  const { settings, clock, log, registry } = parts;
  const tls = settings.tlsCert && settings.tlsKey ? { cert: settings.tlsCert, key: settings.tlsKey } : undefined;
  if (!tls && !loopback.has(settings.httpHost)) {
    throw new Problem(
      `YANSHAO_HTTP_HOST is ${settings.httpHost}: pages leave this machine only over TLS. Set YANSHAO_TLS_CERT and YANSHAO_TLS_KEY, or use 127.0.0.1 behind a proxy.`,
    );
  }
  const stopping = cleanups(log);
  try {
    const people = accounts(parts.accountsDb, clock, settings.sessionHours);
    const alarms = alarmFeed(parts.state);
    const view = picture(silentAfter(parts.city.catalogue, parts.types, registry), () => deviceIds(registry));
    const strip = { now: clock.now(), ingest: null, rules: null } as Awaited<ReturnType<typeof readStrip>>;
    let hub: Hub | null = null;

    const context: ServerContext = {
      accounts: people,
      state: parts.state,
      alarms,
      picture: view,
      registry,
      types: parts.types,
      city: parts.city,
      command: parts.command,
      ingest: parts.ingest,
      rulesStats: parts.rulesStats,
      demo: parts.demo,
      version: parts.version,
      clock,
      log,
      secure: tls !== undefined,
      webDir: parts.webDir,
      ready: async () => {
        const now = await readStrip(parts);
        const waitingFor = [
          ...(now.ingest ? [] : ['ingest']),
          ...(now.rules ? [] : ['rules']),
          ...(hub ? [] : ['live']),
        ];
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
      onAlarms: parts.onAlarms,
      onRegistry: (change) => {
        // Where ingest shares this process it has applied the change already; its number then says so.
        if (change.version > registry.version) registry.apply(change);
        if ('remove' in change && change.remove === 'device') view.forget(change.id);
      },
      strip: () => strip,
      authenticate: (headers, token) => principalOf(people, headers, token),
      allowedOrigin: (origin, host) => origin === undefined || new URL(origin).host === host,
      clock,
      log,
    });
    stopping.add('live', hub);
    const refreshing = setInterval(
      () => void readStrip(parts).then((fresh) => Object.assign(strip, fresh)),
      stripEveryMs,
    );
    stopping.defer('strip', () => clearInterval(refreshing));
    await listen(() => app.listen({ host: settings.httpHost, port: settings.httpPort }), settings.httpPort);
    const address = app.server.address();
    const port = typeof address === 'object' && address ? address.port : settings.httpPort;
    return { url: `${tls ? 'https' : 'http'}://${settings.httpHost}:${port}`, accounts: people, stop: stopping.run };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** Numbers of the stages; a stage that does not answer is null, and the page says so. */
async function readStrip({ ingest, rulesStats, clock }: DashboardParts) {
  const [inStats, ruleStats] = await Promise.all([ingest.stats().catch(() => null), rulesStats().catch(() => null)]);
  return { now: clock.now(), ingest: inStats, rules: ruleStats };
}

function* deviceIds(registry: RegistryCache): Iterable<string> {
  for (const device of registry.devices()) yield device.id;
}

async function listen(start: () => Promise<unknown>, port: number): Promise<void> {
  try {
    await start();
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Problem(
        `port ${port} is taken by another program: stop it, or set YANSHAO_HTTP_PORT to a free one`,
        err,
      );
    }
    throw err;
  }
}
