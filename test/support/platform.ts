import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const binary = fileURLToPath(new URL('../../bin/yanshao.js', import.meta.url));

/** Settings of one program: `YANSHAO_*` variables. Those of the shell that runs the tests are never passed on. */
export type Env = Readonly<Record<string, string>>;

/** One `yanshao …` in a process group of its own, so that a kill takes everything that it started. */
export interface Program {
  /** Process group id, and process id of its leader. */
  readonly pid: number;
  /** Standard output and standard error so far, as they came. */
  output(): string;
  stdout(): string;
  /** Null while it runs; a number below zero is the signal that ended it, negated. */
  code(): number | null;
  /** Resolves with {@link Program.code} once it has ended. */
  readonly ended: Promise<number>;
  /** SIGTERM to its leader, as an init system sends it; resolves when the process has ended. After 20 s it is killed. */
  stop(): Promise<number>;
  /** SIGKILL to its whole group: what a power cut does to the programs. */
  kill(): Promise<number>;
}

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Whether any process of the group of `pid` still lives. */
export function groupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts `yanshao <args>`. `before` goes ahead of it on the command line (`['strace', …]`); `cwd` may hold a yanshao.yaml. */
export function startProgram(
  args: readonly string[],
  { env = {}, cwd = tmpdir(), before = [] }: { env?: Env; cwd?: string; before?: readonly string[] } = {},
): Program {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(YANSHAO_|VITEST|NODE_ENV$|FORCE_COLOR$)/.test(name),
  );
  const [command = '', ...rest] = [...before, process.execPath, binary, ...args];
  const child = spawn(command, rest, {
    cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  return watched(child);
}

function watched(child: ChildProcess): Program {
  const pid = child.pid ?? 0;
  let all = '';
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  let code: number | null = null;
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  };
  const atExit = () => signalGroup('SIGKILL');
  process.once('exit', atExit);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    // 'close' rather than 'exit': what it said last has been read by then.
    child.once('close', (status, signal) => {
      process.off('exit', atExit);
      code = status ?? -(signalNumbers[signal ?? ''] ?? 1);
      resolve(code);
    });
  });
  const kill = () => {
    signalGroup('SIGKILL');
    return ended;
  };
  return {
    pid,
    output: () => all,
    stdout: () => out,
    code: () => code,
    ended,
    async stop() {
      if (code === null) child.kill('SIGTERM');
      const late = setTimeout(() => void kill(), 20_000);
      const status = await ended;
      clearTimeout(late);
      return status;
    },
    kill,
  };
}

/** Runs a command of the command line to its end. */
export async function runCli(
  args: readonly string[],
  options: { env?: Env; cwd?: string } = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  const program = startProgram(args, options);
  const code = await program.ended;
  const stdout = program.stdout();
  return { stdout, stderr: program.output().replace(stdout, ''), code };
}

/** A running platform, the real program. */
export interface Platform {
  /** `http://127.0.0.1:<port>`, the same after a restart. */
  readonly url: string;
  readonly mqttPort: number;
  /** Secret of the one-time link of the first start; null once somebody has an account. */
  readonly link: string | null;
  /** `YANSHAO_DATA_DIR`. */
  readonly dataDir: string;
  /** Process group of the program that runs now. */
  readonly pid: number;
  /** Stops it in good order and removes its data. */
  stop(): Promise<void>;
  /** `kill -9` of every process of it; its data stay for {@link restart}. */
  kill(): Promise<void>;
  /** Ends in good order and keeps its data for {@link restart}. */
  halt(): Promise<number>;
  /** Starts it again on the same data and ports; resolves with the ms it took to be ready. */
  restart(env?: Env): Promise<number>;
  /** Everything all its runs printed. */
  output(): string;
  /** Runs `yanshao <args>` against it. */
  cli(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }>;
  /** An API token with the role admin; the same one at every call. */
  apiToken(): Promise<string>;
  /** GET of an API path with that token; anything but 2xx is thrown with its body. */
  get<T = unknown>(path: string): Promise<T>;
  /** POST of an API path with that token; hands back whatever the answer is. */
  post<T = unknown>(path: string, body: unknown): Promise<{ status: number; body: T }>;
}

/** Registers a device (or gateway) with `yanshao device add` and hands back its token. */
export async function addDevice({ cli }: Pick<Platform, 'cli'>, id: string, ...flags: string[]): Promise<string> {
  const { stdout, stderr, code } = await cli('device', 'add', id, ...flags);
  if (code !== 0) throw new Error(`device add ${id} ended with ${code}: ${stderr}`);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/**
 * Starts `yanshao start` as a user would, with free ports and a data folder of its own, and waits until every stage answers.
 * `env` adds settings: `{ YANSHAO_DEMO: 'off' }` is an empty city.
 */
export async function startPlatform(env: Env = {}): Promise<Platform> {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-platform-'));
  const dataDir = env.YANSHAO_DATA_DIR ?? join(folder, 'data');
  let settings: Env = {
    YANSHAO_HTTP_PORT: '0',
    YANSHAO_MQTT_PORT: '0',
    YANSHAO_OPCUA_PORT: '0',
    YANSHAO_FIELD_PORT: '0',
    YANSHAO_SIMULATOR_PORT: '0',
    ...env,
    YANSHAO_DATA_DIR: dataDir,
  };
  const earlier: string[] = [];
  let program: Program | undefined;
  let token: Promise<string> | undefined;
  let at = { url: '', mqttPort: 0, link: null as string | null };

  const launch = async (): Promise<number> => {
    if (program) earlier.push(program.output());
    const began = performance.now();
    const started = startProgram(['start'], { env: settings, cwd: folder });
    program = started;
    const said = await until(
      'the platform says where it is',
      () => started.code() !== null || addresses(started.stdout()),
      {
        withinMs: 60_000,
      },
    );
    if (said === true) throw new Error(`it ended with ${started.code()}:\n${started.output()}`);
    at = said;
    await until('every stage answers', async () => (await fetch(`${at.url}/readyz`)).ok, { withinMs: 60_000 });
    return performance.now() - began;
  };
  const cli = (...args: string[]) => runCli(args, { env: settings, cwd: folder });
  const apiToken = () => {
    token ??= cli('user', 'token', 'test').then(({ stdout, stderr, code }) => {
      if (code !== 0) throw new Error(`user token ended with ${code}: ${stderr}`);
      return stdout.trim().split('\n').at(-1) ?? '';
    });
    return token;
  };
  const ask = async (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, at.url), {
      ...init,
      headers: { authorization: `Bearer ${await apiToken()}`, 'content-type': 'application/json' },
    });
  const stop = async () => {
    if (program?.code() === null) await program.stop();
    // What a stopped leader left behind, a test should not inherit.
    if (program && groupAlive(program.pid)) await program.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await launch();
  } catch (err) {
    await program?.kill();
    await stop();
    throw err;
  }
  // From now on the same doors, so that devices and pages find it again.
  settings = { ...settings, YANSHAO_HTTP_PORT: new URL(at.url).port, YANSHAO_MQTT_PORT: String(at.mqttPort) };
  return {
    get url() {
      return at.url;
    },
    get mqttPort() {
      return at.mqttPort;
    },
    get link() {
      return at.link;
    },
    get pid() {
      return program?.pid ?? 0;
    },
    dataDir,
    stop,
    async kill() {
      await program?.kill();
    },
    halt: async () => (await program?.stop()) ?? 0,
    async restart(changed = {}) {
      if (program?.code() === null) await program.stop();
      settings = { ...settings, ...changed };
      return launch();
    },
    output: () => [...earlier, program?.output() ?? ''].join('\n--- restarted ---\n'),
    cli,
    apiToken,
    async get<T>(path: string) {
      const answer = await ask(path);
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async post<T>(path: string, body: unknown) {
      const answer = await ask(path, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as T };
    },
  };
}

/** The addresses in what `yanshao start` prints once it runs; undefined while they are not all there. */
function addresses(text: string): { url: string; mqttPort: number; link: string | null } | undefined {
  const url = /(https?:\/\/[^/\s]+)\//.exec(text)?.[1];
  const mqtt = /mqtts?:\/\/[^\s:]+:(\d+)/.exec(text)?.[1];
  // The last line: everything above it has been printed by then.
  if (!url || !mqtt || !text.includes('Ctrl+C')) return undefined;
  return { url, mqttPort: Number(mqtt), link: /\/claim#(\S+)/.exec(text)?.[1] ?? null };
}
