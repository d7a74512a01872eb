import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlarmBody, AlarmsBody } from '../../devices/contract/api.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { addDevice, type Platform, type Program, startPlatform, startProgram } from '../support/platform.ts';
import { type MosquittoServer, startMosquitto } from '../support/servers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** A gateway that loses the platform calls somebody on site, and the platform learns of it later under the same identity. */
needs('mosquitto')('urgent alarms at a gateway that is alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-edge-'));
  const calls: { event: string; alarm: string; device: string }[] = [];
  let platform: Platform;
  let broker: MosquittoServer;
  let cable: Cable;
  let gateway: Program;
  let duty: Server;
  const env = () => ({
    YANSHAO_DATA_DIR: join(folder, 'data'),
    YANSHAO_DEMO: 'off',
    YANSHAO_GATEWAY_CONFIG: join(folder, 'gateway.yaml'),
    YANSHAO_GATEWAY_PAGE_PORT: '0',
  });
  const startGateway = async () => {
    gateway = startProgram(['gateway'], { env: env(), cwd: folder });
    await until('the gateway is running', () => gateway.output().includes('is running'), { withinMs: 30_000 });
  };
  /** One reading in the field; its time. */
  const field = async (device: string, value: number): Promise<number> => {
    const ts = Date.now();
    const client = await connectAsync({ host: '127.0.0.1', port: broker.port });
    const body = JSON.stringify({ ts, values: { 'alarm.ch4': value } });
    await client.publishAsync(`field/${device}/telemetry`, body, { qos: 1 });
    await client.endAsync();
    return ts;
  };
  const alarmsOf = async (device: string) =>
    (await platform.get<AlarmsBody>(`/api/v1/alarms?state=all&device=${device}&limit=50`)).items;
  const called = (device: string) => calls.filter((call) => call.device === device);

  beforeAll(async () => {
    duty = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        calls.push(JSON.parse(body));
        response.end();
      });
    }).listen(0, '127.0.0.1');
    [platform, broker] = await Promise.all([startPlatform({ YANSHAO_DEMO: 'off' }), startMosquitto()]);
    cable = await layCable(platform.mqttPort);
    const token = await addDevice(platform, 'gw-1', '--type', 'gateway');
    const ids = ['k-1', 'k-2', 'k-3', 'k-4'];
    const rows = ids.map((id) => `${id},${id},gas-alarm-commercial,112.6,26.9,gw-1,natural,%{LEL}`);
    writeFileSync(join(folder, 'kitchens.csv'), ['id,name,type,lon,lat,gateway,gas,gasUnit', ...rows, ''].join('\n'));
    const imported = await platform.cli('import', join(folder, 'kitchens.csv'));
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    writeFileSync(
      join(folder, 'gateway.yaml'),
      [
        'id: gw-1',
        `uplink: { url: "mqtt://127.0.0.1:${cable.port}", token: ${token} }`,
        `alarms: { webhook: { url: "http://127.0.0.1:${(duty.address() as AddressInfo).port}/call" } }`,
        'mqtt:',
        `  - url: mqtt://127.0.0.1:${broker.port}`,
        '    topics: [{ filter: field/+/telemetry, device: 1 }]',
      ].join('\n'),
    );
    await startGateway();
    // Before the gateway's first subscription its broker keeps nothing for it.
    await until(
      'the way to the platform is open',
      async () => {
        await field('k-1', 2);
        return (await platform.get<{ lastAt: number | null }>('/api/v1/devices/k-1')).lastAt;
      },
      { withinMs: 60_000, everyMs: 200 },
    );
  });
  afterAll(async () => {
    await gateway?.kill();
    await Promise.all([platform?.stop(), broker?.stop(), cable?.stop()]);
    duty?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the platform’s while it is there: nobody is called', async () => {
    await field('k-2', 45);
    await until('it rings', async () => (await alarmsOf('k-2')).length > 0);
    await field('k-2', 1);
    expect(called('k-2')).toEqual([]);
  });

  it('call on site within a second when the link is known to be down, and become the platform’s own alarm', async () => {
    cable.unplug();
    await until('the gateway has noticed', () => gateway.output().includes('the uplink went down'));
    const began = performance.now();
    const ts = await field('k-1', 45);
    await until('somebody was called', () => called('k-1').length === 1);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(called('k-1')[0]).toMatchObject({ event: 'raised', alarm: `k-1/G05-14.com-l2/${ts}` });
    expect(await alarmsOf('k-1')).toEqual([]);
    cable.mend();
    const [alarm] = await until(
      'the platform has it',
      async () => {
        const found = await alarmsOf('k-1');
        return found.length > 0 ? found : undefined;
      },
      { withinMs: 60_000 },
    );
    expect(alarm).toMatchObject({ id: `k-1/G05-14.com-l2/${ts}`, active: true, since: ts });
    // A reading of the live lane, and the backlog behind it, are the same episode.
    await field('k-1', 46);
    expect(await alarmsOf('k-1')).toHaveLength(1);
    const { events } = await platform.get<AlarmBody>(`/api/v1/alarms/${encodeURIComponent(alarm?.id ?? '')}`);
    expect(events.filter(({ kind }) => kind === 'raised')).toHaveLength(1);
    expect(events.find(({ kind, note }) => kind === 'note' && note?.includes('gw-1'))).toBeDefined();
  });

  it('call on site when every packet is swallowed and nobody says so, and still once after a kill -9', {
    timeout: 120_000,
  }, async () => {
    cable.cut();
    const ts = await field('k-3', 45);
    await until('somebody was called', () => called('k-3').length === 1, { withinMs: 30_000 });
    // A call is made at least once: killed between the call and its note, the gateway would make it again.
    const file = join(folder, 'data', 'live', 'gateways', 'gw-1', 'alarms', 'alarms.json');
    const noted = () =>
      JSON.parse(readFileSync(file, 'utf8')) as { kept: { episode: { alarm: string }; toldAt: number | null }[] };
    await until('the call is noted', () =>
      noted().kept.some(({ episode, toldAt }) => episode.alarm === `k-3/G05-14.com-l2/${ts}` && toldAt !== null),
    );
    await gateway.kill();
    await startGateway();
    await field('k-4', 45);
    await until('the next one is called too', () => called('k-4').length === 1, { withinMs: 30_000 });
    expect(called('k-3')).toHaveLength(1);
    cable.mend();
    await until(
      'the platform has both',
      async () => (await alarmsOf('k-3')).length + (await alarmsOf('k-4')).length === 2,
      {
        withinMs: 90_000,
      },
    );
    expect((await alarmsOf('k-3')).map(({ id }) => id)).toEqual([`k-3/G05-14.com-l2/${ts}`]);
  });
});
