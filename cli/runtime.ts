import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { dashboardSettings } from '../dashboard/config.ts';
import { gatewaySettings } from '../gateway/config.ts';
import { ingestSettings } from '../ingest/config.ts';
import { type ConfigOf, flagName, type Loaded, loadConfig, type Settings } from '../kit/config.ts';
import { type DataFolder, dataFolder } from '../kit/data-folder.ts';
import { jsonLog, type Log } from '../kit/log.ts';
import { rulesSettings } from '../rules/config.ts';
import { simulatorSettings } from '../simulators/config.ts';
import { platformSettings } from './settings.ts';

/** Every setting of every process, as one list: what `yanshao.yaml` may hold and `yanshao doctor` shows. */
export const allSettings = {
  ...platformSettings,
  ...ingestSettings,
  ...rulesSettings,
  ...dashboardSettings,
  ...gatewaySettings,
  ...simulatorSettings,
} satisfies Settings;
export type Config = ConfigOf<typeof allSettings>;

/** The project's own folder. */
export const projectDir = fileURLToPath(new URL('..', import.meta.url));
export const version = (JSON.parse(readFileSync(`${projectDir}/package.json`, 'utf8')) as { version: string }).version;
export const citiesDir = fileURLToPath(new URL('../cities', import.meta.url));

/** A command that takes every setting as a flag. */
export function commandWithSettings(name: string, settings: Settings = allSettings): Command {
  const command = new Command(name);
  for (const { env, help } of Object.values(settings))
    command.option(`--${flagName(env)} <value>`, `${help.zh} / ${help.en} [${env}]`);
  return command;
}

/** Reads all settings from the environment, `yanshao.yaml` in the working folder, and a command's flags. */
export function readConfig(flags: Readonly<Record<string, unknown>> = {}): Loaded<typeof allSettings> {
  return loadConfig(allSettings, { env: process.env, flags, file: 'yanshao.yaml' });
}

/** The data folder of a configuration: a demonstration and a real city never share one. */
export const folderOf = ({ dataDir, demo }: Pick<Config, 'dataDir' | 'demo'>): DataFolder =>
  dataFolder(`${dataDir}/${demo ? 'demo' : 'live'}`);

/** Whether a folder from here is a demonstration's. */
export const isDemo = ({ dir }: DataFolder): boolean => dir.endsWith('/demo');

/**
 * The folder a command-line tool speaks to: the one named by `YANSHAO_DEMO`; unsaid, the one whose platform is running;
 * else the demonstration's.
 */
export function chosenFolder(loaded: Loaded<typeof allSettings>): DataFolder {
  const { config, report } = loaded;
  const said = report.some(({ env, origin }) => env === platformSettings.demo.env && origin !== 'default');
  if (!said && !folderOf({ ...config, demo: true }).find('rules')) {
    const live = folderOf({ ...config, demo: false });
    if (live.find('rules')) return live;
  }
  return folderOf(config);
}

/** The log of a process started from the command line: JSON lines on standard error. */
export const processLog = (name: string, { logLevel }: Config): Log => jsonLog({ process: name }, logLevel, 2);

/** Runs until a signal asks to stop, then stops in order; a second signal ends at once. */
export function untilSignal(running: { stop(): Promise<void> | void }): Promise<void> {
  // What was compiled is on disk from here on, and no longer in memory too; a process that is killed writes nothing at its end.
  flushCompileCache();
  return new Promise((resolve, reject) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        Promise.resolve(running.stop()).then(resolve, reject);
      });
    }
  });
}
