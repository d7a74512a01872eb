import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../log.ts';
import { StoreMisconfigured } from '../telemetry-store.ts';
import { influxTelemetryStore } from './influx-telemetry-store.ts';

/** Only the shape of what goes over the wire: no InfluxDB 3 is at hand, and this server of ours is none. */
describe('setting up an InfluxDB 3, as it goes over the wire', () => {
  let server: Server;
  let asked: string[];
  let version: string;
  let databases: readonly string[];
  beforeEach(async () => {
    asked = [];
    version = '3.10.0';
    databases = [];
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`.trim());
      response.setHeader('x-influxdb-version', version);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(databases.map((name) => ({ 'iox::database': name }))));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const store = () =>
    influxTelemetryStore({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token: 'secret',
      bucket: 'city',
      api: 'v3',
      log: silentLog,
    });
  const retention = { rawDays: 30, minuteDays: 180, hourDays: 1825 };

  it('makes the database with its retention, and says that rollups are not offered', async () => {
    const steps = await store().arrange(retention, { dryRun: false });
    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'not-offered']);
    expect(asked.at(-1)).toBe('POST /api/v3/configure/database Bearer secret {"db":"city","retention_period":"30d"}');
  });

  it('leaves a database alone that is there, and asks only in a dry run', async () => {
    expect((await store().arrange(retention, { dryRun: true }))[0]?.outcome).toBe('would');
    databases = ['city'];
    expect((await store().arrange(retention, { dryRun: false }))[0]?.outcome).toBe('already');
    expect(asked.some((line) => line.startsWith('POST'))).toBe(false);
  });

  it('stops for a person where the server is something else', async () => {
    version = '';
    await expect(store().arrange(retention, { dryRun: false })).rejects.toBeInstanceOf(StoreMisconfigured);
  });
});
