import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { AlarmBody, AlarmsBody, DeviceBody, ReadingsBody } from '../../devices/contract/api.ts';
import { topics } from '../../devices/contract/topics.ts';
import { addDevice, groupAlive, type Program, runCli, startPlatform, startProgram } from '../support/platform.ts';
import { startPostgres } from '../support/postgres.ts';
import { type MosquittoServer, startInflux, startMosquitto } from '../support/servers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** `yanshao rules | ingest | dashboard | gateway`, one process each on one data folder; and the outside engines. */
type Name = 'rules' | 'ingest' | 'dashboard' | 'gateway';
const folder = mkdtempSync(join(tmpdir(), 'yanshao-processes-'));
const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
const L2 = 'G05-14.com-l2';
let env: Record<string, string> = {
  YANSHAO_DATA_DIR: join(folder, 'data'),
  YANSHAO_DEMO: 'off',
  YANSHAO_HTTP_PORT: '0',
  YANSHAO_MQTT_PORT: '0',
  YANSHAO_INGEST_PORT: '0',
};
const running = new Map<Name, Program>();

/** Starts a process and waits until it says that it runs. */
async function start(name: Name): Promise<Program> {
  const program = startProgram([name], { env, cwd: folder });
  running.set(name, program);
  const up = await until(
    `${name} is running`,
    () => (program.code() === null ? program.output().includes('is running') : 'ended'),
    { withinMs: 45_000 },
  );
  if (up === 'ended') throw new Error(`${name} ended with ${program.code()}:\n${program.output()}`);
  return program;
}
const end = async (name: Name, how: 'stop' | 'kill'): Promise<void> => {
  const program = running.get(name);
  const code = await program?.[how]();
  if (how === 'stop') expect(code, `${name} stopped in good order:\n${program?.output()}`).toBe(0);
  expect(program && groupAlive(program.pid)).toBe(false);
};
const cli = (...args: string[]) => runCli(args, { env, cwd: folder });

let url = '';
let token = '';
const tokens = new Map<string, string>();
let broker: MosquittoServer;

const ask = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, url), {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
async function get<T>(path: string): Promise<T> {
  const answer = await ask(path);
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
const alarmOf = async (device: string): Promise<Alarm | undefined> =>
  (await get<AlarmsBody>(`/api/v1/alarms?device=${device}`)).items.find(({ rule }) => rule === L2);
/** Waits for a device's alarm; how long it took, ms. */
async function rings(device: string): Promise<number> {
  const began = performance.now();
  await until(`${device} rings`, () => alarmOf(device), { withinMs: 15_000, everyMs: 10 });
  return performance.now() - began;
}
async function acknowledge(id: string): Promise<{ status: number; body: unknown }> {
  const answer = await ask('/api/v1/alarms/acknowledge', { method: 'POST', body: JSON.stringify({ ids: [id] }) });
  return { status: answer.status, body: await answer.json() };
}

const clients = new Set<MqttClient>();
async function connected(device: string): Promise<MqttClient> {
  const port = Number(env.YANSHAO_MQTT_PORT);
  const client = await connectAsync({ host: '127.0.0.1', port, username: tokens.get(device), reconnectPeriod: 0 });
  client.on('error', () => {});
  clients.add(client);
  return client;
}
/** Publishes with QoS 1; resolves with the PUBACK. */
async function publish(device: string, value: number): Promise<void> {
  const client = await connected(device);
  await client.publishAsync(topics.telemetry, JSON.stringify({ 'alarm.ch4': value }), { qos: 1 });
  await client.endAsync();
  clients.delete(client);
}

needs('mosquitto')('processes of their own on one data folder', () => {
  const direct = Array.from({ length: 10 }, (_, i) => `kitchen-${i + 1}`);
  const behind = Array.from({ length: 5 }, (_, i) => `behind-${i + 1}`);

  /** A reading from the field: through the field broker and the gateway process. */
  async function field(device: string, value: number): Promise<void> {
    const client = await connectAsync({ host: '127.0.0.1', port: broker.port });
    await client.publishAsync(
      `field/${device}/telemetry`,
      JSON.stringify({ ts: Date.now(), values: { 'alarm.ch4': value } }),
      {
        qos: 1,
      },
    );
    await client.endAsync();
  }

  beforeAll(async () => {
    broker = await startMosquitto();
    // In any order: each waits for what it needs.
    const [dashboard, ingest] = await Promise.all([start('dashboard'), start('ingest'), start('rules')]);
    url = /https?:\/\/[^/\s]+/.exec(dashboard.output())?.[0] ?? '';
    const mqttPort = /mqtt:\/\/[^:]+:(\d+)/.exec(ingest.output())?.[1] ?? '';
    // Devices and pages find them again at the same doors.
    env = { ...env, YANSHAO_MQTT_PORT: mqttPort, YANSHAO_HTTP_PORT: new URL(url).port };
    const made = await cli('user', 'token', 'test');
    expect(made.code, made.stderr).toBe(0);
    token = made.stdout.trim();
    const gateway = await addDevice({ cli }, 'gw-1', '--type', 'gateway');
    for (const id of direct) tokens.set(id, await addDevice({ cli }, id, ...gas));
    const rows = behind.map((id) => `${id},${id},gas-alarm-commercial,112.6,26.9,gw-1,natural,%{LEL}`);
    writeFileSync(join(folder, 'behind.csv'), ['id,name,type,lon,lat,gateway,gas,gasUnit', ...rows, ''].join('\n'));
    const imported = await cli('import', join(folder, 'behind.csv'));
    expect(imported.code, imported.stderr).toBe(0);
    writeFileSync(
      join(folder, 'gateway.yaml'),
      [
        'id: gw-1',
        `uplink: { url: "mqtt://127.0.0.1:${mqttPort}", token: ${gateway} }`,
        'mqtt:',
        `  - url: mqtt://127.0.0.1:${broker.port}`,
        '    topics: [{ filter: field/+/telemetry, device: 1 }]',
      ].join('\n'),
    );
    env = { ...env, YANSHAO_GATEWAY_CONFIG: join(folder, 'gateway.yaml') };
    await start('gateway');
  });
  afterAll(async () => {
    for (const client of clients) await client.endAsync(true);
    for (const program of running.values()) await program.kill();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a published reading is an alarm on the desk within a second', async () => {
    await publish('kitchen-1', 3);
    const began = performance.now();
    await publish('kitchen-1', 45);
    await rings('kitchen-1');
    const took = performance.now() - began;
    console.log(`processes: from publish to the alarm in the API ${Math.round(took)} ms`);
    expect(took).toBeLessThan(1000);
  });

  it('a reading from the field goes through all four', async () => {
    await until('the gateway is up', async () => {
      await field('behind-1', 45);
      return alarmOf('behind-1');
    });
  });

  it('an acknowledgement goes from the page through rules and back', async () => {
    const alarm = await alarmOf('kitchen-1');
    expect(await acknowledge(alarm?.id ?? '')).toMatchObject({
      status: 200,
      body: { done: true, changed: [alarm?.id] },
    });
    await until('it shows', async () => (await alarmOf('kitchen-1'))?.acked);
    const { events } = await get<AlarmBody>(`/api/v1/alarms/${encodeURIComponent(alarm?.id ?? '')}`);
    expect(events.map(({ kind }) => kind)).toEqual(['raised', 'acknowledged']);
  });

  it.each([
    ['stop', 'kitchen-2', 'kitchen-3'],
    ['kill', 'kitchen-4', 'kitchen-5'],
  ] as const)(
    'rules away (%s): devices are acknowledged on, and what they said rings when it is back',
    async (how, while_, after) => {
      await end('rules', how);
      await publish(while_, 45);
      expect(await alarmOf(while_)).toBeUndefined();
      const told = await acknowledge('kitchen-1/none/1');
      expect([told.status, JSON.stringify(told.body)]).toEqual([503, expect.stringContaining('rules')]);
      await start('rules');
      await rings(while_);
      await publish(after, 45);
      await rings(after);
      // The page's commands reach the one that runs now.
      const alarm = await alarmOf(after);
      expect(await acknowledge(alarm?.id ?? '')).toMatchObject({ status: 200, body: { done: true } });
      const changed = await cli('device', 'revoke', 'kitchen-10');
      expect(changed.code, changed.stderr).toBe(0);
    },
  );

  it('the dashboard away: everything goes on, and its page shows all of it afterwards', async () => {
    await end('dashboard', 'stop');
    await publish('kitchen-6', 45);
    // Even with nobody there to judge: the desk shows what is known.
    await end('rules', 'stop');
    await start('dashboard');
    await rings('kitchen-5');
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await start('rules');
    await until('every stage answers', async () => (await fetch(`${url}/readyz`)).ok);
    await rings('kitchen-6');
    await publish('kitchen-7', 45);
    await rings('kitchen-7');
    await until('the page knows its value', async () => {
      const { values } = await get<DeviceBody>('/api/v1/devices/kitchen-7');
      return values['alarm.ch4']?.[0] === 45;
    });
  });

  it.each([
    ['stop', 'kitchen-8', 'behind-2'],
    ['kill', 'kitchen-9', 'behind-3'],
  ] as const)(
    'ingest away (%s): the gateway keeps what comes, rules and page live on, and all of it rings afterwards',
    async (how, device, far) => {
      await end('ingest', how);
      await field(far, 45);
      expect((await ask('/api/v1/alarms')).status).toBe(200);
      expect((await fetch(`${url}/readyz`)).status).toBe(503);
      await start('ingest');
      await publish(device, 45);
      await rings(device);
      await rings(far);
      await until('the page reads from the store again', async () => {
        const { samples } = await get<ReadingsBody>(`/api/v1/readings?device=${device}&measurement=alarm.ch4`);
        return samples.length === 1;
      });
      await until('every stage answers', async () => (await fetch(`${url}/readyz`)).ok);
      // Registry changes reach the door that runs now.
      tokens.set(`new-${how}`, await addDevice({ cli }, `new-${how}`, ...gas));
      await publish(`new-${how}`, 45);
      await rings(`new-${how}`);
    },
  );

  it('the gateway away: its field broker keeps what comes, and it rings when the gateway is back', async () => {
    await end('gateway', 'stop');
    await field('behind-4', 45);
    await start('gateway');
    await rings('behind-4');
    await end('gateway', 'kill');
    await field('behind-5', 45);
    await start('gateway');
    await rings('behind-5');
  });

  it('nobody has logged an error but of what was away', () => {
    for (const [name, program] of running) expect(program.output(), name).not.toMatch(/\n\s+at .*[:(]\d+/);
  });
});

needs('postgres', 'influxd')('the platform on PostgreSQL and InfluxDB', () => {
  it('keeps its state in the one and its readings in the other, over a kill', async () => {
    const [postgres, influx] = await Promise.all([startPostgres(), startInflux()]);
    const platform = await startPlatform({
      YANSHAO_DEMO: 'off',
      YANSHAO_DATABASE_URL: postgres.url,
      YANSHAO_INFLUX_URL: influx.url,
      YANSHAO_INFLUX_API: 'v1',
    });
    try {
      const secret = await addDevice(platform, 'kitchen-1', ...gas);
      const client = await connectAsync({ host: '127.0.0.1', port: platform.mqttPort, username: secret });
      client.on('error', () => {});
      clients.add(client);
      const sent = Array.from({ length: 50 }, (_, i) => [Date.now() - 5000 + i * 100, i === 49 ? 45 : i / 10] as const);
      for (const [ts, value] of sent)
        await client.publishAsync(topics.telemetry, JSON.stringify({ ts, values: { 'alarm.ch4': value } }), { qos: 1 });
      const alarm = await until('it rings', async () => {
        const { items } = await platform.get<AlarmsBody>('/api/v1/alarms?device=kitchen-1');
        return items.find(({ rule }) => rule === L2);
      });
      const told = await platform.post('/api/v1/alarms/acknowledge', { ids: [alarm.id] });
      expect(told).toMatchObject({ status: 200, body: { done: true, changed: [alarm.id] } });

      await platform.kill();
      await platform.restart();

      const { alarm: after } = await platform.get<AlarmBody>(`/api/v1/alarms/${encodeURIComponent(alarm.id)}`);
      expect(after).toMatchObject({ id: alarm.id, active: true, acked: true });
      const series = '/api/v1/readings?device=kitchen-1&measurement=alarm.ch4';
      const samples = await until('the store has all', async () => {
        const found = (await platform.get<ReadingsBody>(series)).samples;
        return found.length >= sent.length ? found : undefined;
      });
      expect(samples.map(([at, value]) => [at, value])).toEqual(sent);
      // As another program reads them.
      const query = `select count("alarm.ch4") from "gas-alarm-commercial" where device = 'kitchen-1'`;
      const counted = await fetch(`${influx.url}/query?db=yanshao&q=${encodeURIComponent(query)}`);
      expect(JSON.stringify(await counted.json())).toMatch(/,50\]/);

      // An outage of the store blinds nobody and loses nothing.
      await influx.kill();
      const during = Date.now();
      await client.endAsync(true);
      const again = await connectAsync({ host: '127.0.0.1', port: platform.mqttPort, username: secret });
      clients.add(again);
      const body = JSON.stringify({ ts: during, values: { 'alarm.ch4': 46, 'alarm.valveState': 'closed' } });
      await again.publishAsync(topics.telemetry, body, { qos: 1 });
      await until('the page shows it', async () => {
        const { values } = await platform.get<DeviceBody>('/api/v1/devices/kitchen-1');
        return values['alarm.ch4']?.[0] === 46;
      });
      expect((await fetch(new URL('/healthz', platform.url))).status).toBe(200);
      await influx.restart();
      await until('the store has caught up', async () =>
        (await platform.get<ReadingsBody>(series)).samples.some(([at, value]) => at === during && value === 46),
      );
      await again.endAsync(true);
    } finally {
      await platform.stop();
      await influx.stop();
      await postgres.stop();
    }
  });
});
