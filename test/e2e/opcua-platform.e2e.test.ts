import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlarmsBody, ReadingsBody } from '../../devices/contract/api.ts';
import { behindGateway, gatewayIn, harbour } from '../support/gateway-bench.ts';
import { login, type Make, type PeerServer, type Shown, startPeer } from '../support/opcua-peers.ts';
import { addDevice, type Platform, type Program, startPlatform, startProgram } from '../support/platform.ts';
import { needsPeers } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** From a station's server through a real gateway process to what a person sees; three servers, one platform for all tests. */
const hour = 3_600_000;
const patient = { withinMs: 60_000, everyMs: 100 };
const pressure = 'rtu.outletPressure';

needsPeers()('stations over OPC UA, seen from the platform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-opcua-platform-'));
  const servers: PeerServer[] = [];
  let platform: Platform;
  let gateway: Program;
  let station: PeerServer;
  let ahead: PeerServer;
  let behind: PeerServer;

  const peer = async (make: Make, name: string, ...options: string[]) => {
    const server = await startPeer(make, join(folder, name), options);
    servers.push(server);
    return server;
  };
  const startGateway = async () => {
    const env = {
      YANSHAO_DATA_DIR: join(folder, 'data'),
      YANSHAO_DEMO: 'off',
      YANSHAO_GATEWAY_CONFIG: join(folder, 'gateway.yaml'),
      YANSHAO_GATEWAY_PAGE_PORT: '0',
    };
    gateway = startProgram(['gateway'], { env, cwd: folder });
    await until('the gateway is running', () => gateway.output().includes('is running'), patient);
  };
  /** A server of the gateway’s file; JSON is YAML too. */
  const source = (server: PeerServer, nodes: Readonly<Record<string, number>>, more: object = {}) => ({
    endpoint: `opc.tcp://127.0.0.1:${server.port}/stations`,
    ...login,
    trusted: [server.certificate],
    publishingMs: 100,
    keepaliveMs: 1000,
    refreshMs: 1000,
    nodes: Object.entries(nodes).map(([device, i]) => ({
      node: server.node(i),
      device,
      measurement: pressure,
      queueSize: 1000,
    })),
    ...more,
  });
  const readings = async (device: string, from: number, to = Date.now() + 2 * hour) =>
    platform.get<ReadingsBody>(
      `/api/v1/readings?device=${device}&measurement=${pressure}&from=${from}&to=${to}&width=4000`,
    );
  const alarmOf = async (device: string) =>
    (await platform.get<AlarmsBody>(`/api/v1/alarms?state=all&device=${device}&limit=50`)).items.find(
      ({ rule }) => rule === 'G05-09.rtu-event',
    );

  beforeAll(async () => {
    [platform, station, ahead, behind] = await Promise.all([
      startPlatform({ YANSHAO_DEMO: 'off' }),
      peer('node-opcua', 'station', '--nodes', '2', '--history', '1'),
      peer('asyncua', 'ahead', '--nodes', '3', '--offset-ms', String(hour)),
      peer('asyncua', 'behind', '--nodes', '3', '--history', '1', '--offset-ms', String(-hour)),
    ]);
    const token = await addDevice(platform, 'gw-1', '--type', 'gateway');
    const ids = ['archive', 'station', 'ahead-own', 'ahead-right', 'behind-own', 'behind-right'];
    const rows = ids.map((id) => `${id},${id},gas-rtu,112.6,26.9,gw-1,natural,%{LEL}`);
    writeFileSync(join(folder, 'stations.csv'), ['id,name,type,lon,lat,gateway,gas,gasUnit', ...rows, ''].join('\n'));
    const imported = await platform.cli('import', join(folder, 'stations.csv'));
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const power = {
      condition: 'Power',
      device: 'station',
      measurement: 'rtu.eventActive',
      severity: 'rtu.eventSeverity',
    };
    const config = {
      id: 'gw-1',
      uplink: { url: `mqtt://127.0.0.1:${platform.mqttPort}`, token },
      opcua: [
        source(station, { station: 0 }, { events: [{ source: station.source('rtu'), ...power }] }),
        source(ahead, { 'ahead-own': 0, 'ahead-right': 1 }),
        source(behind, { archive: 0, 'behind-own': 1, 'behind-right': 2 }),
      ],
    };
    writeFileSync(join(folder, 'gateway.yaml'), JSON.stringify(config));
    mkdirSync(join(folder, 'data'), { recursive: true });
    // Those with a clock of their own go by their server’s; the others’ clocks are right.
    await ahead.show([0, 0.2, Date.now() + hour], [1, 0.2, Date.now() - 120_000]);
    await behind.show([1, 0.2, Date.now() - hour], [2, 0.2, Date.now() - 120_000]);
    await startGateway();
  });
  afterAll(async () => {
    await gateway?.kill();
    await Promise.all([platform?.stop(), ...servers.map((server) => server.kill())]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('whose server’s clock is an hour off, and whose values do not change, go on being heard', async () => {
    const began = Date.now();
    for (let i = 0; i < 2; i += 1) {
      const at = Date.now();
      await Promise.all([ahead.show([1, 0.21 + i / 100, at]), behind.show([2, 0.21 + i / 100, at])]);
      await until(
        'the changes are there',
        async () =>
          (await Promise.all(['ahead-right', 'behind-right'].map((id) => readings(id, at)))).every(
            ({ count }) => count > 0,
          ),
        patient,
      );
    }
    // A clock that goes right is not made wrong by its server’s.
    for (const id of ['ahead-right', 'behind-right']) {
      const { samples, quality } = await until(
        `four refreshes of ${id}`,
        async () => {
          const body = await readings(id, began);
          return body.count >= 6 ? body : undefined;
        },
        patient,
      );
      expect(quality).toMatchObject({ uncertain: 0, bad: 0 });
      for (const [at] of samples) expect(at).toBeLessThanOrEqual(Date.now() + 2000);
    }
    // From the future: the platform judges it at receive time.
    const future = await until(
      'the one ahead',
      async () => {
        const body = await readings('ahead-own', began);
        return body.count >= 3 ? body : undefined;
      },
      patient,
    );
    for (const [at] of future.samples) expect(at).toBeLessThanOrEqual(Date.now() + 2000);
    // From the past: at its own time, as all of that station’s.
    const past = await until(
      'the one behind',
      async () => {
        const body = await readings('behind-own', began - hour - 30_000);
        return body.count >= 3 ? body : undefined;
      },
      patient,
    );
    for (const [at] of past.samples) expect(Math.abs(at + hour - Date.now())).toBeLessThan(90_000);
  });

  it('raise the alarm of their own condition under its rule, and end it', async () => {
    await until('it is read', async () => (await readings('station', Date.now() - hour)).count > 0, patient);
    expect(await alarmOf('station')).toBeUndefined();
    await station.tell({ source: 'rtu', condition: 'Power', active: true, severity: 700 });
    const alarm = await until('the alarm', () => alarmOf('station'), patient);
    expect(alarm).toMatchObject({ priority: 'P3', active: true, measurement: 'rtu.eventActive' });
    await station.tell({ source: 'rtu', condition: 'Power', active: false, severity: 700 });
    const over = await until(
      'its end',
      async () => {
        const now = await alarmOf('station');
        return now?.active === false ? now : undefined;
      },
      patient,
    );
    expect(over.id).toBe(alarm.id);
  });

  it('lose nothing when the gateway is killed under load: the gap is filled from history, each value once', async () => {
    const began = Date.now();
    const shown: { archive: number[]; station: number[] } = { archive: [], station: [] };
    let next = began;
    let gap = false;
    const show = async (many: number) => {
      const values = Array.from({ length: many }, (): Shown => [0, 0.2 + (next % 7) / 100, ++next]);
      await behind.show(...values);
      shown.archive.push(...values.map(([, , at]) => at as number));
      // node-opcua samples what changes while it is heard, and records all of it.
      await station.show(...values);
      if (gap) shown.station.push(...values.map(([, , at]) => at as number));
    };
    const stored = async (device: 'archive' | 'station') => {
      const { samples } = await readings(device, began + 1, next + 1);
      return samples.map(([at]) => at);
    };
    await until(
      'some of it has arrived',
      async () => {
        await show(20);
        return (await stored('archive')).length > 60;
      },
      patient,
    );
    await Promise.all([gateway.kill(), show(20), show(20)]);
    gap = true;
    for (let i = 0; i < 10; i += 1) await show(20);
    await startGateway();
    gap = false;
    for (let i = 0; i < 5; i += 1) await show(20);
    for (const device of ['archive', 'station'] as const) {
      await until(
        `all of ${device}`,
        async () => {
          const there = new Set(await stored(device));
          return shown[device].every((at) => there.has(at));
        },
        { ...patient, everyMs: 300 },
      );
      const there = await stored(device);
      expect(new Set(there).size).toBe(there.length);
    }
  });

  it('without any clock are marked so on the platform', async () => {
    const device = behindGateway('rtu-1', 'gas-rtu');
    const port = await harbour([device]);
    await port.start();
    const bench = await gatewayIn(join(folder, 'clockless'), port, {
      opcua: [{ ...source(ahead, {}), nodes: [{ node: ahead.node(2), device: 'rtu-1', measurement: pressure }] }],
    });
    try {
      const began = Date.now();
      await ahead.show([2, 0.3, null]);
      const mine = async () =>
        (await port.telemetry()).filter(({ values, at }) => values[pressure] === 0.3 && at >= began);
      const entries = await until(
        'it and its refreshes',
        async () => {
          const found = await mine();
          return found.length >= 3 ? found : undefined;
        },
        patient,
      );
      for (const { untimed, at, received } of entries) {
        expect(untimed).toBe(true);
        expect(Math.abs(received - at)).toBeLessThan(30_000);
      }
    } finally {
      await bench.stop();
      await port.close();
    }
  });
});
