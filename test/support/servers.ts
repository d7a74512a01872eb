import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireTool } from './tools.ts';
import { until } from './until.ts';

export { requireTool } from './tools.ts';

/** A TCP port on loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** A real server on this machine, with its own folder and ports, gone without a trace after `stop`. */
export interface Server {
  /** Ends it like a power cut would and keeps its data. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data; ends a running one first. */
  restart(): Promise<void>;
  /** Stops answering without closing its connections (SIGSTOP), until `resume`. */
  pause(): void;
  resume(): void;
  /** Its process id; undefined while it does not run. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

export interface InfluxServer extends Server {
  readonly url: string;
}

export interface MosquittoServer extends Server {
  readonly url: string;
  readonly port: number;
}

/** InfluxDB 1.x. `http` is added to the [http] section, `data` to [data]: `{ http: 'auth-enabled = true' }`. */
export async function startInflux(extra: { http?: string; data?: string } = {}): Promise<InfluxServer> {
  const program = requireTool('influxd');
  const [port, rpcPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-influx-'));
  const config = join(folder, 'influxdb.conf');
  writeFileSync(config, influxConfig(folder, port, rpcPort, extra));
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(folder, [program, '-config', config], async () => (await fetch(`${url}/ping`)).ok);
  return { url, ...server };
}

const influxConfig = (folder: string, port: number, rpcPort: number, extra: { http?: string; data?: string }) => `
reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
  ${extra.data ?? ''}
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  ${extra.http ?? ''}
`;

/** Mosquitto on loopback; `conf` is added to its configuration (`allow_anonymous false`, `password_file …`). */
export async function startMosquitto(conf = 'allow_anonymous true'): Promise<MosquittoServer> {
  const program = requireTool('mosquitto');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-mosquitto-'));
  const config = join(folder, 'mosquitto.conf');
  // As root, Mosquitto would become the user `mosquitto`, who cannot read the folder.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(config, `listener ${port} 127.0.0.1\n${user}persistence_location ${folder}/\n${conf}\n`);
  const server = await startServer(folder, [program, '-c', config], () => accepts(port));
  return { url: `mqtt://127.0.0.1:${port}`, port, ...server };
}

/** Whether somebody accepts connections on that loopback port. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/**
 * Runs `command` until it answers. Its output is kept and shown when it does not come up. `folder` is removed by `stop`.
 */
export async function startServer(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  isUp: () => Promise<boolean>,
): Promise<Server> {
  let child: ChildProcess | undefined;
  let output = '';
  const launch = async () => {
    output = '';
    const started = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (text) => {
        output = (output + text).slice(-10_000);
      });
    }
    await until(`${program} answers`, () => {
      if (started.exitCode !== null) throw new Error(`it ended with ${started.exitCode}:\n${output}`);
      return isUp();
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGCONT');
    running.kill(signal);
    await ended;
  };
  const stop = async () => {
    await end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  await launch().catch(async (err) => {
    await stop();
    throw err;
  });
  return {
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await launch();
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    pid: () => child?.pid,
    stop,
  };
}
