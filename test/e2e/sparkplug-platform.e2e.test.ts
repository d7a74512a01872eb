import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceBody } from '../../devices/contract/api.ts';
import type { SparkplugStatus } from '../../devices/contract/sparkplug.ts';
import { datatypes } from '../../ingest/sparkplug/codec/datatypes.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { type MosquittoServer, startMosquitto } from '../support/servers.ts';
import { type SparkplugEdgeNode, startEdgeNode } from '../support/sparkplug-node.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** The whole platform as a Sparkplug host application: from an edge node's metric to the API and the command line. */
const folder = mkdtempSync(join(tmpdir(), 'yanshao-sparkplug-'));
const mapping = join(folder, 'sparkplug.yaml');
let broker: MosquittoServer | undefined;
let platform: Platform | undefined;
let node: SparkplugEdgeNode | undefined;

afterAll(async () => {
  await node?.mqtt.endAsync(true);
  await platform?.stop();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const edgeNode = (url: string) =>
  startEdgeNode({
    group: 'Gas',
    node: 'RTU 7',
    host: 'yanshao',
    url,
    metrics: [{ name: 'Outlet/Pressure', alias: 1, datatype: datatypes.Float }],
    devices: { Pump: [{ name: 'Speed', alias: 2, datatype: datatypes.Int32 }] },
  });

needs('mosquitto')('a platform with a Sparkplug mapping', () => {
  beforeAll(async () => {
    writeFileSync(
      mapping,
      `nodes:
  - group: Gas
    node: RTU 7
    gateway: gw-7
    device: rtu-7
    metrics:
      Outlet/Pressure: { measurement: rtu.outletPressure, unit: MPa }
`,
    );
    broker = await startMosquitto();
    platform = await startPlatform({
      YANSHAO_DEMO: 'off',
      YANSHAO_MQTT_BROKER_URL: broker.url,
      YANSHAO_SPARKPLUG_MAPPING: mapping,
    });
    await addDevice(platform, 'gw-7', '--type', 'gateway');
    await addDevice(
      platform,
      'rtu-7',
      '--type',
      'gas-rtu',
      '--gateway',
      'gw-7',
      '--gas',
      'natural',
      '--gas-unit',
      '%{LEL}',
    );
  }, 120_000);

  it('shows the reading in its API, and what it could not read on the command line', async () => {
    if (!platform || !broker) throw new Error('nothing runs');
    const { get, cli } = platform;
    node = await edgeNode(broker.url);
    await node.birth();
    await node.say(undefined, 'Outlet/Pressure', 0.0025);
    await node.say('Pump', 'Speed', 900);
    const pressure = async () => (await get<DeviceBody>('/api/v1/devices/rtu-7')).values['rtu.outletPressure'];
    const shown = await until('the pressure is shown', pressure);
    // A 32-bit float holds 0.0025 as 0.00249999994.
    expect(shown).toEqual([expect.closeTo(2.5, 6), expect.any(Number), 0]);

    const unmapped = await until('the pump is listed', async () => {
      const { stdout } = await cli('sparkplug', 'unmapped');
      return stdout.includes('900') && stdout;
    });
    expect(unmapped).toContain('Gas/RTU 7/Pump  Speed  unmapped-metric');
    expect(unmapped).toMatch(/[一-鿿]/);
    const { stdout } = await cli('sparkplug', 'nodes', '--json');
    expect(JSON.parse(stdout) as SparkplugStatus).toMatchObject({
      hostId: 'yanshao',
      broker: { connected: true },
      nodes: [{ node: 'Gas/RTU 7', gateway: 'gw-7', state: 'online', devices: [{ device: 'Pump', online: true }] }],
    });
  }, 60_000);

  it('does not start on a mapping that is wrong, and tells every fault with its line', async () => {
    if (!platform) throw new Error('nothing runs');
    await platform.halt();
    writeFileSync(
      mapping,
      'nodes:\n  - { group: G, node: N, gateway: gw-7, device: rtu-7, use: x, metrics: { P: { measurement: rtu.outletPresure } } }\n',
    );
    await expect(platform.restart()).rejects.toThrow(
      /2: .*sets has no "x"[\s\S]*2: .*did you mean "rtu\.outletPressure"/,
    );
  }, 60_000);
});
