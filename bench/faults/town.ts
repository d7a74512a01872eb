import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { relayedTopic, topics } from '../../devices/contract/topics.ts';
import { type Cable, layCable } from '../../test/support/cable.ts';
import { addDevice, type Program, runCli, startProgram } from '../../test/support/platform.ts';
import {
  freePort,
  type InfluxServer,
  type MosquittoServer,
  startInflux,
  startMosquitto,
} from '../../test/support/servers.ts';
import { until } from '../../test/support/until.ts';

/** The processes of a town; each can be ended and started by itself. */
export const processNames = ['rules', 'ingest', 'dashboard', 'gateway'] as const;
export type ProcessName = (typeof processNames)[number];

/** Devices that speak for themselves, those behind the gateway, and those at the city's own broker. */
const DIRECT = 6;
const BEHIND = 12;
const RELAYED = 4;
/** Detectors that alarm once each: a fault takes the next. */
const WITNESSES = 120;
/** Lamp posts, whose readings no urgent rule judges. */
const POLES = 50;

export interface TownOptions {
  readonly store: 'duckdb' | 'influx';
  /** Settings beside the town's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where its data lie; a folder of its own unless given. */
  readonly dataDir?: string;
  readonly progress: (line: string) => void;
}

/** A small city of separate processes, a field broker, a gateway on a cable, and a store; all of them real. */
export interface Town {
  readonly mqttPort: number;
  readonly field: MosquittoServer;
  /** The city's own broker, in front of the platform. */
  readonly cityBroker: MosquittoServer;
  /** Between the gateway and the platform. */
  readonly uplink: Cable;
  readonly influx: InfluxServer | null;
  /** Tokens of the devices that speak for themselves, by id. */
  readonly direct: ReadonlyMap<string, string>;
  /** Token of a device that misbehaves; what it says is not reckoned. */
  readonly unruly: string;
  /** Devices behind the gateway. */
  readonly behind: readonly string[];
  /** Devices at the city's own broker. */
  readonly relayed: readonly string[];
  /** Detectors that have not alarmed yet, and the token of the gateway that speaks for them. */
  readonly witnesses: readonly string[];
  readonly witnessGateway: string;
  /** Lamp posts, and the token of theirs. */
  readonly poles: readonly string[];
  readonly poleGateway: string;
  /** The data folder of a real city below the data directory. */
  readonly liveDir: string;
  program(name: ProcessName): Program;
  start(name: ProcessName): Promise<void>;
  kill(name: ProcessName): Promise<void>;
  get<T>(path: string): Promise<T>;
  ask(path: string): Promise<Response>;
  /** Processes that have ended although nobody ended them. */
  dead(): readonly ProcessName[];
  /** What all its processes have printed. */
  output(): string;
  stop(): Promise<void>;
}

const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];

export async function startTown({ store, env: extra = {}, dataDir, progress }: TownOptions): Promise<Town> {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-faults-'));
  const data = dataDir ?? join(folder, 'data');
  const running = new Map<ProcessName, Program>();
  const earlier: string[] = [];
  const mqttPort = await freePort();
  const uplink = await layCable(mqttPort);
  const keepsAll = 'allow_anonymous true\npersistence true\nmax_queued_messages 0';
  const [field, cityBroker] = await Promise.all([startMosquitto(keepsAll), startMosquitto(keepsAll)]);
  const influx = store === 'influx' ? await startInflux() : null;
  let env: Record<string, string> = {
    YANSHAO_DATA_DIR: data,
    YANSHAO_DEMO: 'off',
    YANSHAO_HTTP_PORT: '0',
    YANSHAO_MQTT_PORT: String(mqttPort),
    YANSHAO_MQTT_BROKER_URL: cityBroker.url,
    YANSHAO_INGEST_PORT: '0',
    YANSHAO_RULES_PORT: '0',
    YANSHAO_GATEWAY_CONFIG: join(folder, 'gateway.yaml'),
    YANSHAO_GATEWAY_PAGE_PORT: '0',
    ...(influx && { YANSHAO_INFLUX_URL: influx.url, YANSHAO_INFLUX_API: 'v1' }),
    ...extra,
  };
  const cli = async (...args: string[]) => {
    const ran = await runCli(args, { env, cwd: folder });
    if (ran.code !== 0) throw new Error(`yanshao ${args.join(' ')} ended with ${ran.code}: ${ran.stderr}`);
    return ran;
  };
  const start = async (name: ProcessName): Promise<void> => {
    const program = startProgram([name], { env, cwd: folder });
    running.set(name, program);
    const up = await until(
      `${name} is running`,
      () => (program.code() === null ? program.output().includes('is running') : 'ended'),
      { withinMs: 90_000 },
    );
    if (up === 'ended') throw new Error(`${name} ended with ${program.code()}:\n${program.output()}`);
  };
  const kill = async (name: ProcessName): Promise<void> => {
    const program = running.get(name);
    running.delete(name);
    if (!program) return;
    await program.kill();
    earlier.push(`--- ${name} ---\n${program.output()}`);
  };
  const stop = async () => {
    await Promise.all([...running.values()].map((program) => program.kill()));
    await Promise.all([uplink.stop(), field.stop(), cityBroker.stop(), influx?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (influx) await fetch(`${influx.url}/query?q=CREATE+DATABASE+yanshao`, { method: 'POST' });
    progress('a town of four processes is being started');
    await Promise.all([start('dashboard'), start('ingest'), start('rules')]);
    const url = /https?:\/\/[^/\s]+/.exec(running.get('dashboard')?.output() ?? '')?.[0] ?? '';
    env = { ...env, YANSHAO_HTTP_PORT: new URL(url).port };
    const token = (await cli('user', 'token', 'faults')).stdout.trim().split('\n').at(-1) ?? '';
    const gateway = await addDevice({ cli }, 'gw-1', '--type', 'gateway');
    const senders = await register(folder, cli);
    writeFileSync(
      join(folder, 'gateway.yaml'),
      [
        'id: gw-1',
        `uplink: { url: "mqtt://127.0.0.1:${uplink.port}", token: ${gateway} }`,
        'mqtt:',
        `  - url: mqtt://127.0.0.1:${field.port}`,
        '    topics: [{ filter: field/+/telemetry, device: 1 }]',
      ].join('\n'),
    );
    await start('gateway');
    const ask = (path: string) =>
      fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
    const get = async <T>(path: string): Promise<T> => {
      const answer = await ask(path);
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    await opened(get, field, `field/${senders.behind[0]}/telemetry`, senders.behind[0]);
    await opened(get, cityBroker, relayedTopic(senders.relayed[0] ?? '', topics.telemetry), senders.relayed[0]);
    return {
      mqttPort,
      field,
      cityBroker,
      uplink,
      influx,
      ...senders,
      liveDir: join(data, 'live'),
      program(name) {
        const program = running.get(name);
        if (!program) throw new Error(`${name} does not run`);
        return program;
      },
      start,
      kill,
      ask,
      get,
      dead: () => [...running].filter(([, program]) => program.code() !== null).map(([name]) => name),
      output: () => [...earlier, ...[...running].map(([name, p]) => `--- ${name} ---\n${p.output()}`)].join('\n'),
      stop,
    };
  } catch (err) {
    await stop();
    throw err;
  }
}

/**
 * Waits until what is published at a broker arrives. Before a first subscription has made the session, a broker acknowledges to
 * nobody's benefit: that is its nature and no fault of anybody's.
 */
async function opened(
  get: <T>(path: string) => Promise<T>,
  broker: MosquittoServer,
  topic: string,
  device = '',
): Promise<void> {
  const client = await connectAsync({ host: '127.0.0.1', port: broker.port });
  await until(
    `${device} is heard through its broker`,
    async () => {
      await client.publishAsync(topic, JSON.stringify({ ts: Date.now(), values: { 'alarm.ch4': 1 } }), { qos: 1 });
      return (await get<{ lastAt: number | null }>(`/api/v1/devices/${device}`)).lastAt;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
  await client.endAsync();
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

type Cli = (...args: string[]) => Promise<{ stdout: string; stderr: string; code: number }>;

/** Registers everything that sends. */
async function register(
  folder: string,
  cli: Cli,
): Promise<
  Pick<Town, 'direct' | 'unruly' | 'behind' | 'relayed' | 'witnesses' | 'witnessGateway' | 'poles' | 'poleGateway'>
> {
  const witnessGateway = await addDevice({ cli }, 'gw-2', '--type', 'gateway');
  const poleGateway = await addDevice({ cli }, 'gw-3', '--type', 'gateway');
  const behind = numbered('behind', BEHIND);
  const relayed = numbered('relayed', RELAYED);
  const witnesses = numbered('witness', WITNESSES);
  const poles = numbered('pole', POLES);
  const detector = (id: string, gateway: string) =>
    `${id},${id},gas-alarm-commercial,112.6,26.9,${gateway},natural,%{LEL}`;
  const rows = [
    ...behind.map((id) => detector(id, 'gw-1')),
    ...witnesses.map((id) => detector(id, 'gw-2')),
    ...relayed.map((id) => detector(id, '')),
    ...poles.map((id) => `${id},${id},smart-pole,112.6,26.9,gw-3,,`),
  ];
  const file = join(folder, 'devices.csv');
  writeFileSync(file, ['id,name,type,lon,lat,gateway,gas,gasUnit', ...rows, ''].join('\n'));
  await cli('import', file);
  const direct = new Map<string, string>();
  for (const id of numbered('direct', DIRECT)) direct.set(id, await addDevice({ cli }, id, ...gas));
  const unruly = await addDevice({ cli }, 'unruly-1', ...gas);
  return { direct, unruly, behind, relayed, witnesses, witnessGateway, poles, poleGateway };
}
