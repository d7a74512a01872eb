import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../log.ts';
import { RowsRefused, StoreMisconfigured, StoreUnavailable, type TelemetryRow } from '../telemetry-store.ts';
import type { InfluxOptions } from './influx-options.ts';
import { influxTelemetryStore } from './influx-telemetry-store.ts';

interface Seen {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly lines: readonly string[];
}
type Answer = { readonly status: number; readonly body?: string };

/** Real HTTP on loopback: answers writes as told and writes down what came. Reads find an empty database. */
describe('what goes over the wire to InfluxDB', () => {
  let server: Server;
  let writes: Seen[];
  let answer: (seen: Seen) => Answer;
  beforeEach(async () => {
    writes = [];
    answer = () => ({ status: 204 });
    server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const raw = Buffer.concat(parts);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const seen = { url: request.url ?? '', headers: request.headers, lines: body.toString('utf8').split('\n') };
      if (seen.url.endsWith('/query')) return response.end('{"results":[{"statement_id":0}]}');
      writes.push(seen);
      const { status, body: text = '' } = answer(seen);
      return response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const store = (more: Partial<InfluxOptions> = {}) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return influxTelemetryStore({
      url,
      bucket: '城 city',
      org: 'a&b',
      token: 'secret',
      api: 'v2',
      log: silentLog,
      ...more,
    });
  };
  const rows = (length: number): TelemetryRow[] =>
    Array.from({ length }, (_, n) => ({ type: 'bin', device: `bin-${n}`, at: 1000 + n, values: { fill: n } }));
  const error = (status: number, message: string) => () => ({ status, body: JSON.stringify({ code: 'x', message }) });

  it('is one request a batch, zipped, to /api/v2/write', async () => {
    await store().write(rows(5000));
    expect(writes).toHaveLength(1);
    expect(writes[0]?.url).toBe('/api/v2/write?org=a%26b&bucket=%E5%9F%8E%20city&precision=ms');
    expect(writes[0]?.headers.authorization).toBe('Token secret');
    expect(writes[0]?.headers['content-encoding']).toBe('gzip');
    expect(writes[0]?.lines).toHaveLength(5000);
    expect(writes[0]?.lines[7]).toBe('bin,device=bin-7 fill=7 1007');
  });

  it('is plain for a small batch', async () => {
    await store().write(rows(2));
    expect(writes[0]?.headers['content-encoding']).toBeUndefined();
    expect(writes[0]?.lines).toEqual(['bin,device=bin-0 fill=0 1000', 'bin,device=bin-1 fill=1 1001']);
  });

  it('goes to /write with a user and password on 1.x, below a path where a proxy gives one', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/influx/`;
    await store({ api: 'v1', token: 'me:pass', url }).write(rows(1));
    expect(writes[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`);
    expect(writes[0]?.url).toBe('/influx/write?db=%E5%9F%8E%20city&precision=ms');
  });

  it('goes to /api/v3/write_lp with a bearer on 3, all of a batch or nothing, answered when it is on disk', async () => {
    await store({ api: 'v3' }).write(rows(1));
    expect(writes[0]?.headers.authorization).toBe('Bearer secret');
    expect(writes[0]?.url).toBe(
      '/api/v3/write_lp?db=%E5%9F%8E%20city&precision=millisecond&accept_partial=false&no_sync=false',
    );
    expect(writes[0]?.lines).toEqual(['bin,device=bin-0 fill=0 1000']);
  });

  it.each([429, 500, 502, 503, 504])('may try the batch again after a %i, and sent it only once', async (status) => {
    answer = error(status, 'busy');
    await expect(store().write(rows(3))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(writes).toHaveLength(1);
  });

  it('does not take "hinted handoff queue not empty" for success, as its client would', async () => {
    answer = () => ({ status: 500, body: '{"error":"write failed: hinted handoff queue not empty"}' });
    await expect(store().write(rows(3))).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it.each([
    [401, 'unauthorized access', /token/],
    [403, 'insufficient permissions', /token/],
    [404, 'bucket "city" not found', /influx bucket create/],
    [302, 'moved', /proxy/],
  ])('stops for a person after a %i and says what to do', async (status, message, remedy) => {
    answer = error(status, message);
    const written = store().write(rows(3));
    await expect(written).rejects.toBeInstanceOf(StoreMisconfigured);
    await expect(written).rejects.toThrow(remedy);
    await expect(written).rejects.toThrow(message);
  });

  it.each([400, 422])('finds the bad rows behind a %i by halving, and keeps their reason', async (status) => {
    const isBad = (line: string) => /bin-(3|77) /.test(line);
    answer = ({ lines }) => (lines.some(isBad) ? error(status, 'unable to parse it')() : { status: 204 });
    const batch = rows(100);
    const err: unknown = await store()
      .write(batch)
      .catch((cause: unknown) => cause);
    expect(err).toBeInstanceOf(RowsRefused);
    expect((err as RowsRefused).refused).toEqual(
      [3, 77].map((n) => ({ row: batch[n], reason: 'InfluxDB: unable to parse it' })),
    );
    const kept = writes.filter(({ lines }) => !lines.some(isBad)).flatMap(({ lines }) => lines);
    expect(new Set(kept).size).toBe(98);
  });

  it('treats a 201, "partly written", as a refusal to be looked into', async () => {
    answer = ({ lines }) => ({
      status: lines.some((line) => line.includes('bin-5 ')) ? 201 : 204,
      body: '{"message":"partly"}',
    });
    const batch = rows(10);
    await expect(store().write(batch)).rejects.toMatchObject({ refused: [{ row: batch[5] }] });
  });

  it('halves what is too large until it fits', async () => {
    answer = ({ lines }) => (lines.length > 30 ? error(413, 'too large')() : { status: 204 });
    await store().write(rows(100));
    expect(writes.filter(({ lines }) => lines.length <= 30).flatMap(({ lines }) => lines)).toHaveLength(100);
  });

  it('gives the whole batch back when the server goes away in the middle of halving', async () => {
    answer = ({ lines }) => (lines.length > 30 ? error(413, 'too large')() : error(503, 'gone')());
    await expect(store().write(rows(100))).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('is nothing at all for rows without values', async () => {
    await store().write([{ type: 'bin', device: 'bin-1', at: 1, values: {} }]);
    expect(writes).toHaveLength(0);
  });
});
