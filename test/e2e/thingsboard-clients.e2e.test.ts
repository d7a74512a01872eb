import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type IngestBench, ingestBench, tokenOf } from '../../ingest/ingest-bench.ts';
import { openDoor } from '../../ingest/mqtt/broker-bench.ts';
import { systemClock } from '../../kit/clock.ts';
import { makeAuthority, makeServerCertificate } from '../../kit/tls/authority.ts';
import { startCityMosquitto } from '../support/brokers.ts';
import { freePort } from '../support/servers.ts';
import { needs, needsPeers, requirePeers } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Clients that others wrote: ThingsBoard's Python library and paho, unchanged. */
const folder = mkdtempSync(join(tmpdir(), 'yanshao-tb-'));
const scripts = fileURLToPath(new URL('../python/', import.meta.url));
const run = promisify(execFile);
async function python(script: string, ...args: readonly (string | number)[]): Promise<string> {
  const { stdout } = await run(requirePeers(), [join(scripts, script), ...args.map(String)], { timeout: 120_000 });
  return stdout;
}
/** What a client said, its lines as one object. */
const saidBy = (stdout: string): { attributes?: Record<string, unknown>; first: number } =>
  Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
const valuesOf = async (bench: IngestBench, device: string) =>
  (await bench.telemetry()).filter((entry) => entry.device === device);

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the library's steps leave behind in the journal, whatever the way. */
async function expectGateway(bench: IngestBench, { attributes, first }: ReturnType<typeof saidBy>) {
  const kept = await valuesOf(bench, 'd-2');
  expect(kept.map(({ at, values }) => [at - first, values['alarm.ch4']])).toEqual([
    [0, 5.5],
    [1, 6.5],
    [2, 7.5],
  ]);
  if (attributes)
    expect(attributes).toMatchObject({ device: 'd-2', door: 'direct', values: { serverTime: expect.any(Number) } });
  const told = (await bench.entries()).filter((entry) => entry.kind === 'connection' && entry.subject === 'd-2');
  expect(told).toMatchObject([{ state: 'up' }, { state: 'down' }]);
  expect((await bench.entries()).filter(({ kind }) => kind === 'attributes')).toMatchObject([
    { device: 'd-2', values: { firmware: '2.0' } },
  ]);
  expect((await bench.ingest.stats()).refused).toBe(0);
}

needsPeers()('ThingsBoard’s client library', () => {
  const files = {
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    authority: join(folder, 'authority.pem'),
  };
  beforeAll(async () => {
    const authority = await makeAuthority('test', 30, Date.now());
    const { cert, key } = await makeServerCertificate(authority, ['localhost', '127.0.0.1'], 30, Date.now());
    for (const [file, text] of [
      [files.cert, cert],
      [files.key, key],
      [files.authority, authority.cert],
    ] as const)
      writeFileSync(file, text);
  });
  const open = async () => {
    const certificate = { cert: files.cert, key: files.key };
    const mqtt = { ...openDoor, tls: { host: '127.0.0.1', port: 0 }, certificate };
    const bench = await ingestBench({ clock: systemClock, mqtt });
    stops.push(() => bench.stop());
    return bench;
  };

  describe.each(['in the clear on this machine', 'over TLS'])('%s', (how) => {
    const doorOf = ({ ingest }: IngestBench) =>
      how === 'over TLS' ? ([ingest.mqttPorts.tls ?? 0, files.authority] as const) : ([ingest.mqttPort] as const);

    it('speaks as a device', async () => {
      const bench = await open();
      const [port, ...ca] = doorOf(bench);
      const { attributes, first } = saidBy(await python('tb_client.py', 'device', 'both', port, tokenOf('d-1'), ...ca));
      const kept = await valuesOf(bench, 'd-1');
      expect(kept.map(({ values }) => values['alarm.ch4'])).toEqual([1.5, 2.5, 3.5, 4.5]);
      expect(kept.map(({ at, untimed }) => (untimed ? 'untimed' : at - first))).toEqual(['untimed', 0, 1, 2]);
      expect(attributes).toMatchObject({ door: 'direct', shared: { serverTime: expect.any(Number) } });
      const stats = await bench.ingest.stats();
      expect(stats).toMatchObject({ refused: 0, ignored: { 'v1/devices/me/claim': 1 } });
    });

    it('speaks as a gateway', async () => {
      const bench = await open();
      const [port, ...ca] = doorOf(bench);
      const said = saidBy(await python('tb_client.py', 'gateway', 'both', port, tokenOf('gw-1'), 'd-2', ...ca));
      expect(said.attributes).toBeDefined();
      await expectGateway(bench, said);
    });
  });
});

needsPeers()('paho', () => {
  it('speaks MQTT 5 as a device, is told what it may not have, and hears that the platform stops', async () => {
    const bench = await ingestBench({ clock: systemClock });
    stops.push(() => bench.stop());
    const args = [join(scripts, 'paho_device.py'), String(bench.ingest.mqttPort), tokenOf('d-1'), '100'];
    let out = '';
    const running = run(requirePeers(), args, { timeout: 120_000 });
    running.child.stdout?.on('data', (text: string) => {
      out += text;
    });
    await until('it has published', () => out.includes('ready'), { withinMs: 60_000 });
    const kept = (await valuesOf(bench, 'd-1')).map(({ at }) => at);
    await bench.ingest.stop();
    await running;
    const told = JSON.parse(out.trim().split('\n').at(-1) ?? '');
    expect(told).toMatchObject({
      connect: {
        reason: 'Success',
        session: false,
        properties: {
          SessionExpiryInterval: 0,
          ReceiveMaximum: 128,
          MaximumPacketSize: openDoor.maxPacketBytes,
          RetainAvailable: 0,
          SharedSubscriptionAvailable: 0,
          AssignedClientIdentifier: expect.stringMatching(/^auto-/),
        },
      },
      granted: ['Granted QoS 1', 'Not authorized', 'Shared subscription not supported'],
      answer: { shared: { serverTime: expect.any(Number) } },
      disconnect: 'Server shutting down',
    });
    expect(told.acknowledged).toHaveLength(101);
    expect(kept).toEqual(told.acknowledged);
  });
});

const ready = needsPeers() === describe ? needs('mosquitto') : describe.skip;
ready('behind Mosquitto', () => {
  const users = ['platform', 'gw-1', 'd-1'].map((name) => ({ name, password: `${name}-secret` }));
  const open = async (conf: string) => {
    const broker = await startCityMosquitto(users, { conf });
    stops.push(() => broker.stop());
    const external = {
      url: broker.url,
      username: 'platform',
      password: 'platform-secret',
      name: 'ingest',
      receiveMaximum: 100,
      sessionSeconds: 3600,
    };
    const bench = await ingestBench({ clock: systemClock, external });
    stops.push(() => bench.stop());
    await until('linked', async () => (await bench.ingest.stats()).external?.up);
    return { broker, bench };
  };

  it('ThingsBoard’s library speaks as a gateway through a listener with a mount point', async () => {
    const port = await freePort();
    const { bench } = await open(`listener ${port} 127.0.0.1\nmount_point yanshao/gw-1/`);
    const said = saidBy(await python('tb_client.py', 'gateway', 'one-way', port, 'gw-1:gw-1-secret', 'd-2'));
    await until(
      'all is kept',
      async () => (await bench.entries()).filter(({ kind }) => kind === 'connection').length === 2,
    );
    await expectGateway(bench, said);
  });

  it('paho speaks MQTT 5 as a device, and what was acknowledged is kept once', async () => {
    const { broker, bench } = await open('');
    const times = JSON.parse(await python('paho_publisher.py', broker.port, 'd-1', 'd-1-secret', 200)) as number[];
    expect(times).toHaveLength(200);
    const kept = await until('all are kept', async () => {
      const all = await valuesOf(bench, 'd-1');
      return all.length >= 200 ? all : undefined;
    });
    expect(kept.map(({ at }) => at)).toEqual(times);
  });
});
