import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './servers.ts';
import { requirePeers } from './tools.ts';

const scripts = {
  asyncua: fileURLToPath(new URL('../python/opcua_server.py', import.meta.url)),
  'node-opcua': fileURLToPath(new URL('node-opcua-server.ts', import.meta.url)),
};
export type Make = keyof typeof scripts;

export const login = { username: 'yanshao', password: 'a word for the stations' };

/** One value to show: index of the node, value, source time in ms or null, status code. */
export type Shown = readonly [node: number, value: number, at: number | null, status?: number];

export interface PeerEvent {
  readonly source: string;
  readonly condition: string;
  readonly active: boolean;
  readonly severity?: number;
  readonly quality?: number;
  readonly message?: string;
  readonly at?: number;
}

/** An OPC UA server in its own process; asyncua is one we did not write. Its folder keeps its certificate, asyncua's its history too. */
export interface PeerServer {
  readonly port: number;
  /** NodeId of its i-th node. */
  node(i: number): string;
  /** How a mapping names the source of an event: asyncua's by its name, node-opcua's by its node, as its name has an index. */
  source(name: string): string;
  readonly certificate: string;
  show(...values: Shown[]): Promise<void>;
  tell(event: PeerEvent): Promise<void>;
  /** Says that it dropped events (asyncua alone). */
  tellOverflow(): Promise<void>;
  /** Monitored items made since its start, in how large calls, and subscriptions it has now. */
  stats(): Promise<{ items: number; largest: number; subscriptions: number }>;
  kill(): Promise<void>;
  /** Starts it again on its port, killing a running one first. */
  restart(): Promise<void>;
  /** As `restart`, with a new key and certificate. */
  renew(): Promise<void>;
}

/** Starts one; `options` as its script has them. */
export async function startPeer(make: Make, dir: string, options: readonly string[] = []): Promise<PeerServer> {
  const program = make === 'asyncua' ? requirePeers() : process.execPath;
  const port = await freePort();
  let child: ChildProcess | undefined;
  let answers: ((line: string) => void)[] = [];
  let complaints = '';

  const start = async () => {
    const words = ['--port', String(port), '--dir', dir, '--user', login.username, '--password', login.password];
    const started = spawn(program, [scripts[make], ...words, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
    child = started;
    complaints = '';
    started.stderr.on('data', (chunk: Buffer) => {
      if (process.env.DBG) process.stderr.write(chunk);
      complaints = (complaints + chunk.toString()).slice(-4000);
    });
    const said = new Promise<void>((resolve, reject) => {
      answers = [() => resolve()];
      started.once('exit', (code) => reject(new Error(`${make} ended with ${code}: ${complaints}`)));
    });
    createInterface(started.stdout).on('line', (line) => {
      // A library may print words of its own.
      if (line.startsWith('{')) answers.shift()?.(line);
    });
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
    if (answer.error) throw new Error(`${make}: ${String(answer.error)} ${complaints}`);
    return answer;
  };

  await start();
  return {
    port,
    node: (i) => `ns=${make === 'asyncua' ? 2 : 1};i=${100_000 + i}`,
    source: (name) => (make === 'asyncua' ? name : `ns=1;s=${name}`),
    certificate: join(dir, 'certificate.pem'),
    show: async (...values) => {
      await ask({ set: values.map(([node, value, at, status = 0]) => [`n${node}`, value, at, status]) });
    },
    tell: async (event) => {
      await ask({ event });
    },
    tellOverflow: async () => {
      await ask({ overflow: true });
    },
    stats: async () => (await ask({ stats: true })) as { items: number; largest: number; subscriptions: number },
    kill,
    async restart() {
      await kill();
      await start();
    },
    async renew() {
      await kill();
      for (const part of ['certificate.pem', 'key.pem', 'server'])
        rmSync(join(dir, part), { recursive: true, force: true });
      await start();
    },
  };
}
