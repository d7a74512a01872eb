import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './servers.ts';
import { requirePeers } from './tools.ts';

const script = fileURLToPath(new URL('../python/opcua_server.py', import.meta.url));

export const login = { username: 'yanshao', password: 'a word for the stations' };

/** One value to show: index of the node, value, source time in ms or null, status code. */
export type Shown = readonly [node: number, value: number, at: number | null, status?: number];

export interface AsyncuaEvent {
  readonly source: string;
  readonly condition: string;
  readonly active: boolean;
  readonly severity?: number;
  readonly quality?: number;
  readonly message?: string;
  readonly at?: number;
}

/** asyncua in its own process: an OPC UA server we did not write. Its folder keeps its certificate and history. */
export interface AsyncuaServer {
  readonly port: number;
  readonly certificate: string;
  show(...values: Shown[]): Promise<void>;
  tell(event: AsyncuaEvent): Promise<void>;
  /** Monitored items made since its start, in how large calls, and subscriptions it has now. */
  stats(): Promise<{ items: number; largest: number; subscriptions: number }>;
  kill(): Promise<void>;
  /** Starts it again on its port, killing a running one first. */
  restart(): Promise<void>;
}

/** NodeId of its i-th node. */
export const asyncuaNode = (i: number): string => `ns=2;i=${1000 + i}`;

/** Starts one; `options` as its script has them. */
export async function startAsyncua(dir: string, options: readonly string[] = []): Promise<AsyncuaServer> {
  const python = requirePeers();
  const port = await freePort();
  let child: ChildProcess | undefined;
  let answers: ((line: string) => void)[] = [];
  let complaints = '';

  const start = async () => {
    const words = ['--port', String(port), '--dir', dir, '--user', login.username, '--password', login.password];
    const started = spawn(python, [script, ...words, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
    child = started;
    complaints = '';
    started.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-4000);
    });
    const said = new Promise<void>((resolve, reject) => {
      answers = [() => resolve()];
      started.once('exit', (code) => reject(new Error(`asyncua ended with ${code}: ${complaints}`)));
    });
    createInterface(started.stdout).on('line', (line) => answers.shift()?.(line));
    await said;
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  };
  const ask = async (command: object): Promise<Record<string, unknown>> => {
    const line = await new Promise<string>((resolve) => {
      answers.push(resolve);
      child?.stdin?.write(`${JSON.stringify(command)}\n`);
    });
    const answer = JSON.parse(line) as Record<string, unknown>;
    if (answer.error) throw new Error(`asyncua: ${String(answer.error)} ${complaints}`);
    return answer;
  };

  await start();
  return {
    port,
    certificate: join(dir, 'certificate.pem'),
    show: async (...values) => {
      await ask({ set: values.map(([node, value, at, status = 0]) => [`n${node}`, value, at, status]) });
    },
    tell: async (event) => {
      await ask({ event });
    },
    stats: async () => (await ask({ stats: true })) as { items: number; largest: number; subscriptions: number },
    kill,
    async restart() {
      await kill();
      await start();
    },
  };
}
