import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topics } from '../../devices/contract/topics.ts';
import { type Program, runCli, startPlatform, startProgram } from '../support/platform.ts';
import { needs, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** The doors of the real program: plain, TLS and WebSocket, with certificates that `yanshao tls` makes. */
const folder = mkdtempSync(join(tmpdir(), 'yanshao-doors-'));
const pki = join(folder, 'tls');
const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
const doors = {
  YANSHAO_DEMO: 'off',
  YANSHAO_MQTT_HOST: '0.0.0.0',
  YANSHAO_MQTT_PORT: '0',
  YANSHAO_MQTT_TLS_PORT: '0',
  YANSHAO_MQTT_WSS_PORT: '0',
  YANSHAO_MQTT_TLS_CERT: join(pki, 'server.crt'),
  YANSHAO_MQTT_TLS_KEY: join(pki, 'server.key'),
  YANSHAO_MQTT_TLS_CA: join(pki, 'ca.crt'),
};
const ca = () => readFileSync(join(pki, 'ca.crt'));

beforeAll(async () => {
  const { code, stderr } = await runCli(['tls', 'server', 'localhost', '127.0.0.1', '--dir', pki], { cwd: folder });
  expect(code, stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether somebody takes a TCP connection there. */
const reaches = (host: string, port: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

type Door = 'mqtt' | 'mqtts' | 'wss';
type Cli = (...args: string[]) => ReturnType<typeof runCli>;

/** The addresses of the three doors in what the program printed, as a client on this machine reaches them. */
function doorsIn(text: string): Record<Door, string> | undefined {
  const found = (pattern: RegExp) => pattern.exec(text)?.[0].replace('0.0.0.0', 'localhost');
  const mqtt = found(/mqtt:\/\/127\.0\.0\.1:\d+/);
  const mqtts = found(/mqtts:\/\/0\.0\.0\.0:\d+/);
  const wss = found(/wss:\/\/0\.0\.0\.0:\d+\/mqtt/);
  return mqtt && mqtts && wss ? { mqtt, mqtts, wss } : undefined;
}

const signIn = (url: string, options: IClientOptions): Promise<MqttClient> =>
  connectAsync(url, { ca: ca(), reconnectPeriod: 0, connectTimeout: 20_000, ...options }, false);

async function tokenFor(cli: Cli, id: string): Promise<string> {
  const { code, stdout, stderr } = await cli('device', 'add', id, ...gas);
  expect(code, stderr).toBe(0);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** A device signs in at each door, with its token and with its certificate, in MQTT 3.1.1 and 5, and is then revoked. */
async function revokeEverywhere(cli: Cli, urls: Record<Door, string>, id: string): Promise<void> {
  const token = await tokenFor(cli, id);
  const issued = await cli('tls', 'client', id, '--dir', pki);
  expect(issued.code, issued.stderr).toBe(0);
  const own = { cert: readFileSync(join(pki, `client-${id}.crt`)), key: readFileSync(join(pki, `client-${id}.key`)) };
  const proofs: readonly [string, IClientOptions][] = [
    [urls.mqtt, { username: token }],
    [urls.mqtts, { username: token }],
    [urls.wss, { username: token }],
    [urls.mqtts, own],
    [urls.wss, own],
  ];
  const ways = proofs.flatMap(([url, options]): [string, IClientOptions][] => [
    [url, options],
    [url, { ...options, protocolVersion: 5 }],
  ]);
  const clients = await Promise.all(ways.map(([url, options]) => signIn(url, options)));
  for (const client of clients) {
    client.on('error', () => {});
    await client.publishAsync(topics.telemetry, '{"gas.lel": 1}', { qos: 1 });
  }
  const cut = Promise.all(
    clients.map((client) => new Promise<number>((resolve) => client.once('close', () => resolve(performance.now())))),
  );
  const revoked = await cli('device', 'revoke', id);
  const done = performance.now();
  expect(revoked.code, revoked.stderr).toBe(0);
  for (const at of await cut) expect(at - done).toBeLessThan(1000);
  for (const [url, options] of ways) await expect(signIn(url, options)).rejects.toThrow('Not authorized');
}

describe('the doors of a platform in one process', () => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let urls: Record<Door, string>;
  const cli: Cli = (...args) => platform.cli(...args);
  const port = (door: Door) => new URL(urls[door]).port;
  /** mosquitto_pub at the TLS door: its exit code and what it said. */
  const pub = (...args: string[]): Promise<{ code: number; said: string }> =>
    new Promise((resolve) => {
      const all = ['-h', 'localhost', '-p', port('mqtts'), '-q', '1', '-t', topics.telemetry, ...args];
      execFile(requireTool('mosquitto_pub'), all, { timeout: 30_000 }, (err, stdout, stderr) =>
        resolve({ code: err ? Number(err.code) : 0, said: stdout + stderr }),
      );
    });

  beforeAll(async () => {
    platform = await startPlatform(doors);
    urls = await until('it says where its doors are', () => doorsIn(platform.output()));
  });
  afterAll(() => platform?.stop());

  needs('mosquitto_pub')('a client of another maker', () => {
    it('comes in over TLS with a token, when it knows the authority', async () => {
      const token = await tokenFor(cli, 'kitchen-1');
      const message = ['-u', token, '-m', '{"gas.lel": 2}'];
      for (const version of ['mqttv311', 'mqttv5'])
        expect(await pub('--cafile', join(pki, 'ca.crt'), '-V', version, ...message)).toEqual({ code: 0, said: '' });
      // With the system's authorities it does not believe the server, and sends nothing.
      expect((await pub('--tls-use-os-certs', ...message)).code).not.toBe(0);
    });

    it('comes in with a certificate alone, if the authority signed it and it is registered', async () => {
      await tokenFor(cli, 'kitchen-2');
      const files = (name: string) => ['--cert', join(pki, `${name}.crt`), '--key', join(pki, `${name}.key`)];
      const tls = ['--cafile', join(pki, 'ca.crt'), '-m', '{"gas.lel": 3}'];
      await cli('tls', 'client', 'kitchen-2', '--dir', pki, '--no-register');
      expect((await pub(...tls, ...files('client-kitchen-2'))).code).toBe(4);
      const registered = await cli('tls', 'register', 'kitchen-2', join(pki, 'client-kitchen-2.crt'));
      expect(registered.code, registered.stderr).toBe(0);
      expect(await pub(...tls, ...files('client-kitchen-2'))).toEqual({ code: 0, said: '' });
      expect((await pub(...tls)).code).toBe(5);

      // Of an authority of its own making, even with that certificate registered, it proves nothing.
      const foreign = join(folder, 'foreign');
      await cli('tls', 'authority', '--dir', foreign);
      await cli('tls', 'client', 'kitchen-2', '--dir', foreign);
      const theirs = ['--cert', join(foreign, 'client-kitchen-2.crt'), '--key', join(foreign, 'client-kitchen-2.key')];
      expect((await pub(...tls, ...theirs)).code).not.toBe(0);
    });
  });

  it('keeps plain MQTT on loopback while the others stand open to the network', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      expect(await reaches(address, port('mqtt'))).toBe(false);
      expect(await reaches(address, port('mqtts'))).toBe(true);
      expect(await reaches(address, port('wss'))).toBe(true);
    }
    expect(await reaches('127.0.0.1', port('mqtt'))).toBe(true);
  });

  it('cuts every connection of a revoked credential within a second', () => revokeEverywhere(cli, urls, 'kitchen-3'));
});

describe('the doors of ingest as a process of its own', () => {
  const env = { ...doors, YANSHAO_DATA_DIR: join(folder, 'apart'), YANSHAO_INGEST_PORT: '0' };
  const programs: Program[] = [];
  const start = async (name: string): Promise<Program> => {
    const program = startProgram([name], { env, cwd: folder });
    programs.push(program);
    const up = await until(
      `${name} is running`,
      () => (program.code() === null ? program.output().includes('is running') : 'ended'),
      { withinMs: 45_000 },
    );
    if (up === 'ended') throw new Error(`${name} ended with ${program.code()}:\n${program.output()}`);
    return program;
  };
  afterAll(async () => {
    for (const program of programs) await program.kill();
  });

  it('cut every connection within a second when another process revokes the credential', async () => {
    const [ingest] = await Promise.all([start('ingest'), start('rules')]);
    const urls = doorsIn((ingest as Program).output());
    if (!urls) throw new Error(`no doors in:\n${(ingest as Program).output()}`);
    await revokeEverywhere((...args) => runCli(args, { env, cwd: folder }), urls, 'kitchen-4');
  });
});
