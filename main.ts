import { demoButtons } from './cli/demo-buttons.ts';
import { type Demonstration, prepareDemonstration, startDemonstration } from './cli/demonstration.ts';
import { openDrillPlayer } from './cli/drill-player.ts';
import type { Config } from './cli/runtime.ts';
import type { Sample } from './cli/sample-device.ts';
import { dashboardMethods, openDashboard } from './dashboard/main.ts';
import { type LoadedCity, loadCity } from './devices/city/load-city.ts';
import type { Device } from './devices/contract/registry.ts';
import { registryCache } from './devices/registry/registry-cache.ts';
import { loadRegistry } from './devices/registry/registry-store.ts';
import { followStandards } from './devices/standards/standards-follower.ts';
import { deviceTypes } from './devices/types/registry.ts';
import { ingestMethods, openIngest } from './ingest/main.ts';
import { doorUrls } from './ingest/mqtt/door-urls.ts';
import { cleanups, type Running } from './kit/cleanups.ts';
import type { DataFolder } from './kit/data-folder.ts';
import type { Log } from './kit/log.ts';
import { Problem } from './kit/problem.ts';
import { serveRpc } from './kit/rpc/rpc.ts';
import { sharedClock } from './kit/shared-clock.ts';
import { openRules, openState, rulesMethods } from './rules/main.ts';
import { forkSimulators } from './simulators/spawn.ts';

export interface CityParts {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly citiesDir: string;
  readonly version: string;
  readonly log: Log;
  /** Told in a few words what the start is doing. */
  readonly progress: (step: { zh: string; en: string }) => void;
}

/** A whole city, running. */
export interface RunningCity extends Running {
  readonly url: string;
  /** Where devices connect, the plain door first. */
  readonly mqttUrls: readonly string[];
  /** The port of plain MQTT on loopback; 0 where it is closed. */
  readonly mqttPort: number;
  /** Secret of the one-time link; null once somebody has an account. */
  readonly firstLink: string | null;
  readonly city: LoadedCity;
  /** A device of the demonstration with its token, for a line to copy. */
  readonly sample: Sample | null;
}

/**
 * The whole city in one process: the state database first, then ingest, rules and the dashboard on it, then the door for the
 * command line; in a demonstration the simulated city, its gateways and the replayed data last.
 */
export async function startCity({
  config,
  folder,
  citiesDir,
  version,
  log,
  progress,
}: CityParts): Promise<RunningCity> {
  const stopping = cleanups(log);
  try {
    // First of all: that process loads its part while this one is busy with its own.
    const simulators = config.demo ? stopping.add('simulators', forkSimulators(log)) : null;
    progress({ zh: '读取城市与标准目录', en: 'reading the city and its standards' });
    const files = await loadCity(citiesDir, config.city);
    const time = sharedClock(folder, config.demo, config.demoSpeed, log);
    const { clock } = time;
    const named = (part: string) => log.child({ part });

    progress({ zh: '打开数据库与日志', en: 'opening databases and journal' });
    const state = await openState({ config, folder });
    stopping.defer('state', () => state.close());
    const registry = registryCache(await loadRegistry(state.db));
    refuseMixing(registry.devices(), config.demo, folder);
    if (config.demo && config.mqttPort === null) throw demoNeedsPlainMqtt();
    const prepared = simulators && (await prepareDemonstration({ config, folder, city: files, time, simulators }));

    let safetyChanged = () => {};
    const followed = await followStandards({
      city: files,
      db: state.db,
      clock,
      log: named('standards'),
      onChange: () => safetyChanged(),
    });
    const { city } = stopping.add('standards', followed);
    const ingest = stopping.add(
      'ingest',
      await openIngest({
        config,
        folder,
        registry,
        city,
        types: deviceTypes,
        clock,
        steady: time.steady,
        log: named('ingest'),
      }),
    );
    safetyChanged = ingest.safetyChanged;
    const rules = stopping.add(
      'rules',
      await openRules({
        config,
        folder,
        state,
        reader: ingest.reader,
        ingest,
        city: files,
        types: deviceTypes,
        clock,
        log: named('rules'),
      }),
    );

    // The page is up before the simulated city: its buttons work as soon as there is something to press them on.
    let demonstration: Demonstration | null = null;
    const dashboard = stopping.add(
      'dashboard',
      await openDashboard({
        config,
        folder,
        databaseUrl: config.databaseUrl,
        auditMonths: config.auditMonths,
        state,
        registry,
        reader: ingest.reader,
        ingest,
        command: rules.command,
        rulesStats: async () => rules.stats(),
        rulesTools: rules.tools,
        pages: rules.pages,
        notify: rules.notify,
        onAlarms: (notify) => rules.onChange(notify),
        city,
        types: deviceTypes,
        demo: config.demo ? demoButtons(() => demonstration, config.demoSpeed) : null,
        version,
        clock,
        log: named('dashboard'),
      }),
    );
    const control = stopping.add(
      'control',
      await serveRpc({
        port: config.controlPort,
        secret: folder.secret(),
        methods: { ...ingestMethods(ingest), ...rulesMethods(rules), ...dashboardMethods(dashboard) },
        log: named('control'),
        setting: 'YANSHAO_CONTROL_PORT',
      }),
    );
    for (const name of ['ingest', 'rules', 'dashboard'])
      stopping.defer(`notice of ${name}`, folder.announce(name, control.url));

    const mqttUrls = doorUrls(config, ingest.mqttPorts);
    stopping.defer('notice of mqtt', folder.announce('mqtt', mqttUrls[0] ?? ''));
    stopping.add('drills', openDrillPlayer({ config, folder, rules, ingest, clock, log: named('drills') }));
    if (prepared) {
      progress({
        zh: '启动模拟城市、网关与数据回放',
        en: 'starting the simulated city, its gateways and the replayed data',
      });
      demonstration = await startDemonstration(prepared, { mqttPort: ingest.mqttPort, command: rules.command, log });
      stopping.add('demonstration', demonstration);
      stopping.defer('notice of simulators', folder.announce('simulators', demonstration.controlUrl));
    }
    return {
      url: dashboard.url,
      mqttUrls,
      mqttPort: ingest.mqttPort,
      firstLink: await dashboard.accounts.firstLink(),
      city,
      sample: demonstration?.sample ?? null,
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

const demoNeedsPlainMqtt = () =>
  new Problem(
    '演示中的设备通过本机的明文 MQTT 上报：去掉 YANSHAO_MQTT_PORT=off，或设置 YANSHAO_DEMO=off\n' +
      'the devices of a demonstration use plain MQTT on loopback: take YANSHAO_MQTT_PORT=off away, or set YANSHAO_DEMO=off',
  );

/** A demonstration and a real city never mix (design.md, rule 10). */
function refuseMixing(devices: Iterable<Device>, demo: boolean, folder: DataFolder): void {
  for (const device of devices) {
    if (device.demo === demo) continue;
    throw new Problem(
      demo
        ? `${folder.dir} 中登记了真实设备“${device.id}”：演示拒绝在此启动。设置 YANSHAO_DEMO=off 或另选 YANSHAO_DATA_DIR。\n` +
            `${folder.dir} holds the real device "${device.id}": a demonstration refuses to start there. Set YANSHAO_DEMO=off or another YANSHAO_DATA_DIR.`
        : `${folder.dir} 中登记了演示设备“${device.id}”：正式运行拒绝在此启动。另选 YANSHAO_DATA_DIR。\n` +
            `${folder.dir} holds the demonstration device "${device.id}": a real city refuses to start there. Choose another YANSHAO_DATA_DIR.`,
    );
  }
}
