import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { silentLog } from '../../kit/log.ts';
import { stationNodeId } from '../../simulators/opcua/station-node-id.ts';
import { stationServer } from '../../simulators/opcua/station-server.ts';
import { behindGateway, fieldDevice, GATEWAY, harbour, tempDir } from '../support/gateway-bench.ts';
import { closedAfterEach } from '../support/later.ts';
import { startProgram } from '../support/platform.ts';
import { freePort, startMosquitto } from '../support/servers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

const later = closedAfterEach();

const residentMb = (pid: number) =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

needs('mosquitto')('a gateway that has started before, as somebody with a small machine runs it', () => {
  /** What it holds when it has heard everything there is, MB. */
  async function resident(withStations: boolean): Promise<number> {
    const { dir } = later(tempDir(), ({ remove }) => remove());
    const stations = Array.from({ length: 20 }, (_, i) => behindGateway(`rtu-${i}`, 'gas-rtu'));
    const city = later(await harbour([behindGateway('board-1', 'tilt-sensor'), ...stations]), (one) => one.close());
    await city.start();
    const broker = later(await startMosquitto(), (one) => one.stop());
    const login = { username: GATEWAY, password: 'a password of the stations' };
    const pkiDir = join(dir, 'stations');
    const users = { [login.username]: login.password };
    const options = { port: await freePort(), stations, users, pkiDir, log: silentLog };
    const server = later(await stationServer(options), (one) => one.stop());
    const measured = Object.entries(deviceTypes['gas-rtu']?.measurements ?? {}).filter(([, { derived }]) => !derived);
    const nodes = stations.flatMap(({ id }) =>
      measured.map(([measurement]) => ({ node: stationNodeId(id, measurement), device: id, measurement })),
    );
    expect(nodes.length).toBeGreaterThan(300);
    const file = join(dir, 'gateway.yaml');
    const trusted = [join(pkiDir, 'server', 'own', 'certs', 'certificate.pem')];
    writeFileSync(
      file,
      JSON.stringify({
        id: GATEWAY,
        uplink: { url: city.url, token: city.token },
        mqtt: [{ url: broker.url, topics: [{ filter: 'field/+/telemetry', device: 1 }] }],
        opcua: withStations ? [{ endpoint: server.url, ...login, trusted, publishingMs: 200, nodes }] : [],
      }),
    );
    const env = {
      YANSHAO_DATA_DIR: join(dir, 'data'),
      YANSHAO_DEMO: 'off',
      YANSHAO_GATEWAY_CONFIG: file,
      YANSHAO_GATEWAY_PAGE_PORT: '0',
    };
    const device = later(await fieldDevice(broker.url), (one) => one.endAsync(true));
    let mb = 0;
    // The first start compiles and keeps what it compiled; from the second on it is as it will be.
    for (const start of [1, 2]) {
      const child = startProgram(['gateway'], { env });
      later(child, (one) => one.kill());
      const before = (await city.telemetry()).length;
      let n = 0;
      const numbers = measured.filter(([, { kind }]) => kind === 'number').map(([name]) => name);
      await until(
        'both kinds of readings arrive',
        async () => {
          n += 1;
          for (const { id } of stations)
            server.show(id, Date.now(), Object.fromEntries(numbers.map((name, i) => [name, n + i + start])));
          await device.publishAsync(
            'field/board-1/telemetry',
            JSON.stringify({ ts: Date.now(), values: { 'board.tiltDelta': n % 90 } }),
            { qos: 1 },
          );
          return (await city.telemetry()).length > before + (withStations ? 200 : 20);
        },
        { withinMs: 60_000, everyMs: 100 },
      );
      mb = residentMb(child.pid);
      console.log(
        `a gateway ${withStations ? 'with stations' : 'of field brokers'}, its page on, start ${start}: ${Math.round(mb)} MiB`,
      );
      expect(await child.stop()).toBe(0);
    }
    return mb;
  }

  describe('hearing field brokers', () => {
    it('takes less than 150 MB', async () => {
      expect(await resident(false)).toBeLessThan(150);
    });
  });

  describe('hearing field brokers and three hundred nodes of OPC UA', () => {
    // Measured: 134 MiB with the local page; what a busy machine's garbage collector leaves for later is on top.
    it('takes less than 150 MB', async () => {
      expect(await resident(true)).toBeLessThan(150);
    });
  });
});
