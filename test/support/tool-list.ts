import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of the outside world that tests run for real. */
export interface Tool {
  /** What tests ask for. */
  readonly name: string;
  /** Names of its program, the first found counts. */
  readonly programs: readonly string[];
  /** Debian package that brings it. */
  readonly apt: string;
  /** What cannot be tested without it. */
  readonly tests: string;
}

/** Every outside program of the suite. */
export const TOOLS: readonly Tool[] = [
  { name: 'influxd', programs: ['influxd'], apt: 'influxdb', tests: 'readings kept in a real InfluxDB' },
  { name: 'mosquitto', programs: ['mosquitto'], apt: 'mosquitto', tests: 'ingest behind an external MQTT broker' },
  { name: 'mosquitto_pub', programs: ['mosquitto_pub'], apt: 'mosquitto-clients', tests: 'devices that are not ours' },
  { name: 'nats-server', programs: ['nats-server'], apt: 'nats-server', tests: 'ingest behind NATS' },
  {
    name: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    apt: 'chromium',
    tests: 'the pages in a browser',
  },
  { name: 'cjk-font', programs: [], apt: 'fonts-noto-cjk', tests: 'Chinese text in pictures of the pages' },
  { name: 'postgres', programs: ['postgres'], apt: 'postgresql', tests: 'state kept in PostgreSQL' },
  { name: 'strace', programs: ['strace'], apt: 'strace', tests: 'that what was acknowledged had been synced' },
  {
    name: 'python3',
    programs: ['python3'],
    apt: 'python3-venv',
    tests: 'an OPC UA server (asyncua) and MQTT clients (tb-mqtt-client, paho) that are not ours',
  },
];

/** Where Debian keeps servers that are not on an ordinary user's path. */
function folders(): string[] {
  const postgres = '/usr/lib/postgresql';
  const versions = existsSync(postgres) ? readdirSync(postgres).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    ...versions.map((version) => join(postgres, version, 'bin')),
  ];
}

/** Full path of a tool's program (for `cjk-font`, of a font file), or undefined when this machine has none. */
export function findTool(name: string): string | undefined {
  const tool = toolNamed(name);
  if (tool.name === 'cjk-font') return chineseFont();
  const candidates = tool.programs.flatMap((program) => folders().map((folder) => join(folder, program)));
  return candidates.find((path) => isProgram(path) && (tool.name !== 'python3' || canMakeVenv(path)));
}

/** The tool of that name; a name that is not listed is our own mistake. */
export function toolNamed(name: string): Tool {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`"${name}" is not among the tools of the tests: add it to test/support/tool-list.ts`);
  return tool;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's python3 makes no virtual environment until python3-venv is there too. */
const canMakeVenv = (python: string): boolean =>
  spawnSync(python, ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0;

function chineseFont(): string | undefined {
  try {
    const fonts = execFileSync('fc-list', [':lang=zh-cn', 'file'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return fonts.split('\n')[0]?.replace(/:\s*$/, '') || undefined;
  } catch {
    return undefined;
  }
}
