import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowCodec, type UplinkRow } from '../../gateway/row.ts';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { openSqliteJournalReader } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { silentLog } from '../../kit/log.ts';
import { dice } from '../../simulators/city/chance.ts';
import { stationNodeId } from '../../simulators/opcua/station-node-id.ts';
import { type StationServer, stationServer } from '../../simulators/opcua/station-server.ts';
import {
  behindGateway,
  fieldDevice,
  GATEWAY,
  gatewayIn,
  type Harbour,
  harbour,
  readableLog,
  tempDir,
} from '../support/gateway-bench.ts';
import { closedAfterEach } from '../support/later.ts';
import { type Program, startProgram } from '../support/platform.ts';
import { freePort, type MosquittoServer, startMosquitto } from '../support/servers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** A gateway between a real field (Mosquitto, an OPC UA server) and real ingest. */
const BOARD = behindGateway('board-1', 'tilt-sensor');
const RTU = behindGateway('rtu-1', 'gas-rtu');
const BAD_NO_COMMUNICATION = 0x80310000;
const began = Date.now() - 60_000;

const later = closedAfterEach();
const folder = () => later(tempDir(), ({ remove }) => remove()).dir;
const platform = async (): Promise<Harbour> => later(await harbour([BOARD, RTU]), (one) => one.close());
const gateway = async (...args: Parameters<typeof gatewayIn>) => later(await gatewayIn(...args), (one) => one.stop());

const boardRow = (n: number) => ({ ts: began + n, values: { 'board.tiltDelta': n % 90 } });
const timesOf = (entries: readonly { at: number }[]) => entries.map(({ at }) => at - began);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

needs('mosquitto')('devices behind a field broker', () => {
  let broker: MosquittoServer;
  let device: MqttClient;
  const publish = (body: unknown) => device.publishAsync('field/board-1/telemetry', JSON.stringify(body), { qos: 1 });
  const field = (map: object = {}) => ({
    mqtt: [{ url: broker.url, topics: [{ filter: 'field/+/telemetry', device: 1, map }] }],
  });

  beforeAll(async () => {
    broker = await startMosquitto('allow_anonymous true\nmax_queued_messages 0');
    device = await fieldDevice(broker.url);
  });
  afterAll(async () => {
    await device.endAsync(true);
    await broker.stop();
  });

  it('arrive under the catalogue’s names with their own time, quality and number', async () => {
    const harbourOne = await platform();
    await harbourOne.start();
    const one = await gateway(folder(), harbourOne, field({ lean: { measurement: 'board.tiltDelta', scale: 0.1 } }));
    await until('it hears and is heard', async () => {
      const { connected, sources } = await one.stats();
      return connected && sources[0]?.connected;
    });
    await publish({ ts: began, values: { lean: 35 }, quality: { lean: 'uncertain' }, seq: 9 });
    const [entry] = await until('the reading', async () => {
      const found = await harbourOne.telemetry();
      return found.length > 0 ? found : undefined;
    });
    expect(entry).toMatchObject({
      device: 'board-1',
      at: began,
      values: { 'board.tiltDelta': 3.5 },
      quality: { 'board.tiltDelta': 0x40000000 },
      seq: 9,
      source: 'gateway',
      gateway: GATEWAY,
    });
    expect(entry).not.toHaveProperty('historical');
  });

  it('are acknowledged only when the outbox has what they said', async () => {
    const harbourOne = await platform();
    const dir = folder();
    const inner = memoryJournal<UplinkRow>({ capBytes: 1e6, safetyBytes: 0 });
    let asked = 0;
    const stuck: Journal<UplinkRow> = {
      ...inner,
      append() {
        asked += 1;
        return new Promise(() => {});
      },
    };
    const first = await gatewayIn(dir, harbourOne, field(), { outbox: stuck });
    await until('it hears', async () => (await first.stats()).sources[0]?.connected);
    for (const n of range(1, 30)) await publish(boardRow(n));
    // Mosquitto gives out 20 unacknowledged messages at a time.
    await until('all that a broker sends at once wait for the disk', () => asked === 20);
    await first.stop();

    const second = await gateway(dir, harbourOne, field());
    await until('all of them come again', async () => (await second.stats()).taken === 30);
    const rows = (await second.outbox.read(0)).flatMap(({ entries }) => entries);
    expect(rows.map(({ ts }) => ts - began)).toEqual(range(1, 30));
  });

  it('are heard while the platform is away, and lose nothing: fresh readings first, old ones in order and marked', async () => {
    const harbourOne = await platform();
    await harbourOne.start();
    const one = await gateway(folder(), harbourOne, field());
    await until('the uplink is up', async () => (await one.stats()).connected);
    await publish(boardRow(1));
    await until('one arrived', async () => (await harbourOne.telemetry()).length === 1);

    await harbourOne.stop();
    await until('the uplink is down', async () => !(await one.stats()).connected);
    const backlog = 30_000;
    for (let n = 2; n <= backlog; n += 100) await publish(range(n, Math.min(n + 99, backlog)).map(boardRow));
    await until('the outbox has them', async () => (await one.stats()).taken === backlog);

    await harbourOne.start();
    await until('the uplink is up again', async () => (await one.stats()).connected, { withinMs: 60_000 });
    await publish(boardRow(backlog + 1));
    const arrived = await until(
      'all of it arrived',
      async () => {
        const entries = await harbourOne.telemetry();
        return entries.length >= backlog + 1 ? entries : undefined;
      },
      { withinMs: 60_000 },
    );

    const old = arrived.filter(({ historical }) => historical);
    const fresh = arrived.filter(({ historical }) => !historical);
    // The newest of the device went first, as what it is.
    expect(timesOf(old)).toEqual(range(2, backlog - 1));
    expect(sorted(timesOf(fresh))).toEqual([1, backlog, backlog + 1]);
    expect(arrived.findIndex(({ at }) => at === began + backlog)).toBeLessThan(200);
    expect(arrived.findIndex(({ at }) => at === began + backlog + 1)).toBeLessThan(backlog);
    await until('the outbox is empty', async () => (await one.stats()).outbox.bytes === 0);
    expect((await one.stats()).refused).toBe(0);
  });

  it('may say something that cannot be read: it is counted and does not come for ever', async () => {
    const harbourOne = await platform();
    await harbourOne.start();
    const one = await gateway(folder(), harbourOne, field());
    await until('it hears', async () => (await one.stats()).sources[0]?.connected);
    await device.publishAsync('field/board-1/telemetry', '{"board.tiltDelta": 3.', { qos: 1 });
    await device.publishAsync('field/stranger/telemetry', JSON.stringify(boardRow(1)), { qos: 1 });
    await publish(boardRow(2));
    await until('the good one', async () => (await harbourOne.telemetry()).length === 1);
    // Both are refused by the platform, the unreadable one in its device's name; its word comes back.
    await until('both refusals', async () => (await one.stats()).refused === 2);
    expect((await one.stats()).lastRefusal).toContain('stranger');
  });

  it('lose nothing when the gateway is killed again and again', async () => {
    const harbourOne = await platform();
    const dir = folder();
    const file = join(dir, 'gateway.yaml');
    const { url, token } = harbourOne;
    writeFileSync(file, JSON.stringify({ id: GATEWAY, uplink: { url, token }, ...field() }));
    const env = { YANSHAO_DATA_DIR: join(dir, 'data'), YANSHAO_DEMO: 'off', YANSHAO_GATEWAY_CONFIG: file };
    const launch = (): Program => later(startProgram(['gateway'], { env }), (program) => program.kill());
    const { whole } = dice('gateway killed');
    const most = 400;

    let child = launch();
    const outboxFile = join(dir, 'data', 'live', 'gateways', GATEWAY, 'outbox.db');
    const reader = later(await openSqliteJournalReader(outboxFile, rowCodec), (one) => one.close());
    const unsent = async () => (await reader.read(0, 1e9)).reduce((sum, { entries }) => sum + entries.length, 0);
    await until('it has a session at the broker', async () => {
      await publish(boardRow(1));
      return (await unsent()) > 0;
    });
    let published = 1;
    // Twice while the platform is away: some rows in the outbox, some on their way to it, some with the broker …
    for (const many of [whole(50, 150), whole(50, 150)]) {
      const before = await unsent();
      for (const n of range(published + 1, published + many)) await publish(boardRow(n));
      published += many;
      await until('more is in the outbox', async () => (await unsent()) > before);
      await child.kill();
      child = launch();
    }
    for (const n of range(published + 1, most)) await publish(boardRow(n));
    // … and once in the middle of draining.
    await harbourOne.start();
    await until('some arrived', async () => (await harbourOne.telemetry()).length > 0);
    await child.kill();
    child = launch();

    await until('every reading is in the store', async () => (await harbourOne.stored(BOARD)) === most, {
      withinMs: 60_000,
    });
    const arrived = await harbourOne.telemetry();
    expect(sorted([...new Set(timesOf(arrived))])).toEqual(range(1, most));
    for (const entry of arrived) expect(entry.values).toEqual({ 'board.tiltDelta': (entry.at - began) % 90 });
    expect(await child.stop()).toBe(0);
  });
});

describe('stations behind an OPC UA server', () => {
  const login = { username: GATEWAY, password: 'a password of the stations' };
  const pressure = stationNodeId('rtu-1', 'rtu.outletPressure');

  /** A server that starts again on its port with its own keys, and how a gateway is told of it. */
  async function stations() {
    const dir = folder();
    const options = {
      port: await freePort(),
      stations: [RTU],
      users: { [login.username]: login.password },
      pkiDir: join(dir, 'stations'),
      log: silentLog,
    };
    let server: StationServer = await stationServer(options);
    later(undefined, () => server.stop());
    const source = {
      endpoint: server.url,
      ...login,
      publishingMs: 50,
      nodes: [{ node: pressure, device: 'rtu-1', measurement: 'rtu.outletPressure' }],
    };
    return {
      source,
      certificate: join(options.pkiDir, 'server', 'own', 'certs', 'certificate.pem'),
      show: (at: number, kPa: number) => server.show('rtu-1', at, { 'rtu.outletPressure': kPa }),
      lose: (at: number) => server.lose(['rtu-1'], at),
      async restart() {
        await server.stop();
        server = await stationServer(options);
      },
    };
  }
  const values = async (harbourOne: Harbour) =>
    (await harbourOne.telemetry()).map(({ at, values: all, quality }) => [
      at - began,
      all['rtu.outletPressure'],
      quality?.['rtu.outletPressure'] ?? 0,
    ]);

  it('are read with their source time and the full status code, and made-up values are not', async () => {
    const scada = await stations();
    const harbourOne = await platform();
    await harbourOne.start();
    const one = await gateway(folder(), harbourOne, { opcua: [{ ...scada.source, trusted: [scada.certificate] }] });
    await until('both ends are up', async () => {
      const { connected, sources } = await one.stats();
      return connected && sources[0]?.connected;
    });
    scada.show(began + 1, 2.5);
    await until('the reading', async () => (await values(harbourOne)).length === 1);
    scada.lose(began + 2);
    await until('the lost line', async () => (await values(harbourOne)).length === 2);
    expect(await values(harbourOne)).toEqual([
      [1, 2.5, 0],
      [2, 2.5, BAD_NO_COMMUNICATION],
    ]);
    expect((await one.stats()).refused).toBe(0);
  });

  it('are read again after the server has restarted', async () => {
    const scada = await stations();
    const harbourOne = await platform();
    await harbourOne.start();
    const one = await gateway(folder(), harbourOne, { opcua: [{ ...scada.source, trusted: [scada.certificate] }] });
    const heard = async () => (await one.stats()).sources[0]?.connected;
    await until('stations are heard', heard);
    scada.show(began + 1, 2.5);
    await until('the first reading', async () => (await values(harbourOne)).length === 1);
    await scada.restart();
    let n = 1;
    await until(
      'a reading after the restart',
      async () => {
        n += 1;
        scada.show(began + n, n);
        return (await values(harbourOne)).length > 1;
      },
      { withinMs: 60_000, everyMs: 200 },
    );
    expect(await heard()).toBe(true);
  });

  it('are not read from a server that is not trusted, and it is said; another gateway that trusts it reads them', async () => {
    const scada = await stations();
    const harbourOne = await platform();
    await harbourOne.start();
    const dir = folder();
    const { log, said } = readableLog();
    const wary = await gatewayIn(dir, harbourOne, { opcua: [{ ...scada.source, trusted: [] }] }, { log });
    await until('it is said', () => said().some((line) => line.includes('not trusted')));
    expect((await wary.stats()).sources[0]?.connected).toBe(false);
    await wary.stop();
    expect(await harbourOne.telemetry()).toEqual([]);

    const trusting = await gatewayIn(dir, harbourOne, { opcua: [{ ...scada.source, trusted: [scada.certificate] }] });
    await until('it is read', async () => (await trusting.stats()).sources[0]?.connected);
    await trusting.stop();
    // Taken off the list, it is trusted no more, whatever lies in the folder.
    const later2 = readableLog();
    const again = await gatewayIn(dir, harbourOne, { opcua: [{ ...scada.source, trusted: [] }] }, { log: later2.log });
    await until('it is said again', () => later2.said().some((line) => line.includes('not trusted')));
    await again.stop();
  });

  it('with a node the server does not know are read without it, and it is said', async () => {
    const scada = await stations();
    const harbourOne = await platform();
    const wrong = { node: 'ns=1;s=nothing.here', device: 'rtu-1', measurement: 'rtu.flowRate' };
    const source = { ...scada.source, trusted: [scada.certificate], nodes: [wrong, ...scada.source.nodes] };
    const one = await gateway(folder(), harbourOne, { opcua: [source] });
    await until('the refusal', async () => (await one.stats()).lastRefusal?.includes('BadNodeIdUnknown'));
    scada.show(began + 1, 2.5);
    await until('the other node', async () => (await one.stats()).taken === 1);
  });

  it('wait for the server’s certificate when it is not there yet', async () => {
    const scada = await stations();
    const harbourOne = await platform();
    const dir = folder();
    const file = join(dir, 'scada.pem');
    const { log, said } = readableLog();
    const one = later(
      await gatewayIn(dir, harbourOne, { opcua: [{ ...scada.source, trusted: [file] }] }, { log }),
      (running) => running.stop(),
    );
    await until('it is said', () => said().some((line) => line.includes('cannot be read')));
    writeFileSync(file, readFileSync(scada.certificate));
    await until('stations are heard', async () => (await one.stats()).sources[0]?.connected, { withinMs: 60_000 });
  });
});
