import type { Command } from 'commander';
import { dashboardMethods, openDashboard } from '../../dashboard/main.ts';
import { type LoadedCity, loadCity } from '../../devices/city/load-city.ts';
import type { CommandOutcome, Command as PlatformCommand } from '../../devices/contract/command.ts';
import { entryCodec, type JournalEntry } from '../../devices/contract/entry.ts';
import { ingestClient } from '../../devices/contract/ingest-client.ts';
import { notifyClient } from '../../devices/contract/notify-port.ts';
import { pagesClient } from '../../devices/contract/pages.ts';
import { rulesToolsClient } from '../../devices/contract/rules-tools.ts';
import type { StandardsTables, StateTables } from '../../devices/contract/state-tables.ts';
import type { RulesStats } from '../../devices/contract/stats.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import { changesAfter, loadRegistry, type RegistryTables } from '../../devices/registry/registry-store.ts';
import { type FollowerParts, followStandards } from '../../devices/standards/standards-follower.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { openDoor } from '../../ingest/door/main.ts';
import { ingestMethods, journalFile, openIngest } from '../../ingest/main.ts';
import { doorUrls } from '../../ingest/mqtt/door-urls.ts';
import { cleanups, type Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { openSqliteJournalReader } from '../../kit/journal/sqlite/sqlite-journal.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import { type RpcClient, RpcUnavailable, rpcClient, serveRpc } from '../../kit/rpc/rpc.ts';
import { sharedClock } from '../../kit/shared-clock.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { rulesMigrations } from '../../rules/app.ts';
import { openRules, openState, rulesMethods } from '../../rules/main.ts';
import { demoButtons } from '../demo-buttons.ts';
import { openDrillPlayer } from '../drill-player.ts';
import {
  type Config,
  citiesDir,
  commandWithSettings,
  folderOf,
  processLog,
  readConfig,
  untilSignal,
  version,
} from '../runtime.ts';
import { say } from '../terminal.ts';

/** How long a process waits for what another one makes. */
const waitMs = 30_000;

interface Frame {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly log: Log;
  readonly stopping: ReturnType<typeof cleanups>;
}

const processes: Readonly<Record<string, { readonly about: string; readonly run: (frame: Frame) => Promise<string> }>> =
  {
    ingest: {
      about: '接入：MQTT 入口、日志与时序库 / the MQTT door, the journal, the telemetry store',
      run: runIngest,
    },
    door: {
      about:
        '外部代理的另一个入口，与 ingest 分担消息 / one more door on an external broker, which shares its messages with ingest',
      run: runDoor,
    },
    rules: { about: '规则、告警与命令 / rules, alarms and commands', run: runRules },
    dashboard: { about: '页面与接口 / pages and API', run: runDashboard },
  };

/** `yanshao ingest | door | rules | dashboard`: one process each; those of one host share a data folder. */
export function processCommand(name: string): Command {
  const wanted = processes[name];
  if (!wanted) throw new Error(`${name} is not a process`);
  return commandWithSettings(name)
    .description(wanted.about)
    .action(async (flags: Record<string, unknown>) => {
      const { config } = readConfig(flags);
      const log = processLog(name, config);
      const stopping = cleanups(log);
      try {
        say(await wanted.run({ config, folder: folderOf(config), log, stopping }));
      } catch (err) {
        await stopping.run();
        throw err;
      }
      await untilSignal({ stop: stopping.run } satisfies Running);
    });
}

/** The city with the standards in force. */
async function cityInForce(
  { config, log, stopping }: Frame,
  db: FollowerParts<StandardsTables>['db'],
  clock: Clock,
  onChange?: () => void,
): Promise<LoadedCity> {
  const city = await loadCity(citiesDir, config.city);
  return stopping.add('standards', await followStandards({ city, db, clock, log, ...(onChange && { onChange }) })).city;
}

async function runIngest(frame: Frame): Promise<string> {
  const { config, folder, log, stopping } = frame;
  const { clock, steady } = sharedClock(folder, config.demo, config.demoSpeed, log);
  say('· 等待登记库（由 rules 建立） / waiting for the registry, which rules makes');
  const state = await readState({ config, folder, stopping });
  const registry = registryCache(await loadRegistry(state.db));
  let safetyChanged = () => {};
  const city = await cityInForce(frame, state.db, clock, () => safetyChanged());
  const reloadRegistry = async () => registry.reset(await loadRegistry(state.db));
  const ingest = stopping.add(
    'ingest',
    await openIngest({ config, folder, registry, reloadRegistry, city, types: deviceTypes, clock, steady, log }),
  );
  safetyChanged = ingest.safetyChanged;
  await open('ingest', config.ingestPort, 'YANSHAO_INGEST_PORT', ingestMethods(ingest), { folder, log, stopping });
  const urls = doorUrls(config, ingest.mqttPorts);
  stopping.defer('notice of mqtt', folder.announce('mqtt', urls[0] ?? ''));
  return `ingest 运行中 / is running: ${urls.join(' ')}`;
}

async function runDoor(frame: Frame): Promise<string> {
  const { config, folder, log, stopping } = frame;
  const { clock } = sharedClock(folder, config.demo, config.demoSpeed, log);
  const state = await readState({ config, folder, stopping });
  let safetyChanged = () => {};
  const city = await cityInForce(frame, state.db, clock, () => safetyChanged());
  const registry = registryCache(await loadRegistry(state.db));
  const rpc = await reach(folder, 'ingest', stopping);
  const changes = (version: number) => changesAfter(state.db, version, 10_000);
  const needs = { config, rpc, registry, changesAfter: changes, city, types: deviceTypes, clock, log };
  const door = stopping.add('door', await openDoor(needs));
  safetyChanged = door.safetyChanged;
  return `入口 ${door.name} 运行中 / door ${door.name} is running: ${door.url}`;
}

async function runRules({ config, folder, log, stopping }: Frame): Promise<string> {
  const city = await loadCity(citiesDir, config.city);
  const { clock } = sharedClock(folder, config.demo, config.demoSpeed, log);
  const state = await openState({ config, folder });
  stopping.defer('state', () => state.close());
  const reader = await openReader(folder, stopping);
  const ingest = ingestClient(await reach(folder, 'ingest', stopping));
  const rules = stopping.add(
    'rules',
    await openRules({ config, folder, state, reader, ingest, city, types: deviceTypes, clock, log }),
  );
  await open('rules', config.rulesPort, 'YANSHAO_RULES_PORT', rulesMethods(rules), { folder, log, stopping });
  stopping.add('drills', openDrillPlayer({ config, folder, rules, ingest, clock, log }));
  return 'rules 运行中 / is running';
}

async function runDashboard(frame: Frame): Promise<string> {
  const { config, folder, log, stopping } = frame;
  const { clock } = sharedClock(folder, config.demo, config.demoSpeed, log);
  const state = await readState({ config, folder, stopping });
  const city = await cityInForce(frame, state.db, clock);
  const registry = registryCache(await loadRegistry(state.db));
  const reader = await openReader(folder, stopping);
  // Neither is waited for: the desk shows what is known while one of them is away, and says which.
  const ingest = ingestClient(clientOf(folder, 'ingest', stopping));
  const rules = clientOf(folder, 'rules', stopping);
  const dashboard = stopping.add(
    'dashboard',
    await openDashboard({
      config,
      folder,
      databaseUrl: config.databaseUrl,
      auditMonths: config.auditMonths,
      state,
      registry,
      reader,
      ingest,
      command: (command: PlatformCommand) => rules.call<CommandOutcome>('rules.command', command),
      rulesStats: () => rules.call<RulesStats>('rules.stats'),
      rulesTools: rulesToolsClient(rules),
      pages: pagesClient(rules),
      notify: notifyClient(rules),
      city,
      types: deviceTypes,
      // A demonstration's page carries its watermark whoever serves it.
      demo: config.demo ? demoButtons(() => null, config.demoSpeed) : null,
      version,
      clock,
      log,
    }),
  );
  await open('dashboard', config.controlPort, 'YANSHAO_CONTROL_PORT', dashboardMethods(dashboard), {
    folder,
    log,
    stopping,
  });
  const link = await dashboard.accounts.firstLink();
  return `dashboard 运行中 / is running: ${dashboard.url}/${link ? `\n  首次登录，一次有效 / first sign-in, once: ${dashboard.url}/claim#${link}` : ''}`;
}

/** The state database, once rules has made its tables; read-only. */
async function readState({ config, folder, stopping }: Pick<Frame, 'config' | 'folder' | 'stopping'>) {
  const state = await openSql<StateTables & RegistryTables>({
    url: config.databaseUrl ?? folder.path('state.db'),
    schema: 'state',
    readonly: true,
    migrations: rulesMigrations,
    waitMs,
  });
  stopping.defer('state', () => state.close());
  return state;
}

async function openReader(folder: DataFolder, stopping: Frame['stopping']) {
  say('· 等待日志（由 ingest 建立） / waiting for the journal, which ingest makes');
  const reader = await openSqliteJournalReader<JournalEntry>(journalFile(folder), entryCodec);
  stopping.defer('journal', () => reader.close());
  return reader;
}

/** A client of another process, once that process has said where it is. */
async function reach(folder: DataFolder, name: string, stopping: Frame['stopping']): Promise<RpcClient> {
  const until = Date.now() + waitMs;
  while (!folder.find(name)) {
    if (Date.now() > until)
      throw new Problem(
        `${name} did not start within ${waitMs / 1000} s in ${folder.dir}: run \`yanshao ${name}\` with the same YANSHAO_DATA_DIR\n` +
          `${name} 在 ${waitMs / 1000} 秒内没有在 ${folder.dir} 启动：请以同样的 YANSHAO_DATA_DIR 运行 yanshao ${name}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return clientOf(folder, name, stopping);
}

/** A client of another process, wherever that listens now: one that was started again may have another port. */
function clientOf(folder: DataFolder, name: string, stopping: Frame['stopping']): RpcClient {
  let current: { readonly url: string; readonly client: RpcClient } | undefined;
  const close = async () => current?.client.close();
  stopping.defer(`calls to ${name}`, close);
  return {
    async call<T>(method: string, params?: unknown) {
      const notice = folder.find(name);
      if (!notice) throw new RpcUnavailable(`${name} 没有运行 / ${name} is not running`);
      if (current?.url !== notice.url) {
        await close();
        current = { url: notice.url, client: rpcClient({ url: notice.url, secret: folder.secret() }) };
      }
      return current.client.call<T>(method, params);
    },
    close,
  };
}

async function open(
  name: string,
  port: number,
  setting: string,
  methods: Readonly<Record<string, (params: unknown) => Promise<unknown>>>,
  { folder, log, stopping }: Pick<Frame, 'folder' | 'log' | 'stopping'>,
): Promise<void> {
  const rpc = stopping.add('rpc', await serveRpc({ port, secret: folder.secret(), methods, log, setting }));
  stopping.defer('notice', folder.announce(name, rpc.url));
}
