import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import {
  AttributeIds,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyRegistry, registryCache } from '../../devices/registry/registry-cache.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { type IngestBench, ingestBench } from '../../ingest/ingest-bench.ts';
import { type HandClock, handClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { type RpcClient, rpcClient } from '../../kit/rpc/rpc.ts';
import { type Simulators, startSimulators } from '../../simulators/app.ts';
import { type DemoSecrets, withCredentials } from '../../simulators/city/credentials.ts';
import { demoPlan } from '../../simulators/city/plan.ts';
import { testCity } from '../../simulators/city/test-city.ts';
import type { FaultList, SimulatorStatus } from '../../simulators/control.ts';
import { FIELD_DEVICE_LEVEL, fieldFilter, fieldTopic } from '../../simulators/mqtt/field-broker.ts';
import { stationNodeId } from '../../simulators/opcua/station-node-id.ts';
import { loadReplay } from '../../simulators/replay/read-data.ts';
import { registryOf } from '../../simulators/replay/registry.ts';
import { startReplay } from '../../simulators/replay/replay.ts';
import { forkSimulators } from '../../simulators/spawn.ts';
import { until } from '../support/until.ts';

/** The simulated city on real sockets, against the platform's own MQTT door; time is set by hand. */
const START = Date.parse('2026-06-01T04:00:00Z');
const SECRET = 'a secret of this test only';
const dir = mkdtempSync(join(tmpdir(), 'yanshao-simulators-'));
const plan = demoPlan(testCity, { today: '2026-06-01' });
const { put, secrets } = withCredentials(plan, START);
const ids = (by: string) => Object.keys(plan.routes).filter((id) => plan.routes[id]?.by === by);

let clock: HandClock;
let platform: IngestBench;
let simulators: Simulators;
let control: RpcClient;

const status = () => control.call<SimulatorStatus>('status');

/** Lets `seconds` of the city go by, a second at a time, each with all its messages answered. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.pass(1000);
    await until('every message is answered', () => {
      const { links } = simulators.status();
      return links.acknowledged + links.failed === links.sent;
    });
  }
}

const sentBy = async (device: string) => (await platform.telemetry()).filter((entry) => entry.device === device);

beforeAll(async () => {
  clock = handClock(START);
  platform = await ingestBench({ clock, types: deviceTypes, registry: registryCache({ ...emptyRegistry, ...put }) });
  simulators = await startSimulators({
    plan,
    secrets,
    endpoints: { mqttUrl: `mqtt://127.0.0.1:${platform.ingest.mqttPort}`, fieldPort: 0, opcuaPort: 0 },
    dataDir: dir,
    controlPort: 0,
    controlSecret: SECRET,
    clock,
    world: clock,
    script: [],
    log: silentLog,
  });
  control = rpcClient({ url: simulators.controlUrl, secret: SECRET });
  await until('all devices are connected', async () => {
    const { directConnected, fieldConnected } = await status();
    return directConnected === ids('mqtt').length && fieldConnected === ids('field').length;
  });
});

afterAll(async () => {
  await control?.close();
  await simulators?.stop();
  await platform?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('a healthy simulated city', () => {
  it('is heard by the platform, every device with its own connection, and nothing it says is refused or doubted', async () => {
    await pass(90);
    const entries = await platform.telemetry();
    expect(new Set(entries.map(({ device }) => device))).toEqual(new Set(ids('mqtt')));
    expect((await platform.ingest.stats()).refused).toBe(0);
    expect(entries.filter(({ quality, doubts }) => quality ?? doubts)).toEqual([]);
    const { links, skipped } = await status();
    expect(links).toMatchObject({ lost: 0, failed: 0 });
    expect(skipped).toBe(0);
  });

  it('repeats everything when a device comes back', async () => {
    const device = ids('mqtt')[0]!;
    const before = (await sentBy(device)).length;
    await pass(20);
    const usual = (await sentBy(device)).at(-1)!;
    const taking = await connectAsync(`mqtt://127.0.0.1:${platform.ingest.mqttPort}`, {
      clientId: device,
      username: secrets.devices[device],
      reconnectPeriod: 0,
    });
    await taking.endAsync();
    await until('it is connected again', async () => (await status()).directConnected === ids('mqtt').length);
    await pass(20);
    const entries = await sentBy(device);
    expect(entries.length).toBeGreaterThan(before);
    const fullest = entries.slice(before).map(({ values }) => Object.keys(values).length);
    expect(Math.max(...fullest)).toBeGreaterThan(Object.keys(usual.values).length);
  });
});

describe('the field broker', () => {
  const open: MqttClient[] = [];
  const sign = async (user: string, password: string, options: IClientOptions = {}) => {
    const client = await connectAsync(
      `mqtt://127.0.0.1:${simulators.fieldPort}`,
      { username: user, password, reconnectPeriod: 0, ...options },
      false,
    );
    client.on('error', () => undefined);
    open.push(client);
    return client;
  };
  /** A gateway whose session outlives its connection, as real ones have. */
  const listen = async (gateway: string) => {
    const heard = new Set<string>();
    const lasting = { clientId: `test-${gateway}`, clean: false };
    const client = await sign(gateway, secrets.field.gateways[gateway]!, lasting);
    client.on('message', (topic) => heard.add(topic.split('/')[FIELD_DEVICE_LEVEL]!));
    await client.subscribeAsync(fieldFilter(gateway), { qos: 1 });
    return { client, heard };
  };
  afterAll(async () => {
    await Promise.all(open.map((client) => client.endAsync(true)));
  });

  it('lets a gateway hear its own devices and no others', async () => {
    const { client, heard } = await listen('gw-north');
    let lost = false;
    client.once('close', () => {
      lost = true;
    });
    await pass(95);
    const own = plan.put.devices.filter(({ gateway }) => gateway === 'gw-north').map(({ id }) => id);
    await pass(1);
    expect([...heard].sort()).toEqual(own.sort());
    expect(lost).toBe(false);
    const elsewhere = client.subscribeAsync(fieldFilter('gw-south'), { qos: 1 });
    await expect(elsewhere).rejects.toThrow();
  });

  it('turns away who has no password, and a device that speaks for another', async () => {
    await expect(sign('gw-north', 'wrong')).rejects.toThrow(/authorized/i);
    const [one, other] = ids('field') as [string, string];
    const client = await sign(one, secrets.field.devices[one]!);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish(fieldTopic('gw-north', other), '{}', { qos: 1 }, () => undefined);
    await closed;
  });

  it('is cut for a silent gateway, and open again when that is over', async () => {
    const { client } = await listen('gw-south');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect(await control.call('faults.start', { kind: 'silent-gateway', target: 'gw-south' })).toHaveProperty(
      'started',
    );
    await closed;
    await expect(sign('gw-south', secrets.field.gateways['gw-south']!)).rejects.toThrow(/authorized/i);
    await control.call('faults.stop', { which: 'silent-gateway' });
    expect((await sign('gw-south', secrets.field.gateways['gw-south']!)).connected).toBe(true);
  });
});

describe('the OPC UA server of the stations', () => {
  const client = (mode: MessageSecurityMode, policy: SecurityPolicy) =>
    OPCUAClient.create({
      applicationName: 'test',
      securityMode: mode,
      securityPolicy: policy,
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      clientCertificateManager: new OPCUACertificateManager({
        rootFolder: join(dir, 'client-pki'),
        automaticallyAcceptUnknownCertificate: true,
      }),
    });
  const user: UserIdentityInfo = {
    type: UserTokenType.UserName,
    userName: 'gw-stations',
    password: secrets.field.gateways['gw-stations']!,
  };
  const secure = [MessageSecurityMode.SignAndEncrypt, SecurityPolicy.Basic256Sha256] as const;

  it('shows every station with quality and source time, and nobody can write', async () => {
    await pass(10);
    const opcua = client(...secure);
    await opcua.withSessionAsync({ endpointUrl: simulators.opcuaUrl!, userIdentity: user }, async (session) => {
      const nodeId = stationNodeId('rtu-0001', 'rtu.outletPressure');
      const read = await session.read({ nodeId, attributeId: AttributeIds.Value });
      expect(read.statusCode.name).toBe('Good');
      expect(read.value.value).toBeGreaterThan(2);
      expect(read.sourceTimestamp!.getTime()).toBeGreaterThan(clock.now() - 6000);
      expect(read.sourceTimestamp!.getTime()).toBeLessThanOrEqual(clock.now());
      const written = await session.write({ nodeId, attributeId: AttributeIds.Value, value: { value: read.value } });
      expect(written.name).toMatch(/NotWritable|UserAccessDenied|BadUserAccess/);

      await control.call('faults.start', { kind: 'pressure', target: 'rtu-0001' });
      await pass(20);
      const over = await session.read({ nodeId, attributeId: AttributeIds.Value });
      expect(over.value.value / 2.5).toBeGreaterThan(1.2);
      await control.call('faults.stop', { which: 'pressure' });

      await control.call('faults.start', { kind: 'silent-gateway', target: 'gw-stations' });
      const lost = await session.read({ nodeId, attributeId: AttributeIds.Value });
      expect(lost.statusCode.name).toBe('BadNoCommunication');
      await control.call('faults.stop', {});
      await pass(10);
      expect((await session.read({ nodeId, attributeId: AttributeIds.Value })).statusCode.name).toBe('Good');
    });
  });

  it('admits nobody without encryption, a name or the right password', async () => {
    const tries: [ReturnType<typeof client>, UserIdentityInfo, RegExp][] = [
      [client(MessageSecurityMode.None, SecurityPolicy.None), user, /None|endpoint/i],
      [client(...secure), { type: UserTokenType.Anonymous }, /IdentityToken|anonymous/i],
      [client(...secure), { ...user, password: 'wrong' } as UserIdentityInfo, /UserAccessDenied|IdentityToken/],
    ];
    for (const [opcua, userIdentity, why] of tries) {
      const session = opcua.withSessionAsync(
        { endpointUrl: simulators.opcuaUrl!, userIdentity },
        async (opened) => opened.sessionId,
      );
      await expect(session).rejects.toThrow(why);
    }
  });
});

describe('faults by the control interface', () => {
  it('lists them in both languages, and refuses what makes no sense with a reason', async () => {
    const { kinds } = await control.call<FaultList>('faults.list');
    expect(kinds.map(({ kind }) => kind)).toContain('leak');
    expect(await control.call('faults.start', { kind: 'flood' })).toHaveProperty('refused');
    expect(await control.call('faults.start', {})).toHaveProperty('refused');
  });

  it('leaks: the kitchen passes 40 %LEL within a minute with its valve shut, every reading good', async () => {
    const { started } = await control.call<{ started: { target: string } }>('faults.start', { kind: 'leak' });
    const before = (await sentBy(started.target)).length;
    await pass(62);
    const entries = (await sentBy(started.target)).slice(before);
    expect(entries.some(({ values }) => (values['alarm.ch4'] as number) >= 40)).toBe(true);
    expect(entries.some(({ values }) => values['alarm.valveState'] === 'closed')).toBe(true);
    expect(entries.filter(({ doubts }) => doubts)).toEqual([]);
    await control.call('faults.stop', { which: 'leak' });
  });

  it('sends malformed messages: each in quarantine with its reason, and the device goes on afterwards', async () => {
    const { refused } = await platform.ingest.stats();
    const { started } = await control.call<{ started: { target: string } }>('faults.start', { kind: 'bad-payload' });
    await pass(28);
    await control.call('faults.stop', {});
    const rows = await platform.ingest.quarantine({ client: started.target, limit: 50 });
    expect((await platform.ingest.stats()).refused).toBeGreaterThanOrEqual(refused + 5);
    expect(new Set(rows.map(({ code }) => code)).size).toBeGreaterThanOrEqual(3);
    const before = (await sentBy(started.target)).length;
    await pass(10);
    expect((await sentBy(started.target)).length).toBeGreaterThan(before);
  });

  it('sends a text that somebody typed, as that device', async () => {
    const device = ids('mqtt')[1]!;
    expect(await control.call('payload.send', { device, payload: 'hello' })).toEqual({ sent: true });
    const [row] = await platform.ingest.quarantine({ client: device, limit: 1 });
    expect(Buffer.from(row!.payload, 'base64').toString()).toBe('hello');
    expect(await control.call('payload.send', { device: 'rtu-0001', payload: '{}' })).toHaveProperty('refused');
  });
});

describe('a replay of measured data', () => {
  const mapping = `
title: { zh: 甲烷, en: Methane }
file: readings.csv
attribution: "somebody (MIT)"
time: { column: time }
deviceType: methane-fence-line
gas: natural
gasUnit: '[ppm]'
prefix: fence
anchor: { lon: -105, lat: 40 }
loop: false
readings: [{ measurement: fence.ch4, column: 'ch4_{key}', unit: '[ppm]' }]
devices:
  from: columns
  list:
    - { key: S, name: { zh: 南, en: south }, lon: -105, lat: 39.999 }
    - { key: N, name: { zh: 北, en: north }, lon: -105, lat: 40.001 }
`;

  it('arrives in order on the demonstration clock: the past as history, then live, and waits while the door is shut', async () => {
    const rows = Array.from(
      { length: 250 },
      (_, i) => `${new Date(i * 60_000).toISOString()},${2 + i / 100},${i === 7 ? '' : 1.9}`,
    );
    writeFileSync(join(dir, 'readings.csv'), `time,ch4_S,ch4_N\n${rows.join('\n')}\n`);
    writeFileSync(join(dir, 'mapping.yaml'), mapping);
    const replay = await loadReplay(join(dir, 'mapping.yaml'));
    const place = { id: 'site', name: { zh: '回放', en: 'Replay' }, area: 'north', lon: 110, lat: 27 };
    const registered = registryOf(replay, place);
    const tokens = { 'fence-S': 'token-of-fence-S-0123456789', 'fence-N': 'token-of-fence-N-0123456789' };
    const replayPlan = {
      ...plan,
      put: registered,
      routes: { 'fence-S': { by: 'replay' }, 'fence-N': { by: 'replay' } },
    } as const;
    const credentialed: { put: typeof put; secrets: DemoSecrets } = withCredentials(replayPlan, START);
    expect(Object.keys(credentialed.secrets.devices)).toEqual(Object.keys(tokens).sort().reverse());

    const door = await ingestBench({
      clock,
      types: deviceTypes,
      registry: registryCache({ ...emptyRegistry, ...credentialed.put }),
    });
    const startedAt = clock.now();
    const playing = startReplay({
      replay,
      tokens: credentialed.secrets.devices,
      mqttUrl: `mqtt://127.0.0.1:${door.ingest.mqttPort}`,
      clock,
      world: {
        ...clock,
        after: (_ms, fn) => {
          const timer = setTimeout(fn, 20);
          return () => clearTimeout(timer);
        },
      },
      log: silentLog,
    });
    await until('the past is in', () => playing.progress().historical === 249 * 2 - 1);
    const past = (await door.telemetry()).filter(({ device }) => device === 'fence-S');
    // All but the last, which is a minute old: news that fresh is live, whatever its sender calls it.
    expect(past.slice(0, 248).every(({ historical }) => historical)).toBe(true);
    expect(past[0]!.at).toBe(startedAt - 249 * 60_000);
    expect(past.map(({ at }) => at)).toEqual(past.map(({ at }) => at).sort((a, b) => a - b));

    await until('the newest row lands on now', async () =>
      (await door.telemetry()).some(
        ({ device, at, historical }) => device === 'fence-S' && at === startedAt && !historical,
      ),
    );
    const before = playing.progress().frames;
    clock.pass(60_000);
    await until('the next minute is live', () => playing.progress().frames >= before + 2);
    expect(playing.progress()).toMatchObject({ devices: 2, connected: 2 });
    await playing.stop();
    expect((await door.ingest.stats()).refused).toBe(0);
    await door.stop();
  });
});

describe('the simulators as a process of their own', () => {
  it('starts with what its parent sends it, stays small, and ends with its parent’s word', async () => {
    const child = forkSimulators(silentLog);
    child.prepare({
      plan,
      secrets,
      endpoints: { fieldPort: 0, opcuaPort: 0 },
      dataDir: join(dir, 'child'),
      controlPort: 0,
      controlSecret: SECRET,
      script: [],
      time: { worldAt: 0, demoAt: 0, speed: 1 },
      logLevel: 'warn',
    });
    const { controlUrl } = await child.run({ mqttUrl: `mqtt://127.0.0.1:${platform.ingest.mqttPort}` });
    const asked = rpcClient({ url: controlUrl, secret: SECRET });
    const { devices, rssBytes } = await asked.call<SimulatorStatus>('status');
    expect(devices).toBe(plan.put.devices.length);
    expect(rssBytes).toBeLessThan(300e6);
    await child.stop();
    await expect(asked.call('status')).rejects.toThrow(/cannot be reached/);
    await asked.close();
  });

  it('says which port is taken, and by which setting to change it', async () => {
    const order = {
      plan,
      secrets,
      endpoints: { fieldPort: simulators.fieldPort, opcuaPort: 0 },
      dataDir: join(dir, 'child'),
      controlPort: 0,
      controlSecret: SECRET,
      time: { worldAt: 0, demoAt: 0, speed: 1 },
      logLevel: 'warn',
    };
    const child = forkSimulators(silentLog);
    child.prepare(order);
    await expect(child.run({ mqttUrl: 'mqtt://127.0.0.1:1' })).rejects.toThrow(/YANSHAO_FIELD_PORT/);
  });
});
